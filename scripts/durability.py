"""Print the scorecard: what is promised under failure, and what was measured, one line for each.

Every figure is the outcome of tests in `tests/durability`; this only runs them and puts their words in order.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "tests/durability"


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the scorecard.

    Args:
        tests: how the names of the tests begin that measure it, with the module in front.
    """

    name: str
    goal: str
    tests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one test went.

    Args:
        verdict: `passed`, `failed` or `skipped`.
        measured: what it measured, in words; may be empty.
    """

    test: str
    verdict: str
    measured: str


FIGURES = (
    Figure(
        "commands under kills, copies, 429, 5xx and lost answers",
        "0 lost, 0 doubled, 0 orphans, settled in 60 s",
        ("test_storm.test_a_storm",),
    ),
    Figure(
        "crash before and after every request of start, rename, join, leave, end",
        "one message, our state is Slack's",
        ("test_crash_points.test_a_kill",),
    ),
    Figure(
        "a process killed for good while holding work",
        "taken over within heartbeat limit + 5 s",
        ("test_replicas.test_work_of_a_process",),
    ),
    Figure(
        "each delivery four times at once",
        "one effect",
        ("test_replicas.test_a_delivery", "test_copies.test_"),
    ),
    Figure("SIGTERM with 30 in flight", "0 lost, exit within 10 s", ("test_crash_points.test_a_stop",)),
    Figure(
        "database locked 10 s, full, read-only",
        "no false ack, recovery without hands",
        ("test_trouble.test_",),
    ),
    Figure(
        "a process paused while another took over",
        "its late write is refused, no double",
        ("test_replicas.test_a_process_that_was_paused",),
    ),
    Figure("a call's life against a model", "0 divergences", ("test_life.test_",)),
)


def run_tests(report: Path, *, long: bool, database: str) -> bool:
    """Run the tests of one database; what they measured goes into a JUnit report. Say whether all passed."""
    chosen = "postgres" if database == "postgres" else "not postgres"
    command = [sys.executable, "-m", "pytest", "-q", FOLDER, "-m", chosen, "-o", "junit_family=xunit1"]
    done = subprocess.run([*command, f"--junitxml={report}", *(["--long"] if long else [])], cwd=ROOT, check=False)
    return done.returncode == 0


def outcomes(report: Path) -> list[Outcome]:
    """Read how each test went."""
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 - pytest wrote it a moment ago
    return [_outcome(case) for case in cases]


def _outcome(case: ET.Element) -> Outcome:
    module = case.get("classname", "").rpartition(".")[2]
    failed = case.find("failure") is not None or case.find("error") is not None
    verdict = "failed" if failed else "skipped" if case.find("skipped") is not None else "passed"
    said = [one.get("value", "") for one in case.iter("property") if one.get("name") == "measured"]
    return Outcome(f"{module}.{case.get('name')}", verdict, "; ".join(said))


def line_of(figure: Figure, found: Sequence[Outcome]) -> str:
    """Return the line of a figure."""
    ours = [outcome for outcome in found if outcome.test.startswith(figure.tests)]
    ran = [outcome for outcome in ours if outcome.verdict != "skipped"]
    passed = sum(outcome.verdict == "passed" for outcome in ran)
    word = "NOT RUN" if not ran else "ok" if passed == len(ran) else "FAILED"
    left_out = f", {len(ours) - len(ran)} left out" if len(ran) < len(ours) else ""
    measured = "".join(f"\n        {outcome.measured}" for outcome in ours if outcome.measured)
    return f"{word:<7} {figure.name} (goal: {figure.goal}): {passed} of {len(ran)} tests{left_out}{measured}"


def main() -> int:
    """Run everything, print the scorecard and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.durability", description=__doc__)
    parser.add_argument("--long", action="store_true", help="1,000 commands and 10,000 steps instead of a sample")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        passed = run_tests(report, long=options.long, database=options.database)
        found = outcomes(report) if report.exists() else []
    lines = [line_of(figure, found) for figure in FIGURES]
    print(f"\nDurability on {options.database}, {'long' if options.long else 'short'} form")
    print("\n".join(lines))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
