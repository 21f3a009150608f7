"""What a workspace, a conversation or a person has chosen, and which of them counts.

What a person chose counts before what their conversation chose, that before the workspace's choice, and that before
how the app was set up. What nobody chose is None, so that a later choice further up still counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar, get_args, get_type_hints

from calls.model import TeamId, UserId

ASKS_ABOVE: Final = 50
"""In conversations with more members than this, a start is asked about first."""


ASKS_ABOVE_MAX: Final = 100_000
"""The largest number of members that can be chosen."""

OWN_ROOM: Final = "my-room"
"""Chosen as a meeting system: the room whose address the starter of a call gave; such calls keep it as theirs."""


class Holder(StrEnum):
    """Who can choose."""

    WORKSPACE = "workspace"
    CHANNEL = "channel"
    PERSON = "person"


class Who(StrEnum):
    """Who may do something with a running call."""

    ANYONE = "anyone"
    PARTICIPANTS = "participants"
    STARTER = "starter"
    GROUP = "group"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class WorkspacePreferences:
    """What a workspace's admins chose.

    Args:
        provider: the meeting system that calls are started with.
        asks_above: from how many members more a start is asked about first.
        guests_start: whether guests of the workspace may start calls.
        strangers_start: whether people of other workspaces may, in conversations that are shared.
        ends: who may end a call; starters and admins always may, here and below.
        renames: who may rename one.
        invites: who may invite to one.
        group_id: the user group that `Who.GROUP` means.
        rings: whether invited people are rung at all.
        records: whether a record is posted when a call is over.
        shows_passcodes: whether passcodes of recordings are shown.
        sets_channels: who besides admins chooses for a conversation: `Who.ANYONE` in it, or nobody.
        links: whether a pasted link of a meeting becomes a card.
    """

    provider: str | None = None
    asks_above: int | None = None
    guests_start: bool | None = None
    strangers_start: bool | None = None
    ends: Who | None = None
    renames: Who | None = None
    invites: Who | None = None
    group_id: str | None = None
    rings: bool | None = None
    records: bool | None = None
    shows_passcodes: bool | None = None
    sets_channels: Who | None = None
    links: bool | None = None


@dataclass(frozen=True, slots=True)
class ChannelPreferences:
    """What was chosen for one conversation; as for the workspace."""

    provider: str | None = None
    asks_above: int | None = None
    ends: Who | None = None
    renames: Who | None = None
    invites: Who | None = None
    group_id: str | None = None
    records: bool | None = None
    links: bool | None = None


@dataclass(frozen=True, slots=True)
class PersonPreferences:
    """What a person chose for themselves.

    Args:
        provider: the meeting system their calls are started with.
        room_url: https address of a room of their own, in which their calls take place.
        rings: whether they are rung when they are invited.
        shares_status: whether Slack shows as their status that they are in a call.
        pauses_notifications: whether Slack sends them none meanwhile.
    """

    provider: str | None = None
    room_url: str | None = None
    rings: bool | None = None
    shares_status: bool | None = None
    pauses_notifications: bool | None = None


Preferences = WorkspacePreferences | ChannelPreferences | PersonPreferences
Value = TypeVar("Value")
Chosen = TypeVar("Chosen", bound=Preferences)

KINDS: Final[Mapping[Holder, type[Preferences]]] = {
    Holder.WORKSPACE: WorkspacePreferences,
    Holder.CHANNEL: ChannelPreferences,
    Holder.PERSON: PersonPreferences,
}


_TYPES: Final[Mapping[type, Mapping[str, type]]] = {
    kind: {name: get_args(hint)[0] for name, hint in get_type_hints(kind).items()} for kind in KINDS.values()
}
"""The types of what can be chosen, worked out once: that takes longer than to read all choices from the database."""


@dataclass(frozen=True, slots=True)
class PreferenceChange:
    """One choice that somebody made.

    Args:
        holder_id: whose choice it is: of a workspace its own id.
        name: which choice, as in the classes above.
        before: what was chosen before, as text; None for nothing.
    """

    team_id: TeamId
    holder: Holder
    holder_id: str
    name: str
    before: str | None
    after: str | None
    changed_by: UserId
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Effective:
    """What counts for a person in a conversation."""

    provider: str | None
    room_url: str | None
    asks_above: int
    guests_start: bool
    strangers_start: bool
    ends: Who
    renames: Who
    invites: Who
    group_id: str | None
    rings: bool
    records: bool
    shows_passcodes: bool
    sets_channels: Who
    links: bool
    shares_status: bool
    pauses_notifications: bool


def effective(workspace: WorkspacePreferences, channel: ChannelPreferences, person: PersonPreferences) -> Effective:
    """Return what counts where a person is."""

    def first(*chosen: Value | None, otherwise: Value) -> Value:
        return next((one for one in chosen if one is not None), otherwise)

    return Effective(
        provider=person.provider or channel.provider or workspace.provider,
        room_url=person.room_url,
        asks_above=first(channel.asks_above, workspace.asks_above, otherwise=ASKS_ABOVE),
        guests_start=first(workspace.guests_start, otherwise=True),
        strangers_start=first(workspace.strangers_start, otherwise=True),
        ends=first(channel.ends, workspace.ends, otherwise=Who.ANYONE),
        renames=first(channel.renames, workspace.renames, otherwise=Who.ANYONE),
        invites=first(channel.invites, workspace.invites, otherwise=Who.ANYONE),
        group_id=channel.group_id or workspace.group_id,
        rings=first(workspace.rings, otherwise=True),
        records=first(channel.records, workspace.records, otherwise=True),
        shows_passcodes=first(workspace.shows_passcodes, otherwise=False),
        sets_channels=first(workspace.sets_channels, otherwise=Who.ADMINS),
        links=first(channel.links, workspace.links, otherwise=True),
        shares_status=first(person.shares_status, otherwise=True),
        pauses_notifications=first(person.pauses_notifications, otherwise=False),
    )


def stored_form(preferences: Preferences) -> dict[str, object]:
    """Return what was chosen as JSON values, without what was not."""
    named = ((field.name, getattr(preferences, field.name)) for field in fields(preferences))
    return {name: value for name, value in named if value is not None}


def read_form(kind: type[Chosen], values: Mapping[str, object]) -> Chosen:
    """Return preferences from their stored form; what this version does not know, or cannot use, is left out."""
    known = _TYPES[kind]
    read = {name: _read(known[name], value) for name, value in values.items() if name in known}
    return kind(**read)  # type: ignore[arg-type]  # each was read as its field's type


def changes(
    team_id: TeamId, whose: tuple[Holder, str], before: Preferences, after: Preferences, by: tuple[UserId, datetime]
) -> Sequence[PreferenceChange]:
    """Return every choice that differs.

    Args:
        by: who changed it, and when.
    """
    old, new = stored_form(before), stored_form(after)
    return [
        PreferenceChange(team_id, *whose, name, _text(old.get(name)), _text(new.get(name)), *by)
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _read(kind: type, value: object) -> object:
    if issubclass(kind, Who):
        return Who(value) if isinstance(value, str) and value in set(Who) else None
    return value if type(value) is kind else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
