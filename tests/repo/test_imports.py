"""Who may talk to whom, as far as import-linter cannot see it: by calls, by names, and from the top level."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from tests.repo.tree import PACKAGES, TOP_LEVEL, imported, parsed, shown, sources

SLACK_CODE = "calls/slack/"
WEB_API = {name for name in vars(AsyncWebClient) if "_" in name.strip("_")}
"""The SDK's method for every method of the Web API, and `api_call`, which takes any."""

ENVIRONMENT = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
READERS = {"config.py"}
OWN_COMMAND_LINE = {"sandbox/__main__.py"}
"""The local Slack is a program of its own, and hands its environment on to the app it starts."""


def web_api_calls(path: Path) -> Iterator[str]:
    """Return the places where a file calls a method of Slack's client."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WEB_API:
            yield f"{shown(path)}:{node.lineno} {node.func.attr}"


def environment_reads(path: Path) -> Iterator[str]:
    """Return the places where a file reads the environment."""
    for node in ast.walk(parsed(path)):
        names: list[str] = []
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            names = [node.attr]
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            names = [alias.name for alias in node.names]
        if not ENVIRONMENT.isdisjoint(names):
            yield f"{shown(path)}:{getattr(node, 'lineno', 0)}"


def test_only_calls_slack_calls_the_web_api() -> None:
    """What Slack is told is decided, limited and checked in one place."""
    ours = sources(*(name for name in PACKAGES if name != "sandbox"), *TOP_LEVEL)
    places = [place for path in ours if not shown(path).startswith(SLACK_CODE) for place in web_api_calls(path)]

    assert places == []


def test_only_config_reads_the_environment() -> None:
    """Every setting is in one table, checked at the start."""
    ours = [path for path in sources(*PACKAGES, *TOP_LEVEL) if shown(path) not in READERS | OWN_COMMAND_LINE]

    assert [place for path in ours for place in environment_reads(path)] == []


def test_nobody_imports_the_top_level() -> None:
    """What plugs the parts together is known to none of them."""
    places = [
        f"{shown(path)}:{line} imports {name}"
        for path in sources(*PACKAGES)
        for name, line in imported(path)
        if name in TOP_LEVEL
    ]

    assert places == []


def test_nobody_imports_app() -> None:
    """`app.py` stands at the top even of the top level."""
    others = [path for path in sources(*TOP_LEVEL) if shown(path) != "app.py"]

    assert [f"{shown(path)}:{line}" for path in others for name, line in imported(path) if name == "app"] == []


def test_the_app_knows_nothing_of_the_local_slack() -> None:
    """Against the local Slack runs the same app as against Slack."""
    ours = sources(*(name for name in PACKAGES if name != "sandbox"), *TOP_LEVEL)

    assert [f"{shown(path)}:{line}" for path in ours for name, line in imported(path) if name == "sandbox"] == []


def test_the_local_slack_knows_nothing_of_us() -> None:
    """Any Slack app can run against it."""
    ours = {*PACKAGES, *TOP_LEVEL, "tests", "scripts", "slack_bolt"} - {"sandbox"}
    places = [
        f"{shown(path)}:{line} imports {name}"
        for path in sources("sandbox")
        for name, line in imported(path)
        if name in ours
    ]

    assert places == []


def test_bolt_is_imported_by_listeners_only() -> None:
    """The top level has no need of Bolt."""
    ours = sources(*TOP_LEVEL)

    assert [f"{shown(path)}:{line}" for path in ours for name, line in imported(path) if name == "slack_bolt"] == []
