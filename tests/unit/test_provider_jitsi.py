"""The Jitsi provider's addresses, tokens and settings; what a real Prosody makes of them is tested elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import aiohttp
import jwt
import pytest

from calls.errors import ConfigError, ProviderRefused
from calls.meetings import Capability, Provider, Surroundings
from calls.model import CallId, Room, Visitor
from providers.jitsi.kind import KIND
from providers.registry import build_provider
from tests.contract.provider_kit import HOSTILE_TITLES, SPEC

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
APP_SECRET = "an-app-secret-of-32-characters-and-more"
TOKENS = {"APP_ID": "startcall", "APP_SECRET": APP_SECRET}
HOOKS = {"HOOK_SECRET": "a-hook-secret-for-tests"}
PROSODY = {**HOOKS, "PROSODY_URL": "http://127.0.0.1:9"}
VISITOR = Visitor(id="0f" * 16, call_id=SPEC.call_id, key="k", name='Ada "Countess" <É> 🎉')

USABLE = {
    "URL": ("https://meet.jit.si", "https://meet.example.com:8443/", "http://127.0.0.1:8000"),
    "APP_ID": ("startcall", "my_app-1"),
    "APP_SECRET": ("x" * 16,),
    "HOOK_SECRET": ("x" * 16, f"{'x' * 16}, {'y' * 16}"),
    "PROSODY_URL": ("http://prosody:5280", "http://10.0.0.3:5280/", "https://meet.example.com", "http://[::1]:5280"),
    "MUC": ("conference.meet.example.com", "muc.meet.jitsi"),
}

FAULTS = {
    "URL": {
        "https://meet.example.com/tenant": "must end with the server's name",
        "https://meet.example.com?x=1": "must end with the server's name",
        "https://meet.example.com#x": "must end with the server's name",
        "https://meet.example.com/{room}": "must end with the server's name",
        "http://meet.example.com": "begins with http://",
        "https://user:pw@meet.example.com": "has a user name",
        "meet.example.com": "does not begin with https://",
        "https://é.example.com": "has a space",
    },
    "APP_ID": {"two words": "has a space"},
    "APP_SECRET": {"hunter2": "is shorter", "your-jitsi-app-secret": "still holds the placeholder"},
    "HOOK_SECRET": {f"{'x' * 16},short": "is shorter", f"{'x' * 16} {'y' * 16}": "has a space"},
    "PROSODY_URL": {
        "http://meet.example.com:5280": "begins with http://, which is allowed only within your own network",
        "http://8.8.8.8:5280": "begins with http://",
        "http://prosody:5280/startcall": "must end with the server's name",
        "https://[hunter2/{room}": "is not a web address",
        "ftp://prosody": "does not begin with https://",
    },
    "MUC": {
        "https://meet.example.com": "is not a domain",
        "Muc.Meet.Jitsi": "is not a domain",
        "muc": "is not a domain",
    },
}


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session for the provider to use."""
    async with aiohttp.ClientSession() as opened:
        yield opened


def jitsi(session: aiohttp.ClientSession, **values: str) -> Provider:
    """Return a provider with some of its settings."""
    named = {f"STARTCALL_JITSI_{name}": value for name, value in values.items()}
    return build_provider("jitsi", Surroundings(b"k" * 32, session, named, now=lambda: NOW))


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in USABLE.items() for value in values])
def test_usable_settings_are_taken(name: str, value: str) -> None:
    """What servers are really set up with is possible."""
    assert fault_of(name, value) is None


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [(name, value, fault) for name, values in FAULTS.items() for value, fault in values.items()],
)
def test_unusable_settings_are_refused_with_the_reason(name: str, value: str, fault: str) -> None:
    """Each is found at the start, and the complaint does not repeat a value that may be a secret."""
    found = fault_of(name, value) or ""
    assert found.startswith(fault)
    assert value not in found


def test_secrets_are_marked_and_not_shown() -> None:
    """Secrets are known as such, and keys do not get into a log by way of the settings."""
    assert {"STARTCALL_JITSI_APP_SECRET", "STARTCALL_JITSI_HOOK_SECRET"} == {
        one.name for one in KIND.settings if one.secret
    }


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"APP_ID": "startcall"}, "jitsi_token_incomplete"),
        ({"APP_SECRET": APP_SECRET}, "jitsi_token_incomplete"),
        ({"PROSODY_URL": "http://127.0.0.1:9"}, "jitsi_hook_secret_missing"),
    ],
)
async def test_settings_that_need_another_stop_the_start(
    session: aiohttp.ClientSession, values: dict[str, str], code: str
) -> None:
    """Half of a pair would silently do less than was wanted."""
    with pytest.raises(ConfigError) as caught:
        jitsi(session, **values)
    assert code == caught.value.code
    assert APP_SECRET not in str(caught.value)


async def test_a_short_key_is_refused(session: aiohttp.ClientSession) -> None:
    """A key that could be guessed is no key."""
    with pytest.raises(ConfigError, match="room_key_too_short"):
        build_provider("jitsi", Surroundings(b"short", session))


@pytest.mark.parametrize(
    ("values", "capabilities"),
    [
        ({}, Capability.DESKTOP_LINK | Capability.REOPEN),
        (TOKENS, Capability.PERSON_LINK | Capability.REOPEN),
        (HOOKS, Capability.DESKTOP_LINK | Capability.WEBHOOK | Capability.REOPEN),
        (
            {**TOKENS, **PROSODY},
            Capability.PERSON_LINK
            | Capability.WEBHOOK
            | Capability.ROSTER
            | Capability.END
            | Capability.POLL
            | Capability.KICK,
        ),
    ],
)
async def test_it_can_do_what_its_settings_allow(
    session: aiohttp.ClientSession, values: dict[str, str], capabilities: Capability
) -> None:
    """Nothing is promised that the server was not set up for."""
    assert capabilities == jitsi(session, **values).capabilities


async def test_what_it_cannot_do_is_refused(session: aiohttp.ClientSession) -> None:
    """Asked all the same, it says that it never will."""
    provider, room = jitsi(session), Room("r", "https://meet.jit.si/r")
    for asked in (
        provider.end_room(room),
        provider.roster(room),
        provider.kick(room, "x"),
        provider.person_link(room, VISITOR, lasts=timedelta(minutes=1)),
    ):
        with pytest.raises(ProviderRefused):
            await asked


async def test_rooms_cannot_be_guessed_and_have_no_token(session: aiohttp.ClientSession) -> None:
    """128 bits in lower case that depend on the key and the call, and the same address whatever the title."""
    provider = jitsi(session, URL="https://meet.example.com:8443", **TOKENS)
    room = await provider.create_room(SPEC)
    assert 26 == len(room.id)
    assert set(room.id) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert f"https://meet.example.com:8443/{room.id}" == room.join_url
    for title in (*HOSTILE_TITLES, 'a/b#c?d é "quoted"'):
        assert room == await provider.create_room(replace(SPEC, title=title))
    other_key = build_provider("jitsi", Surroundings(b"o" * 32, session))
    assert room.id != (await other_key.create_room(SPEC)).id
    assert room.id != (await provider.create_room(replace(SPEC, call_id=CallId("f" * 32)))).id


async def test_the_desktop_program_gets_a_link_only_where_no_token_is_needed(session: aiohttp.ClientSession) -> None:
    """A link for everybody never holds a token, and without one the server would refuse the program."""
    room = await jitsi(session, URL="https://meet.example.com:8443").create_room(SPEC)
    assert f"jitsi-meet://meet.example.com:8443/{room.id}" == room.desktop_url
    assert (await jitsi(session, URL="https://meet.example.com", **TOKENS).create_room(SPEC)).desktop_url is None


async def test_only_the_public_service_comes_with_a_notice(session: aiohttp.ClientSession) -> None:
    """People are told what to expect where it is to be expected."""
    assert "sign in" in (jitsi(session).notice or "")
    assert jitsi(session, URL="https://meet.example.com").notice is None


async def test_a_token_lets_one_person_into_one_room_for_a_short_time(session: aiohttp.ClientSession) -> None:
    """Every claim is exact, and the token stands where no server and no Referer gets it."""
    provider = jitsi(session, URL="https://meet.example.com", **TOKENS)
    room = await provider.create_room(SPEC)
    link = urlsplit(await provider.person_link(room, VISITOR, lasts=timedelta(minutes=5)))
    assert room.join_url == link._replace(fragment="").geturl()
    token = link.fragment.removeprefix("jwt=")
    assert {"alg": "HS256", "typ": "JWT"} == jwt.get_unverified_header(token)
    claims = jwt.decode(
        token,
        APP_SECRET,
        algorithms=["HS256"],
        audience="startcall",
        issuer="startcall",
        options={"verify_exp": False, "verify_nbf": False},
    )
    at = int(NOW.timestamp())
    user = {"id": VISITOR.id, "name": VISITOR.name, "moderator": "false", "affiliation": "member"}
    assert {
        "aud": "startcall",
        "iss": "startcall",
        "sub": "meet.example.com",
        "room": room.id,
        "nbf": at - 30,
        "exp": at + 330,
        "context": {"user": user},
    } == claims


async def test_a_host_is_a_moderator_and_has_a_picture(session: aiohttp.ClientSession) -> None:
    """What Jitsi knows of a person comes from the visitor."""
    provider = jitsi(session, URL="https://meet.example.com", MUC="muc.meet.jitsi", **TOKENS)
    host = replace(VISITOR, is_host=True, avatar_url="https://avatars.example/1.png")
    link = await provider.person_link(await provider.create_room(SPEC), host, lasts=timedelta(minutes=5))
    claims = jwt.decode(link.partition("#jwt=")[2], options={"verify_signature": False})
    user = claims["context"]["user"]
    assert ("true", "owner", "https://avatars.example/1.png") == (
        user["moderator"],
        user["affiliation"],
        user["avatar"],
    )
    assert "meet.jitsi" == claims["sub"]


async def test_another_secret_does_not_open_a_token(session: aiohttp.ClientSession) -> None:
    """The signature is checked by PyJWT, which has no part in how Prosody checks it."""
    provider = jitsi(session, URL="https://meet.example.com", **TOKENS)
    link = await provider.person_link(await provider.create_room(SPEC), VISITOR, lasts=timedelta(minutes=5))
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(link.partition("#jwt=")[2], "o" * 32, algorithms=["HS256"], audience="startcall")


async def test_closing_leaves_the_shared_session_open(session: aiohttp.ClientSession) -> None:
    """The session is not the provider's own."""
    await jitsi(session).aclose()
    assert not session.closed


def fault_of(name: str, value: str) -> str | None:
    """Return what the check of a setting says."""
    return next(one for one in KIND.settings if one.name == f"STARTCALL_JITSI_{name}").find_fault(value)
