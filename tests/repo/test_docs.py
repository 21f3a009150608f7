"""The documentation names only what exists, and a newcomer finds the two commands at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from listeners.commands.grammar import Command
from scripts import site
from tests.repo.tree import ROOT, shown

PAGES = site.pages()
NOT_IN_THE_REPOSITORY = (".venv", ".env", "data/", "PUBLIC_URL/", "prosody/")
"""What is made here, stands for an address, or is a folder of somebody's Jitsi."""
FIRST_SCREEN_LINES = 25
CHANGES = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
"""Source: https://keepachangelog.com/"""
README_MAX_LINES = 120
PICTURE_MAX_BYTES = 200_000

_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_ENDINGS = {".py", ".md", ".yml", ".toml", ".txt", ".in"}


def named_paths(text: str) -> set[str]:
    """Return what reads like a path of this repository: in code marks, with a slash or a known ending."""
    words = {word for span in _CODE.findall(text) for word in span.split() if _PATH.fullmatch(word)}
    return {
        word
        for word in words
        if ("/" in word or Path(word).suffix in _ENDINGS) and not word.startswith(NOT_IN_THE_REPOSITORY)
    }


def exists(name: str, page: Path) -> bool:
    """Tell whether a path exists, seen from the top, from the page's folder or, for a bare name, in any folder."""
    anywhere = () if "/" in name else (folder for folder in ROOT.glob("[a-z]*/**/") if folder.is_dir())
    return any((base / name).exists() for base in (ROOT, page.parent, *anywhere))


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_path_that_is_named_exists(page: Path) -> None:
    """Whoever follows the documentation finds what it speaks of."""
    text = page.read_text(encoding="utf-8")

    assert sorted(name for name in named_paths(text) if not exists(name, page) and "example" not in name) == []


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Links between pages work in the checkout as they do on the web."""
    text = page.read_text(encoding="utf-8")

    assert sorted(link for link in _LINK.findall(text) if not (page.parent / link).exists()) == []


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    """A command copied from the documentation runs."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"^    (?:\w+=\S+ )?make ([a-z-]+)", text, re.MULTILINE))
    named |= {target for span in _CODE.findall(text) for target in re.findall(r"\bmake ([a-z-]+)", span)}

    assert set() == named - targets


def test_every_module_that_is_run_exists() -> None:
    """`python -m` in the documentation and the Makefile names modules of ours, or tools that are there anyway."""
    texts = [page.read_text(encoding="utf-8") for page in (*PAGES, ROOT / "Makefile")]
    modules = {module for text in texts for module in re.findall(r"(?:python|PYTHON\)) -m ([\w.]+\w)", text)}
    ours = {module for module in modules if module not in {"compileall", "pip", "pytest", "ruff"}}

    paths = {module: ROOT / module.replace(".", "/") for module in ours}
    assert (
        sorted(
            module
            for module, path in paths.items()
            if not (path / "__main__.py").exists() and not path.with_suffix(".py").exists()
        )
        == []
    )


def test_the_first_screen_of_the_readme_holds_both_commands() -> None:
    """A newcomer starts and tests Startcall without scrolling."""
    first = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:FIRST_SCREEN_LINES]

    assert [command for command in ("make run", "make test") if f"    {command}" not in first] == []


def test_pictures_are_small() -> None:
    """Whoever clones the repository does not wait for its pictures, now or when they are taken anew."""
    pictures = sorted((ROOT / "docs" / "images").iterdir())

    assert pictures
    assert [shown(one) for one in pictures if one.stat().st_size > PICTURE_MAX_BYTES] == []


def test_the_readme_is_short() -> None:
    """What is longer belongs into docs."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()

    assert len(lines) <= README_MAX_LINES


def test_the_readme_names_every_command() -> None:
    """What can be typed is known before the app is installed, and nothing else is promised."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`/startcall ([a-z]+)\b", text))

    assert {command.value for command in Command} == named


def test_make_help_lists_every_target() -> None:
    """Each target has its sentence, so that `make` alone tells what there is."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    declared = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    explained = re.findall(r"^([a-z][a-z-]*):[^#\n]*## \w", makefile, re.MULTILINE)

    assert declared is not None
    assert sorted(declared[1].split()) == sorted(explained)


def test_every_feature_is_linked_to_a_test() -> None:
    """Each row of the table of features names a file of tests, and those of single cases a test that is in it."""
    rows = [line for line in (ROOT / "docs" / "features.md").read_text(encoding="utf-8").splitlines() if "](" in line]
    without = [row for row in rows if not re.search(r"\]\(\.\./tests/\w+/test_\w+\.py\)", row)]
    cases = [(link, name) for row in rows for link in _LINK.findall(row) for name in re.findall(r"`(test_\w+)`", row)]
    gone = [name for link, name in cases if f"def {name}(" not in (ROOT / "docs" / link).read_text(encoding="utf-8")]

    assert rows
    assert cases
    assert [] == without
    assert [] == gone
    assert len(cases) == len(set(cases))


def test_the_changelog_keeps_its_form() -> None:
    """What is not released yet comes first, then versions with their dates, newest first, under the usual headings."""
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    versions = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    dates = [version.partition(" - ")[2] for version in versions[1:]]

    assert "Unreleased" == versions[0]
    assert [one for one in versions[1:] if not re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", one)] == []
    assert sorted(dates, reverse=True) == dates
    assert {line[4:] for line in lines if line.startswith("### ")} <= CHANGES
