"""Zoom over a server in its place: what is asked of it, what is made of its answers, and its WebSocket."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from datetime import datetime

import aiohttp
import pytest

from calls.clock import now
from calls.errors import CallsError, ProviderAuth, ProviderDown, ProviderRefused
from calls.meetings import Capability, EventKind, MeetingEvent, Seen, Surroundings
from calls.model import CallId
from providers.registry import build_provider
from providers.zoom.provider import ZoomProvider
from providers.zoom.settings import ZoomSettings
from sandbox.testing import wait_for
from tests.contract.provider_kit import SPEC, check_provider
from tests.contract.vendor_kit import check_vendor
from tests.zoom_double import ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET, HOST, SUBSCRIPTION_ID, Json, ZoomDouble, participant

FOLLOWS = {"STARTCALL_ZOOM_SUBSCRIPTION_ID": SUBSCRIPTION_ID}
ASKS = {"STARTCALL_ZOOM_DASHBOARD": "yes"}


@pytest.fixture
async def zoom() -> AsyncIterator[ZoomDouble]:
    """Run a server in Zoom's place."""
    async with ZoomDouble().running() as double:
        yield double


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session for the provider."""
    async with aiohttp.ClientSession() as opened:
        yield opened


def made(zoom: ZoomDouble, session: aiohttp.ClientSession, **more: str) -> ZoomProvider:
    """Return a provider as a restart would make it."""
    provider = build_provider("zoom", Surroundings(b"k" * 32, session, {**zoom.settings, **more}))
    assert isinstance(provider, ZoomProvider)
    return provider


async def test_the_contract_is_kept(zoom: ZoomDouble, session: aiohttp.ClientSession) -> None:
    """Whatever the calls package relies on."""
    await check_provider(lambda: made(zoom, session, **FOLLOWS, **ASKS))


async def test_every_failure_of_the_vendor_is_told_apart(zoom: ZoomDouble, session: aiohttp.ClientSession) -> None:
    """And the next try after it works."""
    await check_vendor(lambda: made(zoom, session), zoom)


async def test_a_meeting_is_made_so_that_nobody_waits_for_its_host(
    zoom: ZoomDouble, session: aiohttp.ClientSession
) -> None:
    """A scheduled one with a passcode, and no link of the host's leaves the provider."""
    room = await made(zoom, session).create_room(SPEC)

    (asked,) = zoom.requests("POST", f"/v2/users/{HOST}/meetings")
    assert "Planning" == asked.body["topic"]
    assert 2 == asked.body["type"]
    assert asked.body["default_password"]
    assert {"join_before_host": True, "waiting_room": False, "use_pmi": False}.items() <= asked.body["settings"].items()
    assert "81234567890" == room.id
    assert "812 3456 7890" == room.display_id
    assert "https://us05web.zoom.us/j/81234567890?pwd=8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1" == room.join_url
    assert "" == room.memo
    assert room.desktop_url is None


async def test_a_meeting_made_before_a_crash_is_found_among_many(
    zoom: ZoomDouble, session: aiohttp.ClientSession
) -> None:
    """On whatever page it is listed; the marks of meetings do not show the ids of calls."""
    zoom.page_size = 3
    specs = [replace(SPEC, call_id=CallId(f"{number:032x}")) for number in range(8)]
    rooms = [await made(zoom, session).create_room(spec) for spec in specs]

    assert rooms == [await made(zoom, session).create_room(spec) for spec in specs]
    assert 8 == len(zoom.meetings)
    assert not any(spec.call_id in meeting["agenda"] for spec in specs for meeting in zoom.meetings.values())


@pytest.mark.parametrize(
    ("starter", "host"),
    [("alice@example.com", "alice@example.com"), ("stranger@example.com", HOST), (HOST.upper(), HOST), (None, HOST)],
)
async def test_a_meeting_is_in_the_name_of_who_starts_the_call_where_zoom_knows_them(
    zoom: ZoomDouble, session: aiohttp.ClientSession, starter: str | None, host: str
) -> None:
    """And else of the host that is set; asked for again, it is the same one."""
    spec = replace(SPEC, host_email=starter)
    room = await made(zoom, session).create_room(spec)

    assert [host] == [meeting["host_email"] for meeting in zoom.meetings.values()]
    assert room == await made(zoom, session).create_room(spec)


async def test_an_address_of_a_host_stays_within_its_place(zoom: ZoomDouble, session: aiohttp.ClientSession) -> None:
    """Whatever Slack has for an e-mail address."""
    await made(zoom, session).create_room(replace(SPEC, host_email="../../meetings/1?x=@example.com"))
    assert all(asked.path.startswith(("/v2/users/", "/oauth/")) for asked in zoom.asked)


async def test_without_a_host_there_is_no_meeting(zoom: ZoomDouble, session: aiohttp.ClientSession) -> None:
    """The error says which setting to correct."""
    zoom.users.clear()
    with pytest.raises(ProviderRefused) as caught:
        await made(zoom, session).create_room(SPEC)
    assert ("host_unknown", "STARTCALL_ZOOM_HOST") == (caught.value.code, caught.value.detail)


@pytest.mark.parametrize(
    ("code", "error"), [(4711, ProviderAuth), (4700, ProviderAuth), (3161, ProviderRefused), (300, ProviderRefused)]
)
async def test_a_missing_scope_is_told_from_other_refusals(
    zoom: ZoomDouble, session: aiohttp.ClientSession, code: int, error: type[CallsError]
) -> None:
    """Zoom says both with status 400; the first needs somebody who looks after the app."""
    zoom.deny = code
    with pytest.raises(error) as caught:
        await made(zoom, session).create_room(SPEC)
    assert str(code) == caught.value.detail


@pytest.mark.parametrize("name", ["STARTCALL_ZOOM_CLIENT_SECRET", "STARTCALL_ZOOM_ACCOUNT_ID"])
async def test_credentials_that_zoom_does_not_know_are_said_to_be_so(
    zoom: ZoomDouble, session: aiohttp.ClientSession, name: str
) -> None:
    """Zoom answers 400 where others answer 401."""
    with pytest.raises(ProviderAuth):
        await made(zoom, session, **{name: "outdated"}).create_room(SPEC)
    health = await made(zoom, session, **{name: "outdated"}).probe()
    assert not health.ok


async def test_one_token_serves_many_requests(zoom: ZoomDouble, session: aiohttp.ClientSession) -> None:
    """Zoom counts them; it is renewed when it ends or is refused."""
    provider = made(zoom, session)
    for number in range(3):
        await provider.create_room(replace(SPEC, call_id=CallId(f"{number:032x}")))
    assert 1 == len(zoom.requests("POST", "/oauth/token"))


async def test_a_running_meeting_is_ended_and_then_deleted(zoom: ZoomDouble, session: aiohttp.ClientSession) -> None:
    """Ending alone would let anybody with the link begin it anew; nobody gets mail about it."""
    provider = made(zoom, session)
    room = await provider.create_room(SPEC)
    zoom.start(room.id)

    await provider.end_room(room)
    (ended,), (deleted,) = zoom.requests("PUT", "/v2/meetings/"), zoom.requests("DELETE", "/v2/meetings/")
    assert {"action": "end"} == ended.body
    assert {"schedule_for_reminder": "false"} == deleted.query
    assert {} == zoom.meetings


async def test_a_meeting_that_nobody_came_to_is_only_deleted(zoom: ZoomDouble, session: aiohttp.ClientSession) -> None:
    """There is nothing to end."""
    provider = made(zoom, session)
    await provider.end_room(await provider.create_room(SPEC))
    assert [] == zoom.requests("PUT", "/v2/meetings/")
    assert {} == zoom.meetings


async def test_a_meeting_that_takes_time_to_end_is_tried_again(
    zoom: ZoomDouble, session: aiohttp.ClientSession
) -> None:
    """It would go on without anybody in Slack seeing it."""
    provider = made(zoom, session)
    room = await provider.create_room(SPEC)
    zoom.start(room.id)
    zoom.unstoppable = True
    with pytest.raises(ProviderDown) as caught:
        await provider.end_room(room)
    assert "still_ending" == caught.value.code
    zoom.unstoppable = False
    await provider.end_room(room)
    assert {} == zoom.meetings


async def test_the_dashboard_says_who_is_in(zoom: ZoomDouble, session: aiohttp.ClientSession) -> None:
    """Not who has left, nor who waits outside; under the same session as reports have."""
    provider = made(zoom, session, **ASKS)
    room = await provider.create_room(SPEC)
    assert [] == list(await provider.roster(room))

    zoom.participants[int(room.id)] = [
        participant("16778240", status="in_meeting", participant_user_id="u1", email="jill@example.com"),
        participant("16779264", status="in_meeting", leave_time="2026-11-21T12:00:00Z"),
        participant("16780288", status="in_waiting_room"),
    ]
    expected = Seen("16778240/55555AAAiAAAAAiAiAii16778240", None, "u1", "Jill Chill", "jill@example.com")
    assert [expected] == list(await provider.roster(room))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Capability.NONE),
        ({"STARTCALL_ZOOM_HOOK_SECRET": "s"}, Capability.ROSTER | Capability.WEBHOOK | Capability.RECORDING),
        (FOLLOWS, Capability.ROSTER | Capability.STREAM | Capability.RECORDING),
        (ASKS, Capability.ROSTER | Capability.POLL),
    ],
)
async def test_only_what_is_set_up_is_offered(
    zoom: ZoomDouble, session: aiohttp.ClientSession, more: dict[str, str], expected: Capability
) -> None:
    """A card that cannot know who is in must not pretend to."""
    always = Capability.CREATE | Capability.END | Capability.HOST_EMAIL
    assert always | expected == made(zoom, session, **more).capabilities
    if not more:
        assert "STARTCALL_ZOOM_HOOK_SECRET" in (await made(zoom, session).probe()).sentence


async def test_events_are_followed_over_a_websocket(zoom: ZoomDouble, session: aiohttp.ClientSession) -> None:
    """With heartbeats, and with a token in the address as Zoom has it; what cannot be read is left out."""
    async with followed(zoom, session) as events:
        await zoom.tell(zoom.report("meeting.participant_joined", "81234567890"))
        await zoom.tell({"event": "user.created"})
        who = participant(join_time="2026-11-21T12:00:00Z")
        await zoom.tell(zoom.report("meeting.participant_joined", "81234567890", participant=who))
        await wait_for(lambda: len(events) == 1)
        await wait_for(lambda: zoom.beats > 0)
    (event,) = events
    assert (EventKind.JOINED, "81234567890") == (event.kind, event.room_id)
    assert datetime.fromisoformat("2026-11-21T12:00:00Z") == event.at


async def test_a_lost_connection_is_made_anew_and_logged_once(
    zoom: ZoomDouble, session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    """However long it takes; with a new token when the old one is no longer accepted."""
    caplog.set_level(logging.INFO)
    async with followed(zoom, session) as events:
        zoom.socket_status = 401
        await zoom.drop_sockets()
        tries = len(zoom.requests("GET", "/ws"))
        await wait_for(lambda: len(zoom.requests("GET", "/ws")) > tries + 2)
        zoom.socket_status = 0
        zoom.accepts_token = False
        await wait_for(lambda: len(zoom.requests("GET", "/ws")) > tries + 4)
        zoom.accepts_token = True
        await wait_for(lambda: "followed again" in caplog.text)
        await zoom.tell(zoom.report("meeting.ended", "81234567890", end_time="2026-11-21T12:00:00Z"))
        await wait_for(lambda: len(events) == 1)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("providers.")]
    assert 1 == sum("cannot be followed" in line for line in ours)
    assert 1 == sum("followed again" in line for line in ours)
    assert len(zoom.requests("POST", "/oauth/token")) > 1
    assert not any("token-" in line for line in ours), "the token in the address is logged nowhere"


async def test_garbage_over_the_websocket_harms_nothing(zoom: ZoomDouble, session: aiohttp.ClientSession) -> None:
    """Nor does an event that is packed as an object instead of as text."""
    async with followed(zoom, session) as events:
        (socket,) = zoom.sockets
        nested = '{"a":' * 100_000
        garbage = (
            "",
            "{",
            "[]",
            "null",
            '{"module": "message"}',
            '{"module": "message", "content": "{"}',
            '"x"',
            nested,
        )
        for text in (*garbage, json.dumps({"module": "message", "content": nested})):
            await socket.send_str(text)
        ended: Json = zoom.report("meeting.ended", "7")
        await socket.send_json({"module": "message", "content": ended})
        await wait_for(lambda: [event.room_id for event in events] == ["7"])


@asynccontextmanager
async def followed(zoom: ZoomDouble, session: aiohttp.ClientSession) -> AsyncIterator[list[MeetingEvent]]:
    """Follow the events while the block runs, with waits of hundredths of a second."""
    settings = ZoomSettings(
        account_id=ACCOUNT_ID,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        host=HOST,
        room_key=b"k" * 32,
        subscription_id=SUBSCRIPTION_ID,
        api_url=f"{zoom.url}/v2",
    )
    provider = ZoomProvider(settings, session, now, wait_min_s=0.01)
    events: list[MeetingEvent] = []

    async def follow() -> None:
        async with aclosing(provider.stream()) as stream:
            async for event in stream:
                events.append(event)  # noqa: PERF401 - they are looked at while they come

    following = asyncio.create_task(follow())
    try:
        await wait_for(lambda: len(zoom.sockets) == 1)
        yield events
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await wait_for(lambda: zoom.sockets == [])
