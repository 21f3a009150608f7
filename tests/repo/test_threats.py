"""The threat model names tests that exist, and the rules it relies on are kept everywhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.repo.tree import ROOT, TOP_LEVEL, shown, sources

PAGE = ROOT / "docs" / "security.md"
PACKAGES = ("calls", "listeners", "providers", "storage")
OPENS_SESSIONS = {"outgoing.py", "providers/reaching.py"}
"""The one place, and the one that asks an address of the settings itself, without following redirects."""

_ROW = re.compile(r"^\| (T\d+) \|(.*)\|$", re.MULTILINE)
_TEST = re.compile(r"\[`(test_\w+)`\]\(\.\./(tests/[\w/]+\.py)\)")


def test_every_threat_has_a_measure_and_a_test_that_exists() -> None:
    """Whoever reads the page can run what it claims."""
    rows = _ROW.findall(PAGE.read_text(encoding="utf-8"))
    numbers = [number for number, _ in rows]
    untested = [number for number, row in rows if not _TEST.search(row)]
    gone = [
        f"{path}: {name}"
        for _, row in rows
        for name, path in _TEST.findall(row)
        if not (ROOT / path).exists() or f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]

    assert [f"T{number}" for number in range(1, len(rows) + 1)] == numbers
    assert 20 <= len(rows)
    assert [] == untested
    assert [] == gone


def test_sessions_are_opened_in_one_place() -> None:
    """A request past it would go anywhere."""
    opened = {shown(path) for path in sources(*TOP_LEVEL, *PACKAGES) if "ClientSession(" in _code(path)}
    assert OPENS_SESSIONS == opened


def test_no_request_brings_its_own_middlewares_or_proxy() -> None:
    """Those of a request would take the place of the session's."""
    past_it = re.compile(r"\bmiddlewares=|\bssl=False")
    assert ["outgoing.py"] == [shown(path) for path in sources(*TOP_LEVEL, *PACKAGES) if past_it.search(_code(path))]


def test_the_rules_of_security_are_all_on() -> None:
    """Those of bandit, as ruff has them, are silenced for tools and tests alone, and nowhere as a whole."""
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    silenced = {
        where for where, rules in lint["per-file-ignores"].items() if any(re.fullmatch(r"S\d*", rule) for rule in rules)
    }

    assert ["ALL"] == lint["select"]
    assert [] == [rule for rule in lint["ignore"] if re.fullmatch(r"S\d*", rule)]
    assert silenced <= {"scripts/**", "benchmarks/**", "tests/**"}


@pytest.mark.parametrize("package", [*PACKAGES, "sandbox", "scripts"])
def test_every_exception_to_a_rule_of_security_has_its_reason(package: str) -> None:
    """An exception without one is an oversight."""
    bare = re.compile(r"# noqa: (?:\w+, )*S\d{3}(?:, \w+)*\s*$", re.MULTILINE)
    assert [] == [shown(path) for path in sources(package) if bare.search(path.read_text(encoding="utf-8"))]


def test_people_are_told_how_to_report() -> None:
    """Where hosts of repositories look for it, with what is promised and which versions are kept."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert [] == [part for part in ("## Report", "## What is promised", "## Supported versions") if part not in text]


def _code(path: Path) -> str:
    """Return a file's text."""
    return path.read_text(encoding="utf-8")
