"""Talk does what every provider does, over a server in a Nextcloud's place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from calls.clock import now
from calls.errors import ProviderDown, ProviderRefused
from calls.meetings import Capability, Provider, Surroundings
from calls.model import CallId
from config import SettingsError, read_settings
from providers.nextcloud.provider import CODE_CHARS
from providers.registry import build_provider
from providers.room_names import room_name
from tests.contract.provider_kit import SPEC
from tests.contract.vendor_kit import check_vendor
from tests.nextcloud_double import APP_PASSWORD, NextcloudDouble

KEY = b"k" * 32
CODE = room_name(KEY, SPEC.call_id)[:CODE_CHARS]


@pytest.fixture
async def nextcloud() -> AsyncIterator[NextcloudDouble]:
    """Run a server in a Nextcloud's place."""
    async with NextcloudDouble().running() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session for providers to use."""
    async with aiohttp.ClientSession() as opened:
        yield opened


def make(nextcloud: NextcloudDouble, session: aiohttp.ClientSession) -> Provider:
    """Build the provider as the app does."""
    return build_provider("nextcloud", Surroundings(KEY, session, nextcloud.settings))


async def test_it_says_what_is_wrong_whatever_the_nextcloud_does(
    nextcloud: NextcloudDouble, session: aiohttp.ClientSession
) -> None:
    """Every way to fail is told apart, and the next try after it works."""
    await check_vendor(lambda: make(nextcloud, session), nextcloud)


async def test_a_conversation_that_was_made_before_is_found(
    nextcloud: NextcloudDouble, session: aiohttp.ClientSession
) -> None:
    """By the code in its name, and only among those of our account; old ones are not even listed."""
    nextcloud.add(f"Not ours ({CODE})", participant_type=3)
    mine = nextcloud.add(f"Planning ({CODE})")
    old = nextcloud.add("Old (xyz)")
    nextcloud.rooms[old]["lastActivity"] -= timedelta(days=30).total_seconds()
    room = await make(nextcloud, session).create_room(SPEC)

    assert (mine, f"{nextcloud.url}/index.php/call/{mine}") == (room.id, room.join_url)
    (asked,) = nextcloud.requests("GET", "/ocs/v2.php/apps/spreed/api/v4/room")
    assert now().timestamp() - 3 * 86400 < int(asked.query["modifiedSince"]) < now().timestamp() - 86400


async def test_a_conversation_has_the_calls_title_and_lets_guests_in(
    nextcloud: NextcloudDouble, session: aiohttp.ClientSession
) -> None:
    """As we ask for it, in one line, and never without a name, which Talk refuses."""
    provider = make(nextcloud, session)
    for title, call_id in (("Plans\r\nand more", "a" * 32), ("", "b" * 32)):
        await provider.create_room(type(SPEC)(CallId(call_id), SPEC.team_id, SPEC.channel_id, title, SPEC.started_by))
    asked = nextcloud.requests("POST", "/ocs/v2.php/apps/spreed/api/v4/room")

    assert ["Plans and more", "Call"] == [one.body["roomName"].rpartition(" (")[0] for one in asked]
    assert {3} == {one.body["roomType"] for one in asked}
    assert {"true"} == {one.headers["ocs-apirequest"] for one in asked}


async def test_who_is_in_the_call_is_told_by_session_and_account(
    nextcloud: NextcloudDouble, session: aiohttp.ClientSession
) -> None:
    """Two devices of an account are one person; the session itself, by which one could act for them, goes nowhere."""
    provider = make(nextcloud, session)
    room = await provider.create_room(SPEC)
    phone = nextcloud.join(room.join_url, "users/ada", "Ada\nLovelace")
    laptop = nextcloud.join(room.join_url, "users/ada", "Ada Lovelace")
    nextcloud.join(room.join_url, "guests/5f2b", "")
    first, second, guest = await provider.roster(room)

    assert ("users/ada", "users/ada", "guests/5f2b") == (first.person_id, second.person_id, guest.person_id)
    assert ("Ada Lovelace", None) == (first.display_name, guest.display_name)
    assert {None} == {one.visitor_id or one.email for one in (first, second, guest)}
    assert 3 == len({first.session_id, second.session_id, guest.session_id})
    assert not any(secret in repr((first, second, guest)) for secret in (phone, laptop))
    nextcloud.leave(phone)
    assert [second, guest] == list(await provider.roster(room))
    nextcloud.inside[room.id] = [{"sessionId": 7}]
    with pytest.raises(ProviderDown):
        await provider.roster(room)


async def test_showing_out_and_ending(nextcloud: NextcloudDouble, session: aiohttp.ClientSession) -> None:
    """One account goes with all its devices; the end locks the conversation, which empties its call, and deletes it."""
    provider = make(nextcloud, session)
    room = await provider.create_room(SPEC)
    for actor in ("users/ada", "users/ada", "guests/5f2b"):
        nextcloud.join(room.join_url, actor)
    people = await provider.roster(room)
    await provider.kick(room, people[0].session_id)
    assert [people[2]] == list(await provider.roster(room))
    await provider.kick(room, people[0].session_id)
    await provider.kick(room, "nobody's")

    await provider.end_room(room)
    assert ({}, {}) == (nextcloud.rooms, nextcloud.inside)
    locked = [one.path for one in nextcloud.asked if one.method in {"PUT", "DELETE"}][-2:]
    assert ["read-only", room.id] == [path.rpartition("/")[2] for path in locked]
    await provider.end_room(room)
    await provider.kick(room, people[0].session_id)
    assert [] == list(await provider.roster(room))


async def test_an_end_that_was_cut_short_is_finished(
    nextcloud: NextcloudDouble, session: aiohttp.ClientSession
) -> None:
    """A conversation that is locked already, which Talk refuses to do again, is deleted."""
    provider = make(nextcloud, session)
    room = await provider.create_room(SPEC)
    nextcloud.rooms[room.id]["readOnly"] = 1
    await provider.end_room(room)
    assert {} == nextcloud.rooms


async def test_a_nextcloud_without_talk_is_told_apart(
    nextcloud: NextcloudDouble, session: aiohttp.ClientSession
) -> None:
    """By the doctor, and by who starts a call there."""
    provider = make(nextcloud, session)
    assert (await provider.probe()).ok
    nextcloud.has_talk = False
    assert "Talk" in (await provider.probe()).sentence
    assert not (await provider.probe()).ok
    with pytest.raises(ProviderRefused) as caught:
        await provider.create_room(SPEC)
    assert "talk_missing" == caught.value.code
    nextcloud.fault = "retired"
    assert "STARTCALL_NEXTCLOUD_USER" in (await provider.probe()).sentence
    nextcloud.fault = "truncated"
    assert not (await provider.probe()).ok
    assert not provider.capabilities & (Capability.WEBHOOK | Capability.PERSON_LINK)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STARTCALL_NEXTCLOUD_URL", "http://cloud.example.com"),
        ("STARTCALL_NEXTCLOUD_URL", "https://cloud.example.com/index.php"),
        ("STARTCALL_NEXTCLOUD_URL", "https://ada:secret@cloud.example.com"),
        ("STARTCALL_NEXTCLOUD_URL", "https://cloud.example.com/?x"),
        ("STARTCALL_NEXTCLOUD_USER", "ada:secret"),
        ("STARTCALL_NEXTCLOUD_USER", "ad\N{LATIN SMALL LETTER A WITH ACUTE}"),
        ("STARTCALL_NEXTCLOUD_APP_PASSWORD", "your-nextcloud-app-password"),
        ("STARTCALL_NEXTCLOUD_APP_PASSWORD", ""),
    ],
)
def test_settings_that_cannot_work_stop_the_start(name: str, value: str) -> None:
    """Each is named, and none is repeated."""
    good = {
        "SLACK_BOT_TOKEN": "xoxb-1-2-abc",
        "SLACK_APP_TOKEN": "xapp-1-A1-2-def",
        "STARTCALL_PROVIDER": "nextcloud",
        "STARTCALL_NEXTCLOUD_URL": "https://cloud.example.com/sub",
        "STARTCALL_NEXTCLOUD_USER": "Ada Lovelace",
        "STARTCALL_NEXTCLOUD_APP_PASSWORD": APP_PASSWORD,
    }
    assert "nextcloud" == read_settings(good).provider
    with pytest.raises(SettingsError, match=name) as caught:
        read_settings({**good, name: value})
    assert "secret" not in str(caught.value)
