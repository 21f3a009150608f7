"""The LiveKit provider with a server in LiveKit's place, made of LiveKit's own messages and tokens."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import jwt
import pytest
from google.protobuf.json_format import MessageToJson
from livekit.api import TokenVerifier
from livekit.protocol import egress, models, webhook

from calls.clock import now
from calls.errors import ConfigError, ProviderAuth
from calls.meetings import EventKind, Hook, HookResult, Provider, Surroundings
from calls.model import Artifact, ArtifactKind, Room, Visitor
from providers.livekit.settings import find_page_fault, find_server_fault, read_server_url
from providers.registry import build_provider
from tests.contract.provider_kit import SPEC, check_provider
from tests.contract.vendor_kit import check_vendor
from tests.livekit_double import API_KEY, API_SECRET, PAGE, Double, report_body, signed

VISITOR = Visitor("0f" * 16, SPEC.call_id, "slack:U1", "Zoë")
FIVE_MINUTES = timedelta(minutes=5)
SECOND_FILE = "https://bucket.example.com/a%20b.mp4?X-Amz-Signature=secret#t"


@pytest.fixture
async def server() -> AsyncIterator[Double]:
    """Run a LiveKit server."""
    async with Double().running() as running:
        yield running


@pytest.fixture
async def make(server: Double) -> AsyncIterator[Callable[..., Provider]]:
    """Return what makes the provider, as a restart of the app does."""
    async with aiohttp.ClientSession() as session:

        def maker(site_url: str | None = "https://startcall.example.com", **settings: str) -> Provider:
            named = {f"STARTCALL_LIVEKIT_{name}": value for name, value in settings.items()}
            values = {**server.settings, **named}
            return build_provider("livekit", Surroundings(b"k" * 32, session, values, site_url=site_url))

        yield maker


def hook(body: bytes, headers: dict[str, str], *, path: str = "", method: str = "POST") -> Hook:
    """Return a request as the app hands it over."""
    return Hook(method, path, "", {name.lower(): (value,) for name, value in headers.items()}, body, now())


def outcome(result: HookResult) -> tuple[int, list[EventKind]]:
    """Return the status of an answer and what was reported."""
    return result.reply.status, [event.kind for event in result.events]


def token_in(link: str) -> str:
    """Return the token in a link."""
    return parse_qs(urlsplit(link).query)["token"][0]


async def test_it_keeps_the_contract(make: Callable[..., Provider]) -> None:
    """Everything the app relies on."""
    await check_provider(make)


async def test_every_failure_of_the_server_is_told_apart(make: Callable[..., Provider], server: Double) -> None:
    """And none keeps the next try from working."""
    await check_vendor(make, server)


async def test_a_persons_link_is_good_for_them_and_for_one_room(make: Callable[..., Provider], server: Double) -> None:
    """Verified by LiveKit's own library; hosts may look after the room, and nobody's token looks after others."""
    provider = make()
    room = await provider.create_room(SPEC)
    link = await provider.person_link(room, VISITOR, lasts=FIVE_MINUTES)
    claims = TokenVerifier(API_KEY, API_SECRET).verify(token_in(link))
    assert claims.video is not None
    assert (VISITOR.name, room.id, True, False, None) == (
        claims.name,
        claims.video.room,
        claims.video.room_join,
        claims.video.room_admin,
        claims.video.room_create,
    )
    assert claims.identity.startswith(VISITOR.id)
    raw = jwt.decode(token_in(link), options={"verify_signature": False})
    assert 300 <= raw["exp"] - now().timestamp() <= 335
    assert [server.url.replace("http", "ws")] == parse_qs(urlsplit(link).query)["liveKitUrl"]

    host = await provider.person_link(room, replace(VISITOR, is_host=True), lasts=FIVE_MINUTES)
    video = TokenVerifier(API_KEY, API_SECRET).verify(token_in(host)).video
    assert video is not None
    assert video.room_admin
    assert (SPEC.call_id in link, token_in(link) in room.join_url) == (False, False)


async def test_two_devices_of_a_person_do_not_show_each_other_out(
    make: Callable[..., Provider], server: Double
) -> None:
    """LiveKit keeps one connection of an identity, so each link has one of its own."""
    provider = make()
    room = await provider.create_room(SPEC)
    for _ in range(2):
        await server.enter(await provider.person_link(room, VISITOR, lasts=FIVE_MINUTES))
    seen = await provider.roster(room)
    assert [VISITOR.id] * 2 == [one.visitor_id for one in seen]
    assert 2 == len({one.session_id for one in seen})


async def test_recorders_agents_and_telephones_are_not_people(make: Callable[..., Provider], server: Double) -> None:
    """They would be shown out as people without a link of ours."""
    provider = make()
    room = await provider.create_room(SPEC)
    for kind in (models.ParticipantInfo.EGRESS, models.ParticipantInfo.AGENT, models.ParticipantInfo.SIP):
        server.put_in(room.id, f"bot{kind}", "Bot", kind=kind)
    server.put_in(room.id, "hidden", "Hidden", permission=models.ParticipantPermission(hidden=True))
    stranger = server.put_in(room.id, "stranger", "Alice")
    (seen,) = await provider.roster(room)
    assert (f"stranger/{stranger.sid}", None, "Alice") == (seen.session_id, seen.visitor_id, seen.display_name)

    await provider.kick(room, seen.session_id)
    assert [] == await provider.roster(room)
    await provider.kick(room, seen.session_id)


async def test_ending_twice_is_a_success_and_nobody_is_left(make: Callable[..., Provider], server: Double) -> None:
    """Also for who is asked about afterwards."""
    provider = make()
    room = await provider.create_room(SPEC)
    await provider.end_room(room)
    assert {} == server.rooms
    await provider.end_room(room)
    assert [] == await provider.roster(room)
    await provider.kick(room, "x/y")


async def test_a_room_stays_open_until_startcall_ends_it(make: Callable[..., Provider], server: Double) -> None:
    """LiveKit's own 5 minutes and 20 seconds would end calls that nobody has come to yet, or come back to."""
    room = await make().create_room(SPEC)
    assert (86400, 600) == (server.rooms[room.id].empty_timeout, server.rooms[room.id].departure_timeout)


async def test_the_doctor_tells_a_wrong_secret_from_a_server_that_is_away(
    make: Callable[..., Provider], server: Double
) -> None:
    """And says where the webhook has to lead."""
    good = await make().probe()
    assert (True, True) == (good.ok, "https://startcall.example.com/hooks/livekit" in good.sentence)
    wrong = make(API_SECRET="another-secret-of-32-characters-and-more")
    assert not (await wrong.probe()).ok
    with pytest.raises(ProviderAuth):
        await wrong.create_room(SPEC)
    server.fault = "server_error"
    assert not (await make().probe()).ok


async def test_comings_and_goings_are_told(make: Callable[..., Provider], server: Double) -> None:
    """In the JSON of LiveKit's own messages, under the ids that asking gives as well."""
    provider = make()
    room = await provider.create_room(SPEC)
    person = await server.enter(await provider.person_link(room, VISITOR, lasts=FIVE_MINUTES))
    (asked,) = await provider.roster(room)
    for event, kind in (
        ("participant_joined", EventKind.JOINED),
        ("participant_left", EventKind.LEFT),
        ("participant_connection_aborted", EventKind.LEFT),
    ):
        body = report_body(event, room.id, person)
        result = provider.receive(hook(body, signed(body)))
        assert (200, [kind]) == outcome(result)
        assert ((asked,), room.id) == (result.events[0].people, result.events[0].room_id)
        assert abs(result.events[0].at - now()) < timedelta(seconds=5)
    body = report_body("room_finished", room.id)
    assert (200, [EventKind.ENDED]) == outcome(provider.receive(hook(body, signed(body))))
    body = report_body("participant_joined", room.id, models.ParticipantInfo(kind=models.ParticipantInfo.EGRESS))
    assert (200, []) == outcome(provider.receive(hook(body, signed(body))))


async def test_a_report_counts_only_with_the_signed_hash_of_its_bytes(
    make: Callable[..., Provider], server: Double
) -> None:
    """Changed by one bit, stale, of another key, with another algorithm, or with a person's token: not believed."""
    provider = make()
    room = Room("r" * 26, "https://meet.example.com")
    body = report_body("room_finished", room.id)
    good = signed(body)["Authorization"]
    for token in (good, f"Bearer {good}"):
        assert (200, [EventKind.ENDED]) == outcome(provider.receive(hook(body, {"Authorization": token})))

    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    ends_at = int(now().timestamp()) + 300
    claims = {"iss": API_KEY, "exp": ends_at, "sha256": digest}
    persons = token_in(await provider.person_link(room, VISITOR, lasts=FIVE_MINUTES))
    refused = [
        "",
        "nonsense",
        persons,
        jwt.encode({**claims, "exp": ends_at - 300 - 65}, API_SECRET, algorithm="HS256"),
        jwt.encode({**claims, "nbf": ends_at}, API_SECRET, algorithm="HS256"),
        jwt.encode({**claims, "iss": "another"}, API_SECRET, algorithm="HS256"),
        jwt.encode({**claims, "sha256": 5}, API_SECRET, algorithm="HS256"),
        jwt.encode({"iss": API_KEY, "sha256": digest}, API_SECRET, algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        signed(body, "another-secret-of-32-characters-and-more")["Authorization"],
    ]
    for token in refused:
        assert (401, []) == outcome(provider.receive(hook(body, {"Authorization": token})))
    assert (401, []) == outcome(provider.receive(hook(body.replace(b"room", b"rook", 1), {"Authorization": good})))
    assert (401, []) == outcome(provider.receive(hook(body, {})))
    twice = Hook("POST", "", "", {"authorization": (good, good)}, body, now())
    assert (401, []) == outcome(provider.receive(twice))


async def test_what_cannot_be_read_is_refused_and_what_is_unknown_is_dropped(make: Callable[..., Provider]) -> None:
    """Newer servers report more, and with more fields."""
    provider = make()
    for body in (b"", b"[]", b"\xff", b'{"event": "room_finished"}', b'{"event":"room_finished","createdAt":"x"}'):
        assert 400 == provider.receive(hook(body, signed_bytes(body))).reply.status
    no_person = report_body("participant_joined", "r")
    assert 400 == provider.receive(hook(no_person, signed(no_person))).reply.status
    for event in ("track_published", "never_seen_before"):
        body = report_body(event, "r")
        assert (200, []) == outcome(provider.receive(hook(body, signed(body))))
    told = json.loads(report_body("room_finished", "r")) | {"neverSeen": {"deep": [1]}, "created_at": 5}
    body = json.dumps(told).encode()
    assert (200, [EventKind.ENDED]) == outcome(provider.receive(hook(body, signed(body))))
    assert 404 == provider.receive(hook(body, signed(body), path="x")).reply.status
    assert 405 == provider.receive(hook(body, signed(body), method="GET")).reply.status


def signed_bytes(body: bytes) -> dict[str, str]:
    """Return the headers of a report, whatever its bytes are."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": API_KEY, "exp": int(now().timestamp()) + 300, "sha256": digest}
    return {"Authorization": jwt.encode(claims, API_SECRET, algorithm="HS256")}


@pytest.mark.parametrize(
    ("status", "places", "url"),
    [
        (egress.EGRESS_COMPLETE, ["/out/a.mp4", SECOND_FILE], "https://bucket.example.com/a%20b.mp4"),
        (egress.EGRESS_COMPLETE, ["/out/a.mp4"], None),
        (egress.EGRESS_COMPLETE, ["https://user:secret@bucket.example.com/a.mp4"], None),
        (egress.EGRESS_COMPLETE, [], None),
        (egress.EGRESS_FAILED, [SECOND_FILE], None),
    ],
)
async def test_a_finished_recording_is_told_by_its_address_alone(
    make: Callable[..., Provider], status: egress.EgressStatus, places: list[str], url: str | None
) -> None:
    """Without what may let anybody in; a file on the server's disk has no address."""
    files = [egress.FileInfo(location=place) for place in places]
    info = egress.EgressInfo(room_name="r", status=status, file_results=files)
    message = webhook.WebhookEvent(event="egress_ended", created_at=int(now().timestamp()), egress_info=info)
    body = MessageToJson(message).encode()
    told = make().receive(hook(body, signed(body)))
    expected = [] if url is None else [Artifact(ArtifactKind.RECORDING, url)]
    assert (200, expected) == (told.reply.status, [event.artifact for event in told.events])


@pytest.mark.parametrize(
    ("page", "is_usable"),
    [
        (PAGE, True),
        ("https://meet.example.com/{room}#token={token}", True),
        ("https://meet.example.com/custom", False),
        ("https://meet.example.com/{token}", False),
        ("https://meet.example.com/?t={token}&x={nonsense}", False),
        ("https://meet.example.com/?t={token}&x={", False),
        ("http://meet.example.com/?t={token}", False),
    ],
)
def test_the_pages_address_needs_a_place_for_the_token(page: str, is_usable: bool) -> None:  # noqa: FBT001 - a table
    """After a question mark or a number sign, where it is not in every log."""
    assert is_usable == (find_page_fault(page) is None)


def test_the_servers_address_may_be_given_as_the_console_shows_it() -> None:
    """With wss or with https."""
    assert "https://a.livekit.cloud" == read_server_url("wss://a.livekit.cloud/")
    assert "http://127.0.0.1:7880" == read_server_url("ws://127.0.0.1:7880")
    assert [None, None] == [find_server_fault(url) for url in ("wss://a.livekit.cloud", "ws://127.0.0.1:7880")]
    assert find_server_fault("ws://livekit.example.com") is not None


@pytest.mark.parametrize("missing", ["URL", "API_KEY", "API_SECRET", "PAGE", "PUBLIC_URL"])
async def test_it_cannot_be_built_without_its_settings(make: Callable[..., Provider], missing: str) -> None:
    """What is missing is named; without an address of ours nobody would get a token."""
    with pytest.raises(ConfigError) as caught:
        make(site_url=None) if missing == "PUBLIC_URL" else make(**{missing: ""})
    assert caught.value.detail.endswith(missing)
