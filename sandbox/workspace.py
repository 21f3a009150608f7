"""What the local Slack remembers: one workspace, its people, conversations, messages and calls.

Plain state and nothing else. The Web API, the deliveries and the page read and change it, and every
change ends in `Workspace.changed()`, which wakes whoever is watching.
"""

from __future__ import annotations

import asyncio
import bisect
import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Literal

from sandbox.channel_items import Bookmark, Pin, ScheduledMessage
from sandbox.clock import Clock
from sandbox.manifest import Manifest

ChannelKind = Literal["channel", "private", "im", "mpim"]

TRAFFIC_KEPT = 2_000
TRAFFIC_CHARS_MAX = 64_000_000
"""How much text of requests and answers is kept, should they be large."""

Json = dict[str, Any]
"""A JSON object exactly as it travels between Slack and an app."""


@dataclass(slots=True)
class Team:
    """The workspace's own record."""

    id: str
    name: str
    domain: str


@dataclass(slots=True)
class User:
    """A person, or the app's bot user.

    Args:
        is_restricted: whether they are a guest.
        is_stranger: whether they are of another workspace, met in a conversation that both share.
        status_expiration: when their status is cleared, in seconds since 1970; 0 for never.
        snooze_until_s: until when they have paused their notifications, in seconds since 1970.
        team: the other workspace they are of; None for those of this one.
    """

    id: str
    name: str
    real_name: str
    tz: str = "Europe/Berlin"
    locale: str = "en-US"
    is_admin: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    deleted: bool = False
    status_text: str = ""
    status_emoji: str = ""
    status_expiration: int = 0
    snooze_until_s: int = 0
    team: Team | None = None


@dataclass(slots=True)
class Stranger:
    """Somebody of another workspace, who can only sign in."""

    user: User
    team: Team


@dataclass(slots=True)
class UserGroup:
    """People who are mentioned by one handle."""

    id: str
    handle: str
    name: str
    members: set[str] = field(default_factory=set)
    is_disabled: bool = False


@dataclass(slots=True)
class Channel:
    """A conversation of any kind; `shared_with` are the other workspaces that have it, too."""

    id: str
    name: str
    kind: ChannelKind
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    created: int = 0
    shared_with: list[Team] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """One message as stored; `call` blocks are kept undecorated and are filled in on every read.

    Args:
        replies: the lasting ones of the thread that begins with it, oldest first.
    """

    ts: str
    channel_id: str
    user_id: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: Json | None = None
    by_app: bool = False
    ephemeral_for: str | None = None
    edited_ts: str | None = None
    attachments: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    subtype: str = ""
    file_ids: list[str] = field(default_factory=list)
    replies: list[Message] = field(default_factory=list, repr=False, compare=False)


@dataclass(slots=True)
class CallRecord:
    """A call registered with calls.add."""

    id: str
    app_id: str
    external_unique_id: str
    join_url: str
    created_by: str
    date_start: int
    title: str | None = None
    external_display_id: str | None = None
    desktop_app_join_url: str | None = None
    active: list[Json] = field(default_factory=list)
    everyone: list[Json] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    date_end: int = 0
    duration_s: int | None = None
    rejected_by: set[str] = field(default_factory=set)


@dataclass(slots=True)
class File:
    """A file that is being uploaded, or was.

    Args:
        ticket: names the address the content is sent to; good once.
        content: what was sent; None before.
    """

    id: str
    name: str
    title: str
    user_id: str
    length_bytes: int
    created: int
    ticket: str
    alt_text: str = ""
    content: bytes | None = None
    is_complete: bool = False
    channels: list[str] = field(default_factory=list)

    @property
    def extension(self) -> str:
        """Return the end of the name, in lower case and without its dot."""
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""

    @property
    def is_image(self) -> bool:
        """Tell whether it is of a kind that image blocks take."""
        return self.extension in {"png", "jpg", "jpeg", "gif"}


@dataclass(slots=True)
class View:
    """A modal or a Home tab, as the app last gave it."""

    id: str
    user_id: str
    payload: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    external_id: str = ""
    channel_id: str | None = None
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Trigger:
    """A trigger_id: valid for 3 s, once; `channel_id` is the conversation the person looked at, if any."""

    id: str
    user_id: str
    made_at_s: float
    used: bool = False
    channel_id: str | None = None


@dataclass(slots=True)
class ResponseUrl:
    """A response_url: 5 uses within 30 minutes, for one conversation and one person."""

    id: str
    channel_id: str
    user_id: str
    made_at_s: float
    message_ts: str | None = None
    uses: int = 0


@dataclass(slots=True, frozen=True)
class SignInCode:
    """A code that one sign-in ended with: valid for 10 minutes, once."""

    code: str
    user_id: str
    redirect_uri: str
    scope: str
    made_at_s: float
    nonce: str | None = None
    challenge: str | None = None


@dataclass(slots=True, frozen=True)
class Traffic:
    """One line of the inspector: a Web API call, a delivery or a response_url post, with its answer.

    Args:
        retry_after_s: for how long an answer with status 429 asked to wait.
        took_ms: from what was asked to the answer.
        attempt: which repetition of a delivery it was; 0 for the first time.
    """

    at_s: float
    kind: Literal["api", "delivery", "response_url"]
    name: str
    request: Json
    answer: Json
    status: int = 200
    retry_after_s: int = 0
    took_ms: float = 0.0
    attempt: int = 0

    @property
    def chars(self) -> int:
        """Return about how much text it is."""
        return _chars(self.request) + _chars(self.answer)


def _place_of(stored: list[Message], ts: str) -> int:
    """Return where a timestamp is, or would be, in a conversation: the timestamps only ever grow."""
    return bisect.bisect_left(stored, ts, key=attrgetter("ts"))


def _chars(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(len(str(name)) + _chars(part) for name, part in value.items())
    return sum(_chars(part) for part in value) if isinstance(value, list) else 1


@dataclass(slots=True)
class Installation:
    """The one app under development, as a workspace knows it: its manifest, its ids and its credentials."""

    manifest: Manifest
    app_id: str
    bot_id: str
    bot_user_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    scopes: set[str]
    token_revoked: bool = False
    client_id: str = ""
    client_secret: str = ""
    is_installed: bool = True
    is_org_wide: bool = False


class Workspace:
    """All state of the local Slack, with the clock and the signal that something changed.

    Args:
        installation: the app under development.
        now: the clock, in Unix seconds; the machine's when None.
    """

    def __init__(self, installation: Installation, *, now: Callable[[], float] | None = None) -> None:
        """Start an empty workspace; `sandbox.people.furnish` fills it."""
        self.now = now or Clock()
        self.team = Team("T0SANDBOX01", "Sandbox", "sandbox")
        self.enterprise: Team | None = None
        self.installation = installation
        self.users: dict[str, User] = {}
        self.groups: dict[str, UserGroup] = {}
        self.strangers: dict[str, Stranger] = {}
        self.channels: dict[str, Channel] = {}
        self.messages: dict[str, list[Message]] = {}
        self.calls: dict[str, CallRecord] = {}
        self.call_ids: dict[str, str] = {}
        self.pins: dict[str, list[Pin]] = {}
        self.bookmarks: dict[str, Bookmark] = {}
        self.scheduled: dict[str, ScheduledMessage] = {}
        self.event_contexts: dict[str, Json] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.modals: dict[str, list[str]] = {}
        self.homes: dict[str, str] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.socket_tickets: dict[str, float] = {}
        self.sign_in_codes: dict[str, SignInCode] = {}
        self.sign_in_tokens: dict[str, str] = {}
        self.traffic: list[Traffic] = []
        self._traffic_chars = 0
        self.base_url = ""
        self.tell: Callable[[Json, str | None], None] = lambda _event, _channel_id: None
        self.version = 0
        self._ids = itertools.count(1)
        self._last_ts_us = 0
        self._watchers: set[asyncio.Event] = set()

    def new_id(self, prefix: str) -> str:
        """Return a fresh id in Slack's form: the prefix (C, D, G, U, R, V, B, Ev) and ten characters."""
        return f"{prefix}{next(self._ids):06X}{secrets.token_hex(2).upper()}"

    def new_ts(self) -> str:
        """Return a message timestamp later than every one before it."""
        self._last_ts_us = max(int(self.now() * 1_000_000), self._last_ts_us + 1)
        seconds, micros = divmod(self._last_ts_us, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def message(self, channel_id: str, ts: str) -> Message | None:
        """Find one message, ephemeral ones included."""
        stored = self.messages.get(channel_id, [])
        at = _place_of(stored, ts)
        return stored[at] if at < len(stored) and stored[at].ts == ts else None

    def keep_message(self, message: Message) -> None:
        """Add a message at the end of its conversation, and to its thread unless only one person sees it."""
        self.messages.setdefault(message.channel_id, []).append(message)
        first = self._first_of_thread(message)
        if first is not None:
            first.replies.append(message)

    def remove_message(self, message: Message) -> None:
        """Take a message out of its conversation and its thread."""
        stored = self.messages[message.channel_id]
        del stored[_place_of(stored, message.ts)]
        first = self._first_of_thread(message)
        if first is not None:
            first.replies.remove(message)

    def _first_of_thread(self, reply: Message) -> Message | None:
        """Return what a lasting reply is in the thread of; None for any other message."""
        if reply.thread_ts is None or reply.ephemeral_for is not None:
            return None
        return self.message(reply.channel_id, reply.thread_ts)

    def log(self, entry: Traffic) -> None:
        """Add a line to the inspector, which keeps the newest 2,000, and fewer where they are large."""
        self.traffic.append(entry)
        self._traffic_chars += entry.chars
        while len(self.traffic) > TRAFFIC_KEPT or self._traffic_chars > TRAFFIC_CHARS_MAX:
            del self.traffic[: len(self.traffic) // 4 + 1]
            self._traffic_chars = sum(one.chars for one in self.traffic)

    def changed(self) -> None:
        """Tell every watcher that something a person can see has changed."""
        self.version += 1
        for event in self._watchers:
            event.set()

    def watch(self) -> asyncio.Event:
        """Return an event that is set at the next change; give it back with `unwatch`."""
        event = asyncio.Event()
        self._watchers.add(event)
        return event

    def unwatch(self, event: asyncio.Event) -> None:
        """Stop signalling an event got from `watch`."""
        self._watchers.discard(event)
