"""Write deploy/grafana.json, a dashboard of Startcall's metrics for Grafana.

Run `python -m scripts.dashboard` after a change here; a test compares.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "deploy" / "grafana.json"

_SOURCE = {"type": "prometheus", "uid": "${source}"}
_WIDTH, _HEIGHT, _ACROSS = 8, 7, 3
_RATE = "[$__rate_interval]"


@dataclass(frozen=True, slots=True)
class Panel:
    """One graph.

    Args:
        queries: expressions of PromQL, by what their lines are called.
        unit: as Grafana names it.
    """

    title: str
    queries: dict[str, str]
    unit: str = "short"


def _rate(metric: str, *labels: str, unit: str = "reqps") -> tuple[dict[str, str], str]:
    """Return the query for how often something happens a second, one line for each combination of labels."""
    by = ", ".join(labels)
    return {" ".join(f"{{{{{label}}}}}" for label in labels): f"sum by ({by}) (rate({metric}{_RATE}))"}, unit


def _quantile(share: float, metric: str, label: str) -> dict[str, str]:
    """Return the query for a time that a share of events stays below."""
    query = f"histogram_quantile({share}, sum by (le, {label}) (rate({metric}_bucket{_RATE})))"
    return {f"{{{{{label}}}}} {share:.0%}": query}


ROWS: dict[str, tuple[Panel, ...]] = {
    "Slack to us": (
        Panel("Acknowledgements", *_rate("startcall_ack_seconds_count", "kind", "result")),
        Panel(
            "Time to acknowledge (Slack waits 3 s)",
            {
                **_quantile(0.5, "startcall_ack_seconds", "kind"),
                **_quantile(0.99, "startcall_ack_seconds", "kind"),
            },
            "s",
        ),
        Panel("Refused deliveries", *_rate("startcall_deliveries_refused_total", "reason")),
    ),
    "Calls": (
        Panel(
            "Calls",
            {
                "running": "max(startcall_calls_running)",
                "due now": "max(startcall_queue_depth)",
                "set aside": "max(startcall_calls_set_aside)",
            },
        ),
        Panel("Age of the oldest call that is due", {"age": "max(startcall_queue_age_seconds)"}, "s"),
        Panel("Steps", *_rate("startcall_steps_total", "step", "result", unit="ops")),
        Panel("Looks at a call for what is to be done", *_rate("startcall_wakeups_total", "result", unit="ops")),
        Panel("Rosters healed by a look", *_rate("startcall_rosters_healed_total", "provider", unit="ops")),
    ),
    "We to Slack": (
        Panel("Requests", *_rate("startcall_slack_requests_total", "method", "code")),
        Panel("Time of a request, 95 %", _quantile(0.95, "startcall_slack_request_seconds", "method"), "s"),
        Panel("Waited for their turn", *_rate("startcall_slack_wait_seconds_count", "method")),
        Panel("Time until the turn came, 95 %", _quantile(0.95, "startcall_slack_wait_seconds", "method"), "s"),
    ),
    "Meeting systems": (
        Panel("Questions", *_rate("startcall_provider_request_seconds_count", "provider", "result")),
        Panel("Time of an answer, 95 %", _quantile(0.95, "startcall_provider_request_seconds", "provider"), "s"),
        Panel("Reports", *_rate("startcall_hooks_total", "provider", "result")),
    ),
    "Processes": (
        Panel("Memory", {"{{instance}}": 'process_resident_memory_bytes{job="startcall"}'}, "bytes"),
        Panel(
            "Processor", {"{{instance}}": f'rate(process_cpu_seconds_total{{job="startcall"}}{_RATE})'}, "percentunit"
        ),
        Panel(
            "Connections",
            {
                "Socket Mode {{instance}}": "startcall_socket_mode_connections",
                "database {{instance}}": "startcall_database_up",
                "open files {{instance}}": 'process_open_fds{job="startcall"}',
            },
        ),
    ),
}


def render() -> str:
    """Return the whole file."""
    panels: list[dict[str, Any]] = []
    top = 0
    for title, row in ROWS.items():
        panels.append(_row(title, len(panels) + 1, top))
        top += 1
        for place, panel in enumerate(row):
            panels.append(_graph(panel, len(panels) + 1, place, top))
        top += _HEIGHT * -(-len(row) // _ACROSS)
    dashboard = {
        "title": "Startcall",
        "uid": "startcall",
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "tags": ["startcall"],
        "templating": {"list": [{"name": "source", "label": "Source", "type": "datasource", "query": "prometheus"}]},
        "panels": panels,
    }
    return json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n"


def _row(title: str, number: int, top: int) -> dict[str, Any]:
    return {
        "id": number,
        "type": "row",
        "title": title,
        "collapsed": False,
        "panels": [],
        "gridPos": {"h": 1, "w": _WIDTH * _ACROSS, "x": 0, "y": top},
    }


def _graph(panel: Panel, number: int, place: int, top: int) -> dict[str, Any]:
    """Return a panel as Grafana reads it.

    Args:
        place: which one of its row it is, from 0.
    """
    down, across = divmod(place, _ACROSS)
    targets = [
        {"refId": chr(ord("A") + index), "datasource": _SOURCE, "expr": query, "legendFormat": legend}
        for index, (legend, query) in enumerate(panel.queries.items())
    ]
    return {
        "id": number,
        "type": "timeseries",
        "title": panel.title,
        "datasource": _SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
        "gridPos": {"h": _HEIGHT, "w": _WIDTH, "x": across * _WIDTH, "y": top + down * _HEIGHT},
    }


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
