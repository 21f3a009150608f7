"""`GET /metrics`: what was counted and timed, and how much there is to do, for Prometheus.

Source: https://prometheus.io/docs/instrumenting/exposition_formats
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from calls.backlog import Backlog
from calls.errors import StorageError
from calls.measuring import REGISTRY

_log = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""How long the database may take to say how much there is to do; Prometheus gives the whole answer 10 s."""

ReadBacklog = Callable[[], Awaitable[Backlog]]
CountSockets = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Standing(Collector):
    """What is looked up for each answer.

    Args:
        backlog: None when the database did not say.
        sockets: how many connections Slack delivers over; None where it delivers none to this process by Socket Mode.
    """

    backlog: Backlog | None
    sockets: int | None

    def collect(self) -> Iterator[Metric]:
        """Yield every number; what is not known is left out, so that it is not taken for a number."""
        yield GaugeMetricFamily(
            "startcall_database_up", "Whether the database could be asked just now.", int(self.backlog is not None)
        )
        if self.sockets is not None:
            words = "Connections over which Slack delivers to this process."
            yield GaugeMetricFamily("startcall_socket_mode_connections", words, self.sockets)
        if self.backlog is None:
            return
        yield GaugeMetricFamily("startcall_calls_running", "Calls that are open.", self.backlog.running)
        yield GaugeMetricFamily("startcall_queue_depth", "Calls that something is to be done for.", self.backlog.due)
        words = "For how long the first of these calls has been due."
        yield GaugeMetricFamily("startcall_queue_age_seconds", words, self.backlog.oldest_due_s)
        words = "Calls of which nothing more is tried until somebody sees to them."
        yield GaugeMetricFamily("startcall_calls_set_aside", words, self.backlog.set_aside)


def metrics_routes(read_backlog: ReadBacklog, count_sockets: CountSockets | None) -> list[web.RouteDef]:
    """Return the route.

    Args:
        count_sockets: None where Slack does not deliver by Socket Mode.
    """

    async def handle_metrics(_: web.Request) -> web.Response:
        sockets = None if count_sockets is None else await count_sockets()
        standing = Standing(await _in_time(read_backlog), sockets)
        text = generate_latest(REGISTRY) + generate_latest(standing)
        return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/metrics", handle_metrics)]


async def _in_time(read_backlog: ReadBacklog) -> Backlog | None:
    """Return how much there is to do, or None when the database does not say so soon."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await read_backlog()
    except (StorageError, TimeoutError) as error:
        _log.debug("How much there is to do could not be looked up: %s", error)
        return None
