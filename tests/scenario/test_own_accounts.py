"""People connect their own accounts at meeting systems: once, for themselves alone, and never so that a call starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from calls.clock import now
from calls.errors import ProviderDown
from parts import build_account_store
from sandbox.testing import wait_for
from storage.account_tables import accounts
from tests.googlemeet_double import ASKED
from tests.own_account import SYSTEMS, Own, System, new_browser, read, running_own
from tests.world import GENERAL


@pytest.fixture(params=SYSTEMS, ids=lambda system: system.name)
async def own(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Own]:
    """Run an app whose people can connect their accounts at one meeting system after the other."""
    system: System = request.param
    async with running_own(tmp_path, system) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """Open a browser."""
    async with new_browser() as opened:
        yield opened


async def test_a_connected_account_holds_its_owners_calls(own: Own, browser: aiohttp.ClientSession) -> None:
    """One link in the settings; connecting starts nothing, and calls are begun and ended in the owner's name."""
    label = own.system.label
    assert f"Connect your {label} account" == (await own.section())["accessory"]["text"]["text"]
    status, text = await own.connect(browser)
    assert (200, True) == (status, f"Your next call at {label} is a meeting of {own.system.own}" in text)
    assert "calls.add" not in own.world.methods()
    assert f"Connected as {own.system.own}" in (await own.section())["text"]["text"]

    await own.start("Weekly sync")
    assert [own.system.own] == own.vendor.hosts()
    await own.world.alice.command(GENERAL, "/startcall", "end")
    await own.world.settled()
    assert ([] if own.system.deletes else [own.system.own]) == own.vendor.hosts()


async def test_others_calls_are_not_held_there(own: Own, browser: aiohttp.ClientSession) -> None:
    """Bob has connected nothing."""
    await own.connect(browser)
    await own.world.bob.command(GENERAL, "/startcall", "Bob's")
    await own.world.card(GENERAL)

    assert [own.system.company] == own.vendor.hosts()


async def test_an_account_that_is_disconnected_is_used_no_more(own: Own, browser: aiohttp.ClientSession) -> None:
    """Nothing of it is kept, and the dialog offers to connect again."""
    await own.connect(browser)
    await disconnect(own)
    await own.start("Weekly sync")

    assert [own.system.company] == own.vendor.hosts()
    assert [] == await own.world.server.database.ask(lambda work: list(work.execute(accounts.select())))


async def test_tokens_are_renewed_before_they_expire_once_however_many_ask(
    own: Own, browser: aiohttp.ClientSession
) -> None:
    """Some take a refresh token once, so a second renewal would lose the account; nobody connects again."""
    own.sign_in.lasts_s = 60
    await own.connect(browser)
    own.sign_in.lasts_s = 3600

    given = await asyncio.gather(*(own.accounts.token(own.alice) for _ in range(20)))

    assert 1 == len(set(given))
    assert given[0] in own.sign_in.access
    assert 1 == own.sign_in.renewals


async def test_an_account_outlives_any_number_of_renewals(own: Own, browser: aiohttp.ClientSession) -> None:
    """Whether its refresh token is replaced, prolonged, or never given again."""
    own.sign_in.lasts_s = 60
    await own.connect(browser)
    given = [await own.accounts.token(own.alice) for _ in range(4)]

    assert (4, 4) == (len(set(given)), own.sign_in.renewals)
    await own.start("Weekly sync")
    assert [own.system.own] == own.vendor.hosts()


async def test_an_account_that_nobody_uses_is_renewed_once_a_month(own: Own, browser: aiohttp.ClientSession) -> None:
    """Nobody connects again after a long leave; who uses theirs is left alone, and what fails is tried again."""
    await own.connect(browser)
    await own.accounts.renew_unused()
    assert 0 == own.sign_in.renewals

    await last_renewed(own, now() - timedelta(days=31))
    own.sign_in.knows_app = False
    await own.accounts.renew_unused()
    own.sign_in.knows_app = True
    await asyncio.gather(*(own.accounts.renew_unused() for _ in range(5)))
    await own.accounts.renew_unused()
    assert 1 == own.sign_in.renewals

    await last_renewed(own, None)
    own.sign_in.revoke()
    await own.accounts.renew_unused()
    assert await own.accounts.token(own.alice) is None
    await wait_for(lambda: bool(own.direct_messages()))


async def test_a_token_that_ended_before_its_time_is_renewed_in_the_middle_of_a_start(
    own: Own, browser: aiohttp.ClientSession
) -> None:
    """The meeting is still the owner's."""
    await own.connect(browser)
    own.sign_in.expire()
    await own.start("Weekly sync")

    assert ([own.system.own], 1) == (own.vendor.hosts(), own.sign_in.renewals)


async def test_what_a_lost_answer_to_a_renewal_costs(own: Own, browser: aiohttp.ClientSession) -> None:
    """Nothing where a refresh token can be used again, and else the account, which its owner is told."""
    own.sign_in.lasts_s = 60
    await own.connect(browser)
    own.sign_in.lost_answers = 1
    with pytest.raises(ProviderDown):
        await own.accounts.token(own.alice)

    assert own.system.uses_up == (await own.accounts.token(own.alice) is None)
    await wait_for(lambda: own.system.uses_up == bool(own.direct_messages()))


async def test_who_stops_waiting_for_a_renewal_costs_nobody_their_account(
    own: Own, browser: aiohttp.ClientSession
) -> None:
    """As a start does whose meeting system is slow: the answer is still waited for and kept."""
    own.sign_in.lasts_s = 60
    await own.connect(browser)
    own.sign_in.lasts_s, own.sign_in.slow_s = 3600, 0.3
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(own.accounts.token(own.alice), 0.1)

    assert await own.accounts.token(own.alice) in own.sign_in.access
    assert 1 == own.sign_in.renewals


async def test_who_died_while_renewing_an_account_holds_nobody_up_for_long(
    own: Own, browser: aiohttp.ClientSession
) -> None:
    """The right to renew runs out, and somebody else takes it."""
    own.sign_in.lasts_s = 60
    await own.connect(browser)
    store = build_account_store(own.world.server.settings, own.world.server.database)
    account = await store.find(own.alice)
    assert account is not None
    assert await store.lease(account, now() + timedelta(seconds=0.3))

    assert await own.accounts.token(own.alice) in own.sign_in.access
    assert 1 == own.sign_in.renewals


async def test_an_account_taken_back_in_the_middle_of_a_start_costs_no_call(
    own: Own, browser: aiohttp.ClientSession
) -> None:
    """The company's account takes the call, and its starter is told what to do, once."""
    await own.connect(browser)
    own.sign_in.revoke()
    await own.start("One")
    await own.start("Two", 2)

    assert [own.system.company] * 2 == own.vendor.hosts()
    await wait_for(lambda: bool(own.direct_messages()))
    said = f"Your {own.system.label} account is no longer connected to Startcall, so your calls there are made without"
    assert [f"{said} it. Connect it again in `/startcall settings`."] == own.direct_messages()


async def test_a_secret_of_the_app_that_has_expired_costs_nobody_their_account(
    own: Own, browser: aiohttp.ClientSession
) -> None:
    """The company's account takes calls until it is renewed; nobody connects again."""
    own.sign_in.lasts_s = 60
    await own.connect(browser)
    own.sign_in.knows_app = False
    await own.start("One")
    own.sign_in.knows_app = True
    await own.start("Two", 2)

    assert [own.system.company, own.system.own] == own.vendor.hosts()
    assert [] == own.direct_messages()


async def test_a_meeting_whose_owner_has_disconnected_is_not_left_open_in_silence(
    own: Own, browser: aiohttp.ClientSession
) -> None:
    """The call is over in Slack, and whoever started it reads where to end the meeting, if it was not ended."""
    await own.connect(browser)
    await own.start("Weekly sync")
    await disconnect(own)
    await own.world.alice.command(GENERAL, "/startcall", "end")
    await own.world.settled()

    (call,) = own.world.slack.workspace.calls.values()
    assert call.date_end
    told = [text for text in own.world.told(GENERAL, own.world.alice.user_id) if "was not ended" in text]
    why = "lets only its owner end this meeting, whose account is no longer connected to Startcall."
    system = f"The meeting system {own.system.name}"
    expected = f"The meeting of “Weekly sync” was not ended. {system} {why} Please end the meeting there."
    assert ([expected] if own.system.name in {"webex", "googlemeet"} else []) == told


async def test_tokens_are_not_to_be_read_in_the_database(own: Own, browser: aiohttp.ClientSession) -> None:
    """Only with the key, and only for their owner."""
    await own.connect(browser)
    (row,) = await own.world.server.database.ask(lambda work: list(work.execute(accounts.select())))

    assert "user-token" not in str(row)
    assert "refresh-" not in str(row)


async def test_the_page_says_for_whom_an_account_is_connected(own: Own, browser: aiohttp.ClientSession) -> None:
    """Whoever was sent the address by somebody else can see that."""
    await own.world.server.profiles.learned(own.alice.team_id, own.alice.user_id)
    _, text = await read(browser, (await own.section())["accessory"]["url"])

    assert "Go on only if you are alice and have opened this page from Slack yourself." in text
    assert {} == own.sign_in.codes


async def test_only_the_browser_that_was_sent_can_come_back_and_once(own: Own, browser: aiohttp.ClientSession) -> None:
    """What another one brings is refused and uses nothing up."""
    back = await own.on_the_way(browser)
    async with new_browser() as other:
        status, text = await read(other, back)
    assert (410, True) == (status, "used up or too old" in text)
    assert 200 == (await read(browser, back))[0]
    assert 410 == (await read(browser, back))[0]


async def test_who_does_not_allow_it_reads_what_to_do(own: Own, browser: aiohttp.ClientSession) -> None:
    """Nothing is connected."""
    own.sign_in.denies = True
    status, text = await own.connect(browser)

    assert (410, True) == (status, "Nothing was connected, because it was not allowed there." in text)
    assert "Connect your account" in (await own.section())["text"]["text"]


@pytest.mark.parametrize("change", ["", "x", "other"])
async def test_an_address_that_is_not_ours_leads_nowhere(own: Own, browser: aiohttp.ClientSession, change: str) -> None:
    """Nobody can make one for somebody else."""
    url, path = str((await own.section())["accessory"]["url"]), f"/link/{own.system.name}"
    changed = {"": url.partition("?")[0], "x": f"{url}x", "other": url.replace(path, "/link/jitsi")}[change]

    assert 410 == (await read(browser, changed))[0]


async def last_renewed(own: Own, at: datetime | None) -> None:
    """Have the account been renewed at a time, or nobody know when."""
    renewed = accounts.update().values(renewed_at=at)
    await own.world.server.database.change(lambda work: work.execute(renewed))


async def disconnect(own: Own) -> None:
    """Let go of Alice's account in the settings."""
    await own.section()
    view_id = own.world.slack.workspace.modals[own.world.alice.user_id][-1]
    await own.world.alice.click_in_view(view_id, "unlink_account")
    await wait_for(lambda: "Connect your account" in str(own.world.slack.workspace.views[view_id].payload))


@pytest.mark.parametrize("left_out", [scope for scope in ASKED["scope"].split() if "meetings" in scope])
async def test_who_leaves_a_box_of_googles_unticked_connects_nothing(
    tmp_path: Path, browser: aiohttp.ClientSession, left_out: str
) -> None:
    """As no meeting could be made, or nobody in it be seen; the page says that it was not allowed."""
    (google,) = [system for system in SYSTEMS if system.name == "googlemeet"]
    async with running_own(tmp_path, google) as own:
        own.sign_in.left_out = left_out
        status, text = await own.connect(browser)

        assert (410, True) == (status, "Nothing was connected, because it was not allowed there." in text)
        assert "Connect your account" in (await own.section())["text"]["text"]
