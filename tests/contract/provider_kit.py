"""What every meeting system has to keep, as plain functions that any repository's tests can call.

A failed promise is an AssertionError that says which one. `make` must return a new provider each time, with the same
settings, as a restart would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from urllib.parse import urlsplit

from calls.errors import ProviderDown
from calls.meetings import Capability, Health, Provider, RoomSpec
from calls.model import CallId, ChannelId, Room, TeamId, UserId

Make = Callable[[], Provider]

SPEC = RoomSpec(
    call_id=CallId("0123456789abcdef0123456789abcdef"),
    team_id=TeamId("T0KIT000001"),
    channel_id=ChannelId("C0KIT000001"),
    title="Planning",
    started_by=UserId("U0KIT000001"),
)

HOSTILE_TITLES = (
    "",
    "..",
    "/../../admin?x=1#y",
    "@evil.example/",
    "\\\\evil.example\\",
    "{room}{title}{nonsense}",
    "line\r\nSet-Cookie: a=b",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe",
    "Größe 大小 हिन्दी 🎉",
    '"><script>alert(1)</script>',
    "%2e%2e%2f%00",
    "x" * 150,
)

URL_MAX_CHARS = 3000


async def check_provider(make: Make, *, finds_rooms_again: bool = True) -> None:
    """Check everything this module knows.

    Args:
        finds_rooms_again: False for a vendor where a room can neither be given a name of ours nor be looked up, so that
            a process that ends between making a room and storing it leaves behind one that nobody was told of.
    """
    for check in (
        check_words,
        check_same_call_same_room if finds_rooms_again else check_same_call_same_room_while_running,
        check_other_call_other_room,
        check_room_is_not_guessable,
        check_titles_do_no_harm,
        check_concurrent_requests,
        check_end,
        check_probe,
        check_close,
    ):
        await check(make)


async def check_words(make: Make) -> None:
    """Its name can be typed, and what people read is one line."""
    provider = make()
    assert provider.name.isidentifier(), "the name can be typed and stored"
    assert provider.name == provider.name.lower(), "the name is in lower case"
    assert isinstance(provider.capabilities, Capability), "capabilities are a flag"
    if provider.notice is not None:
        assert provider.notice.strip(), "a notice says something"
        assert len(provider.notice.splitlines()) == 1, "a notice is one line"
    await provider.aclose()


async def check_same_call_same_room(make: Make) -> None:
    """The same call gets the same room when it is asked for again, also after a restart."""
    first = await _room(make, SPEC)
    assert first == await _room(make, SPEC), "a repeated request gives the same room"
    _check_address(first)
    renamed = await _room(make, replace(SPEC, title="Renamed"))
    assert first.id == renamed.id, "the room belongs to the call, not to its title"


async def check_same_call_same_room_while_running(make: Make) -> None:
    """The same call gets the same room when one process is asked for it again."""
    provider = make()
    first = await provider.create_room(SPEC)
    assert first == await provider.create_room(SPEC), "a repeated request gives the same room"
    _check_address(first)
    renamed = await provider.create_room(replace(SPEC, title="Renamed"))
    await provider.aclose()
    assert first.id == renamed.id, "the room belongs to the call, not to its title"


async def check_other_call_other_room(make: Make) -> None:
    """Two calls never share a room."""
    other = replace(SPEC, call_id=CallId("f" * 32))
    first, second = await _room(make, SPEC), await _room(make, other)
    assert first.id != second.id, "two calls have two rooms"
    assert first.join_url != second.join_url, "two calls have two addresses"


async def check_room_is_not_guessable(make: Make) -> None:
    """Who knows a call's id, as other apps in the workspace can, does not know its room; nor is it a personal link."""
    room = await _room(make, SPEC)
    public = "".join(part for part in (room.join_url, room.desktop_url, room.display_id) if part).lower()
    assert SPEC.call_id not in public, "the call's id is not in the address"
    assert SPEC.started_by.lower() not in public, "the address is nobody's own"


async def check_titles_do_no_harm(make: Make) -> None:
    """Whatever people type as a title, the address stays safe and stays at the same host."""
    expected = urlsplit((await _room(make, SPEC)).join_url)
    for title in HOSTILE_TITLES:
        room = await _room(make, replace(SPEC, title=title))
        _check_address(room)
        found = urlsplit(room.join_url)
        assert (expected.scheme, expected.netloc) == (found.scheme, found.netloc), f"{title!r} changes the host"
        assert expected.path.count("/") == found.path.count("/"), f"{title!r} changes the path"


async def check_concurrent_requests(make: Make) -> None:
    """The same call asked for many times at once is one room."""
    provider = make()
    rooms = await asyncio.gather(*(provider.create_room(SPEC) for _ in range(5)))
    await provider.aclose()
    assert all(room == rooms[0] for room in rooms), "requests at the same time give one room"


async def check_end(make: Make) -> None:
    """Ending twice is a success, for a provider that says it can end rooms."""
    provider = make()
    if Capability.END in provider.capabilities:
        room = await provider.create_room(SPEC)
        await provider.end_room(room)
        await provider.end_room(room)
    await provider.aclose()


async def check_nonsense(make: Make, room: Room, answered: Callable[[], int]) -> None:
    """What answers 200 with a page of its own counts as a vendor that is down: not as a no, and never as success.

    So it is tried again, and nobody is taken off a card, when a proxy stands in the vendor's place for a while.

    Args:
        make: as for the other checks, but whatever the provider asks gets such an answer.
        room: made by the same provider when all was well.
        answered: returns how many requests got such an answer.
    """
    provider = make()
    questions: dict[str, Callable[[], Awaitable[object]]] = {"create_room": lambda: provider.create_room(SPEC)}
    if Capability.END in provider.capabilities:
        questions["end_room"] = lambda: provider.end_room(room)
    if Capability.POLL in provider.capabilities:
        questions["roster"] = lambda: provider.roster(room)
    if Capability.KICK in provider.capabilities:
        questions["kick"] = lambda: provider.kick(room, "0123456789abcdef")
    for name, ask in questions.items():
        before = answered()
        (outcome,) = await asyncio.gather(ask(), return_exceptions=True)
        was_asked = before != answered()
        assert not was_asked or isinstance(outcome, ProviderDown), f"{name} takes nonsense for {outcome!r}"
    assert not answered() or not (await provider.probe()).ok, "a probe takes nonsense for a vendor that works"
    await provider.aclose()


async def check_probe(make: Make) -> None:
    """It can say how it is, in a sentence."""
    provider = make()
    health = await provider.probe()
    await provider.aclose()
    assert isinstance(health, Health), "a probe gives a Health"
    assert health.sentence.endswith("."), "what a probe says is a sentence"
    assert len(health.sentence.splitlines()) == 1, "what a probe says is one line"


async def check_close(make: Make) -> None:
    """Closing twice does no harm."""
    provider = make()
    await provider.aclose()
    await provider.aclose()


async def _room(make: Make, spec: RoomSpec) -> Room:
    provider = make()
    try:
        return await provider.create_room(spec)
    finally:
        await provider.aclose()


def _check_address(room: Room) -> None:
    """Check that the address can be put into Slack and opened in a browser."""
    url = room.join_url
    parts = urlsplit(url)
    loopback = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    assert parts.scheme == "https" or (loopback and parts.scheme == "http"), "the address is https"
    assert parts.hostname, "the address has a host"
    assert "@" not in parts.netloc, "the address holds no user name or password"
    assert url.isascii(), "the address is encoded"
    assert url.isprintable(), "the address has no control characters"
    assert not set(' "<>\\^`{|}') & set(url), "the address has only characters of addresses"
    assert len(url) <= URL_MAX_CHARS, "the address is not too long for Slack"
    assert room.id, "the room has an id"
