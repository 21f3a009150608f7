"""Every command that the documentation shows is one that its program understands."""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import command_line
from benchmarks import __main__ as benchmarks
from sandbox.__main__ import _parser as sandbox_parser
from scripts import durability, picture, site, sizing
from tests.repo.tree import ROOT, shown

PAGES = site.pages()
PARSERS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "benchmarks": benchmarks.parser,
    "sandbox": sandbox_parser,
    "scripts.durability": durability.parser,
    "scripts.picture": picture.parser,
    "scripts.sizing": sizing.parser,
}
WITH_ARGS = {"bench": "benchmarks", "run": "sandbox", "durability": "scripts.durability"}
"""The targets of the Makefile that pass ARGS on, and to what."""

VARIABLES = {"ARGS", "PORT", "PYTHON", "SKIP_BROWSER_TESTS", "STARTCALL_SKIP_POSTGRES", "TMPDIR"}

_SPAN = re.compile(r"`([^`\n]+)`")
_BLOCK_LINE = re.compile(r"^(?: {3,}|\$ )(\S.*)$", re.MULTILINE)
_FENCE = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^(?:\w+=\S+ )*(?:make|\S*python3?) \S")
_ELSEWHERE = re.compile(r"docker |sudo |python3? (?:-m )?(?:venv|pip)|\bpip ")


def commands(text: str) -> Iterator[str]:
    """Yield what a page shows as something to type: in code marks, indented, or between fences."""
    fenced = [line.strip() for block in _FENCE.findall(text) for line in block.splitlines()]
    for line in (*_SPAN.findall(text), *_BLOCK_LINE.findall(text), *fenced):
        if _COMMAND.match(line) and not _ELSEWHERE.search(line):
            yield line.partition(" > ")[0].partition("  #")[0]


def refusal(parser: argparse.ArgumentParser, words: list[str]) -> str:
    """Return why a program would refuse its arguments, or nothing; a group of commands may be named alone."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        try:
            parser.parse_args(words)
        except SystemExit:
            if any(word.startswith("-") for word in words):
                return said.getvalue()
            with contextlib.suppress(SystemExit):
                said.truncate(0)
                parser.parse_args([*words, "--help"])
            return said.getvalue()
    return ""


def python_refusal(words: list[str]) -> str:
    """Return why `python …` would not run, or nothing."""
    if words[0] == "app.py":
        return refusal(command_line.parser(), words[1:])
    if words[0] == "-m" and words[1] == "pytest":
        return "".join(f"no {word}" for word in words[2:] if "/" in word and not (ROOT / word).exists())
    if words[0] == "-m" and words[1] in PARSERS:
        return refusal(PARSERS[words[1]](), words[2:])
    return ""


def make_refusal(words: list[str]) -> str:
    """Return why `make …` would not run, or nothing."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    target = words[0]
    given = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    if f"\n{target}:" not in makefile:
        return f"no target {target}"
    if not given.keys() <= VARIABLES:
        return f"no variable {sorted(given.keys() - VARIABLES)}"
    arguments = shlex.split(given.get("ARGS", ""))
    if target in WITH_ARGS:
        return refusal(PARSERS[WITH_ARGS[target]](), arguments)
    return python_refusal(["-m", "pytest", *arguments])


def problem(command: str) -> str:
    """Return what is wrong with a command that is shown, or nothing."""
    words = shlex.split(command.replace("…", "x"))
    start = next(number for number, word in enumerate(words) if "=" not in word)
    program, *rest = words[start:]
    return make_refusal([*rest, *words[:start]]) if program == "make" else python_refusal(rest)


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_command_that_is_shown_is_understood(page: Path) -> None:
    """Whoever copies a command gets what the page says, and not a message about its arguments."""
    found = {command: problem(command) for command in commands(page.read_text(encoding="utf-8"))}

    assert {command: why for command, why in found.items() if why} == {}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python app.py calls list", ""),
        ("python app.py calls", ""),
        ("python app.py calls show", "invalid choice"),
        ("python app.py doctor --loud", "unrecognized arguments"),
        (".venv/bin/python -m sandbox --no-app --manifest manifest.yml", ""),
        (".venv/bin/python -m sandbox --quiet", "unrecognized arguments"),
        ('make run ARGS="--port 8911" PORT=3001', ""),
        ('make run ARGS="--prot 8911"', "unrecognized arguments"),
        ("make everything", "no target everything"),
        ('make test ARGS="tests/nowhere -x"', "no tests/nowhere"),
        ("SKIP_BROWSER_TESTS=1 make test", ""),
    ],
)
def test_a_command_that_is_wrong_is_noticed(command: str, expected: str) -> None:
    """The check above would find what it is there for."""
    (line,) = commands(f"`{command}`")
    found = problem(line)

    assert expected in found
    assert bool(expected) == bool(found)
