"""The built-in room starts only with settings that can work, and gives pages what these say."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

import aiohttp
import pytest

from calls.errors import ConfigError
from calls.meetings import Surroundings
from calls.words.errors import sentence_for
from providers.builtin.ice import ice_configuration
from providers.builtin.kind import KIND
from providers.builtin.settings import BuiltinSettings
from providers.builtin.signalling import HEARTBEAT_S, origin_of
from providers.registry import build_provider

SITE = "https://calls.example.com"
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
TURN = {"STARTCALL_TURN_URL": "turn:turn.example.com:3478", "STARTCALL_TURN_SECRET": "a secret"}

BAD_VALUES = (
    ("STARTCALL_STUN_URL", "stun.example.com:3478"),
    ("STARTCALL_STUN_URL", "stun:stun.example.com:3478/path"),
    ("STARTCALL_STUN_URL", "https://stun.example.com"),
    ("STARTCALL_STUN_URL", "turn:turn.example.com"),
    ("STARTCALL_TURN_URL", "stun:turn.example.com"),
    ("STARTCALL_TURN_URL", "turn:user@turn.example.com"),
    ("STARTCALL_TURN_URL", "turn:a.example.com, b.example.com"),
    ("STARTCALL_TURN_URL", ","),
    ("STARTCALL_TURN_SECRET", "your-turn-secret"),
    ("STARTCALL_ICE_RELAY_ONLY", "true"),
    ("STARTCALL_BUILTIN_PEOPLE_MAX", "1"),
    ("STARTCALL_BUILTIN_PEOPLE_MAX", "13"),
    ("STARTCALL_BUILTIN_PEOPLE_MAX", "six"),
    ("STARTCALL_BUILTIN_PEOPLE_MAX", "٦"),
    ("STARTCALL_BUILTIN_PEOPLE_MAX", "9" * 5000),
)
GOOD_VALUES = (
    ("STARTCALL_STUN_URL", "none"),
    ("STARTCALL_STUN_URL", "stuns:[2001:db8::1]:5349"),
    ("STARTCALL_TURN_URL", "turn:turn.example.com"),
    ("STARTCALL_TURN_URL", "turn:10.0.0.1:3478?transport=udp, turns:turn.example.com:443?transport=tcp"),
    ("STARTCALL_TURN_SECRET", "anything"),
    ("STARTCALL_ICE_RELAY_ONLY", "yes"),
    ("STARTCALL_BUILTIN_PEOPLE_MAX", "12"),
)


def fault(name: str, value: str) -> str | None:
    """Return what is wrong with a value."""
    return next(setting for setting in KIND.settings if setting.name == name).find_fault(value)


@pytest.mark.parametrize(("name", "value"), BAD_VALUES)
def test_a_bad_value_stops_the_start_without_being_repeated(name: str, value: str) -> None:
    """Whoever runs the app reads what is wrong, and no secret is printed."""
    found = fault(name, value)

    assert found is not None
    assert len(value) < 3 or value not in found


@pytest.mark.parametrize(("name", "value"), GOOD_VALUES)
def test_a_good_value_is_taken(name: str, value: str) -> None:
    """What servers are called is possible."""
    assert fault(name, value) is None


def test_every_example_but_the_secret_is_good() -> None:
    """An example can be copied; only the secret has to be one's own."""
    assert ["STARTCALL_TURN_SECRET"] == [one.name for one in KIND.settings if one.find_fault(one.example) is not None]


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"STARTCALL_TURN_URL": "turn:turn.example.com"}, "STARTCALL_TURN_SECRET"),
        ({"STARTCALL_TURN_SECRET": "a secret"}, "STARTCALL_TURN_URL"),
        ({"STARTCALL_ICE_RELAY_ONLY": "yes"}, "STARTCALL_TURN_URL"),
    ],
)
def test_a_turn_server_that_is_half_set_up_stops_the_start(values: Mapping[str, str], missing: str) -> None:
    """A relay without its secret would let nobody through, and nobody would know why."""
    with pytest.raises(ConfigError) as caught:
        BuiltinSettings.read(SITE, values)

    assert "turn_incomplete" == caught.value.code
    assert f"needs {missing}" in sentence_for(caught.value)


async def test_without_an_address_for_browsers_it_does_not_start() -> None:
    """A room that nobody can open is refused with the setting that helps."""
    async with aiohttp.ClientSession() as session:
        with pytest.raises(ConfigError) as caught:
            build_provider("builtin", Surroundings(b"k" * 32, session))

    assert "builtin_needs_public_url" == caught.value.code
    assert "`PUBLIC_URL`" in sentence_for(caught.value)


async def test_auto_is_the_built_in_room_where_browsers_reach_the_app() -> None:
    """Without a template, an address of our own is enough; a template still comes first."""
    async with aiohttp.ClientSession() as session:
        link = {"STARTCALL_LINK_TEMPLATE": "https://meet.example.com/{room}"}

        assert "builtin" == build_provider("auto", Surroundings(b"k" * 32, session, site_url=SITE)).name
        assert "link" == build_provider("auto", Surroundings(b"k" * 32, session, link, site_url=SITE)).name


def test_browsers_are_told_of_the_stun_server() -> None:
    """With nothing set, they find their public address by a public server."""
    ice = ice_configuration(BuiltinSettings.read(SITE, {}), "v1", AT)

    assert {"iceServers": [{"urls": ["stun:stun.cloudflare.com:3478"]}], "iceTransportPolicy": "all"} == ice


@pytest.mark.parametrize("site", ["http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]:3000"])
def test_on_this_computer_nobody_else_is_asked(site: str) -> None:
    """Trying the app out tells no server of others about it."""
    assert [] == ice_configuration(BuiltinSettings.read(site, {}), "v1", AT)["iceServers"]


def test_no_stun_server_is_used_when_none_is_wanted() -> None:
    """Inside a company network nobody outside has to be asked."""
    settings = BuiltinSettings.read(SITE, {"STARTCALL_STUN_URL": "none"})

    assert [] == ice_configuration(settings, "v1", AT)["iceServers"]


def test_the_turn_password_is_the_one_coturn_computes() -> None:
    """The name says until when, twelve hours on, and for whom; the password is its HMAC-SHA1."""
    settings = BuiltinSettings.read(SITE, {**TURN, "STARTCALL_ICE_RELAY_ONLY": "yes", "STARTCALL_STUN_URL": "none"})
    expires_s = int(AT.timestamp()) + 12 * 3600
    password = base64.b64encode(hmac.new(b"a secret", f"{expires_s}:v1".encode(), hashlib.sha1).digest()).decode()

    assert {
        "iceServers": [{"urls": ["turn:turn.example.com:3478"], "username": f"{expires_s}:v1", "credential": password}],
        "iceTransportPolicy": "relay",
    } == ice_configuration(settings, "v1", AT)


def test_the_secret_is_not_shown() -> None:
    """It does not get into a log by way of the settings."""
    assert "a secret" not in repr(BuiltinSettings.read(SITE, TURN))


@pytest.mark.parametrize(
    ("site_url", "origin"),
    [
        ("https://calls.example.com", "https://calls.example.com"),
        ("https://Calls.Example.com:443/startcall", "https://calls.example.com"),
        ("https://calls.example.com:8443", "https://calls.example.com:8443"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://[::1]:80/x", "http://[::1]"),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(site_url: str, origin: str) -> None:
    """Whatever the address looks like, our own page's connection is recognised."""
    assert origin == origin_of(site_url)


def test_a_silent_page_is_gone_within_30_seconds() -> None:
    """Asked after the heartbeat, given half of it, both rounded up to full seconds as the library does."""
    assert HEARTBEAT_S + 1 + HEARTBEAT_S / 2 + 1 < 30
