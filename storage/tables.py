"""The tables, as SQLAlchemy Core describes them; `storage/migrations` brings a database to this shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    literal_column,
)

from calls.model import CallState
from storage.partial_indexes import is_one_of, partial_index

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as whole microseconds since 1970 so that both databases compare it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Turn a datetime into microseconds."""
        return None if value is None else round(value.timestamp() * 1_000_000)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - SQLAlchemy's signature
        """Turn microseconds into a datetime."""
        return None if value is None else datetime.fromtimestamp(value / 1_000_000, tz=UTC)


calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("display_id", Text, nullable=False),
    Column("team_id", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("thread_ts", Text),
    Column("title", Text, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("invited", JSON, nullable=False),
    Column("provider", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("live_at", Instant),
    Column("ended_at", Instant),
    Column("ended_by", Text),
    Column("end_reason", Text),
    Column("error_code", Text),
    Column("room_id", Text),
    Column("room_join_url", Text),
    Column("room_display_id", Text),
    Column("room_desktop_url", Text),
    Column("room_memo", Text),
    Column("join_url", Text),
    Column("join_token", Text, nullable=False),
    Column("watch_came_at", Instant),
    Column("watch_empty_since", Instant),
    Column("watch_looked_at", Instant),
    Column("watch_look_at", Instant),
    Column("watch_told_at", Instant),
    Column("watch_tell_at", Instant),
    Column("watch_keep_at", Instant),
    Column("watch_turn_out", JSON, nullable=False),
    Column("artifacts", JSON, nullable=False),
    Column("slack_call_id", Text),
    Column("title_told", Text),
    Column("posted", Boolean, nullable=False),
    Column("message_ts", Text),
    Column("slack_ended", Boolean, nullable=False),
    Column("end_shown", Boolean, nullable=False),
    Column("start_url", Text),
    Column("start_url_expires_at", Instant),
    Column("card_url", Text),
    Column("card_url_expires_at", Instant),
    Column("due_at", Instant),
    Column("tries", Integer, nullable=False),
    Column("registrations", Integer, nullable=False),
    Column("wait_told", Boolean, nullable=False),
    Column("claims_offered", Boolean, nullable=False),
    Column("invited_told", Text, nullable=False, server_default=""),
    Column("invited_tell_at", Instant),
    Column("sequel_of", Text),
    Column("sequel_asked_by", Text),
    Column("sequel_room_of", Text),
    Column("sequel_is_offered", Boolean, nullable=False, server_default=false()),
    Column("sequel_is_begun", Boolean, nullable=False, server_default=false()),
    Column("stuck_code", Text),
    Column("language", Text, nullable=False, server_default="en"),
    Column("unfurl_ts", Text),
    Column("unfurl_url", Text),
    Column("recap_state", Text, nullable=False, server_default="none"),
    Column("recap_card_url", Text),
    Column("recap_ts", Text),
    Column("recap_told", Integer, nullable=False, server_default="0"),
    Column("live_key", Text),
    Column("silent", Boolean, nullable=False, server_default=false()),
    Column("question", JSON(none_as_null=True)),
    Column("version", Integer, nullable=False),
)

is_open = is_one_of(calls.c.state, [state for state in CallState if state.is_open])

# Written out as `is_one_of` does.
is_unfinished = is_open | (calls.c.state == literal_column(f"'{CallState.ENDING}'"))

is_over = calls.c.state == literal_column(f"'{CallState.ENDED}'")

is_final = is_one_of(calls.c.state, [state for state in CallState if state.is_final])

is_stuck = calls.c.stuck_code.is_not(None)

_BEFORE_CARD = (CallState.WAITING, CallState.ACCEPTED, CallState.ROOM_MADE, CallState.REGISTERED)

is_starting = is_one_of(calls.c.state, _BEFORE_CARD)

# Finished calls stay in the table; these two indexes hold only the few that are not finished.
partial_index("calls_due", calls.c.due_at, where=calls.c.due_at.is_not(None))
partial_index("calls_open", calls.c.team_id, calls.c.channel_id, where=is_open)

# Two processes may be told at the same moment of two messages with the same link.
has_link_card = is_open & calls.c.unfurl_ts.is_not(None)

partial_index(
    "calls_of_link_once", calls.c.team_id, calls.c.channel_id, calls.c.room_id, unique=True, where=has_link_card
)

# Two calls for one place cannot both be open, whichever processes started them; without a place, any number can.
partial_index("calls_live", calls.c.team_id, calls.c.live_key, unique=True, where=is_open)

partial_index("calls_stuck", calls.c.stuck_code, where=is_stuck)

# Only calls that are over are looked back on, so that a start writes none of these.
partial_index("calls_past", calls.c.team_id, calls.c.channel_id, calls.c.created_at, where=is_over)
partial_index("calls_past_of_team", calls.c.team_id, calls.c.created_at, where=is_over)
partial_index("calls_past_of_person", calls.c.started_by, calls.c.created_at, where=is_over)

# By these two, and by those above, limits are kept without a look at more calls than they allow.
Index("calls_started", calls.c.team_id, calls.c.started_by, calls.c.created_at)
partial_index("calls_starting", calls.c.team_id, where=is_starting)

# Old calls are looked for once an hour, and a start writes nothing here.
partial_index("calls_final", calls.c.ended_at, calls.c.created_at, where=is_final)

# Slack says which call somebody declined by its own id; a call has none yet when its command is acknowledged.
has_slack_id = calls.c.slack_call_id.is_not(None)
partial_index("calls_at_slack", calls.c.slack_call_id, where=has_slack_id)

Index("calls_in_room", calls.c.provider, calls.c.room_id)
Index("calls_of_join_token", calls.c.join_token)

# A call goes on as one other call at most, whoever presses at the same moment.
Index("calls_sequel_once", calls.c.sequel_of, unique=True)

participants = Table(
    "participants",
    metadata,
    Column("call_id", Text, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("present", Boolean, nullable=False),
    Column("told", Boolean, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("left_at", Instant),
    Column("slack_id", Text),
    Column("external_id", Text),
    Column("display_name", Text),
    Column("avatar_url", Text),
    Column("stays_until", Instant),
    Column("same_as", Text),
    Column("email", Text),
    Index("participants_of_person", "slack_id", "joined_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("call_id", Text, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("heard_at", Instant, nullable=False),
    Index("sessions_of_person", "call_id", "key"),
)

visitors = Table(
    "visitors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("call_id", Text, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("slack_id", Text),
    Column("avatar_url", Text),
    Column("is_host", Boolean, nullable=False),
    UniqueConstraint("call_id", "key", name="visitors_once"),
)

links = Table(
    "links",
    metadata,
    Column("id", Text, primary_key=True),
    Column("call_id", Text, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("slack_id", Text),
    Column("used_at", Instant),
    Column("revoked_at", Instant),
)

invitations = Table(
    "invitations",
    metadata,
    Column("call_id", Text, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("invited_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("rung_at", Instant),
    Column("rings", Integer, nullable=False),
    Column("dm_channel_id", Text),
    Column("dm_ts", Text),
    Column("shown", Text),
    Index("invitations_of_person", "user_id"),
    Index("invitations_by_person", "invited_by", "rung_at"),
)

profiles = Table(
    "profiles",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("read_at", Instant, nullable=False),
    Column("name", Text, nullable=False),
    Column("locale", Text),
    Column("zone", Text),
    Column("is_admin", Boolean, nullable=False),
    Column("is_guest", Boolean, nullable=False),
    Column("is_stranger", Boolean, nullable=False),
    Column("is_bot", Boolean, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("channel_id", Text, primary_key=True),
    Column("members", Integer),
    Column("is_general", Boolean, nullable=False),
    Column("read_at", Instant, nullable=False),
)

preferences = Table(
    "preferences",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("holder", Text, primary_key=True),
    Column("holder_id", Text, primary_key=True),
    Column("chosen", JSON, nullable=False),
)

preference_changes = Table(
    "preference_changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("team_id", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("holder_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index("preference_changes_newest", "team_id", "changed_at"),
)

charts = Table(
    "charts",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("counts", JSON, nullable=False),
    Column("last_week_at", Instant, nullable=False),
    Column("file_id", Text, nullable=False),
    Column("drawn_at", Instant, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("call_id", Text, ForeignKey("calls.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("team_id", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("response_url", Text),
    Column("response_url_expires_at", Instant),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("team_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("received_at", Instant, nullable=False, index=True),
    Column("text", Text),
    Column("call_id", Text),
    Column("is_done", Boolean, nullable=False),
    Column("asks", Boolean, nullable=False, server_default=false()),
)

budgets = Table(
    "budgets",
    metadata,
    Column("key", Text, primary_key=True),
    Column("line", JSON, nullable=False),
    Column("used_at", Instant, nullable=False, index=True),
)
