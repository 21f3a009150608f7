"""Installing by OAuth: what can go wrong on the way to Slack and back, and what people read then."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
import pytest

from calls.clock import now
from calls.round_trip import STATE_LASTS, RoundTrips
from sandbox.delivery.payloads import event_callback
from sandbox.installs import EVENTS, uninstall_event
from sandbox.testing import wait_for
from serve import running
from tests.many_workspaces import (
    Many,
    a_second_later,
    cards_of,
    general,
    new_browser,
    running_many,
    settings_for,
    shown,
)
from tests.ports import free_port
from tests.world import NO_EXTRA

BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.fixture
async def many(tmp_path: Path) -> AsyncIterator[Many]:
    """Run the app, installed nowhere yet."""
    async with running_many(f"sqlite:///{tmp_path}/calls.sqlite3") as running:
        yield running


async def page_at(many: Many, url: str) -> tuple[int, str]:
    """Return the status and the text of a page in a new browser."""
    async with new_browser() as browser, browser.get(url) as answer:
        return answer.status, shown(await answer.text())


async def test_whoever_says_no_reads_that_nothing_was_installed(many: Many) -> None:
    """And can begin again from that page."""
    async with new_browser() as browser, browser.get(await many.allowed(browser, None)) as answer:
        page = await answer.text()

    assert (400, True) == (answer.status, "Nothing was installed, because it was not allowed at Slack." in page)
    assert 'href="/slack/install"' in page
    assert [] == list(await many.installed())


async def test_an_address_that_was_used_installs_nothing_again(many: Many) -> None:
    """The state in it works once."""
    async with new_browser() as browser:
        back = await many.allowed(browser, many.home.team.id)
        async with browser.get(back) as first, browser.get(back) as second:
            assert (200, 400) == (first.status, second.status)
            assert "This was finished before, or took longer than 10 minutes" in await second.text()

    assert 1 == many.methods().count("oauth.v2.access")


async def test_another_browser_installs_nothing_and_takes_nothing_away(many: Many) -> None:
    """Somebody who is sent the address of another's installation cannot finish it."""
    async with new_browser() as browser:
        back = await many.allowed(browser, many.home.team.id)
        status, text = await page_at(many, back)
        assert (400, True) == (status, "This was begun in another browser" in text)
        async with browser.get(back) as answer:
            assert 200 == answer.status


async def test_a_made_up_state_installs_nothing(many: Many) -> None:
    """Slack is not even asked."""
    status, text = await page_at(many, f"{many.server.address}/slack/oauth_redirect?state=x&code=y")

    assert (400, True) == (status, "nothing was installed now" in text)
    assert [] == many.methods()


async def test_an_installation_that_took_too_long_has_to_begin_again(many: Many) -> None:
    """After 10 minutes; also the code at Slack is good for no longer."""
    long_ago = RoundTrips(many.settings.join_key, "install", lambda: now() - STATE_LASTS)
    async with new_browser() as browser:
        back = await many.allowed(browser, many.home.team.id)
        async with browser.get(_with_state(back, long_ago.begin(_kept_by(browser)))) as answer:
            assert "took longer than 10 minutes" in await answer.text()
        # The browser and the code are good.
        async with browser.get(back) as answer:
            assert 200 == answer.status


def _with_state(back: str, state: str) -> str:
    """Return the address at which a browser comes back, with another state."""
    parts = urlsplit(back)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | {"state": state})).geturl()


def _state_in(back: str) -> str:
    return dict(parse_qsl(urlsplit(back).query))["state"]


def _kept_by(browser: aiohttp.ClientSession) -> str:
    """Return what a browser that went to Slack keeps for us."""
    return next(morsel.value for morsel in browser.cookie_jar if morsel.key == "startcall_install")


async def test_a_state_that_is_written_in_another_way_does_not_work_once_more(many: Many) -> None:
    """A signature's last character has bits that mean nothing; a state that was used is known by what it says."""
    async with new_browser() as browser:
        back = await many.allowed(browser, many.home.team.id)
        async with browser.get(back) as answer:
            assert 200 == answer.status
        state = _state_in(back)
        again = await many.allowed(browser, many.home.team.id)
        for last in set(BASE64URL) - {state[-1]}:
            async with browser.get(_with_state(again, state[:-1] + last)) as answer:
                assert 400 == answer.status

    assert 1 == many.methods().count("oauth.v2.access")


async def test_installing_goes_on_in_another_process_and_after_a_restart(many: Many, tmp_path: Path) -> None:
    """Whichever has the installation's secrets takes a browser back that any of them sent to Slack."""
    async with new_browser() as browser:
        back = await many.allowed(browser, many.home.team.id)
        settings = settings_for(
            many.slack, free_port(), f"sqlite:///{tmp_path}/other.sqlite3", http=True, extra=NO_EXTRA
        )
        async with running(settings) as other:
            headers = {"Cookie": f"startcall_install={_kept_by(browser)}"}
            url = f"{other.address}/slack/oauth_redirect?state={_state_in(back)}&error=access_denied"
            async with browser.get(url, headers=headers) as answer:
                assert "because it was not allowed at Slack" in await answer.text()


async def test_nothing_is_stored_before_slack_has_said_that_somebody_allowed_it(many: Many) -> None:
    """Neither for who begins nor for who comes back with a code that they made up."""
    async with new_browser() as browser:
        back = await many.allowed(browser, many.home.team.id)
        for _ in range(3):
            async with browser.get(back.replace("code=", "code=x")) as answer:
                assert 400 == answer.status
        assert [] == await many.server.database.query(_states)
        async with browser.get(back) as answer:
            assert 200 == answer.status
        assert 1 == len(await many.server.database.query(_states))


def _states(connection: object) -> list[tuple[object, ...]]:
    from sqlalchemy import Connection, text  # noqa: PLC0415 - for this test alone

    assert isinstance(connection, Connection)
    return [tuple(row) for row in connection.execute(text("SELECT state FROM install_states"))]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("bad_redirect_uri", "under OAuth & Permissions, Redirect URLs"),
        ("invalid_client_id", "Slack does not know this app by its id and secret."),
        ("bad_client_secret", "`SLACK_CLIENT_SECRET`".strip("`")),
        ("invalid_code", "Slack did not let Startcall be installed ( invalid_code )."),
    ],
)
async def test_what_slack_refuses_is_said_with_its_cure(many: Many, code: str, words: str) -> None:
    """In words for whoever runs the app, where only they can help."""
    many.slack.faults.add("oauth.v2.access", "error", error=code)

    assert words in await many.install(many.home.team.id)
    assert [] == list(await many.installed())


@pytest.mark.parametrize("fault", ["500", "drop_before", "429"])
async def test_while_slack_is_down_people_are_asked_to_come_back(many: Many, fault: str) -> None:
    """Nothing is kept of an installation that Slack did not finish."""
    many.slack.faults.add("oauth.v2.access", fault)  # type: ignore[arg-type]

    page = await many.install(many.home.team.id)

    assert "Not right now" in page
    assert "Install Startcall" in page
    assert [] == list(await many.installed())


async def test_installing_twice_keeps_one_installation(many: Many) -> None:
    """The newest one, with the token that Slack gave last."""
    for _ in range(3):
        await many.install(many.home.team.id)

    assert ["Sandbox"] == [one.name for one in await many.installed()]


@pytest.mark.parametrize("events", [EVENTS, EVENTS[::-1], EVENTS[:1], EVENTS[1:]], ids="+".join)
async def test_a_removal_is_noted_whatever_slack_tells_of_it(many: Many, events: tuple[str, ...]) -> None:
    """One event or both, in either order."""
    await many.install(many.home.team.id)
    await a_second_later()

    many.slack.installs.uninstall(many.home.team.id, events)
    await many.removed_from(many.home.team.id)

    assert [] == list(await many.installed())


async def test_news_of_a_removal_that_come_after_the_next_installation_change_nothing(many: Many) -> None:
    """Slack repeats events for hours; an old one does not take away what is new."""
    await many.install(many.home.team.id)
    await a_second_later()
    late = [event_callback(many.home, uninstall_event(many.home, name)) for name in EVENTS]
    await a_second_later()
    await many.install(many.home.team.id)

    assert many.slack.signed_http is not None
    acks = [await many.slack.signed_http.deliver("events_api", payload) for payload in late]

    assert [True, True] == [ack.is_ok for ack in acks]
    assert ["Sandbox"] == [one.name for one in await many.installed()]


async def test_the_tokens_of_a_removed_workspace_are_forgotten(many: Many) -> None:
    """Nothing is kept that could be used."""
    await many.install(many.home.team.id)
    await a_second_later()
    many.slack.installs.uninstall(many.home.team.id)
    await many.removed_from(many.home.team.id)

    assert [(None,)] == await many.server.database.query(_tokens)


def _tokens(connection: object) -> list[tuple[object]]:
    from sqlalchemy import Connection, text  # noqa: PLC0415 - for this test alone

    assert isinstance(connection, Connection)
    return [tuple(row) for row in connection.execute(text("SELECT tokens FROM installations"))]


async def test_no_token_is_in_the_log_or_readable_in_the_database(
    many: Many, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Through an installation, a call, a refused token, a removal and a defect."""
    caplog.set_level(logging.DEBUG)
    await many.install(many.home.team.id)
    card = await many.start(many.home, "Weekly sync")
    many.slack.faults.add("calls.end", "error", error="token_revoked")
    await many.person(many.home).click(general(many.home), card.ts, "end_call")
    await many.stuck_for("token_revoked")
    many.slack.faults.add("oauth.v2.access", "error", error="invalid_code")
    await many.install(many.home.team.id)
    await many.install(many.home.team.id)
    await wait_for(lambda: not any(block["call"]["v1"]["date_end"] == 0 for block in _calls(many)))

    secrets = [*many.slack.installs.grants, many.slack.installation.client_secret]
    kept = content_of(tmp_path)
    said = caplog.text + repr(many.settings) + repr(await many.installed())

    assert [] == [secret for secret in secrets if secret in said]
    assert [] == [secret for secret in secrets if secret.encode() in kept]
    assert "xoxb-" not in said


def content_of(folder: Path) -> bytes:
    """Return everything in the files of a folder."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


def _calls(many: Many) -> list[dict[str, dict[str, dict[str, int]]]]:
    """Return the call blocks of the cards as they are shown now."""
    from sandbox.messages import message_json  # noqa: PLC0415 - for this test alone

    shown_now = [message_json(many.home, card) for card in cards_of(many.home)]
    return [block for message in shown_now for block in message["blocks"] if block["type"] == "call"]
