"""The JaaS provider: the tokens it signs, and the reports it believes."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from calls.clock import now
from calls.errors import ConfigError, ProviderRefused
from calls.meetings import Capability, EventKind, Hook, HookResult, Provider, Seen, Surroundings
from calls.model import Visitor
from providers.jaas.checks import find_app_id_fault, find_key_id_fault, find_private_key_fault
from providers.jaas.settings import read_key_id, read_private_key
from providers.registry import build_provider
from tests.contract.provider_kit import SPEC, check_provider
from tests.jaas_double import APP_ID, KEY, KEY_ID, PEM, JaasDouble, report_body, signed, verified
from tests.vendor import FAULTS

VISITOR = Visitor("0f" * 16, SPEC.call_id, "slack:U1", "Zoë", avatar_url="https://a.example/b.png")
BOB: dict[str, Any] = {
    "moderator": "false",
    "name": "Bob",
    "group": "",
    "email": "bob@example.com",
    "id": VISITOR.id,
    "participantJid": "4d2f@8x8.vc/77aa",
    "participantId": "77aa0011",
    "avatar": "",
}


@pytest.fixture
async def jaas() -> AsyncIterator[JaasDouble]:
    """Run a server in JaaS' place."""
    async with JaasDouble().running() as running:
        yield running


@pytest.fixture
async def make(jaas: JaasDouble) -> AsyncIterator[Callable[..., Provider]]:
    """Return what makes the provider, as a restart of the app does."""
    async with aiohttp.ClientSession() as session:

        def maker(site_url: str | None = "https://startcall.example.com", **settings: str) -> Provider:
            values = jaas.settings | {f"STARTCALL_JAAS_{name}": value for name, value in settings.items()}
            return build_provider("jaas", Surroundings(b"k" * 32, session, values, site_url=site_url))

        yield maker


def hook(body: bytes, headers: dict[str, str], *, path: str = "", method: str = "POST") -> Hook:
    """Return a request as the app hands it over."""
    return Hook(method, path, "", {name.lower(): (value,) for name, value in headers.items()}, body, now())


def outcome(result: HookResult) -> tuple[int, list[EventKind]]:
    """Return the status of an answer and what was reported."""
    return result.reply.status, [event.kind for event in result.events]


async def test_it_keeps_the_contract(make: Callable[..., Provider]) -> None:
    """Everything the app relies on."""
    await check_provider(make)


async def test_whatever_8x8_does_calls_go_on_since_nothing_of_them_depends_on_its_answer(
    make: Callable[..., Provider], jaas: JaasDouble
) -> None:
    """Rooms and links are made here; the doctor alone asks, for one page, and says when 8x8 is in trouble."""
    for fault in ("", *FAULTS):
        provider, jaas.fault = make(), fault
        room = await provider.create_room(SPEC)
        assert await provider.person_link(room, VISITOR, lasts=timedelta(minutes=5))
    assert [] == jaas.asked

    for fault in set(FAULTS) - {"slow"}:
        jaas.fault = fault
        assert (fault != "server_error") == (await make().probe()).ok
    assert {("GET", "/", "")} == {(one.method, one.path, one.headers.get("authorization", "")) for one in jaas.asked}


async def test_a_persons_link_is_good_for_them_and_for_one_room(
    make: Callable[..., Provider], jaas: JaasDouble
) -> None:
    """By the claims of the documents, after the number sign, and for some minutes; what costs extra is off."""
    provider = make()
    room = await provider.create_room(SPEC)
    link = await provider.person_link(room, VISITOR, lasts=timedelta(minutes=5))
    address, _, token = link.partition("#jwt=")
    claims = verified(token)
    assert (room.join_url, room.id) == (address, claims["room"])
    assert f"{jaas.url}/{APP_ID}/{room.id}" == address
    expected = {"id": VISITOR.id, "name": "Zoë", "moderator": "false", "avatar": VISITOR.avatar_url}
    assert expected == claims["context"]["user"]
    assert {"false"} == set(claims["context"]["features"].values())
    assert 300 <= claims["exp"] - now().timestamp() <= 335

    host = await provider.person_link(room, replace(VISITOR, is_host=True), lasts=timedelta(minutes=5))
    assert "true" == verified(host.partition("#jwt=")[2])["context"]["user"]["moderator"]


async def test_it_says_that_it_cannot_close_a_room(make: Callable[..., Provider]) -> None:
    """8x8 documents no request for that."""
    provider = make()
    assert Capability.END not in provider.capabilities
    with pytest.raises(ProviderRefused):
        await provider.end_room(await provider.create_room(SPEC))


async def test_comings_and_goings_are_told_by_jaas_own_clock(make: Callable[..., Provider]) -> None:
    """A room that went with the last person may come back, so it only means that nobody is in."""
    provider = make()
    sessions = set()
    for event, kind in (("PARTICIPANT_JOINED", EventKind.JOINED), ("PARTICIPANT_LEFT", EventKind.LEFT)):
        body = report_body(event, "r", BOB)
        result = provider.receive(hook(body, signed(body)))
        assert (200, [kind]) == outcome(result)
        (seen,) = result.events[0].people
        assert (VISITOR.id, "Bob", None, "r") == (
            seen.visitor_id,
            seen.display_name,
            seen.email,
            result.events[0].room_id,
        )
        assert timedelta(0) <= now() - result.events[0].at < timedelta(seconds=5)
        sessions.add(seen.session_id)
    assert 1 == len(sessions)

    body = report_body("ROOM_DESTROYED", "r", {"conference": "r@conference.8x8.vc"})
    result = provider.receive(hook(body, signed(body)))
    assert (200, [EventKind.SNAPSHOT], ()) == (*outcome(result), result.events[0].people)


async def test_the_same_person_in_the_next_session_is_another_connection(make: Callable[..., Provider]) -> None:
    """An old report that comes late does not take a new one off."""
    provider = make()
    seen: list[Seen] = []
    for session_id in ("s-1", "s-2"):
        body = report_body("PARTICIPANT_JOINED", "r", BOB, session_id=session_id)
        seen += provider.receive(hook(body, signed(body))).events[0].people
    assert 2 == len({one.session_id for one in seen})


async def test_breakout_rooms_are_part_of_the_meeting(make: Callable[..., Provider]) -> None:
    """Who goes to one is still there, and its end is not the meeting's."""
    provider = make()
    breakout = {"isBreakout": True, "breakoutRoomId": "b-1"}
    body = report_body("PARTICIPANT_JOINED", "r", BOB | breakout)
    assert (200, [EventKind.JOINED]) == outcome(provider.receive(hook(body, signed(body))))
    body = report_body("ROOM_DESTROYED", "r", breakout)
    assert (200, []) == outcome(provider.receive(hook(body, signed(body))))


async def test_a_report_counts_only_with_the_signature_of_its_bytes(make: Callable[..., Provider]) -> None:
    """Changed by one bit, stale, of another secret, of another scheme, or not signed: nothing is believed."""
    provider = make()
    body = report_body("PARTICIPANT_JOINED", "r", BOB)
    good = signed(body)["X-Jaas-Signature"]
    time, _, signature = good.partition(",v1=")
    present = now().timestamp()
    for header in (good, f"{time},v0=x,v1=old,v1={signature}", good.replace(",", ", ")):
        assert (200, [EventKind.JOINED]) == outcome(provider.receive(hook(body, {"X-Jaas-Signature": header})))

    refused = [
        "",
        "t=,v1=",
        signature,
        f"v1={signature}",
        f"{time},v0={signature}",
        f"{time},{time},v1={signature}",
        f"t=1e9,v1={signature}",
        f"t={int(present) + 1},v1={signature}",
        signed(body, "another secret")["X-Jaas-Signature"],
        signed(body, at_s=present - 302)["X-Jaas-Signature"],
        signed(body, at_s=present + 302)["X-Jaas-Signature"],
    ]
    for header in refused:
        assert (401, []) == outcome(provider.receive(hook(body, {"X-Jaas-Signature": header})))
    assert (401, []) == outcome(provider.receive(hook(body.replace(b"Bob", b"Boc"), {"X-Jaas-Signature": good})))
    assert (401, []) == outcome(provider.receive(hook(body, {})))


async def test_without_a_secret_nothing_is_believed_and_nobody_is_claimed_to_be_known(
    make: Callable[..., Provider],
) -> None:
    """Links work all the same."""
    provider = make(HOOK_SECRET="")
    assert Capability.PERSON_LINK == provider.capabilities
    body = report_body("PARTICIPANT_JOINED", "r", BOB)
    assert (503, []) == outcome(provider.receive(hook(body, signed(body))))


async def test_what_cannot_be_read_is_refused_and_what_is_unknown_is_dropped(make: Callable[..., Provider]) -> None:
    """Newer events, other tenants' and fields that are missing."""
    provider = make()
    good = json.loads(report_body("PARTICIPANT_JOINED", "r", BOB))
    broken = [
        *({name: value for name, value in good.items() if name != missing} for missing in ("timestamp", "fqn", "data")),
        good | {"timestamp": "soon"},
        good | {"timestamp": -1},
        good | {"data": []},
        good | {"sessionId": None},
        good | {"fqn": 5},
    ]
    for body in (b"", b"[]", b"{", *(json.dumps(report).encode() for report in broken)):
        assert (400, []) == outcome(provider.receive(hook(body, signed(body))))
    for body in (
        report_body("PARTICIPANT_JOINED", "r", BOB, app_id=f"vpaas-magic-cookie-{'2' * 32}"),
        report_body("PARTICIPANT_JOINED_LOBBY", "r", BOB),
        report_body("RECORDING_UPLOADED", "r", {"preAuthenticatedLink": "https://example.com/?secret"}),
        b"{}",
    ):
        assert (200, []) == outcome(provider.receive(hook(body, signed(body))))
    body = json.dumps(good | {"neverSeen": {"deep": [1]}}).encode()
    assert (200, [EventKind.JOINED]) == outcome(provider.receive(hook(body, signed(body))))
    assert 404 == provider.receive(hook(body, signed(body), path="x")).reply.status
    assert 405 == provider.receive(hook(body, signed(body), method="GET")).reply.status


async def test_somebody_without_our_link_is_nobody_in_slack(make: Callable[..., Provider]) -> None:
    """Another application of the tenant signs what it likes, e-mail addresses too."""
    provider = make()
    for person_id in ("alice", "", None):
        body = report_body("PARTICIPANT_JOINED", "r", BOB | {"id": person_id})
        (event,) = provider.receive(hook(body, signed(body))).events
        assert (None, None) == (event.people[0].visitor_id, event.people[0].email)


async def test_the_doctor_says_what_it_cannot_know(make: Callable[..., Provider]) -> None:
    """Whether 8x8 knows the key shows when somebody enters."""
    health = await make().probe()
    assert (True, True) == (health.ok, KEY_ID in health.sentence)
    assert "Without a webhook" in (await make(HOOK_SECRET="").probe()).sentence
    assert not (await make(API_URL="http://127.0.0.1:9").probe()).ok


def test_a_private_key_is_taken_in_every_form_it_can_be_written_in() -> None:
    """With line breaks, with their escapes, or as base64 of the file."""
    whole = base64.b64encode(PEM.encode()).decode()
    assert [KEY.private_numbers()] * 3 == [
        read_private_key(value).private_numbers() for value in (PEM, PEM.replace("\n", "\\n"), whole)
    ]


def test_what_is_no_rsa_key_is_refused_without_being_repeated() -> None:
    """Too short, of another kind, with a password, cut off, or a public one."""
    private = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    weak = generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it has to be refused
    short = weak.private_bytes(*private).decode()
    curve = ec.generate_private_key(ec.SECP256R1()).private_bytes(*private).decode()
    for value in (short, curve, PEM[:200], "nonsense", "", "your-key", "é"):
        fault = find_private_key_fault(value)
        assert fault is not None
        assert not value or value not in fault


def test_ids_are_taken_as_the_console_shows_them() -> None:
    """The Key ID with its tenant or without."""
    assert [KEY_ID, KEY_ID] == [read_key_id(APP_ID, value) for value in (KEY_ID, "4f4910")]
    assert [None, None, None] == [find_app_id_fault(APP_ID), find_key_id_fault(KEY_ID), find_key_id_fault("4f4910")]
    assert None not in {find_app_id_fault("my-app"), find_key_id_fault("a b"), find_key_id_fault("other/4f4910")}


@pytest.mark.parametrize("missing", ["APP_ID", "KEY_ID", "PRIVATE_KEY", "PUBLIC_URL"])
async def test_it_cannot_be_built_without_its_settings(make: Callable[..., Provider], missing: str) -> None:
    """What is missing is named; without an address of ours nobody would get a token."""
    with pytest.raises(ConfigError) as caught:
        make(site_url=None) if missing == "PUBLIC_URL" else make(**{missing: ""})
    assert caught.value.detail.endswith(missing)
