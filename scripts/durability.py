"""Print the scorecard: what is promised under failure, and what was measured, on each database.

Every figure is the outcome of tests in `tests/durability`; this only runs them and puts their words in order.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "tests/durability"

DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
MARKS = {"sqlite": "not postgres", "postgres": "postgres"}
ALONE = {"sqlite": "a SQLite file has room for one process"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the scorecard.

    Args:
        tests: how the names of the tests begin that measure it, with the module in front.
        not_on: the databases to which it does not apply, with the reason.
    """

    name: str
    goal: str
    tests: tuple[str, ...]
    not_on: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one test went.

    Args:
        verdict: `passed`, `failed` or `skipped`; for the last, `measured` is the reason.
        measured: what it measured, in words; may be empty.
    """

    test: str
    verdict: str
    measured: str


FIGURES = (
    Figure(
        "storm of kills, copies, 429, 5xx and lost answers",
        "0 lost, 0 doubled, 0 orphans, all at rest within 60 s of the last fault",
        ("test_storm.test_a_storm",),
    ),
    Figure(
        "crash points: before and after every request of a call's life",
        "one message, our state is Slack's",
        ("test_crash_points.test_a_kill",),
    ),
    Figure(
        "take-over: a process killed for good while holding work",
        "taken over within the heartbeat limit of 12 s and 5 s",
        ("test_replicas.test_work_of_a_process",),
        ALONE,
    ),
    Figure(
        "PostgreSQL restarted at once under load",
        "0 lost, 0 doubled",
        ("test_replicas.test_a_restart",),
        {"sqlite": "there is no server"},
    ),
    Figure(
        "four copies of each delivery at once",
        "one effect",
        ("test_replicas.test_a_delivery", "test_copies.test_"),
    ),
    Figure(
        "budgets: more starts than 50 a minute and a post a second in a channel",
        "0 lost, 0 too early by more than 0.1 s, at most 3 places overtaken, everybody knows within 2 s",
        ("test_budgets.test_", "test_replicas.test_a_wait"),
    ),
    Figure(
        "SIGTERM with 30 in flight",
        "0 lost, ended within 10 s",
        ("test_crash_points.test_a_stop", "test_replicas.test_a_process_that_is_stopped"),
    ),
    Figure(
        "a database that is locked for 10 s, full, read-only or away",
        "no false acknowledgement, a sentence within 3 s, recovery without hands",
        ("test_trouble.test_",),
    ),
    Figure(
        "pause: a process stands still, alone or while another takes over",
        "its late write is refused, 0 lost, 0 doubled",
        ("test_replicas.test_a_process_that_was_paused", "test_pause.test_"),
    ),
    Figure("life model: a call's life against a model", "0 divergences", ("test_life.test_",)),
)


def run_tests(report: Path, *, long: bool, database: str) -> bool:
    """Run the tests of one database; what they measured goes into a JUnit report. Say whether all passed."""
    command = [sys.executable, "-m", "pytest", "-q", FOLDER, "-m", MARKS[database], "-o", "junit_family=xunit1"]
    done = subprocess.run([*command, f"--junitxml={report}", *(["--long"] if long else [])], cwd=ROOT, check=False)
    return done.returncode == 0


def outcomes(report: Path) -> list[Outcome]:
    """Read how each test went."""
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 - pytest wrote it a moment ago
    return [_outcome(case) for case in cases]


def _outcome(case: ET.Element) -> Outcome:
    module = case.get("classname", "").rpartition(".")[2]
    name = f"{module}.{case.get('name')}"
    skipped = case.find("skipped")
    if skipped is not None:
        return Outcome(name, "skipped", skipped.get("message", ""))
    failed = case.find("failure") is not None or case.find("error") is not None
    said = [one.get("value", "") for one in case.iter("property") if one.get("name") == "measured"]
    return Outcome(name, "failed" if failed else "passed", "; ".join(said))


def lines_of(figure: Figure, found: Mapping[str, Sequence[Outcome]]) -> list[str]:
    """Return the lines of a figure: its goal, and for each database the verdict and what was measured.

    Args:
        found: how the tests went, by database.
    """
    lines = [f"{figure.name}", f"  goal: {figure.goal}"]
    for database, outcomes_there in found.items():
        ours = [outcome for outcome in outcomes_there if outcome.test.startswith(figure.tests)]
        lines.append(f"  {DATABASES[database]:<11} {_verdict(figure, database, ours)}")
        lines += [f"{'':14}{_said(outcome)}" for outcome in ours if outcome.measured]
    return lines


def _verdict(figure: Figure, database: str, ours: Sequence[Outcome]) -> str:
    if database in figure.not_on:
        return f"does not apply: {figure.not_on[database]}"
    ran = [outcome for outcome in ours if outcome.verdict != "skipped"]
    passed = sum(outcome.verdict == "passed" for outcome in ran)
    word = "NOT RUN" if not ran else "pass" if passed == len(ran) else "FAIL"
    left_out = f", {len(ours) - len(ran)} left out" if len(ran) < len(ours) else ""
    return f"{word}: {passed} of {len(ran)} tests{left_out}"


def _said(outcome: Outcome) -> str:
    return f"left out: {outcome.measured}" if outcome.verdict == "skipped" else outcome.measured


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    parser = argparse.ArgumentParser(prog="python -m scripts.durability", description=__doc__)
    parser.add_argument("--long", action="store_true", help="whole minutes, 1,000 commands and 10,000 steps")
    parser.add_argument("--database", choices=("both", *DATABASES), default="both")
    return parser


def main() -> int:
    """Run everything, print the scorecard and return the exit status."""
    options = parser().parse_args()
    found: dict[str, list[Outcome]] = {}
    passed = True
    with tempfile.TemporaryDirectory() as folder:
        for database in DATABASES if options.database == "both" else [options.database]:
            report = Path(folder) / f"{database}.xml"
            passed &= run_tests(report, long=options.long, database=database)
            found[database] = outcomes(report) if report.exists() else []
    print(f"\nDurability, {'long' if options.long else 'short'} form")
    for figure in FIGURES:
        print("\n".join(["", *lines_of(figure, found)]))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
