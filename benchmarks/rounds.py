"""Rounds that take turns, so that a machine that is slow for a while is slow for everybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from statistics import median
from typing import TypeVar

from benchmarks.figures import Options

T = TypeVar("T")


async def interleaved(
    options: Options, sides: Mapping[str, Callable[[], Awaitable[T]]], *, what: str
) -> dict[str, list[T]]:
    """Measure every side once a round, forwards and backwards in turn, and return what each measured.

    Args:
        what: names the measurement to whoever waits.
    """
    measured: dict[str, list[T]] = {name: [] for name in sides}
    for number in range(options.rounds):
        names = list(sides) if number % 2 == 0 else list(reversed(list(sides)))
        for name in names:
            options.say(f"{what}, round {number + 1} of {options.rounds}: {name}")
            measured[name].append(await sides[name]())
    return measured


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    return float(median(values))
