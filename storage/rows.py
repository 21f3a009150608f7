"""Turn rows into what the calls package works with, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from calls.conversation import Conversation
from calls.invitation import Invitation, InvitationState
from calls.model import (
    Artifact,
    ArtifactKind,
    Call,
    CallState,
    EndReason,
    JoinLink,
    Notice,
    Participant,
    ResponseUrl,
    Room,
    Session,
    Visitor,
)
from calls.preferences import Holder, PreferenceChange
from calls.profile import Profile
from calls.question import Question, Running, Why
from calls.recap import Recap, RecapState
from calls.sequel import Sequel
from calls.unfurl import Unfurl
from calls.watch import Watch

Values = dict[str, Any]

_SAME_IN_BOTH = (
    "id",
    "display_id",
    "team_id",
    "channel_id",
    "thread_ts",
    "title",
    "started_by",
    "provider",
    "created_at",
    "live_at",
    "ended_at",
    "ended_by",
    "error_code",
    "join_url",
    "join_token",
    "slack_call_id",
    "title_told",
    "posted",
    "message_ts",
    "slack_ended",
    "end_shown",
    "due_at",
    "tries",
    "registrations",
    "wait_told",
    "claims_offered",
    "invited_told",
    "invited_tell_at",
    "stuck_code",
    "language",
    "live_key",
    "silent",
    "version",
)


_OF_RECAP = ("card_url", "ts", "told")

_OF_WATCH = ("came_at", "empty_since", "looked_at", "look_at", "told_at", "tell_at", "keep_at")


def _room_values(room: Room | None) -> Values:
    names = ("id", "join_url", "display_id", "desktop_url", "memo")
    return {f"room_{name}": None if room is None else getattr(room, name) for name in names}


def _watch_values(watch: Watch) -> Values:
    return {f"watch_{name}": getattr(watch, name) for name in _OF_WATCH} | {"watch_turn_out": list(watch.turn_out)}


def _recap_values(recap: Recap) -> Values:
    return {"recap_state": recap.state.value} | {f"recap_{name}": getattr(recap, name) for name in _OF_RECAP}


def _unfurl_values(unfurl: Unfurl | None) -> Values:
    return {"unfurl_ts": unfurl and unfurl.ts, "unfurl_url": unfurl and unfurl.url}


_IN_OTHER_WORDS: Mapping[str, Callable[[Call], Values]] = {
    "invited": lambda call: {"invited": list(call.invited)},
    "question": lambda call: {"question": None if call.question is None else asdict(call.question)},
    "state": lambda call: {"state": call.state.value},
    "end_reason": lambda call: {"end_reason": None if call.end_reason is None else call.end_reason.value},
    "room": lambda call: _room_values(call.room),
    "watch": lambda call: _watch_values(call.watch),
    "artifacts": lambda call: {"artifacts": [[artifact.kind.value, artifact.url] for artifact in call.artifacts]},
    "unfurl": lambda call: _unfurl_values(call.unfurl),
    "start_url": lambda call: _url_values("start_url", call.start_url),
    "card_url": lambda call: _url_values("card_url", call.card_url),
    "sequel": lambda call: {f"sequel_{name}": getattr(call.sequel, name) for name in Sequel.__slots__},
    "recap": lambda call: _recap_values(call.recap),
}
"""The columns of each field that is not stored as it is."""


def call_values(call: Call) -> Values:
    """Return a call as column values."""
    values = {name: getattr(call, name) for name in _SAME_IN_BOTH}
    for columns in _IN_OTHER_WORDS.values():
        values |= columns(call)
    return values


def changed_values(before: Call, after: Call) -> Values:
    """Return the column values that a change of a call changes."""
    values: Values = {}
    for name in Call.__slots__:
        value = getattr(after, name)
        if value is not getattr(before, name) and value != getattr(before, name):
            values |= _IN_OTHER_WORDS[name](after) if name in _IN_OTHER_WORDS else {name: value}
    return values


def call_of(row: Row[Any]) -> Call:
    """Return the call of a row."""
    return Call(
        **{name: getattr(row, name) for name in _SAME_IN_BOTH},
        invited=tuple(row.invited),
        question=_question_of(row.question),
        state=CallState(row.state),
        end_reason=None if row.end_reason is None else EndReason(row.end_reason),
        room=_room_of(row),
        artifacts=tuple(Artifact(ArtifactKind(kind), url) for kind, url in row.artifacts),
        watch=Watch(**{name: getattr(row, f"watch_{name}") for name in _OF_WATCH}, turn_out=tuple(row.watch_turn_out)),
        unfurl=None if row.unfurl_ts is None else Unfurl(row.unfurl_ts, row.unfurl_url),
        start_url=_url_of(row.start_url, row.start_url_expires_at),
        card_url=_url_of(row.card_url, row.card_url_expires_at),
        sequel=Sequel(**{name: getattr(row, f"sequel_{name}") for name in Sequel.__slots__}),
        recap=Recap(RecapState(row.recap_state), **{name: getattr(row, f"recap_{name}") for name in _OF_RECAP}),
    )


def _question_of(stored: Values | None) -> Question | None:
    if stored is None:
        return None
    running = stored["running"]
    return Question(**{**stored, "why": Why(stored["why"]), "running": None if running is None else Running(**running)})


def participant_values(participant: Participant) -> Values:
    """Return a participant as column values."""
    return {name: getattr(participant, name) for name in Participant.__slots__}


def participant_of(row: Row[Any]) -> Participant:
    """Return the participant of a row."""
    return Participant(**{name: getattr(row, name) for name in Participant.__slots__})


def session_values(session: Session) -> Values:
    """Return a session as column values."""
    return {name: getattr(session, name) for name in Session.__slots__}


def session_of(row: Row[Any]) -> Session:
    """Return the session of a row."""
    return Session(**{name: getattr(row, name) for name in Session.__slots__})


def visitor_values(visitor: Visitor) -> Values:
    """Return a visitor as column values."""
    return {name: getattr(visitor, name) for name in Visitor.__slots__}


def visitor_of(row: Row[Any]) -> Visitor:
    """Return the visitor of a row."""
    return Visitor(**{name: getattr(row, name) for name in Visitor.__slots__})


def link_values(link: JoinLink) -> Values:
    """Return a link as column values."""
    return {name: getattr(link, name) for name in JoinLink.__slots__}


def link_of(row: Row[Any]) -> JoinLink:
    """Return the link of a row."""
    return JoinLink(**{name: getattr(row, name) for name in JoinLink.__slots__})


def invitation_values(invitation: Invitation) -> Values:
    """Return an invitation as column values."""
    values = {name: getattr(invitation, name) for name in Invitation.__slots__}
    return values | {"state": invitation.state.value, "shown": invitation.shown and invitation.shown.value}


def invitation_of(row: Row[Any]) -> Invitation:
    """Return the invitation of a row."""
    values = {name: getattr(row, name) for name in Invitation.__slots__}
    shown = None if row.shown is None else InvitationState(row.shown)
    return Invitation(**values | {"state": InvitationState(row.state), "shown": shown})


def profile_values(profile: Profile) -> Values:
    """Return a profile as column values."""
    return {name: getattr(profile, name) for name in Profile.__slots__}


def profile_of(row: Row[Any]) -> Profile:
    """Return the profile of a row."""
    return Profile(**{name: getattr(row, name) for name in Profile.__slots__})


def change_values(change: PreferenceChange) -> Values:
    """Return a choice that was made as column values."""
    values = {name: getattr(change, name) for name in PreferenceChange.__slots__}
    return values | {"holder": change.holder.value}


def change_of(row: Row[Any]) -> PreferenceChange:
    """Return the choice of a row."""
    values = {name: getattr(row, name) for name in PreferenceChange.__slots__}
    return PreferenceChange(**values | {"holder": Holder(row.holder)})


def notice_values(notice: Notice) -> Values:
    """Return a notice as column values, without its id, which the database gives."""
    return {
        "call_id": notice.call_id,
        "team_id": notice.team_id,
        "channel_id": notice.channel_id,
        "user_id": notice.user_id,
        "text": notice.text,
        **_url_values("response_url", notice.response_url),
    }


def notice_of(row: Row[Any]) -> Notice:
    """Return the notice of a row."""
    return Notice(
        call_id=row.call_id,
        team_id=row.team_id,
        channel_id=row.channel_id,
        user_id=row.user_id,
        text=row.text,
        response_url=_url_of(row.response_url, row.response_url_expires_at),
        id=row.id,
    )


def _room_of(row: Row[Any]) -> Room | None:
    if row.room_id is None:
        return None
    return Room(row.room_id, row.room_join_url, row.room_display_id, row.room_desktop_url, row.room_memo or "")


def _url_values(name: str, url: ResponseUrl | None) -> Values:
    return {name: url and url.url, f"{name}_expires_at": url and url.expires_at}


def _url_of(url: str | None, expires_at: Any) -> ResponseUrl | None:  # noqa: ANN401 - a column value
    return None if url is None else ResponseUrl(url, expires_at)


def conversation_values(conversation: Conversation) -> Values:
    """Return a conversation as column values."""
    return {name: getattr(conversation, name) for name in Conversation.__slots__}


def conversation_of(row: Row[Any]) -> Conversation:
    """Return the conversation of a row."""
    return Conversation(**{name: getattr(row, name) for name in Conversation.__slots__})
