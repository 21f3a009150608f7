"""Files and functions stay small enough to read, and nothing lies where no gate looks."""

from __future__ import annotations

import ast
import tomllib

from tests.repo.tree import PACKAGES, ROOT, TOOLS, TOP_LEVEL, parsed, shown, sources

MODULE_MAX_LINES = 400
EXAMPLE = ROOT / "docs" / "example_provider"
"""Stands for a repository of somebody else's."""

FUNCTION_MAX_LINES = 50
MADE_HERE = {"data", "test-output"}
"""Folders that git ignores; `make docs` copies what its pages link to into one of them."""
EVERYTHING = (*PACKAGES, *TOP_LEVEL, *TOOLS)


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function has, its docstring not counted."""
    docstring = node.body[0] if ast.get_docstring(node) is not None else None
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    return whole if docstring is None else whole - ((docstring.end_lineno or 0) - docstring.lineno + 1)


def test_no_file_is_too_long() -> None:
    """A file of more than 400 lines holds more than one thing."""
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*EVERYTHING)}

    assert {path: lines for path, lines in lengths.items() if lines > MODULE_MAX_LINES} == {}


def test_no_function_is_too_long() -> None:
    """A function of more than 50 lines does more than one thing."""
    lengths = {
        f"{shown(path)}:{node.lineno} {node.name}": lines_of(node)
        for path in sources(*EVERYTHING)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {place: lines for place, lines in lengths.items() if lines > FUNCTION_MAX_LINES} == {}


def test_every_folder_with_python_in_it_is_a_package() -> None:
    """import-linter and mypy pass over a folder without `__init__.py` in silence."""
    folders = {path.parent for path in sources(*EVERYTHING) if path.parent not in {ROOT, EXAMPLE}}

    assert sorted(shown(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_every_top_level_name_is_known_to_the_rules() -> None:
    """Python at the top level that no import rule knows could import, and be imported by, anything."""
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name not in MADE_HERE and any(path.rglob("*.py"))
    }
    names = folders | {path.stem for path in ROOT.glob("*.py")}

    assert sorted(names - set(EVERYTHING)) == [], "add it to tests/repo/tree.py and to [tool.importlinter]"


def test_the_import_contracts_cover_every_package_and_the_top_level() -> None:
    """The names in pyproject.toml are those the tests of the repository go by."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    closed = next(contract for contract in linter["contracts"] if "top level" in contract["name"])

    assert sorted(PACKAGES) == sorted(linter["root_packages"])
    assert sorted(PACKAGES) == sorted(closed["source_modules"])
    assert sorted(TOP_LEVEL) == sorted(closed["forbidden_modules"])
