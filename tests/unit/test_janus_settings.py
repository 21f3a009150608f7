"""Settings of the Janus provider that cannot work stop the start, and never appear in a text."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from calls.errors import ConfigError
from calls.meetings import Surroundings
from calls.words.errors import sentence_for
from providers.janus.kind import JANUS_HOOK_SECRET, KIND
from providers.janus.participant_id import came_in_time, make_participant_id, visitor_of
from providers.janus.room_name import room_name, room_secret
from providers.janus.settings import find_public_url_fault, find_secret_fault
from providers.janus.signed_token import core_token, room_token
from providers.registry import build_provider
from tests.contract.provider_kit import SPEC
from tests.janus_server import JanusServer

KEY = b"k" * 32
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

PUBLIC_URLS = {
    "wss://janus.example.com/ws": None,
    "wss://janus.example.com:8989": None,
    "ws://127.0.0.1:8188": None,
    "ws://localhost:8188/": None,
    "ws://janus.example.com": "begins with ws://, which is allowed only for this computer",
    "https://janus.example.com": "does not begin with wss://",
    "janus.example.com": "does not begin with wss://",
    "wss:janus": "does not begin with wss://",
    "wss://": "has no host",
    "wss://user:pw@janus.example.com": "has a user name",
    "wss://janus.example.com/ws?token=1": "must end with its path",
    "wss://janus.example.com; script-src *": "has a space or another character",
}

SECRETS = {
    "0123456789abcdef": None,
    "x!#$%&'()*+,-./:;<=>?@[]^_`{|}~": None,
    "brief": "is shorter than 16 characters",
    "your-token-secret": "still holds the placeholder",
    "REPLACE-token-secret": "still holds the placeholder",
    'has "quotes" in it': "has a space",
    "back\\slash0123456789": "has a space",
    "umlaut-äöü-0123456789": "has a space",
}


@pytest.mark.parametrize(("url", "fault"), PUBLIC_URLS.items())
def test_address_of_the_web_socket_is_checked(url: str, fault: str | None) -> None:
    """People's browsers reach Janus by TLS, and the address cannot bend the page's security policy."""
    assert (find_public_url_fault(url) or "").startswith(fault or "")
    assert (find_public_url_fault(url) is None) is (fault is None)


@pytest.mark.parametrize(("secret", "fault"), SECRETS.items())
def test_secret_is_checked_without_being_repeated(secret: str, fault: str | None) -> None:
    """It is long enough, of one's own, and Janus reads it from its file as it was written."""
    found = find_secret_fault(secret)
    assert (found or "").startswith(fault or "")
    assert (found is None) is (fault is None)
    assert secret not in (found or "")


@pytest.mark.parametrize("missing", [one.name for one in KIND.settings if one.required])
async def test_missing_setting_is_named(missing: str) -> None:
    """Without one of them there is nothing to talk to."""
    values = {name: value for name, value in JanusServer().settings().items() if name != missing}
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ConfigError) as caught:
            build_provider("janus", Surroundings(KEY, session, values, "https://startcall.example.com"))
    assert ("janus_settings_missing", missing) == (caught.value.code, caught.value.detail)
    assert missing in sentence_for(caught.value)


async def test_address_of_the_app_is_needed() -> None:
    """The page with the room is served by the app itself."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ConfigError) as caught:
            build_provider("janus", Surroundings(KEY, session, JanusServer().settings()))
    assert "janus_needs_public_url" == caught.value.code
    assert "`PUBLIC_URL`" in sentence_for(caught.value)


def test_reports_are_optional() -> None:
    """Without the event handler the app asks instead."""
    assert JANUS_HOOK_SECRET in {one.name for one in KIND.settings if not one.required}


def test_tokens_are_signed_as_janus_checks_them() -> None:
    """The form is that of Janus's documentation; each is for one thing."""
    claim, _, mac = core_token("secret", NOON).partition(":")
    assert f"{int(NOON.timestamp())},janus,janus.plugin.videoroom" == claim
    assert base64.b64encode(hmac.new(b"secret", claim.encode(), hashlib.sha1).digest()).decode() == mac
    assert room_token("secret", "r", NOON).startswith(f"{int(NOON.timestamp())},janus.plugin.videoroom,room=r:")


def test_names_and_secrets_of_rooms_follow_from_the_key() -> None:
    """The same after a restart, different for each call and installation, and neither follows from the other."""
    name = room_name(KEY, SPEC.call_id)
    assert name == room_name(KEY, SPEC.call_id)
    assert 26 == len(name)
    assert 4 == len({name, room_name(b"o" * 32, SPEC.call_id), room_secret(KEY, name), room_secret(KEY, name + "x")})


def test_participant_id_is_for_one_visitor_room_and_name() -> None:
    """What the app has not put together itself vouches for nobody."""
    made = make_participant_id(KEY, "room", "a" * 32, "Ada", NOON)
    assert "a" * 32 == visitor_of(KEY, "room", made, "Ada")
    assert made != make_participant_id(KEY, "room", "a" * 32, "Ada", NOON)
    for key, room, name in (
        (KEY, "room", "Bob"),
        (KEY, "moor", "Ada"),
        (b"o" * 32, "room", "Ada"),
        (KEY, "room", None),
    ):
        assert visitor_of(key, room, made, name) is None
    assert visitor_of(KEY, "room", made.replace("a" * 32, "b" * 32), "Ada") is None


def test_participant_id_is_good_for_a_join_soon_after() -> None:
    """Everybody in the room sees it, so it must be of no use to them later."""
    made = make_participant_id(KEY, "room", "a" * 32, "Ada", NOON)
    assert came_in_time(made, NOON + timedelta(minutes=2))
    assert came_in_time(made, NOON - timedelta(hours=1))
    assert not came_in_time(made, NOON + timedelta(minutes=3))
    assert not came_in_time("ada", NOON)
