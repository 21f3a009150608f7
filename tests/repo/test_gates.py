"""The gates say in one line what is well, and name the file where something is not."""

from __future__ import annotations

from scripts.check import GATES, Gate, Outcome, report, with_files
from tests.repo.tree import ROOT

GATE = Gate("lint", ("ruff",), "make fix")


def test_a_green_gate_is_one_line() -> None:
    """All of them fit on a screen."""
    assert (
        report(Outcome(GATE, passed=True, took_s=0.25, text="All checks passed!\n")) == "ok      lint            0.2 s"
    )


def test_a_red_gate_says_what_was_found_and_what_helps() -> None:
    """Nobody has to run the tool again to see its findings."""
    lines = report(Outcome(GATE, passed=False, took_s=1, text="a.py:1: bad\n\nb.py:2: worse\n")).splitlines()

    assert lines[0].startswith("FAILED  lint")
    assert lines[0].endswith("(make fix)")
    assert [line.strip() for line in lines[1:]] == ["a.py:1: bad", "b.py:2: worse"]


def test_a_forbidden_import_is_shown_with_its_file() -> None:
    """import-linter names modules only."""
    assert with_files("-   calls.service -> storage.sqlite (l.12)") == (
        "-   calls/service.py:12: calls.service -> storage.sqlite (l.12)"
    )
    assert "calls/slack/__init__.py:3: " in with_files("calls.slack -> listeners.http (l.3)")


def test_ci_runs_what_people_run() -> None:
    """After installing what is missing on the machine, CI calls `make test` and nothing else."""
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if line.strip()][-1] == "make test"
    assert [line for line in lines if "pytest" in line or "scripts" in line] == []


def test_every_gate_has_a_cure() -> None:
    """A finding without advice stops people."""
    assert [gate.name for gate in GATES if not gate.cure] == []
