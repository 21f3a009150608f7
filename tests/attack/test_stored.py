"""What anybody may ask for without a signature stores nothing: it costs an answer, however often it is asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.attack.outsider import ADDRESSES, filled
from tests.attack.target import Target, Watched, installable_target, target
from tests.many_workspaces import eventually, new_browser

TIMES = 3
STORES_A_MARK = "/readyz"
"""To find out whether anything can be stored; how often is bounded, which has a test of its own."""

TELLS_WHO = {
    "Cookie": "startcall_install=x; startcall_account=x; startcall=x",
    "Sec-Fetch-Site": "same-origin",
    "Content-Type": "application/x-www-form-urlencoded",
}


@pytest.fixture
async def installable(tmp_path: Path) -> AsyncIterator[Watched]:
    """Run the app that workspaces can install."""
    async with installable_target(tmp_path) as running:
        yield running


@pytest.fixture
async def reported_to(tmp_path: Path) -> AsyncIterator[Target]:
    """Run the app with many meeting systems."""
    async with target(tmp_path) as running:
        yield running


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Look at the app's database beside it."""
    with closing(sqlite3.connect(tmp_path / "calls.sqlite3")) as connection:
        yield connection


def version(database: sqlite3.Connection) -> int:
    """Return a number that another one follows whenever somebody else has changed anything.

    Source: https://www.sqlite.org/pragma.html#pragma_data_version
    """
    return int(database.execute("PRAGMA data_version").fetchone()[0])


async def test_every_address_is_asked_and_nothing_stored(installable: Watched, database: sqlite3.Connection) -> None:
    """With what a browser sends, and with names, tokens and states that are made up."""
    before = version(database)
    async with new_browser() as browser:
        for address, method in ADDRESSES.items():
            for given in ("x", "A" * 22):
                url = f"{installable.app.url}{filled(address, given)}?state=x&code=y&for=z&elsewhere=1"
                for _ in range(TIMES if address != STORES_A_MARK else 0):
                    body = b"name=Mallory" if method == "POST" else None
                    async with browser.request(
                        method, url, headers=TELLS_WHO, data=body, allow_redirects=False
                    ) as answer:
                        assert 500 != answer.status

    assert before == version(database)


async def test_whoever_begins_and_comes_back_with_made_up_codes_has_nothing_stored(
    installable: Watched, database: sqlite3.Connection
) -> None:
    """Slack cannot be asked here, as little as it would know the code."""
    before = version(database)
    async with new_browser() as browser:
        for number in range(TIMES):
            async with browser.get(f"{installable.app.url}/slack/install", allow_redirects=False) as answer:
                assert 302 == answer.status
                state = answer.headers["Location"].partition("state=")[2].partition("&")[0]
            back = f"{installable.app.url}/slack/oauth_redirect?state={state}"
            for more in (f"&code=made-up-{number}", "&error=access_denied", ""):
                async with browser.get(f"{back}{more}") as answer:
                    assert 400 <= answer.status

    assert before == version(database)


async def test_no_report_is_stored_that_is_not_a_meeting_systems(
    reported_to: Target, database: sqlite3.Connection
) -> None:
    """Whatever each of them reports, without what shows that it does."""
    before = version(database)
    async with new_browser() as browser:
        for name in reported_to.ways():
            for method in ("POST", "GET", "PUT"):
                for path in ("", "/events", "/ended/x/y", "/recording", "/room"):
                    url = f"{reported_to.app.url}/hooks/{name}{path}?checksum=x&validationToken=x"
                    async with browser.request(method, url, data=b'{"event":"endpoint.url_validation"}') as answer:
                        assert 500 != answer.status

    assert before == version(database)


async def test_something_that_is_stored_is_noticed(installable: Watched, database: sqlite3.Connection) -> None:
    """Else the others would hold whatever the app did."""
    before = version(database)

    async def is_noticed() -> bool:
        async with browser.get(f"{installable.app.url}{STORES_A_MARK}") as answer:
            await answer.read()
        return before != version(database)

    async with new_browser() as browser:
        await eventually(is_noticed)
