"""The benchmarks can be run, and their figures have a place in the documentation."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from benchmarks.every import EVERY
from benchmarks.figures import Figure, Goal, at_least_times, at_most, at_most_times
from benchmarks.report import table
from tests.repo.tree import ROOT

PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")


def figure(goal: Goal | None, reference: float | None) -> Figure:
    """Return a figure of 2 ms."""
    return Figure("ack", "ack, p50", 2.0, "ms", goal, reference)


@pytest.mark.parametrize("name", [benchmark.NAME for benchmark in EVERY])
def test_the_page_has_a_place_for_each_benchmark(name: str) -> None:
    """`--write` puts figures there and nowhere else."""
    assert PAGE.count(f"<!-- {name}: begin -->\n") == 1
    assert PAGE.count(f"<!-- {name}: end -->\n") == 1


def test_names_are_told_apart() -> None:
    """A name on the command line means one benchmark."""
    names = [benchmark.NAME for benchmark in EVERY]

    assert sorted(set(names)) == sorted(names)


def test_a_goal_is_judged_by_the_reference_or_by_itself() -> None:
    """A factor needs a reference; without one nothing is known."""
    assert figure(at_most_times(0.5), 4.0).is_met is True
    assert figure(at_most_times(0.4), 4.0).is_met is False
    assert figure(at_least_times(0.6), 4.0).is_met is False
    assert figure(at_most(2.0), 0.1).is_met is True
    assert figure(at_most_times(0.5), None).is_met is None
    assert figure(None, 4.0).is_met is None


def test_what_was_left_out_is_seen() -> None:
    """A figure that could not be measured is neither met nor missed, and the reason is below the table."""
    shown = table([Figure("ack", "ack, p50", None, "ms", at_most_times(0.1), note="left out: wrk is not installed")])

    assert "| ack, p50 | not measured |  |  | at most 0.1× | not known |" in shown
    assert "- ack, p50: left out: wrk is not installed" in shown


async def test_the_cheapest_benchmark_runs() -> None:
    """From the command line to the table, with the app and its references as processes."""
    command = (sys.executable, "-m", "benchmarks", "ack", "--quick")
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    said, _ = await child.communicate()

    assert child.returncode == 0
    assert said.decode().count("| ack, p50 |") == 2


def test_only_processors_that_may_be_used_are_counted() -> None:
    """Where a benchmark may use one of several, as in a container, it asks for no other and expects no growth."""
    one = min(os.sched_getaffinity(0))
    code = f"import os; os.sched_setaffinity(0, {{{one}}}); from benchmarks import workers; print(workers.CORES)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "1" == said.stdout.strip()
