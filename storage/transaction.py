"""The reads and writes of one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, insert, select

from calls.conversation import Conversation
from calls.errors import StaleCallError
from calls.invitation import Invitation
from calls.model import (
    Call,
    CallId,
    ChannelId,
    JoinLink,
    Notice,
    Participant,
    Session,
    TeamId,
    UserId,
    Visitor,
)
from calls.preferences import Holder, PreferenceChange
from calls.profile import Profile
from storage import rows, statements
from storage.crowding import SqlCrowding
from storage.past import SqlPast
from storage.plans import SqlPlans
from storage.statuses import SqlStatuses
from storage.tables import (
    calls,
    conversations,
    invitations,
    is_open,
    is_stuck,
    is_unfinished,
    links,
    participants,
    preference_changes,
    preferences,
    profiles,
    sessions,
    visitors,
)
from storage.upsert import put


class SqlTransaction(SqlCrowding, SqlPast, SqlPlans, SqlStatuses):
    """One open transaction; `calls.ports.Transaction` says what each method does."""

    def __init__(self, connection: Connection, *, writes: bool = True) -> None:
        """Work on a connection whose transaction somebody else begins and ends.

        Args:
            writes: whether a call that is read may be changed, so that it is kept for this transaction.
        """
        self._connection = connection
        self._writes = writes

    def call(self, call_id: CallId) -> Call | None:
        """Return a call, or None."""
        query = statements.CALL_KEPT if self._writes else statements.CALL
        row = query.one_or_none(self._connection, {"call_id": call_id})
        return _call_or_none(row)

    def open_calls(self, team_id: TeamId, channel_id: ChannelId | None = None) -> Sequence[Call]:
        """Return the open calls of a workspace, or of one conversation, oldest first."""
        query = select(calls).where(calls.c.team_id == team_id, is_open)
        if channel_id is not None:
            query = query.where(calls.c.channel_id == channel_id)
        return [rows.call_of(row) for row in self._connection.execute(query.order_by(calls.c.created_at))]

    def live_call(self, team_id: TeamId, live_key: str) -> Call | None:
        """Return the open call that has a place, or None."""
        row = statements.LIVE_CALL.one_or_none(self._connection, {"team_id": team_id, "live_key": live_key})
        return _call_or_none(row)

    def calls_of(self, team_id: TeamId, user_id: UserId) -> Sequence[Call]:
        """Return the open calls a person started, is in or is invited to, oldest first."""
        present_in = select(participants.c.call_id).where(
            participants.c.call_id == calls.c.id, participants.c.slack_id == user_id, participants.c.present
        )
        invited_to = select(invitations.c.call_id).where(
            invitations.c.call_id == calls.c.id, invitations.c.user_id == user_id
        )
        query = (
            select(calls)
            .where(calls.c.team_id == team_id, is_open)
            .where((calls.c.started_by == user_id) | present_in.exists() | invited_to.exists())
            .order_by(calls.c.created_at)
        )
        return [rows.call_of(row) for row in self._connection.execute(query)]

    def unfinished_calls(self) -> Sequence[Call]:
        """Return every call that has not come to rest, of all workspaces, oldest first."""
        query = select(calls).where(is_unfinished).order_by(calls.c.created_at)
        return [rows.call_of(row) for row in self._connection.execute(query)]

    def stuck_calls(self) -> Sequence[Call]:
        """Return every call of which nothing more is tried, of all workspaces, oldest first."""
        query = select(calls).where(is_stuck).order_by(calls.c.created_at)
        return [rows.call_of(row) for row in self._connection.execute(query)]

    def call_named(self, named: str) -> Call | None:
        """Return the newest call with an id: ours, Slack's, or the one on its card."""
        ids = (calls.c.id == named) | (calls.c.slack_call_id == named) | (calls.c.display_id == named.upper())
        row = self._connection.execute(select(calls).where(ids).order_by(calls.c.created_at.desc()).limit(1)).first()
        return _call_or_none(row)

    def call_at_slack(self, slack_call_id: str) -> Call | None:
        """Return the newest call with an id of Slack's, or None."""
        query = select(calls).where(calls.c.slack_call_id == slack_call_id)
        return self._found(query.order_by(calls.c.created_at.desc()).limit(1))

    def add_call(self, call: Call) -> None:
        """Store a new call."""
        statements.ADD_CALL.run(self._connection, rows.call_values(call))

    def save_call(self, call: Call, since: Call | None = None) -> Call:
        """Store a changed call if nobody else has changed it since it was read."""
        saved = replace(call, version=call.version + 1)
        changed = rows.call_values(saved) if since is None else rows.changed_values(since, saved)
        statement = statements.save_call(tuple(changed))
        if statement.run(self._connection, {**changed, "call_id": call.id, "read_version": call.version}) != 1:
            raise StaleCallError("stale_call", detail=call.id)
        return saved

    def participants(self, call_id: CallId) -> Sequence[Participant]:
        """Return everybody of a call in the order in which they came."""
        found = statements.PARTICIPANTS.all(self._connection, {"call_id": call_id})
        return [rows.participant_of(row) for row in found]

    def save_participant(self, participant: Participant) -> None:
        """Store somebody of a call, new or changed."""
        self.save_participants([participant])

    def save_participants(self, people: Sequence[Participant]) -> None:
        """Store people of calls, new or changed."""
        put(self._connection, participants, [rows.participant_values(person) for person in people])

    def invitations(self, call_id: CallId) -> Sequence[Invitation]:
        """Return what became of the invitations to a call."""
        found = statements.INVITATIONS.all(self._connection, {"call_id": call_id})
        return [rows.invitation_of(row) for row in found]

    def save_invitation(self, invitation: Invitation) -> None:
        """Store what became of an invitation."""
        put(self._connection, invitations, [rows.invitation_values(invitation)])

    def call_in_room(self, provider: str, room_id: str) -> Call | None:
        """Return the newest call in a room, or None."""
        query = select(calls).where(calls.c.provider == provider, calls.c.room_id == room_id)
        return self._found(query.order_by(calls.c.created_at.desc()).limit(1))

    def call_of_join_token(self, token: str) -> Call | None:
        """Return the call with a token, or None."""
        return self._found(select(calls).where(calls.c.join_token == token).limit(1))

    def sessions(self, call_id: CallId) -> Sequence[Session]:
        """Return every device of a call."""
        query = select(sessions).where(sessions.c.call_id == call_id).order_by(sessions.c.id)
        return [rows.session_of(row) for row in self._connection.execute(query)]

    def sessions_of(self, call_id: CallId, ids: Sequence[str], keys: Sequence[str]) -> Sequence[Session]:
        """Return devices by id and by person, with every other device of the same people."""
        own = sessions.c.call_id == call_id
        same = select(sessions.c.key).where(own, sessions.c.id.in_(ids), sessions.c.key != "").scalar_subquery()
        wanted = sessions.c.id.in_(ids) | sessions.c.key.in_(keys) | sessions.c.key.in_(same)
        return [rows.session_of(row) for row in self._connection.execute(select(sessions).where(own, wanted))]

    def save_session(self, session: Session) -> None:
        """Store a device, new or changed."""
        self.save_sessions([session])

    def save_sessions(self, devices: Sequence[Session]) -> None:
        """Store devices, new or changed."""
        put(self._connection, sessions, [rows.session_values(device) for device in devices])

    def visitors(self, call_id: CallId) -> Sequence[Visitor]:
        """Return everybody who was let in by a link of ours."""
        query = select(visitors).where(visitors.c.call_id == call_id).order_by(visitors.c.id)
        return [rows.visitor_of(row) for row in self._connection.execute(query)]

    def visitors_with(self, call_id: CallId, ids: Sequence[str]) -> Sequence[Visitor]:
        """Return those who were let in and have one of these ids."""
        query = select(visitors).where(visitors.c.call_id == call_id, visitors.c.id.in_(ids))
        return [rows.visitor_of(row) for row in self._connection.execute(query)]

    def add_visitor(self, visitor: Visitor) -> None:
        """Store somebody who is let in."""
        self._connection.execute(insert(visitors), rows.visitor_values(visitor))

    def link(self, link_id: str) -> JoinLink | None:
        """Return a link, or None."""
        row = self._connection.execute(select(links).where(links.c.id == link_id)).one_or_none()
        return None if row is None else rows.link_of(row)

    def links(self, call_id: CallId) -> Sequence[JoinLink]:
        """Return the links of a call, oldest first."""
        query = select(links).where(links.c.call_id == call_id).order_by(links.c.made_at, links.c.id)
        return [rows.link_of(row) for row in self._connection.execute(query)]

    def save_link(self, link: JoinLink) -> None:
        """Store a link, new or changed."""
        put(self._connection, links, [rows.link_values(link)])

    def profile(self, team_id: TeamId, user_id: UserId) -> Profile | None:
        """Return what Slack said of a person, or None."""
        row = statements.PROFILE.one_or_none(self._connection, {"team_id": team_id, "user_id": user_id})
        return None if row is None else rows.profile_of(row)

    def save_profile(self, profile: Profile) -> None:
        """Store what Slack said of a person."""
        put(self._connection, profiles, [rows.profile_values(profile)])

    def conversations(self, team_id: TeamId, channel_id: ChannelId) -> Sequence[Conversation]:
        """Return what is known of a conversation, and of the one that everybody is in."""
        place = {"team_id": team_id, "channel_id": channel_id}
        return [rows.conversation_of(row) for row in statements.CONVERSATIONS.all(self._connection, place)]

    def save_conversation(self, conversation: Conversation) -> None:
        """Store what Slack said of a conversation."""
        put(self._connection, conversations, [rows.conversation_values(conversation)])

    def chosen(self, team_id: TeamId, holder: Holder, holder_id: str) -> Mapping[str, object]:
        """Return what was chosen, empty when nothing was."""
        own = (preferences.c.team_id == team_id, preferences.c.holder == holder, preferences.c.holder_id == holder_id)
        return self._connection.execute(select(preferences.c.chosen).where(*own)).scalar_one_or_none() or {}

    def all_chosen(
        self, team_id: TeamId, channel_id: ChannelId, user_id: UserId
    ) -> Mapping[Holder, Mapping[str, object]]:
        """Return what a workspace, a conversation and a person chose, without those who chose nothing."""
        whose = {"team_id": team_id, "channel_id": channel_id, "user_id": user_id}
        return {Holder(row.holder): row.chosen for row in statements.ALL_CHOSEN.all(self._connection, whose)}

    def save_chosen(self, team_id: TeamId, holder: Holder, holder_id: str, chosen: Mapping[str, object]) -> None:
        """Store what was chosen."""
        values = {"team_id": team_id, "holder": holder.value, "holder_id": holder_id, "chosen": dict(chosen)}
        put(self._connection, preferences, [values])

    def add_preference_change(self, change: PreferenceChange) -> None:
        """Store that somebody chose something."""
        self._connection.execute(insert(preference_changes), rows.change_values(change))

    def preference_changes(self, team_id: TeamId, limit: int) -> Sequence[PreferenceChange]:
        """Return the newest choices of a workspace, newest first."""
        query = select(preference_changes).where(preference_changes.c.team_id == team_id)
        newest = (preference_changes.c.changed_at.desc(), preference_changes.c.id.desc())
        return [rows.change_of(row) for row in self._connection.execute(query.order_by(*newest).limit(limit))]

    def add_notice(self, notice: Notice) -> None:
        """Store a sentence that is to be told."""
        statements.ADD_NOTICE.run(self._connection, rows.notice_values(notice))

    def notices(self, call_id: CallId) -> Sequence[Notice]:
        """Return what of a call is still to be told, oldest first."""
        return [rows.notice_of(row) for row in statements.NOTICES.all(self._connection, {"call_id": call_id})]

    def drop_notice(self, notice_id: int) -> None:
        """Forget a sentence."""
        statements.DROP_NOTICE.run(self._connection, {"notice_id": notice_id})

    def _found(self, query: Select[Any]) -> Call | None:
        """Return the call a query finds, kept for this transaction."""
        if self._writes:
            # SQLite has no such clause and needs none: there a writer is alone anyway.
            query = query.with_for_update(key_share=True)
        row = self._connection.execute(query).one_or_none()
        return _call_or_none(row)


def _call_or_none(row: Any | None) -> Call | None:  # noqa: ANN401 - a row by either way of running a statement
    return None if row is None else rows.call_of(row)
