"""The statements of a usual start, and of what follows it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, delete, insert, or_, select, update

from calls.preferences import Holder
from storage.prepared import Prepared
from storage.tables import (
    calls,
    conversations,
    deliveries,
    invitations,
    is_open,
    notices,
    participants,
    preferences,
    profiles,
)

_call_id: BindParameter[Any] = bindparam("call_id")
_team_id: BindParameter[Any] = bindparam("team_id")
_channel_id: BindParameter[Any] = bindparam("channel_id")
_user_id: BindParameter[Any] = bindparam("user_id")

REPLY_GIVEN = Prepared(
    select(deliveries.c.text, deliveries.c.call_id, deliveries.c.is_done, deliveries.c.asks).where(
        deliveries.c.team_id == _team_id, deliveries.c["key"] == bindparam("key")
    )
)
ADD_DELIVERY = Prepared(insert(deliveries))

_call = select(calls).where(calls.c.id == _call_id)
CALL = Prepared(_call)
# SQLite has no such clause and needs none: there a writer is alone anyway.
CALL_KEPT = Prepared(_call.with_for_update(key_share=True))
LIVE_CALL = Prepared(
    select(calls).where(calls.c.team_id == _team_id, calls.c.live_key == bindparam("live_key"), is_open)
)
ADD_CALL = Prepared(insert(calls))

PARTICIPANTS = Prepared(
    select(participants)
    .where(participants.c.call_id == _call_id)
    .order_by(participants.c.joined_at, participants.c["key"])
)
INVITATIONS = Prepared(select(invitations).where(invitations.c.call_id == _call_id).order_by(invitations.c.user_id))
ADD_NOTICE = Prepared(insert(notices))
DROP_NOTICE = Prepared(delete(notices).where(notices.c.id == bindparam("notice_id")))
NOTICES = Prepared(select(notices).where(notices.c.call_id == _call_id).order_by(notices.c.id))

PROFILE = Prepared(select(profiles).where(profiles.c.team_id == _team_id, profiles.c.user_id == _user_id))
CONVERSATIONS = Prepared(
    select(conversations).where(
        conversations.c.team_id == _team_id, (conversations.c.channel_id == _channel_id) | conversations.c.is_general
    )
)

_holder_id = preferences.c.holder_id
ALL_CHOSEN = Prepared(
    select(preferences.c.holder, preferences.c.chosen).where(
        preferences.c.team_id == _team_id,
        or_(
            *(
                and_(preferences.c.holder == holder.value, _holder_id == whose)
                for holder, whose in (
                    (Holder.WORKSPACE, _team_id),
                    (Holder.CHANNEL, _channel_id),
                    (Holder.PERSON, _user_id),
                )
            )
        ),
    )
)


@lru_cache(maxsize=256)
def save_call(_columns: tuple[str, ...]) -> Prepared:
    """Return what stores these columns of a call that nobody else has changed since it was read."""
    return Prepared(update(calls).where(calls.c.id == _call_id, calls.c.version == bindparam("read_version")))
