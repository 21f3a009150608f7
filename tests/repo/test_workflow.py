"""CI on GitHub runs what people run, with no more rights than that takes, and nothing that others can exchange."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.repo.tree import ROOT, shown

FOLDER = ROOT / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))
FORMS = sorted(form for form in (FOLDER / "ISSUE_TEMPLATE").glob("*.yml") if form.name != "config.yml")
PINNED_ACTION = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
PINNED_IMAGE = re.compile(r"image: \S+@sha256:[0-9a-f]{64} # \d+\.\d+\.\d+$")


def load(name: str) -> dict[str, Any]:
    """Read a file below .github."""
    found = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def jobs() -> dict[str, dict[str, Any]]:
    """Return the jobs of the workflow."""
    found = load("workflows/ci.yml")["jobs"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("path", WORKFLOWS, ids=shown)
def test_what_a_workflow_runs_is_pinned_to_the_byte(path: Path) -> None:
    """A tag can be moved by others; a commit and a digest cannot. The version beside it is for people."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    actions = [line for line in lines if re.match(r"(- )?uses:", line)]
    images = [line for line in lines if line.startswith("image:")]

    assert actions
    assert [line for line in actions if not PINNED_ACTION.search(line)] == []
    assert [line for line in images if not PINNED_IMAGE.search(line)] == []


def test_a_workflow_may_read_the_code_and_no_more() -> None:
    """A change from a stranger that runs here cannot write to the repository, nor find a token on the disk."""
    checkouts = [
        step for job in jobs().values() for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")
    ]

    assert load("workflows/ci.yml")["permissions"] == {}
    assert [job["permissions"] for job in jobs().values()] == [{"contents": "read"}]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False]


def test_a_workflow_ends_and_gives_way_to_a_newer_change() -> None:
    """Nothing hangs for hours, and nobody waits for the run of a change that was replaced."""
    assert [name for name, job in jobs().items() if "timeout-minutes" not in job] == []
    assert load("workflows/ci.yml")["concurrency"]["cancel-in-progress"] is True


def test_ci_runs_the_file_that_anybody_can_run() -> None:
    """What fails there fails at home: the one command is .ci/run, which calls `make test`."""
    commands = [step["run"] for job in jobs().values() for step in job["steps"] if "run" in step]

    assert commands == ["bash .ci/run"]


@pytest.mark.parametrize("path", FORMS, ids=shown)
def test_an_issue_form_asks_for_what_is_needed_and_names_each_answer_once(path: Path) -> None:
    """GitHub shows no form that it cannot read: each has its name, a sentence, and answers with ids and labels."""
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    asked = [part for part in form["body"] if part["type"] != "markdown"]
    ids = [part["id"] for part in asked]

    assert {"name", "description", "body"} <= form.keys()
    assert len(ids) == len(set(ids))
    assert [part["id"] for part in asked if not part["attributes"].get("label")] == []
    assert any(part.get("validations", {}).get("required") for part in asked)
