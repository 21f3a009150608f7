"""`make run` works from nothing, and says in a sentence what is missing when it cannot."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import pip_run, start
from scripts.environment import Environment, SetupError, set_up
from scripts.setup import refusal
from tests.repo.tree import ROOT

LOG = Path("pip.log")

pytestmark = pytest.mark.timeout(300)
"""Making an environment and installing packages takes as long as the machine and the network let it."""


def says(text: str, status: int = 1) -> str:
    """Return the sentence for what pip said."""
    return pip_run.explain(text, status, LOG)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout that needs no packages at all."""
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("# nothing\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 9, 2), (3, 10, 13)])
def test_an_old_python_is_told_in_one_sentence_what_to_do(version: tuple[int, int, int]) -> None:
    """Whoever has an old Python learns which one is needed, which one they have, and what to type."""
    sentence = refusal(version)

    assert sentence is not None
    assert sentence.startswith(f"Startcall needs Python 3.11 or newer; this is {version[0]}.{version[1]}.{version[2]}.")
    assert sentence.endswith("make run PYTHON=python3.12")


def test_without_a_python_make_says_which_one_is_needed() -> None:
    """Whoever has none, or mistyped its name, reads what to do instead of the shell's own words."""
    ran = subprocess.run(
        ["make", "run", "PYTHON=no-such-python"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert 0 != ran.returncode
    assert ran.stderr.startswith("There is no no-such-python here, and Startcall needs Python 3.11 or newer.")


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 14, 0), (4, 0, 0)])
def test_a_newer_python_is_welcome(version: tuple[int, int, int]) -> None:
    """Nobody is sent away because of a Python that works."""
    assert refusal(version) is None


@pytest.mark.parametrize("name", ["__init__.py", "setup.py"])
def test_the_first_stage_can_be_read_by_an_old_python(name: str) -> None:
    """A Python that cannot even read the file would show a syntax error instead of the sentence."""
    source = (ROOT / "scripts" / name).read_text(encoding="utf-8")

    ast.parse(source, feature_version=(3, 6))
    assert "from __future__ import annotations" not in source


def test_an_environment_is_made_once_and_again_after_an_interruption(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was installed completely is left alone; what may be half installed is made anew."""
    environment = Environment(checkout)
    set_up(checkout, dev=False)
    made = capsys.readouterr().out
    set_up(checkout, dev=False)
    quiet = capsys.readouterr().out
    leftover = environment.home / "leftover"
    leftover.touch()
    environment.unfinished.touch()
    set_up(checkout, dev=False)

    assert "Making .venv" in made
    assert quiet == ""
    assert not leftover.exists()
    assert not environment.unfinished.exists()
    assert environment.python.exists()


def test_changed_requirements_are_installed_into_the_same_environment(checkout: Path) -> None:
    """A changed pin costs an update, not a new environment; and what is needed for tests comes on top."""
    set_up(checkout, dev=False)
    kept = Environment(checkout).home / "kept"
    kept.touch()
    before = Environment(checkout).installed()
    (checkout / "requirements.txt").write_text("# nothing, in other words\n", encoding="utf-8")
    set_up(checkout, dev=True)
    after = Environment(checkout).installed()

    assert kept.exists()
    assert len(before) == 1
    assert [line.split()[0] for line in after] == ["requirements.txt", "requirements-dev.txt"]
    assert before[0] not in after


def test_without_a_network_one_sentence_says_so_and_what_was_there_still_works(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An update that cannot be fetched leaves the environment as it was."""
    set_up(checkout, dev=False)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # nobody listens on the port for discarding
    (checkout / "requirements-dev.txt").write_text("ruff==0.0.1\n", encoding="utf-8")

    with pytest.raises(SetupError, match=r"could not be fetched: the package index does not answer .*pip\.log"):
        set_up(checkout, dev=True)
    assert [line.split()[0] for line in Environment(checkout).installed()] == ["requirements.txt"]


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Path) -> None:
    """After an upgrade of the system's Python, `.venv` points to nothing."""
    environment = Environment(checkout)
    set_up(checkout, dev=False)
    environment.python.unlink()
    environment.python.symlink_to(checkout / "no-such-python")
    set_up(checkout, dev=False)

    assert environment.python.exists()
    assert shutil.which(environment.python) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WARNING: Retrying … NameResolutionError(…)", "The packages could not be fetched"),
        ("ERROR: Could not install … [Errno 28] No space left on device", "The packages could not be written"),
        ("ERROR: No matching distribution found for slack-sdk==9.9", "The package index has no slack-sdk==9.9 for"),
        ("ERROR: something new", "Pip could not install the packages: something new."),
    ],
)
def test_every_failure_of_pip_becomes_one_sentence(text: str, expected: str) -> None:
    """Nobody has to read a traceback to learn whether network, disk or index is the trouble."""
    sentence = says(text)

    assert sentence.startswith(expected)
    assert sentence.endswith(f"Pip's own words are in {LOG}.")
    assert "\n" not in sentence


def test_a_killed_pip_is_no_riddle() -> None:
    """The next run starts over, so that is all there is to say."""
    assert (
        says("Collecting aiohttp", -9) == "Pip was stopped by signal 9 before it was done. Run the same command again."
    )


def test_with_credentials_the_app_starts_alone() -> None:
    """Good or bad, they are the app's business: it says what is wrong with them."""
    assert start.command(["doctor"], credentials=True) == [sys.executable, "app.py", "doctor"]


def test_without_credentials_the_local_slack_starts_with_a_meeting_page_of_its_own() -> None:
    """Nothing leaves the computer, not even by a click on Join."""
    command = start.command(["--port", "0"], credentials=False)

    assert command[1:3] == ["-m", "sandbox"]
    assert "STARTCALL_LINK_TEMPLATE={url}meet/{room}" in command
    assert "--sign-in" in command
    assert command[-2:] == ["--port", "0"]
