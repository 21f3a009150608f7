"""Figures as people read them: a table, and its place in docs/benchmarks.md."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks.figures import Figure, Goal
from benchmarks.machine import described

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

_HEADER = ("figure", "ours", "reference", "ratio", "goal", "met")


class NoPlaceError(Exception):
    """docs/benchmarks.md has no place for the figures of a benchmark."""


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as a table in Markdown, with their notes below."""
    rows = [_HEADER, tuple("---" for _ in _HEADER), *(_row(figure) for figure in figures)]
    notes = [f"{figure.what}: {figure.note}" for figure in figures if figure.note]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, *("" for _ in notes[:1]), *(f"- {note}" for note in notes)])


def _row(figure: Figure) -> tuple[str, ...]:
    reference = "" if figure.reference is None else f"{number(figure.reference)} {figure.unit}, "
    ratio = "" if figure.ratio is None else f"{number(figure.ratio)}×"
    met = {None: "" if figure.goal is None else "not known", True: "yes", False: "**no**"}[figure.is_met]
    ours = "not measured" if figure.ours is None else f"{number(figure.ours)} {figure.unit}"
    goal = "" if figure.goal is None else _goal(figure.goal, figure.unit)
    return figure.what, ours, f"{reference}{figure.reference_name}", ratio, goal, met


def _goal(goal: Goal, unit: str) -> str:
    limit = f"{goal.limit:g}×" if goal.is_factor else f"{goal.limit:g} {unit}"
    return f"at {'least' if goal.is_least else 'most'} {limit}"


def number(value: float) -> str:
    """Return a number with about three digits that count."""
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}"


def provenance(name: str, rounds: int, today: date) -> str:
    """Return what was measured on, with what, when, and by which command."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    versions = ", ".join(
        f"{package} {version(package)}" for package in ("slack-bolt", "slack-sdk", "aiohttp", "SQLAlchemy")
    )
    command = f'make bench ARGS="{name}"'
    how = f"by `{command}` (rounds: {rounds})"
    return f"Measured on {today.isoformat()} {how}: {described()}; Python {python}, {versions}."


def write(name: str, figures: Sequence[Figure], rounds: int, today: date) -> None:
    """Put the figures of a benchmark into their place in docs/benchmarks.md.

    Raises:
        NoPlaceError: when the page has no pair of markers for them.
    """
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    if pattern.search(text) is None:
        raise NoPlaceError(f"docs/benchmarks.md needs the lines {begin.strip()} and {end}.")
    block = f"{begin}{provenance(name, rounds, today)}\n\n{table(figures)}\n{end}"
    PAGE.write_text(pattern.sub(lambda _: block, text), encoding="utf-8")
