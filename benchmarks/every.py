"""Every benchmark, in the order in which they run."""

from __future__ import annotations

from benchmarks import (
    ack,
    acks,
    burst,
    card,
    idle,
    listener_cost,
    million,
    socket_acks,
    socket_lost,
    start,
    workers,
)
from benchmarks.figures import Benchmark

EVERY: tuple[Benchmark, ...] = (
    ack,
    acks,
    listener_cost,
    burst,
    card,
    socket_acks,
    socket_lost,
    start,
    million,
    workers,
    idle,
)
