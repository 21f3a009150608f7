"""What holds for every test: a clean environment, marks by folder, and the local Slack as a fixture."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scripts import browser

pytest_plugins = [
    "sandbox.testing",
    "tests.builtin_site",
    "tests.browser.room_pages",
    "tests.contract.storing",
    "tests.janus_server",
    "tests.postgres",
    "tests.durability.forms",
]

HERE = Path(__file__).parent
OURS = ("SLACK_", "STARTCALL_")
SETTINGS = {"DATABASE_URL", "HOST", "PORT", "PUBLIC_URL"}
PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the developer's own settings and proxies from every test, and from the programs it starts."""
    for name in list(os.environ):  # noqa: TID251 - clearing it needs its names
        if name.startswith(OURS) or name in SETTINGS or name.lower() in PROXIES:
            monkeypatch.delenv(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of a folder that has a mark of its own, and skip the browser's when that was asked for."""
    skipped = os.environ.get("SKIP_BROWSER_TESTS") == "1"  # noqa: TID251 - a switch of the tests alone
    for item in items:
        folder = item.path.relative_to(HERE).parts[0]
        if folder in {"browser", "durability"}:
            item.add_marker(folder)
        if folder == "browser" and skipped:
            item.add_marker(pytest.mark.skip(reason="SKIP_BROWSER_TESTS=1"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a browser test in words where there is no browser: a test left out in silence proves nothing."""
    if item.get_closest_marker("browser") and browser.is_missing():
        pytest.fail(browser.CURE, pytrace=False)
