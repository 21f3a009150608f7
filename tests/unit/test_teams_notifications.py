"""What Microsoft Graph reports is read only when it shows what we gave to Graph, and only as it was written."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from calls.clock import now
from calls.meetings import EventKind, Hook, HookResult, Provider, Surroundings
from providers.registry import build_provider
from providers.teams.call_events import client_state
from providers.teams.checks import find_guid_fault, find_key_fault, find_secret_fault
from providers.teams.encryption import Decryption
from tests.teams_double import ORGANIZER, TeamsDouble, graph_time, key_pem, participant, private_key, roster_event

KEY = b"k" * 32
ROOM = "a" * 26
GRAPH = TeamsDouble(url="http://127.0.0.1:9")
IN = roster_event(participant("p1", "Ana  Lima\n", "u1"))


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """Return a provider that is told of rooms."""
    async with aiohttp.ClientSession() as session:
        yield build_provider("teams", Surroundings(KEY, session, GRAPH.settings, site_url="https://s.example"))


def subscription(key: rsa.RSAPrivateKey | None = None, room: str = ROOM) -> dict[str, Any]:
    """Return a subscription as Graph keeps it."""
    decryption = Decryption(key or private_key())
    return {
        "id": "s1",
        "clientState": client_state(KEY, room),
        "resource": "communications/onlineMeetings(joinWebUrl='x')/meetingCallEvents",
        "expirationDateTime": graph_time(now()),
        "encryptionCertificate": decryption.certificate(now()),
        "encryptionCertificateId": decryption.certificate_id,
    }


def report(event: dict[str, Any], one: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return a report of Graph's, by default a good one."""
    return GRAPH.notification(one or subscription(), {"eventDateTime": graph_time(now()), **event})


def given(provider: Provider, body: object, *, path: str = ROOM, query: str = "", method: str = "POST") -> HookResult:
    """Hand over a request."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return provider.receive(Hook(method, path, query, {}, raw, now()))


def test_somebody_comes_waits_and_goes(provider: Provider) -> None:
    """Who waits in the lobby is not in; a name is one line."""
    gone = participant("p2", "Bob", "u2") | {"removedState": {"reason": "Participant has left the meeting call."}}
    waits = participant("p3", "Eve", "u3", lobby=True)
    events = given(provider, report(roster_event(participant("p1", "Ana  Lima\n", "u1"), gone, waits))).events

    assert [EventKind.JOINED, EventKind.LEFT] == [event.kind for event in events]
    assert {ROOM} == {event.room_id for event in events}
    (ana,) = events[0].people
    assert ("p1", "user:u1", "Ana Lima", None) == (ana.session_id, ana.person_id, ana.display_name, ana.email)
    assert "p2" == events[1].people[0].session_id


def test_guests_and_telephones_are_people_too(provider: Provider) -> None:
    """Whatever kind of identity Graph has for them, also none."""
    phone = {"info": {"identity": {"phone": {"id": "+1555", "displayName": None}}}, "id": "p1"}
    events = given(provider, report(roster_event(phone, {"info": {}, "id": "p2"}, {"id": "p3"}))).events

    assert ["phone:+1555", None, None] == [event.people[0].person_id for event in events]


def test_the_end_of_the_call_empties_the_room_as_of_then(provider: Provider) -> None:
    """It does not close it, and never empties it in the future."""
    early = graph_time(now() - timedelta(seconds=9))
    (event,) = given(provider, report({"eventType": "callEnded", "eventDateTime": early})).events
    assert (EventKind.SNAPSHOT, ()) == (event.kind, event.people)
    assert event.at < now() - timedelta(seconds=8)

    late = graph_time(now() + timedelta(hours=1))
    (event,) = given(provider, report({"eventType": "callEnded", "eventDateTime": late})).events
    assert event.at <= now()


@pytest.mark.parametrize(
    "event",
    [{"eventType": "callStarted"}, {"eventType": "somethingNew", "eventDateTime": None}, {}],
)
def test_what_is_not_known_reports_nothing(provider: Provider, event: dict[str, Any]) -> None:
    """And is answered as taken, so that Graph does not send it again."""
    result = given(provider, report(event))
    assert (200, ()) == (result.reply.status, result.events)


def test_a_reminder_reports_nothing(provider: Provider) -> None:
    """Renewing in time makes reminders needless."""
    body = report(IN)
    body["value"][0] = {"clientState": client_state(KEY, ROOM), "lifecycleEvent": "reauthorizationRequired"}
    assert (200, ()) == (given(provider, body).reply.status, given(provider, body).events)


def test_what_does_not_show_the_client_state_is_refused(provider: Provider) -> None:
    """Wholly, also when only one part of it does not; nor does that of another room do."""
    good, state = report(IN), client_state(KEY, ROOM)
    for wrong in (
        "",
        state[:-1] + ("0" if state[-1] != "0" else "1"),
        state + "0",
        client_state(KEY, "b" * 26),
        "é",
        None,
    ):
        body = json.loads(json.dumps(good))
        body["value"].append({**body["value"][0], "clientState": wrong})
        result = given(provider, body)
        assert (401, ()) == (result.reply.status, result.events)
    missing = json.loads(json.dumps(good))
    del missing["value"][0]["clientState"]
    assert 401 == given(provider, missing).reply.status
    assert 401 == given(provider, good, path="b" * 26).reply.status
    assert 200 == given(provider, good).reply.status


@pytest.mark.parametrize("name", ["data", "dataKey", "dataSignature"])
def test_one_changed_bit_of_the_content_is_noticed(provider: Provider, name: str) -> None:
    """Of the content, of its key, or of its signature."""
    body = report(IN)
    content = body["value"][0]["encryptedContent"]
    raw = bytearray(base64.b64decode(content[name]))
    raw[-1] ^= 1
    content[name] = base64.b64encode(raw).decode()
    assert (400, ()) == (given(provider, body).reply.status, given(provider, body).events)


def test_what_was_encrypted_for_another_key_is_not_read(provider: Provider) -> None:
    """As after a change of the key; the next subscription has the new one."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert 400 == given(provider, report(IN, subscription(other))).reply.status


def test_garbage_is_refused(provider: Provider) -> None:
    """Whatever comes, nothing is made of it."""
    state = client_state(KEY, ROOM)
    bodies: list[object] = [
        b"",
        b"\xff",
        b"[" * 100_000,
        [],
        {},
        {"value": []},
        {"value": [1]},
        {"value": [{"clientState": state}]},
        {"value": [{"clientState": state, "encryptedContent": {"data": 1, "dataKey": "é", "dataSignature": ""}}]},
        report({"eventType": "rosterUpdated"}),
        report(roster_event(participant("", "Ana", "u1"))),
        report({"eventType": "rosterUpdated", "participants@delta": [1]}),
        report({**IN, "eventDateTime": "yesterday"}),
        report({**IN, "eventDateTime": "2026-11-21T12:00:00"}),
    ]
    for body in bodies:
        result = given(provider, body)
        assert (400, ()) == (result.reply.status, result.events)


def test_unknown_fields_do_no_harm(provider: Provider) -> None:
    """Graph may say more some day."""
    body = report({**IN, "newField": {"a": 1}}) | {"newField": [1]}
    assert 1 == len(given(provider, body).events)


def test_a_report_that_comes_twice_says_the_same_twice(provider: Provider) -> None:
    """Which the roster takes for one."""
    body = report(IN)
    assert given(provider, body).events == given(provider, body).events


def test_graphs_question_is_answered_as_text(provider: Provider) -> None:
    """What it sent comes back, decoded, and nothing that a browser would run; only where a room could be."""
    reply = given(provider, b"", query="validationToken=Validation%3a+Testing+%3Cb%3E").reply
    assert (200, b"Validation: Testing <b>", "text/plain") == (reply.status, reply.body, reply.content_type)
    assert 400 == given(provider, b"", query="validationToken=a&validationToken=b").reply.status
    assert 400 == given(provider, b"", query="validationToken=").reply.status
    assert 400 == given(provider, b"", query="validationToken=" + "x" * 5000).reply.status
    assert 404 == given(provider, b"", query="validationToken=a", path="").reply.status
    assert 404 == given(provider, b"", query="validationToken=a", method="GET").reply.status


async def test_without_a_key_nothing_is_believed() -> None:
    """And Graph is told that it is not now."""
    async with aiohttp.ClientSession() as session:
        without_key = {name: value for name, value in GRAPH.settings.items() if name != "STARTCALL_TEAMS_KEY"}
        deaf = build_provider("teams", Surroundings(KEY, session, without_key))
        assert 503 == given(deaf, report(IN)).reply.status


def test_a_value_of_the_wrong_form_is_refused_without_repeating_it(tmp_path: Path) -> None:
    """Before the app starts."""
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - too small on purpose
    curve = ec.generate_private_key(ec.SECP256R1())
    file = tmp_path / "teams.pem"
    file.write_text(key_pem().replace("\\n", "\n"), encoding="utf-8")
    assert find_key_fault(str(file)) is None
    assert find_key_fault(key_pem()) is None
    for value in (
        "hunter2",
        "your-teams-key.pem",
        "-----BEGIN hunter2",
        *(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() for key in (small, curve)),
    ):
        fault = find_key_fault(value)
        assert fault
        assert "hunter2" not in fault
    assert find_guid_fault(ORGANIZER) is None
    assert find_guid_fault("meetings@example.com")
    assert find_secret_fault("abc8Q~x") is None
    assert "Secret ID" in (find_secret_fault(ORGANIZER) or "")
    assert find_secret_fault("your-teams-client-secret")
