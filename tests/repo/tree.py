"""The files of this checkout, as the tests of the repository see them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("calls", "listeners", "providers", "storage", "sandbox")
"""What import-linter watches over."""

TOP_LEVEL = (
    "app",
    "command_line",
    "config",
    "config_checks",
    "config_found",
    "config_install",
    "config_limits",
    "config_table",
    "doctor",
    "logs",
    "operate",
    "operate_data",
    "operate_import",
    "operate_installations",
    "outgoing",
    "parts",
    "serve",
    "server",
    "server_parts",
    "supervised",
)
"""Where the packages are plugged together; nobody imports these but each other."""

TOOLS = ("scripts", "tests", "benchmarks", "docs")
"""Python that is not part of the app."""


def sources(*names: str) -> list[Path]:
    """Return the Python files of some top-level packages or modules, those that do not exist left out."""
    found: list[Path] = []
    for name in names:
        found += sorted((ROOT / name).rglob("*.py"))
        module = ROOT / f"{name}.py"
        found += [module] if module.exists() else []
    return found


def shown(path: Path) -> str:
    """Return a path as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(path: Path) -> Iterator[tuple[str, int]]:
    """Return the top-level names a file imports, also inside functions, with their lines."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0], node.lineno
