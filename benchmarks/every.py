"""Every benchmark, in the order in which they run."""

from __future__ import annotations

from benchmarks import ack, acks, burst, card
from benchmarks.figures import Benchmark

EVERY: tuple[Benchmark, ...] = (ack, acks, burst, card)
