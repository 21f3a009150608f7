"""A figure, what it is compared with, and whether it is good enough."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure must reach.

    Args:
        limit: a factor of the reference, or a value in the figure's own unit.
        is_factor: whether it is a factor of the reference.
        is_least: whether more is better.
    """

    limit: float
    is_factor: bool = True
    is_least: bool = False


def at_most_times(factor: float) -> Goal:
    """Return the goal of taking at most so many times what the reference takes."""
    return Goal(factor)


def at_least_times(factor: float) -> Goal:
    """Return the goal of reaching at least so many times what the reference reaches."""
    return Goal(factor, is_least=True)


def at_most(limit: float) -> Goal:
    """Return the goal of a value that is at most so much, in the figure's unit."""
    return Goal(limit, is_factor=False)


def at_least(limit: float) -> Goal:
    """Return the goal of a value that is at least so much, in the figure's unit."""
    return Goal(limit, is_factor=False, is_least=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Args:
        name: of the benchmark it comes from.
        what: what was measured, in a few words.
        ours: what Startcall reaches; None when it could not be measured.
        unit: such as `ms` or `a second`.
        goal: None for a figure that only explains the others.
        reference: what the reference reaches, in the same unit; None when there is none, or it could not be measured.
        note: what a reader has to know, such as why something was left out.
    """

    name: str
    what: str
    ours: float | None
    unit: str
    goal: Goal | None = None
    reference: float | None = None
    reference_name: str = ""
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Return ours as a factor of the reference; None without one."""
        return self.ours / self.reference if self.ours is not None and self.reference else None

    @property
    def is_met(self) -> bool | None:
        """Say whether the goal is reached; None when there is none, or nothing to judge it by."""
        if self.goal is None:
            return None
        value = self.ratio if self.goal.is_factor else self.ours
        if value is None:
            return None
        return value >= self.goal.limit if self.goal.is_least else value <= self.goal.limit


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured.

    Args:
        rounds: how often each side is measured; the median counts.
        round_s: how long one round of load lasts, in seconds.
        is_quick: a few seconds for everything, to see that it works; its figures say little.
        say: tells whoever waits how far it is.
    """

    rounds: int
    round_s: float
    is_quick: bool
    say: Callable[[str], None]


class Benchmark(Protocol):
    """A module of this package that measures something; its docstring says how."""

    NAME: str

    def measure(self, options: Options) -> Awaitable[Sequence[Figure]]:
        """Measure, and return the figures in the order in which they are shown."""
