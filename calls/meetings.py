"""The port to meeting systems: what one is asked, what it reports, and how one is added.

A provider subclasses `Provider`, names in `capabilities` what it can do, and overrides the methods that go with that;
whatever it does not name is never asked of it. `docs/providers.md` has an example of a whole one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Flag, StrEnum, auto
from types import MappingProxyType
from typing import Final, Protocol

import aiohttp
from aiohttp import web

from calls.clock import now
from calls.errors import ProviderRefused
from calls.linked_accounts import Owner, SignsPeopleIn
from calls.model import Artifact, CallId, ChannelId, Room, TeamId, UserId, Visitor

API_VERSION: Final = 1
"""Grows when a provider written for the port as it was would no longer work."""

ENTRY_POINT_GROUP: Final = "startcall.providers"
"""Where packages of other people announce their `ProviderKind`, under the name people choose it by."""


class Capability(Flag):
    """What a meeting system can do for us."""

    NONE = 0
    CREATE = auto()
    """Keeps rooms at a server, so that one that was not made by `create_room` is refused."""
    END = auto()
    """Closes a room for everybody: `end_room`."""
    ROSTER = auto()
    """Knows who is in, and says so in one of the next three ways; else people say so themselves, in Slack."""
    WEBHOOK = auto()
    """Tells what happens in rooms by requests to us: `receive`."""
    POLL = auto()
    """Says who is in when asked: `roster`."""
    STREAM = auto()
    """Tells what happens in rooms over a connection that we open, or from inside this process: `stream`."""
    RECORDING = auto()
    """Says where recordings, transcripts or summaries can be had: `EventKind.LEFT_BEHIND`."""
    KEEP = auto()
    """Stops reporting unless it is asked to go on: `keep`."""
    HOST_EMAIL = auto()
    """Makes meetings in somebody's name, whom it knows by e-mail: `RoomSpec.host_email`."""
    PERSON_LINK = auto()
    """Makes a link for one person: `person_link`."""
    KICK = auto()
    """Shows one person out: `kick`."""
    DESKTOP_LINK = auto()
    """Has a desktop program that a link opens."""
    REOPEN = auto()
    """Gives the room of an ended call, open again, when `create_room` is asked for that call once more."""


@dataclass(frozen=True, slots=True)
class RoomSpec:
    """What a room is asked for with.

    Args:
        call_id: stable over retries: the same call must get the same room.
        title: plain text, at most 150 characters; may be empty.
        host_email: of who started the call, as Slack has it; None where it is not asked for or not to be had.
    """

    call_id: CallId
    team_id: TeamId
    channel_id: ChannelId
    title: str
    started_by: UserId
    host_email: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """How a provider is, in one sentence for whoever runs the app."""

    ok: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody as a meeting system sees them, by one device.

    Args:
        session_id: this connection of theirs, unlike every other of the room, also of the same person.
        visitor_id: `Visitor.id` where they came by a link of ours and the meeting system vouches for it, else None.
        person_id: the meeting system's id of the person, the same on each device and at each return, or None.
        display_name: what they call themselves; shown, and never used to tell who they are.
        email: only where the meeting system vouches that it is theirs.
        avatar_url: https address of a picture, or None.
    """

    session_id: str
    visitor_id: str | None = None
    person_id: str | None = None
    display_name: str | None = None
    email: str | None = None
    avatar_url: str | None = None


class EventKind(StrEnum):
    """What a meeting system reports."""

    JOINED = "joined"
    """The people of the event are in."""
    LEFT = "left"
    """The sessions of the event are gone."""
    SNAPSHOT = "snapshot"
    """The people of the event are in, and nobody else."""
    ENDED = "ended"
    """The room is closed for good."""
    LEFT_BEHIND = "left_behind"
    """A recording or the like can be had; it may come long after the end."""


@dataclass(frozen=True, slots=True)
class MeetingEvent:
    """Something that happened in a room; events may come late, twice and in any order.

    Args:
        room_id: the provider's `Room.id`.
        at: when it happened, by the meeting system's clock; where it tells none, when we heard of it. Of a snapshot,
            when we began to ask, by our clock.
        artifact: what was left behind, for that kind of event only.
    """

    kind: EventKind
    room_id: str
    at: datetime
    people: tuple[Seen, ...] = ()
    artifact: Artifact | None = None


@dataclass(frozen=True, slots=True)
class Hook:
    """A request to `/hooks/{provider}[/…]`, unread.

    Args:
        path: what follows the provider's name, without a slash at its beginning; may be empty.
        query: the raw query string, without the question mark.
        headers: names in lower case; the values of a repeated header in order.
        body: at most 256 KiB.
        received_at: our clock.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, tuple[str, ...]]
    body: bytes = field(repr=False)
    received_at: datetime

    def header(self, name: str) -> str | None:
        """Return the value of a header that came exactly once, else None: a repeated one is somebody's trick."""
        values = self.headers.get(name.lower(), ())
        return values[0] if len(values) == 1 else None


@dataclass(frozen=True, slots=True)
class HookReply:
    """What is answered to a meeting system's request."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class HookResult:
    """What came of a request: the answer, and what it reported.

    Args:
        events: stored before the answer is given.
        room_id: when set, `reply` is given only while a call is running in this room, and `refusal` otherwise.
    """

    reply: HookReply = HookReply()
    events: tuple[MeetingEvent, ...] = ()
    room_id: str | None = None
    refusal: HookReply = HookReply(404)


@dataclass(frozen=True, slots=True)
class Kept:
    """Until when reports of a room are sure to come.

    Args:
        again_at: when to ask again; None when never.
        memo: the new `Room.memo`, or None to leave it as it is.
    """

    again_at: datetime | None
    memo: str | None = None


class Provider(Protocol):
    """A meeting system.

    Every method that asks a server raises one of three, and is given up after `DEADLINE` as if it had raised the first:
    ProviderDown when trying again later can help, ProviderAuth when the credentials are no longer accepted,
    ProviderRefused when it will never do this.
    """

    @property
    def name(self) -> str:
        """The name it is chosen by, in lower case."""

    @property
    def capabilities(self) -> Capability:
        """What it can do; anything else is never asked of it."""

    @property
    def notice(self) -> str | None:
        """One honest line for people who start a call with it, in the language that is being spoken, or None."""

    @property
    def desktop_schemes(self) -> frozenset[str]:
        """The schemes of addresses that open its desktop program, such as `zoommtg`; no other is ever shown."""
        return frozenset()

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make the room of a call; asked again for the same call, return the same room.

        The room's `join_url` is for everybody: no personal token, and not to be guessed from the call's id.
        """

    async def end_room(self, room: Room) -> None:
        """Close the room for everybody; a room that is gone already is a success."""
        raise ProviderRefused("cannot_end_room", provider=self.name, detail=room.id)

    async def person_link(self, room: Room, visitor: Visitor, *, lasts: timedelta) -> str:
        """Return an address by which one person, and nobody else, enters the room.

        Args:
            lasts: how long the address has to work at least; a short-lived token in it should end soon after.
        """
        raise self._not_offered("person_link", room, visitor, lasts)

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Return everybody who is in the room now; nobody, where the room is gone."""
        raise self._not_offered("roster", room)

    def receive(self, hook: Hook) -> HookResult:
        """Check a request of the meeting system's and say what it reports; asks nobody and keeps nothing.

        A request that is not proved to be the meeting system's gets 401, one that cannot be read 400, and without a
        secret to check it by 503; none of these has events.
        """
        raise self._not_offered("receive", hook)

    def stream(self) -> AsyncIterator[MeetingEvent]:
        """Return what happens in rooms, as it happens, until the provider is closed; reconnects by itself."""
        raise self._not_offered("stream")

    async def keep(self, room: Room) -> Kept:
        """See to it that what happens in a room goes on being reported: subscribe, or renew what would run out.

        Asked first as soon as the card is posted, and again at the time that was returned.
        """
        raise self._not_offered("keep", room)

    async def kick(self, room: Room, session_id: str) -> None:
        """Show one session out; one that is gone already is a success."""
        raise self._not_offered("kick", room, session_id)

    @property
    def accounts(self) -> SignsPeopleIn | None:
        """How people connect accounts of their own, in whose name their meetings then are; None where they cannot."""
        return None

    def is_join_link(self, url: str) -> bool:  # noqa: ARG002 - for those that recognise their own
        """Say whether a link that somebody pasted leads to a meeting of this system; asks nobody."""
        return False

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the pages it serves itself, all of them below `/room/`."""
        return ()

    async def probe(self) -> Health:
        """Find out whether it works, with the credentials it has."""

    async def aclose(self) -> None:
        """Give back what it holds; called twice, it does no harm."""

    def _not_offered(self, method: str, *_: object) -> ProviderRefused:
        return ProviderRefused("not_offered", provider=self.name, detail=method)


IsOpen = Callable[[str, str], Awaitable[bool]]
"""Says whether a call is running in a room, by the provider's name and the room's id."""


async def nowhere(_provider: str, _room_id: str) -> bool:
    """Say that no call is running in any room, where nobody can tell."""
    return False


class TokenOfAccount(Protocol):
    """Gives tokens of accounts that people connected."""

    async def __call__(self, owner: Owner, *, refused: str | None = None) -> str | None:
        """Return a token that works, or None when there is no such account; `Accounts.token` says more."""


async def of_nobody(owner: Owner, *, refused: str | None = None) -> str | None:  # noqa: ARG001 - a TokenOfAccount
    """Return no token, where nobody can connect an account."""
    return None


DEADLINE: Final = timedelta(seconds=10)
"""How long a meeting system may take to answer anything."""


@dataclass(frozen=True, slots=True)
class ProviderSetting:
    """One name in the environment that a provider is set up with.

    Args:
        name: begins with `STARTCALL_`.
        meaning: one or two sentences for whoever runs the app.
        example: a value that shows the form.
        default: what holds while it is not set; empty for none.
        required: whether the provider cannot be chosen without it.
        find_fault: returns what is wrong with a value, as the end of a sentence that begins with the name, or None;
            it never repeats the value, which may be a secret.
        find_weakness: the same for a value that can be used, and yet is a risk; said at the start and by the doctor.
    """

    name: str
    meaning: str
    example: str
    default: str = ""
    secret: bool = False
    required: bool = False
    find_fault: Callable[[str], str | None] = lambda _: None
    find_weakness: Callable[[str], str | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a provider is built with.

    Args:
        key: secret of this installation, for deriving names of rooms and signing; at least 16 bytes.
        session: shared; the provider does not close it.
        values: its settings, by name; those that are not set have their default or are missing.
        site_url: where people's browsers reach this app, without a slash at its end; None when they cannot.
        shares_work: whether other processes work on the same calls: what a provider is asked in one of them may be
            about people who are connected to another.
    """

    key: bytes = field(repr=False)
    session: aiohttp.ClientSession = field(repr=False)
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    site_url: str | None = None
    now: Callable[[], datetime] = now
    is_open: IsOpen = nowhere
    account_token: TokenOfAccount = of_nobody
    shares_work: bool = False


@dataclass(frozen=True, slots=True)
class ProviderKind:
    """A meeting system that can be chosen: its name, its settings, and how it is built.

    Args:
        build: raises ConfigError when it cannot work with the settings there are; sends nothing.
        can: everything it can do with the best settings, for the documentation.
        summary: what it is, in a few words, for the documentation.
        reaches: returns the addresses it asks besides those that its settings hold, given these; `https://*.host` is
            every host below one. The shared session sends no request anywhere else.
        own_accounts: whether people can connect accounts of their own with the best settings, for the documentation.
    """

    name: str
    settings: tuple[ProviderSetting, ...]
    build: Callable[[Surroundings], Provider]
    can: Capability = Capability.NONE
    summary: str = ""
    own_accounts: bool = False
    api_version: int = API_VERSION
    reaches: Callable[[Mapping[str, str]], Sequence[str]] = lambda _: ()
