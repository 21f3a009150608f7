"""Every benchmark, in the order in which they run."""

from __future__ import annotations

from benchmarks import ack, acks, burst, card, listener_cost
from benchmarks.figures import Benchmark

EVERY: tuple[Benchmark, ...] = (ack, acks, listener_cost, burst, card)
