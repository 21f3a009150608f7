"""The BigBlueButton provider with a server in BigBlueButton's place: what it asks, and what it believes."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import jwt
import pytest

from calls.clock import now
from calls.errors import ConfigError, ProviderAuth, ProviderDown, ProviderRefused
from calls.meetings import Capability, EventKind, Hook, HookResult, Provider, Surroundings
from calls.model import Artifact, ArtifactKind, CallId, Room, Visitor
from providers.bigbluebutton.checksums import signed_query
from providers.bigbluebutton.settings import read_api_url
from providers.registry import build_provider
from tests.bigbluebutton_double import (
    SECRET,
    Double,
    mapped_event,
    recording_ready,
    report_body,
    report_checksum,
)
from tests.contract.provider_kit import SPEC, check_provider
from tests.contract.vendor_kit import check_vendor

SITE = "https://startcall.example.com"
VISITOR = Visitor("0f" * 16, SPEC.call_id, "slack:U1", "Zoë & Co, 100 % ~ + ü", avatar_url="https://a.example/b?c=d&e")
RECORD = f"{'a' * 40}-1530718721124"


@pytest.fixture
async def server() -> AsyncIterator[Double]:
    """Run a BigBlueButton server."""
    async with Double().running() as running:
        yield running


@pytest.fixture
async def make(server: Double) -> AsyncIterator[Callable[..., Provider]]:
    """Return what makes the provider, as a restart of the app does."""
    async with aiohttp.ClientSession() as session:

        def maker(site_url: str | None = SITE, **settings: str) -> Provider:
            named = {f"STARTCALL_BIGBLUEBUTTON_{name}": value for name, value in settings.items()}
            values = {**server.settings, **named}
            return build_provider("bigbluebutton", Surroundings(b"k" * 32, session, values, site_url=site_url))

        yield maker


def hook(url: str, body: bytes = b"", *, method: str = "POST", query: str = "", bearer: str = "") -> Hook:
    """Return a request to an address of ours, as the app hands it over."""
    path = urlsplit(url).path.removeprefix("/hooks/bigbluebutton").removeprefix("/")
    headers = {"authorization": (bearer,)} if bearer else {}
    return Hook(method, path, query, headers, body, now())


async def started(make: Callable[..., Provider], server: Double) -> tuple[Provider, Room, str]:
    """Return a provider with a meeting, and where bbb-webhooks reports it to."""
    provider = make()
    room = await provider.create_room(SPEC)
    kept = await provider.keep(room)
    assert kept.memo is not None
    ((url, _),) = server.hooks.values()
    return provider, replace(room, memo=kept.memo), url


def signed(url: str, body: bytes, algorithm: str = "sha1") -> Hook:
    """Return a report as bbb-webhooks sends it."""
    return hook(url, body, query=f"checksum={report_checksum(url, body, algorithm)}")


def joined(room: Room) -> bytes:
    """Return the report that somebody came by our link."""
    person = {"userID": VISITOR.id, "fullName": "Zoë", "role": "VIEWER"}
    return report_body(mapped_event("user-joined", room.id, "w_1", person))


def outcome(result: HookResult) -> tuple[int, list[EventKind]]:
    """Return the status of an answer and what was reported."""
    return result.reply.status, [event.kind for event in result.events]


async def test_it_keeps_the_contract(make: Callable[..., Provider]) -> None:
    """With reports and without."""
    await check_provider(make)
    await check_provider(lambda: make(site_url=None))


async def test_every_failure_of_the_server_is_told_apart(make: Callable[..., Provider], server: Double) -> None:
    """And none keeps the next try from working."""
    await check_vendor(make, server)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
async def test_requests_are_signed_over_the_very_bytes_that_are_sent(
    make: Callable[..., Provider], server: Double, algorithm: str
) -> None:
    """Whatever a title holds: the server verifies the bytes as they arrive."""
    title = "Größe ~ 50 % + a&b=c, 'q' \"d\" (x) * / ? : @ 大"
    await make(CHECKSUM=algorithm).create_room(replace(SPEC, title=title))

    (meeting,) = server.meetings.values()
    assert title.replace(",", "") == meeting["name"]


def test_the_checksum_is_that_of_the_documents() -> None:
    """The example of https://docs.bigbluebutton.org/development/api/#usage, whose parameters are as long as ours."""
    parameters = {"name": "Test Meeting", "meetingID": "abc123", "attendeePW": "111222", "moderatorPW": "333444"}
    expected = "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444"
    checksum = hashlib.sha1(f"create{expected}{SECRET}".encode(), usedforsecurity=False).hexdigest()
    assert "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17" == checksum
    assert f"{expected}&checksum={checksum}" == signed_query("create", parameters, SECRET, "sha1")


@pytest.mark.parametrize("ending", ["", "/", "/api", "/api/"])
def test_the_address_may_be_what_bbb_conf_prints_or_that_of_the_api(ending: str) -> None:
    """People copy either."""
    assert "https://bbb.example.com/bigbluebutton/api" == read_api_url(f"https://bbb.example.com/bigbluebutton{ending}")


async def test_the_server_calls_back_at_an_address_that_only_it_knows(
    make: Callable[..., Provider], server: Double
) -> None:
    """The address for the end is not in the metadata, which everybody in a meeting can read."""
    await make().create_room(SPEC)
    (meeting,) = server.meetings.values()
    assert meeting["meetingEndedURL"].startswith(f"{SITE}/hooks/bigbluebutton/ended/{meeting['meetingID']}/")
    assert [] == [name for name in meeting if name.startswith("meta_") and "ended/" in meeting[name]]

    await make(site_url=None).create_room(replace(SPEC, call_id=CallId("f" * 32)))
    assert ["meetingEndedURL" in meeting for meeting in server.meetings.values()] == [True, False]


async def test_a_persons_link_carries_their_id_and_is_good_for_this_run_of_the_meeting(
    make: Callable[..., Provider], server: Double
) -> None:
    """Hosts are moderators; the server has to take the link, and says the id when it is asked who is in."""
    provider, room, _ = await started(make, server)
    link = await provider.person_link(room, VISITOR, lasts=timedelta(minutes=5))
    host = await provider.person_link(room, replace(VISITOR, id="a" * 32, is_host=True), lasts=timedelta(minutes=5))
    said = parse_qs(urlsplit(link).query)
    assert [VISITOR.id, VISITOR.name, "VIEWER", VISITOR.avatar_url] == [
        said[name][0] for name in ("userID", "fullName", "role", "avatarURL")
    ]
    assert server.meetings[room.id]["createTime"] == said["createTime"][0]
    assert ["MODERATOR"] == parse_qs(urlsplit(host).query)["role"]

    await server.enter(link, report=False)
    (seen,) = await provider.roster(room)
    assert (VISITOR.id, VISITOR.id, VISITOR.name) == (seen.session_id, seen.visitor_id, seen.display_name)


async def test_a_meeting_the_server_forgot_is_opened_again_for_who_comes_late(
    make: Callable[..., Provider], server: Double
) -> None:
    """It closes meetings nobody came to; under its old name, and the link fits the new run."""
    provider, room, _ = await started(make, server)
    before = server.meetings.pop(room.id)
    link = await provider.person_link(room, VISITOR, lasts=timedelta(minutes=5))

    assert before["createTime"] != server.meetings[room.id]["createTime"]
    assert before["name"] == server.meetings[room.id]["name"]
    await server.enter(link, report=False)


async def test_the_shared_link_lets_guests_in_who_are_nobody_in_slack(
    make: Callable[..., Provider], server: Double
) -> None:
    """For an app without an address of its own; who comes by it has an id that the server drew."""
    provider = make(site_url=None)
    room = await provider.create_room(SPEC)
    internal_id = await server.enter(room.join_url, report=False)
    (seen,) = await provider.roster(room)
    assert (internal_id, None, "Guest") == (seen.session_id, seen.visitor_id, seen.display_name)


async def test_ending_twice_is_a_success_and_nothing_stays_behind(
    make: Callable[..., Provider], server: Double
) -> None:
    """The server forgets where it reported to; who is in is nobody."""
    provider, room, _ = await started(make, server)
    await provider.end_room(room)
    assert ({}, {}) == (server.meetings, server.hooks)
    assert [] == await provider.roster(room)
    await provider.end_room(room)


async def test_reports_are_asked_for_again_and_again_with_one_hook(
    make: Callable[..., Provider], server: Double
) -> None:
    """As the documents advise, every 5 minutes."""
    provider, room, _ = await started(make, server)
    kept = await provider.keep(room)
    assert (1, room.memo) == (len(server.hooks), kept.memo)
    assert kept.again_at is not None
    assert timedelta(minutes=4) < kept.again_at - now() <= timedelta(minutes=5)


async def test_without_bbb_webhooks_calls_work_and_the_doctor_says_what_is_missing(
    make: Callable[..., Provider], server: Double
) -> None:
    """It is asked for again in an hour, in case it was installed."""
    server.has_hooks = False
    provider = make()
    room = await provider.create_room(SPEC)
    kept = await provider.keep(room)
    assert kept.memo is None
    assert kept.again_at is not None
    assert kept.again_at > now() + timedelta(minutes=50)
    health = await provider.probe()
    assert health.ok
    assert "bbb-webhooks does not" in health.sentence
    await provider.end_room(room)


async def test_the_doctor_tells_a_wrong_secret_from_a_server_that_is_away(
    make: Callable[..., Provider], server: Double
) -> None:
    """And says when everything is well."""
    assert (await make().probe()).ok
    assert "PUBLIC_URL" in (await make(site_url=None).probe()).sentence
    wrong = await make(SECRET="another-secret").probe()
    assert (False, True) == (wrong.ok, "checksumError" in wrong.sentence)
    server.fault = "server_error"
    assert not (await make().probe()).ok


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("<html><p>Sign in</html>", ProviderDown),
        ("", ProviderDown),
        ('<!DOCTYPE a [<!ENTITY b "c">]><response><returncode>&b;</returncode></response>', ProviderDown),
        ("<response><returncode>SUCCESS</returncode></response>", ProviderDown),
        ("<response><returncode>FAILED</returncode></response>", ProviderRefused),
        ("<response><returncode>FAILED</returncode><messageKey>idNotUnique</messageKey></response>", ProviderRefused),
        ("<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey></response>", ProviderAuth),
    ],
)
async def test_an_answer_is_read_with_suspicion(
    make: Callable[..., Provider], server: Double, answer: str, error: type[Exception]
) -> None:
    """Also one with entities, which could be made to grow."""
    server.answer_instead = answer
    with pytest.raises(error):
        await make().create_room(SPEC)


async def test_comings_and_goings_are_told_by_bbb_webhooks(make: Callable[..., Provider], server: Double) -> None:
    """Under the id that the server also says when it is asked."""
    provider, room, url = await started(make, server)
    result = provider.receive(signed(url, joined(room)))
    assert (200, [EventKind.JOINED]) == outcome(result)
    (seen,) = result.events[0].people
    assert (VISITOR.id, VISITOR.id, "Zoë") == (seen.session_id, seen.visitor_id, seen.display_name)
    assert abs(result.events[0].at - now()) < timedelta(seconds=5)

    for event, kind in (("user-left", EventKind.LEFT), ("meeting-ended", EventKind.ENDED)):
        body = report_body(mapped_event(event, room.id, "w_1", {"userID": VISITOR.id}))
        assert (200, [kind]) == outcome(provider.receive(signed(url, body)))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha384", "sha512"])
async def test_a_report_counts_only_with_the_checksum_of_its_bytes(
    make: Callable[..., Provider], server: Double, algorithm: str
) -> None:
    """Changed by one bit, stale, from the future, for another address, or not signed: nothing is believed."""
    provider, room, url = await started(make, server)
    body = joined(room)
    good = signed(url, body, algorithm)
    assert (200, [EventKind.JOINED]) == outcome(provider.receive(good))
    assert (200, [EventKind.JOINED]) == outcome(provider.receive(good)), "a repeated one says the same again"

    flipped = bytes([body[-1] ^ 1])
    query = good.query
    event = mapped_event("meeting-ended", room.id, "w_1", {})
    stale = [report_body(event, (now() + timedelta(minutes=minutes)).timestamp()) for minutes in (-6, 6)]
    elsewhere = url.replace(room.id, "another")
    refused = [
        hook(url, body[:-1] + flipped, query=query),
        hook(url, body),
        hook(url, body, query="checksum="),
        hook(url, body, query="checksum=" + "0" * 64),
        hook(url, body, query=f"{query}&checksum={'0' * 40}"),
        hook(url[:-1] + ("0" if url[-1] != "0" else "1"), body, query=query),
        signed(elsewhere, body, algorithm),
        hook(url, body, query=f"checksum={report_checksum(url, body, algorithm, 'another secret')}"),
        hook(url, body, query=query, bearer="Bearer another"),
        *(signed(url, one, algorithm) for one in stale),
    ]
    assert [(401, [])] * len(refused) == [outcome(provider.receive(one)) for one in refused]


async def test_the_mode_with_a_bearer_is_taken_too(make: Callable[..., Provider], server: Double) -> None:
    """It is a switch of bbb-webhooks, auth2_0, under which there is no checksum."""
    provider, room, url = await started(make, server)
    assert (200, [EventKind.JOINED]) == outcome(provider.receive(hook(url, joined(room), bearer=f"Bearer {SECRET}")))


async def test_a_report_that_cannot_be_read_is_refused_and_an_unknown_one_is_dropped(
    make: Callable[..., Provider], server: Double
) -> None:
    """Newer versions report more; up to 3.3 they report other meetings as well."""
    provider, room, url = await started(make, server)
    sent_at = int(now().timestamp() * 1000)
    for body in (b"", b"\xff", b"event=%5B%5D", b"event=x&timestamp=1e9", f"event=x&timestamp={sent_at}".encode()):
        assert 400 == provider.receive(signed(url, body)).reply.status
    for event in ("[1]", '[{"data":1}]', "[" * 5000):
        assert 400 == provider.receive(signed(url, f"event={event}&timestamp={sent_at}".encode())).reply.status
    no_time = mapped_event("meeting-ended", room.id, "", {})
    no_time["data"]["event"] = {"ts": "soon"}
    assert 400 == provider.receive(signed(url, report_body(no_time))).reply.status

    for event, meeting_id in (("poll-started", room.id), ("user-left", "another"), ("meeting-ended", "another")):
        body = report_body(mapped_event(event, meeting_id, "w_1", {"userID": "x"}))
        assert (200, []) == outcome(provider.receive(signed(url, body)))
    assert 405 == provider.receive(hook(url, method="GET")).reply.status


async def test_the_end_is_believed_only_at_the_address_that_was_given_for_it(
    make: Callable[..., Provider], server: Double
) -> None:
    """Nobody signs it, so the address is what proves it."""
    provider, room, url = await started(make, server)
    ended = server.meetings[room.id]["meetingEndedURL"]
    good = provider.receive(hook(ended, method="GET", query=f"recordingmarks=true&meetingID={room.id}"))
    assert (200, [EventKind.ENDED]) == outcome(good)
    for bad in (url.replace("events", "ended"), ended[:-1], f"{ended}0", ended.replace(room.id, "x"), f"{SITE}/ended"):
        assert (401, []) == outcome(provider.receive(hook(bad, method="GET")))
    assert 401 == provider.receive(hook(f"{SITE}/hooks/bigbluebutton/nonesuch")).reply.status


async def test_a_recording_is_told_with_the_address_where_it_is_watched(
    make: Callable[..., Provider], server: Double
) -> None:
    """Signed with the server's secret, with one algorithm, and with an id that can stand in an address."""
    provider = make(RECORD="yes")
    room = await provider.create_room(SPEC)
    assert Capability.RECORDING in provider.capabilities
    url = server.meetings[room.id]["meta_bbb-recording-ready-url"]
    told = provider.receive(hook(url, recording_ready(room.id, RECORD)))
    assert (200, [EventKind.LEFT_BEHIND]) == outcome(told)
    playback = f"{server.url}/playback/presentation/2.3/{RECORD}"
    assert Artifact(ArtifactKind.RECORDING, playback) == told.events[0].artifact
    assert room.id == told.events[0].room_id

    unsigned = jwt.encode({"meeting_id": room.id, "record_id": RECORD}, "", algorithm="none")
    with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
        other = jwt.encode({"meeting_id": room.id, "record_id": RECORD}, SECRET, algorithm="HS512")
    for token in (unsigned, other, "x.y.z"):
        assert (401, []) == outcome(provider.receive(hook(url, f"signed_parameters={token}".encode())))
    assert (401, []) == outcome(provider.receive(hook(url, recording_ready(room.id, RECORD, "another" * 8))))
    for record_id in ("", "../x", "a b", "x" * 200):
        assert (400, []) == outcome(provider.receive(hook(url, recording_ready(room.id, record_id))))
    assert (400, []) == outcome(provider.receive(hook(url, b"nothing=x")))
    assert 405 == provider.receive(hook(url, method="GET")).reply.status


async def test_without_an_address_of_ours_nothing_is_taken(make: Callable[..., Provider], server: Double) -> None:
    """Nothing was ever asked to report there."""
    provider, _, url = await started(make, server)
    assert Capability.WEBHOOK in provider.capabilities
    quiet = make(site_url=None)
    assert not quiet.capabilities & (Capability.WEBHOOK | Capability.KEEP | Capability.RECORDING)
    assert 503 == quiet.receive(hook(url)).reply.status


async def test_it_cannot_be_built_without_its_address_and_secret() -> None:
    """What is missing is named."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ConfigError) as caught:
            build_provider("bigbluebutton", Surroundings(b"k" * 32, session, {}))
    assert ("setting_missing", "STARTCALL_BIGBLUEBUTTON_URL") == (caught.value.code, caught.value.detail)
