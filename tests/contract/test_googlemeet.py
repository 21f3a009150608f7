"""Google Meet over a server built from Google's documents: rooms, who is in, what is pulled, and what goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest

from calls.clock import now
from calls.errors import ProviderAuth, ProviderDown
from calls.meetings import Capability, EventKind, MeetingEvent, Provider, Surroundings
from calls.model import ArtifactKind, CallId, Room
from providers.googlemeet.room_memo import read_memo
from providers.registry import build_provider
from sandbox.testing import wait_for
from tests.contract.provider_kit import SPEC
from tests.contract.vendor_kit import check_vendor
from tests.googlemeet_double import ALICE, HOST, SUBSCRIPTION, GoogleMeetDouble

JOINED = "google.workspace.meet.participant.v2.joined"


@pytest.fixture
async def google() -> AsyncIterator[GoogleMeetDouble]:
    """Run Google."""
    async with GoogleMeetDouble().running() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session for providers to use."""
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def provider(google: GoogleMeetDouble, session: aiohttp.ClientSession) -> Provider:
    """Return a provider that uses it."""
    return make(google, session)


def make(google: GoogleMeetDouble, session: aiohttp.ClientSession, *, without: tuple[str, ...] = ()) -> Provider:
    """Build the provider as the app does."""
    values = {name: value for name, value in google.settings.items() if name not in without}
    return build_provider("googlemeet", Surroundings(b"k" * 32, session, values))


async def kept(provider: Provider) -> Room:
    """Return a room whose reports are subscribed to."""
    room = await provider.create_room(SPEC)
    return replace(room, memo=(await provider.keep(room)).memo or "")


async def told(provider: Provider, number: int = 1) -> list[MeetingEvent]:
    """Return the next events of the stream."""
    events: list[MeetingEvent] = []
    async with aclosing(provider.stream()) as stream, asyncio.timeout(5):  # type: ignore[type-var]
        async for event in stream:
            events.append(event)
            if len(events) == number:
                break
    return events


async def test_every_failure_of_google_is_told_apart(google: GoogleMeetDouble, session: aiohttp.ClientSession) -> None:
    """401 and renewal, retired keys, 429, 5xx, truncated, slow, unknown and missing fields."""
    await check_vendor(lambda: make(google, session), google)


async def test_a_room_belongs_to_whoever_starts_the_call(google: GoogleMeetDouble, provider: Provider) -> None:
    """And to the configured host where they have no account, or none was given."""
    rooms = [
        await provider.create_room(replace(SPEC, call_id=CallId(letter * 32), host_email=email))
        for letter, email in (("a", ALICE), ("b", None), ("c", "guest@elsewhere.example"))
    ]

    assert [ALICE, HOST, HOST] == [google.spaces[room.id]["owner"] for room in rooms]
    assert [ALICE, HOST, HOST] == [read_memo(room.memo).host for room in rooms]
    assert all(room.join_url == f"https://meet.google.com/{room.display_id}" for room in rooms)


async def test_what_is_not_delegated_is_said_and_not_tried_as_somebody_else(
    google: GoogleMeetDouble, provider: Provider
) -> None:
    """A missing permission is for an administrator to put right."""
    google.is_delegated = False
    with pytest.raises(ProviderAuth) as caught:
        await provider.create_room(replace(SPEC, host_email=ALICE))

    assert ("credentials_refused", "unauthorized_client") == (caught.value.code, caught.value.detail)
    assert 1 == len(google.requests("POST", "/token"))


async def test_who_gets_in_without_knocking_is_as_configured(
    google: GoogleMeetDouble, session: aiohttp.ClientSession
) -> None:
    """Where nothing is configured, the Workspace decides."""
    values = google.settings | {"STARTCALL_GOOGLEMEET_ACCESS": "OPEN"}
    provider = build_provider("googlemeet", Surroundings(b"k" * 32, session, values))
    await provider.create_room(SPEC)

    assert {"config": {"accessType": "OPEN"}} == google.requests("POST", "/v2/spaces")[0].body


async def test_everybody_who_is_in_is_found_by_each_device(google: GoogleMeetDouble, provider: Provider) -> None:
    """Signed in, by a name they typed, twice, and gone; page after page."""
    room = await provider.create_room(SPEC)
    assert [] == list(await provider.roster(room))
    laptop = google.arrive(room.id, "Ana Lima", user="users/7")
    phone = google.arrive(room.id, "Ana Lima", participant=laptop.partition("/participantSessions/")[0])
    gone = google.arrive(room.id, "Gone", user="users/8")
    google.leave(room.id, gone)
    guests = [google.arrive(room.id, f"Guest {number}") for number in range(260)]

    found = {seen.session_id: seen for seen in await provider.roster(room)}

    assert {laptop, phone, *guests} == set(found)
    assert {"users/7"} == {found[laptop].person_id, found[phone].person_id}
    assert ("Ana Lima", "Guest 3") == (found[laptop].display_name, found[guests[3]].display_name)
    assert len(set(guests)) == len({found[guest].person_id for guest in guests})
    assert {None} == {seen.email for seen in found.values()}


async def test_a_room_that_is_gone_has_nobody_in_it(google: GoogleMeetDouble, provider: Provider) -> None:
    """And ending it is a success."""
    room = await provider.create_room(SPEC)
    google.spaces.clear()

    assert [] == list(await provider.roster(room))
    await provider.end_room(room)


async def test_ending_sends_everybody_out(google: GoogleMeetDouble, provider: Provider) -> None:
    """Also for a provider that did not make the room, as after a restart."""
    room = await provider.create_room(replace(SPEC, host_email=ALICE))
    google.arrive(room.id, "Ana")
    await provider.end_room(room)

    assert "activeConference" not in google.spaces[room.id]
    assert [] == list(await provider.roster(room))
    await provider.end_room(room)


async def test_reports_are_subscribed_to_in_the_owners_name_and_renewed(
    google: GoogleMeetDouble, provider: Provider
) -> None:
    """Before the subscription ends; one that was suspended is made active, one that is gone is made anew."""
    room = await provider.create_room(replace(SPEC, host_email=ALICE))
    first = await provider.keep(room)
    name = read_memo(first.memo or "").subscription
    assert first.again_at is not None
    assert timedelta(hours=22) < first.again_at - now() < timedelta(hours=24)

    subscribed = replace(room, memo=first.memo or "")
    google.subscriptions[name or ""]["state"] = "SUSPENDED"
    assert name == read_memo((await provider.keep(subscribed)).memo or "").subscription
    assert "ACTIVE" == google.subscriptions[name or ""]["state"]

    google.subscriptions.clear()
    again = read_memo((await provider.keep(subscribed)).memo or "")
    assert [again.subscription] == list(google.subscriptions)
    assert ALICE == again.host


async def test_a_subscription_whose_name_was_lost_is_found_again(google: GoogleMeetDouble, provider: Provider) -> None:
    """Google allows one a room, so a repetition after a crash must not fail."""
    room = await provider.create_room(SPEC)
    first, second = await provider.keep(room), await provider.keep(room)

    assert first.memo == second.memo
    assert 1 == len(google.subscriptions)


async def test_who_comes_and_goes_is_told_once_it_is_stored(google: GoogleMeetDouble, provider: Provider) -> None:
    """A message is acknowledged when the next is asked for, and comes again otherwise."""
    room = await kept(provider)
    session = google.arrive(room.id, "Ana Lima", user="users/7")
    (first,) = await told(provider)
    assert (EventKind.JOINED, room.id) == (first.kind, first.room_id)
    assert (session, "users/7", "Ana Lima") == (
        first.people[0].session_id,
        first.people[0].person_id,
        first.people[0].display_name,
    )
    assert 1 == len(google.inbox.waiting), "it was not said to be stored"

    google.leave(room.id, session)
    again = await told(provider, 2)
    assert {EventKind.JOINED, EventKind.LEFT} == {event.kind for event in again}
    assert all(event.people[0].session_id == session and event.at.tzinfo is not None for event in again)


async def test_the_end_of_a_conference_is_a_look_at_who_is_in(google: GoogleMeetDouble, provider: Provider) -> None:
    """Whoever is alone and reloads the page ends it too, and may be back by now."""
    room = await kept(provider)
    google.arrive(room.id, "Ana")
    google.end(room.id)
    back = google.arrive(room.id, "Ana")

    kinds = {event.kind: event for event in await told(provider, 4)}
    assert [back] == [seen.session_id for seen in kinds[EventKind.SNAPSHOT].people]
    assert EventKind.ENDED not in kinds


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("recording", ArtifactKind.RECORDING),
        ("transcript", ArtifactKind.TRANSCRIPT),
        ("smartNote", ArtifactKind.SUMMARY),
    ],
)
async def test_what_a_meeting_left_behind_is_told_with_its_address(
    google: GoogleMeetDouble, provider: Provider, named: str, kind: ArtifactKind
) -> None:
    """The address opens for whom Google lets see the file."""
    room = await kept(provider)
    google.leave_behind(room.id, named, "https://drive.google.com/file/d/1/view")

    (event,) = await told(provider)
    assert (EventKind.LEFT_BEHIND, kind) == (event.kind, event.artifact and event.artifact.kind)
    assert "https://drive.google.com/file/d/1/view" == (event.artifact and event.artifact.url)


async def test_a_report_that_names_only_its_subscription_is_about_its_room(
    google: GoogleMeetDouble, provider: Provider
) -> None:
    """Google's documents do not say which attribute names the room of a meeting."""
    room = await kept(provider)
    google.loses = True
    session = google.arrive(room.id, "Ana")
    google.loses = False
    google.publish(room.id, JOINED, {"participantSession": {"name": session}}, names_space=False)

    (event,) = await told(provider)
    assert (room.id, session) == (event.room_id, event.people[0].session_id)


async def test_what_cannot_be_read_or_is_unknown_is_passed_over(google: GoogleMeetDouble, provider: Provider) -> None:
    """It is acknowledged, so that it does not come for ever."""
    room = await kept(provider)
    session = "conferenceRecords/c1/participants/1/participantSessions/1"
    good = {"ce-type": JOINED, "ce-subject": f"//meet.googleapis.com/{room.id}", "ce-time": "2026-11-21T12:00:00Z"}
    body = b'{"participantSession": {"name": "%s"}}' % session.encode()
    for attributes, data in [
        ({}, b""),
        (good, b"\xff"),
        (good, b"[]"),
        (good, b'{"participantSession": {"name": "conferenceRecords/../../token"}}'),
        (good | {"ce-type": "google.workspace.events.subscription.v1.expirationReminder"}, body),
        (good | {"ce-time": "yesterday"}, body),
        (good | {"ce-time": "2026-11-21T12:00:00"}, body),
        (good | {"ce-subject": "//chat.googleapis.com/spaces/1"}, body),
        (good | {"ce-subject": "//meet.googleapis.com/spaces/of-somebody-else"}, body),
        (good, body),
    ]:
        google.inbox.put(attributes, data)
    google.arrive(room.id, "Ana")

    (event,) = await told(provider)
    assert "Ana" == event.people[0].display_name
    assert 1 == len(google.inbox.waiting)


async def test_a_report_that_cannot_be_looked_into_now_comes_again(
    google: GoogleMeetDouble, provider: Provider
) -> None:
    """Google failing for a moment loses nobody."""
    room = await kept(provider)
    google.arrive(room.id, "Ana")
    waiting = asyncio.create_task(told(provider))
    google.fault = "server_error"
    await asyncio.sleep(0.3)
    google.fault = ""

    (event,) = await waiting
    assert "Ana" == event.people[0].display_name


async def test_the_stream_goes_on_when_pubsub_works_again_and_logs_both_once(
    google: GoogleMeetDouble, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody has to start anything again."""
    room = await kept(provider)
    google.may_pull = False
    caplog.set_level("INFO", "providers.googlemeet")
    waiting = asyncio.create_task(told(provider))
    await wait_for(lambda: any("does not tell" in record.message for record in caplog.records))
    google.may_pull = True
    google.arrive(room.id, "Ana")
    await waiting

    said = [record.message for record in caplog.records if record.name == "providers.googlemeet.inbox"]
    assert ["does not tell", "tells again"] == [
        word for line in said for word in ("does not tell", "tells again") if word in line
    ]


async def test_a_closed_provider_pulls_no_more(google: GoogleMeetDouble, provider: Provider) -> None:
    """The stream ends by itself."""
    waiting = asyncio.create_task(told(provider))
    await wait_for(lambda: google.requests("POST", f"/v1/{SUBSCRIPTION}:pull"))
    await provider.aclose()
    assert [] == await waiting
    assert google.requests("POST", f"/v1/{SUBSCRIPTION}:pull")


async def test_without_pubsub_google_is_only_asked(google: GoogleMeetDouble, session: aiohttp.ClientSession) -> None:
    """What is not set up is not claimed."""
    pubsub = ("STARTCALL_GOOGLEMEET_TOPIC", "STARTCALL_GOOGLEMEET_SUBSCRIPTION")
    provider = make(google, session, without=pubsub)

    assert Capability.NONE == provider.capabilities & (Capability.STREAM | Capability.KEEP | Capability.RECORDING)
    assert Capability.POLL in provider.capabilities
    assert "Pub/Sub is not set up" in (await provider.probe()).sentence


async def test_the_probe_says_what_an_administrator_has_to_do(
    google: GoogleMeetDouble, session: aiohttp.ClientSession
) -> None:
    """One step after the other, each in words."""
    assert (await make(google, session).probe()).ok
    google.may_pull = False
    no_pull = await make(google, session).probe()
    google.users.clear()
    no_user = await make(google, session).probe()
    google.is_delegated = False
    not_delegated = await make(google, session).probe()
    google.fault = "server_error"
    google.is_delegated, google.users = True, {HOST}
    down = await make(google, session).probe()

    assert [False] * 4 == [health.ok for health in (no_pull, no_user, not_delegated, down)]
    assert "does not let us pull" in no_pull.sentence
    assert "does not know the account" in no_user.sentence
    assert "is not delegated" in not_delegated.sentence
    assert "does not answer as it should" in down.sentence


async def test_one_token_serves_many_requests_of_one_person(google: GoogleMeetDouble, provider: Provider) -> None:
    """Asked for at the same time, it is fetched once."""
    specs = [replace(SPEC, call_id=CallId(f"{number:032}")) for number in range(10)]
    await asyncio.gather(*(provider.create_room(spec) for spec in specs))

    assert 1 == len(google.requests("POST", "/token"))


async def test_too_many_requests_say_when_to_come_again(google: GoogleMeetDouble, provider: Provider) -> None:
    """Meet allows ten new rooms a minute for one person."""
    google.fault = "rate_limited"
    with pytest.raises(ProviderDown) as caught:
        await provider.create_room(SPEC)

    assert ("rate_limited", 7.0) == (caught.value.code, caught.value.retry_after_s)
