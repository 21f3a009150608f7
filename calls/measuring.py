"""What is counted and timed, for `GET /metrics`; every label has few values, and none names a person or a workspace.

Source: https://prometheus.io/docs/practices/naming
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector

REGISTRY = CollectorRegistry()
"""Of this process. The library's own would also hold what other packages count."""

_QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Slack gives an acknowledgement 3 s."""

_REQUEST_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_WAIT_S = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

ACKS = Histogram(
    "startcall_ack_seconds",
    "From the whole of a delivery being read until its acknowledgement is on the wire.",
    ("kind", "result"),
    buckets=_QUICK_S,
    registry=REGISTRY,
)
REFUSED_DELIVERIES = Counter(
    "startcall_deliveries_refused",
    "Requests to /slack/events that were not taken for Slack's.",
    ("reason",),
    registry=REGISTRY,
)
HOOKS = Counter(
    "startcall_hooks",
    "Requests to /hooks by meeting system and by what became of them.",
    ("provider", "result"),
    registry=REGISTRY,
)
STEPS = Counter(
    "startcall_steps",
    "Steps of calls by what came of them.",
    ("step", "result"),
    registry=REGISTRY,
)
WAKE_UPS = Counter(
    "startcall_wakeups",
    "Times a call was looked at for what is to be done next.",
    ("result",),
    registry=REGISTRY,
)
SLACK_REQUESTS = Counter(
    "startcall_slack_requests",
    "Requests to Slack by error code; ok where it said yes.",
    ("method", "code"),
    registry=REGISTRY,
)
SLACK_SECONDS = Histogram(
    "startcall_slack_request_seconds",
    "How long Slack took to answer.",
    ("method",),
    buckets=_REQUEST_S,
    registry=REGISTRY,
)
SLACK_WAITS = Histogram(
    "startcall_slack_wait_seconds",
    "How long requests waited for their turn after Slack had asked to wait; those that need not wait are not counted.",
    ("method",),
    buckets=_WAIT_S,
    registry=REGISTRY,
)
PROVIDER_REQUESTS = Histogram(
    "startcall_provider_request_seconds",
    "How long a meeting system took for what it was asked.",
    ("provider", "result"),
    buckets=_REQUEST_S,
    registry=REGISTRY,
)
HEALED_ROSTERS = Counter(
    "startcall_rosters_healed",
    "Looks at who is in a meeting that found something that was not reported.",
    ("provider",),
    registry=REGISTRY,
)
