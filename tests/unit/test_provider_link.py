"""The link provider fills in a template, and nothing people type can bend the result."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from calls.errors import ConfigError, ProviderRefused
from calls.model import CallId
from providers.link.provider import LinkProvider, slug
from providers.link.settings import LinkSettings, find_template_fault
from tests.contract.provider_kit import SPEC

KEY = b"0123456789abcdef"

BAD_TEMPLATES = {
    "": "does not begin with https://",
    "meet.example.com/{room}": "does not begin with https://",
    "javascript:alert('{room}')": "does not begin with https://",
    "data:text/html,{room}": "does not begin with https://",
    "ftp://meet.example.com/{room}": "does not begin with https://",
    "http://meet.example.com/{room}": "begins with http://",
    "http://127.0.0.1.example.com/{room}": "begins with http://",
    "http://localhost.example.com/{room}": "begins with http://",
    "https:///{room}": "has no host",
    "https://user:pw@meet.example.com/{room}": "has a user name",
    "https://@meet.example.com/{room}": "has a user name",
    "https://meet.example.com:0/{room}": "has port 0",
    "https://meet.example.com:99999/{room}": "is not a web address",
    "https://[::1/{room}": "is not a web address",
    "https://{room}.example.com/": "has a placeholder in its host",
    "https://{team}.example.com/{room}": "has a placeholder in its host",
    "https://meet.example.com\\@evil.example/{room}": "has a space or another character",
    "https://meet.example.com/a b/{room}": "has a space or another character",
    "https://meet.example.com/{room}\n": "has a space or another character",
    "https://meet.example.com/\x00{room}": "has a space or another character",
    "https://müller.example/{room}": "has a space or another character",
    "https://meet.example.com/": "has no {room}",
    "https://meet.example.com/{title}": "has no {room}",
    "https://meet.example.com/{room}/{user}": "has a placeholder that does not exist",
    "https://meet.example.com/{room!r}": "has a placeholder that does not exist",
    "https://meet.example.com/{room.__class__}": "has a placeholder that does not exist",
    "https://meet.example.com/{{room}}": "has a brace without its partner",
    "https://meet.example.com/{room": "has a brace without its partner",
    "https://meet.example.com/{room}" + "x" * 1000: "is longer than 1000 characters",
}

GOOD_TEMPLATES = (
    "https://meet.example.com/{room}",
    "https://meet.example.com:8443/r/{room}?title={title}#config.x=1",
    "https://call.example.com/room/#/{channel}?roomId={room}",
    "http://127.0.0.1:8910/meet/{room}",
    "http://localhost/{room}",
    "http://[::1]:8080/{room}",
)


def provider(template: str = "https://meet.example.com/{room}", key: bytes = KEY) -> LinkProvider:
    """Return a provider with a template."""
    return LinkProvider(LinkSettings(template, key))


@pytest.mark.parametrize(("template", "fault"), BAD_TEMPLATES.items())
def test_bad_template_is_refused_with_the_reason(template: str, fault: str) -> None:
    """A template that could lead people astray, or all calls into one room, stops the start."""
    assert (find_template_fault(template) or "").startswith(fault)
    with pytest.raises(ConfigError) as caught:
        provider(template)
    assert caught.value.code == "link_template_not_usable"


@pytest.mark.parametrize("template", GOOD_TEMPLATES)
def test_good_template_is_taken(template: str) -> None:
    """What meeting systems use is possible."""
    assert find_template_fault(template) is None


def test_fault_does_not_repeat_the_template() -> None:
    """A password in a template is not printed with the complaint about it."""
    with pytest.raises(ConfigError) as caught:
        provider("https://admin:hunter2@meet.example.com/{room}")
    assert "hunter2" not in f"{caught.value} {caught.value.detail}"


def test_short_key_is_refused() -> None:
    """A key that could be guessed is no key."""
    with pytest.raises(ConfigError) as caught:
        provider(key=b"short")
    assert caught.value.code == "room_key_too_short"


def test_key_is_not_shown() -> None:
    """The key does not get into a log by way of the settings."""
    assert "0123456789abcdef" not in repr(LinkSettings("https://meet.example.com/{room}", KEY))


async def test_room_is_26_letters_and_digits() -> None:
    """128 bits, in characters that survive a meeting system that ignores case."""
    room = await provider().create_room(SPEC)
    assert len(room.id) == 26
    assert set(room.id) <= set("abcdefghijklmnopqrstuvwxyz234567")
    assert f"https://meet.example.com/{room.id}" == room.join_url


async def test_room_depends_on_the_key() -> None:
    """Another installation, or somebody with the source code and a call's id, computes another room."""
    assert (await provider().create_room(SPEC)).id != (await provider(key=b"f" * 16).create_room(SPEC)).id


@given(st.text(alphabet="0123456789abcdef", min_size=32, max_size=32))
async def test_call_id_is_never_part_of_the_address(call_id: str) -> None:
    """Slack and other apps know the call's id; the room must not follow from it."""
    room = await provider().create_room(replace(SPEC, call_id=CallId(call_id)))
    assert call_id not in room.join_url


async def test_every_placeholder_is_filled_in_wherever_it_stands() -> None:
    """Placeholders may be used more than once, in any order."""
    template = "https://m.example/{team}/{channel}/{title}/{room}?again={room}"
    room = await provider(template).create_room(SPEC)
    assert f"https://m.example/T0KIT000001/C0KIT000001/planning/{room.id}?again={room.id}" == room.join_url


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Sprint planning, week 12!", "sprint-planning-week-12"),
        ("", "call"),
        ("🎉 !!", "call"),
        ("../../etc", "etc"),
        ("{room}", "room"),
        ("Größe", "größe"),
        ("Gro\u0308ße", "größe"),
        ("हिन्दी", "हिन्दी"),
        ("a" * 39 + " bcd", "a" * 39),
        ("\ud800", "call"),
    ],
)
def test_slug_keeps_letters_and_digits(title: str, expected: str) -> None:
    """A title becomes words joined by hyphens."""
    assert expected == slug(title)


@given(st.text(max_size=150))
async def test_no_title_changes_more_than_its_own_place(title: str) -> None:
    """Whatever is typed, only the part for the title differs, and it is percent-encoded."""
    template = "https://m.example/{title}/{room}"
    room = await provider(template).create_room(replace(SPEC, title=title))
    assert room.join_url.startswith("https://m.example/")
    assert room.join_url.endswith(f"/{room.id}")
    middle = room.join_url.removeprefix("https://m.example/").removesuffix(f"/{room.id}")
    assert not set(middle) - set("abcdefghijklmnopqrstuvwxyz0123456789-%ABCDEF")


async def test_ending_a_room_is_refused() -> None:
    """A link cannot be closed, and the provider does not pretend that it was."""
    link = provider()
    with pytest.raises(ProviderRefused) as caught:
        await link.end_room(await link.create_room(SPEC))
    assert caught.value.code == "cannot_end_room"


@pytest.mark.parametrize(("status", "ok"), [(200, True), (302, True), (404, True), (500, False), (503, False)])
async def test_probe_asks_the_server_of_the_template(status: int, ok: bool) -> None:  # noqa: FBT001 - a table of tests
    """Any answer shows that the server is there; its own errors do not count as working."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "http://127.0.0.1:1/"})

    site = web.Application()
    site.router.add_get("/", answer)
    async with TestServer(site, host="127.0.0.1") as server:
        host = f"127.0.0.1:{server.port}"
        health = await provider(f"http://{host}/{{room}}").probe()
    assert ok == health.ok
    assert host in health.sentence


async def test_probe_says_that_nothing_answers() -> None:
    """A server that is not there is not an exception but an answer."""
    health = await provider("http://127.0.0.1:1/{room}").probe()
    assert not health.ok
    assert "127.0.0.1:1 cannot be reached from this computer" in health.sentence
