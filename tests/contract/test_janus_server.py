"""The Janus provider and the real Janus of Debian, with the configuration that the README tells people to use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from calls.clock import now
from calls.errors import ProviderAuth, ProviderDown, UsageError
from calls.meetings import Seen, Surroundings
from calls.model import Room, Visitor
from providers.janus.kind import JANUS_ADMIN_KEY, JANUS_TOKEN_SECRET
from providers.janus.participant_id import make_participant_id
from providers.janus.provider import JanusProvider
from providers.janus.signed_token import core_token, room_token
from providers.registry import build_provider
from tests.contract.provider_kit import SPEC
from tests.janus_server import TOKEN_SECRET, JanusServer
from tests.janus_visitor import JanusVisitor, janus_visitor

KEY = b"k" * 32
SITE = "http://127.0.0.1:3000"
LASTS = timedelta(minutes=5)
ADA = Visitor("a" * 32, SPEC.call_id, "key-of-ada", "Ada Lovelace 🎉")
BOB = Visitor("b" * 32, SPEC.call_id, "key-of-bob", "Bob")


@dataclass
class Calls:
    """Says whether calls are running."""

    answers: list[bool] = field(default_factory=list)

    async def is_open(self, provider: str, _room_id: str) -> bool:
        """Answer with what is set, then with yes."""
        assert provider == "janus"
        return self.answers.pop(0) if self.answers else True


@dataclass(frozen=True)
class Ground:
    """A running Janus and what the provider is built with."""

    server: JanusServer
    session: aiohttp.ClientSession
    calls: Calls = field(default_factory=Calls)

    def provider(self, **changed: str) -> JanusProvider:
        """Build a provider, as each start of the app does."""
        values = self.server.settings() | changed
        built = build_provider("janus", Surroundings(KEY, self.session, values, SITE, is_open=self.calls.is_open))
        assert isinstance(built, JanusProvider)
        return built

    @asynccontextmanager
    async def inside(self, room: Room, visitor: Visitor, **changes: object) -> AsyncIterator[JanusVisitor]:
        """Bring somebody into a room by their link."""
        settings, name = await self.entered(room, visitor)
        async with self.connected(settings["token"]) as connected:
            answer = await connected.join(settings, name, **changes)
            assert answer["videoroom"] == "joined", answer
            yield connected

    async def entered(self, room: Room, visitor: Visitor) -> tuple[dict[str, Any], str]:
        """Return what the page of a visitor is given, and their name."""
        provider = self.provider()
        link = await provider.person_link(room, visitor, lasts=LASTS)
        address, _, token = link.partition("#")
        assert address == room.join_url
        entry = await provider.enter(room.id, token)
        return dict(entry.backend_settings), entry.name

    def connected(self, token: str) -> AbstractAsyncContextManager[JanusVisitor]:
        """Connect somebody who has a token."""
        return janus_visitor(self.session, self.server.public_url, token)


@pytest.fixture
async def ground(janus: JanusServer) -> AsyncIterator[Ground]:
    """Return a running Janus and a session."""
    async with aiohttp.ClientSession() as session:
        yield Ground(janus, session)


async def test_person_who_came_by_their_link_is_in_the_roster(ground: Ground) -> None:
    """Who somebody is follows from their link; two devices of one person are two sessions."""
    room = await ground.provider().create_room(SPEC)
    async with ground.inside(room, ADA), ground.inside(room, ADA), ground.inside(room, BOB):
        roster = await ground.provider().roster(room)

    seen = sorted((one.visitor_id or "", one.display_name) for one in roster)
    assert [(ADA.id, ADA.name), (ADA.id, ADA.name), (BOB.id, BOB.name)] == seen
    assert 3 == len({one.session_id for one in roster})
    assert [] == list(await ground.provider().roster(room))


async def test_somebody_with_an_id_of_their_own_is_nobody_to_us(ground: Ground) -> None:
    """An id the app did not make, or made for another name or room, says nothing about who somebody is."""
    provider = ground.provider()
    room = await provider.create_room(SPEC)
    of_other_room = make_participant_id(KEY, "elsewhere", ADA.id, ADA.name, now())
    for changes in ({"id": ADA.id}, {"id": of_other_room, "display": ADA.name}, {"display": ADA.name}):
        async with ground.inside(room, BOB, **changes):
            (seen,) = await provider.roster(room)
            assert seen.visitor_id is None


async def test_somebody_who_takes_another_name_inside_is_nobody_to_us(ground: Ground) -> None:
    """Janus lets people rename themselves; the roster then no longer vouches for them."""
    provider = ground.provider()
    room = await provider.create_room(SPEC)
    async with ground.inside(room, BOB) as bob:
        assert "ok" == (await bob.say(request="configure", display=ADA.name))["configured"]
        (seen,) = await provider.roster(room)

    assert Seen(seen.session_id, visitor_id=None, display_name=ADA.name) == seen


async def test_room_opens_only_with_a_token_for_it(ground: Ground) -> None:
    """No token, one of another room and one that has expired let nobody in, nor does one for Janus alone."""
    room = await ground.provider().create_room(SPEC)
    settings, name = await ground.entered(room, ADA)
    other = room_token(TOKEN_SECRET, "elsewhere", now() + LASTS)
    expired = room_token(TOKEN_SECRET, room.id, now() - timedelta(seconds=2))
    async with ground.connected(settings["token"]) as stranger:
        for token in ("", "x", other, expired, settings["token"]):
            assert 433 == (await stranger.join(settings, name, token=token)).get("error_code")


async def test_visitor_may_not_rule_rooms(ground: Ground) -> None:
    """What a page is given lets nobody make, close or list rooms, or show people out, or use another plugin."""
    room = await ground.provider().create_room(SPEC)
    settings, _ = await ground.entered(room, BOB)
    async with ground.connected(settings["token"]) as bob:
        assert 429 == (await bob.say(request="create", room="mine"))["error_code"]
        assert 433 == (await bob.say(request="create", room="mine", admin_key="guessed"))["error_code"]
        for request in ("destroy", "edit", "kick", "enable_recording"):
            answer = await bob.say(request=request, room=room.id, id="x", record=True, secret="guessed")
            assert 433 == answer["error_code"], request
        assert [] == (await bob.say(request="list"))["list"]
        assert "error" == (await bob.ask(janus="attach", plugin="janus.plugin.streaming"))["janus"]


async def test_kicked_person_is_out_and_told(ground: Ground) -> None:
    """Somebody who is shown out reads so; doing it twice, or in a room that is gone, is a success."""
    provider = ground.provider()
    room = await provider.create_room(SPEC)
    async with ground.inside(room, ADA) as ada:
        (seen,) = await provider.roster(room)
        await provider.kick(room, seen.session_id)
        told = (await ada.next_message())["plugindata"]["data"]
        assert "kicked" == told["reason"]
        assert [] == list(await provider.roster(room))
        await provider.kick(room, seen.session_id)
    await provider.end_room(room)
    await provider.kick(room, seen.session_id)


async def test_ended_room_is_over_for_everybody(ground: Ground) -> None:
    """Everybody in the room is told, and nobody is in it any more."""
    provider = ground.provider()
    room = await provider.create_room(SPEC)
    async with ground.inside(room, ADA) as ada:
        await provider.end_room(room)
        assert "destroyed" == (await ada.next_message())["plugindata"]["data"]["videoroom"]
    assert [] == list(await provider.roster(room))


async def test_ended_call_lets_nobody_in_and_leaves_no_room(ground: Ground) -> None:
    """Neither a link nor a page that comes back opens a room anew, also where the call ends in that very moment."""
    provider = ground.provider()
    room = await provider.create_room(SPEC)
    link = await provider.person_link(room, ADA, lasts=LASTS)
    await provider.end_room(room)
    for answers in ([False], [True, False]):
        ground.calls.answers[:] = answers
        with pytest.raises(UsageError) as caught:
            await provider.enter(room.id, link.partition("#")[2])
        assert "room_ended" == caught.value.code
    settings = {"token": core_token(TOKEN_SECRET, now() + LASTS)}
    async with ground.connected(settings["token"]) as anybody:
        assert False is (await anybody.say(request="exists", room=room.id))["exists"]


async def test_link_of_another_room_or_with_a_bit_changed_lets_nobody_in(ground: Ground) -> None:
    """A link is for one person and one room."""
    provider = ground.provider()
    room = await provider.create_room(SPEC)
    token = (await provider.person_link(room, ADA, lasts=LASTS)).partition("#")[2]
    for room_id, changed in (
        ("elsewhere", token),
        (room.id, token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]),
    ):
        with pytest.raises(UsageError) as caught:
            await provider.enter(room_id, changed)
        assert "room_link_unknown" == caught.value.code


async def test_page_comes_back_with_its_resume_token_as_a_new_session(ground: Ground) -> None:
    """A reload or a lost connection needs no new link; each connection has an id of its own."""
    provider = ground.provider()
    room = await provider.create_room(SPEC)
    token = (await provider.person_link(room, ADA, lasts=LASTS)).partition("#")[2]
    first = await provider.enter(room.id, token)
    second = await provider.enter(room.id, first.resume)
    assert first.name == second.name == ADA.name
    assert first.backend_settings["id"] != second.backend_settings["id"]


async def test_rooms_lost_with_a_restart_of_janus_are_made_again(ground: Ground) -> None:
    """Janus keeps rooms in memory only; a new link, or a page that comes back, makes them anew."""
    provider = ground.provider()
    room = await provider.create_room(SPEC)
    link = await provider.person_link(room, ADA, lasts=LASTS)
    await ground.server.stop(at_once=True)
    with pytest.raises(ProviderDown):
        await provider.person_link(room, ADA, lasts=LASTS)
    await ground.server.start()
    assert [] == list(await provider.roster(room))

    entry = await provider.enter(room.id, link.partition("#")[2])
    async with ground.connected(str(entry.backend_settings["token"])) as ada:
        assert "joined" == (await ada.join(dict(entry.backend_settings), entry.name))["videoroom"]
    await ground.server.stop(at_once=True)
    await ground.server.start()
    async with ground.inside(room, ADA):
        assert 1 == len(await provider.roster(room))


async def test_full_room_is_told_before_the_door(ground: Ground) -> None:
    """The fifty-first person reads that the room is full, instead of being in it unseen and unheard."""
    provider = ground.provider()
    room = await provider.create_room(SPEC)
    link = await provider.person_link(room, BOB, lasts=LASTS)
    settings, name = await ground.entered(room, ADA)
    async with ground.connected(settings["token"]) as crowd:
        for number in range(50):
            await crowd.attach()
            await crowd.join(settings, name, id=f"p{number}")
        with pytest.raises(UsageError) as caught:
            await provider.enter(room.id, link.partition("#")[2])

    assert ("room_full", "50") == (caught.value.code, caught.value.detail)


@pytest.mark.parametrize("setting", [JANUS_TOKEN_SECRET, JANUS_ADMIN_KEY])
async def test_wrong_credentials_are_told_apart_and_probed(ground: Ground, setting: str) -> None:
    """Somebody has to renew the setting, whose name the doctor says; trying again would not help."""
    provider = ground.provider(**{setting: "wrong" * 4})
    with pytest.raises(ProviderAuth):
        await provider.create_room(SPEC)
    health = await provider.probe()
    assert not health.ok
    assert setting in health.sentence


async def test_room_of_another_installation_is_not_ours_to_end(ground: Ground) -> None:
    """Another app at the same Janus, with a key of its own, cannot close our rooms."""
    room = await ground.provider().create_room(SPEC)
    other = Surroundings(b"o" * 32, ground.session, ground.server.settings(), SITE)
    with pytest.raises(ProviderAuth):
        await build_provider("janus", other).end_room(room)


async def test_probe_is_content_with_the_documented_configuration(ground: Ground) -> None:
    """The doctor says where calls meet; without reports it says which switch is missing."""
    health = await ground.provider().probe()
    assert not health.ok
    assert "broadcast = true" in health.sentence


WEAK = {
    "token_auth = true": ("token_auth = false", "set token_auth = true"),
    'admin_key = "REPLACE-admin-key"': ("", "set admin_key"),
    "string_ids = true": ("string_ids = false", "its configuration must be the one of"),
}


@pytest.mark.parametrize("line", ["", *WEAK])
async def test_probe_finds_what_is_weak_in_a_configuration(line: str) -> None:
    """A Janus that lets anybody in, or anybody make rooms, or has other ids, is not one to meet at."""
    change, complaint = WEAK.get(line, ("", "tells who comes and goes"))
    server = JanusServer("http://127.0.0.1:9/", {line: change} if line else {})
    await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            health = await Ground(server, session).provider().probe()
    finally:
        await server.stop(at_once=True)
    assert (line == "") is health.ok
    assert complaint in health.sentence


async def test_secret_is_in_no_text(ground: Ground) -> None:
    """Neither what is logged of the provider, nor an error's text, holds a secret."""
    provider = ground.provider(**{JANUS_ADMIN_KEY: "wrong" * 4})
    with pytest.raises(ProviderAuth) as caught:
        await provider.create_room(SPEC)
    texts = f"{provider!r} {caught.value} {caught.value!r} {(await provider.probe()).sentence}"
    assert "wrongwrong" not in texts
    assert TOKEN_SECRET not in texts
