"""Who may end, rename or invite to a call, as the workspace or the conversation chose.

Whether somebody may is decided in the transaction that changes the call, by what is chosen at that moment. What only
Slack can say of the person is found out before, and only where it matters.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from calls.choosing import counting
from calls.errors import CallsError
from calls.finding import CallRef, Unclear, find_call
from calls.groups import Groups
from calls.model import Call, Person
from calls.ports import Storage, Transaction
from calls.preferences import Effective, Who
from calls.profiles import Profiles
from calls.words import permissions as words

_log = logging.getLogger(__name__)

ASKS_FOR_S: Final = 1.0
"""How long Slack is waited for, in seconds: a request has to be acknowledged within three."""


class Deed(StrEnum):
    """What not everybody may do with a call."""

    END = "end"
    RENAME = "rename"
    INVITE = "invite"


@dataclass(frozen=True, slots=True)
class Standing:
    """What Slack says of a person, as far as it was needed.

    Args:
        is_admin: whether they administer the workspace; None when Slack did not say in time, or was not asked.
        group_id: the user group that was asked about, or None.
        in_group: whether they are in it; None as above.
    """

    is_admin: bool | None = None
    group_id: str | None = None
    in_group: bool | None = None


_NOT_ASKED: Final = Standing()


class Permissions:
    """Finds out what is needed to decide."""

    def __init__(self, storage: Storage, profiles: Profiles, groups: Groups) -> None:
        """Take who knows it."""
        self._storage = storage
        self._profiles = profiles
        self._groups = groups

    async def standing(self, deed: Deed, ref: CallRef, person: Person) -> Standing:
        """Return what has to be known of a person to decide; nothing where what is chosen says enough.

        Raises:
            StorageError: when calls cannot be read now.
        """

        def work(transaction: Transaction) -> tuple[Who, Effective] | None:
            call = find_call(transaction, deed, ref, person)
            if isinstance(call, Unclear):
                return None
            counts = counting(transaction, call.team_id, call.channel_id, person.user_id)
            who = _who(deed, counts)
            return None if _is_let(transaction, who, call, person) else (who, counts)

        asked = await self._storage.read(work)
        if asked is None:
            return _NOT_ASKED
        who, counts = asked
        group_id = counts.group_id if who is Who.GROUP else None
        is_admin, in_group = await asyncio.gather(self._is_admin(person), self._in_group(person, group_id))
        return Standing(is_admin, group_id, in_group)

    async def _is_admin(self, person: Person) -> bool | None:
        try:
            async with asyncio.timeout(ASKS_FOR_S):
                profile = await self._profiles.learned(person.team_id, person.user_id)
        except TimeoutError:
            profile = await self._profiles.known(person.team_id, person.user_id)
        except CallsError as error:
            _log.warning("It could not be read whether %s is an admin: %s", person.user_id, error)
            return None
        return None if profile is None else profile.is_admin

    async def _in_group(self, person: Person, group_id: str | None) -> bool | None:
        if group_id is None:
            return None
        try:
            async with asyncio.timeout(ASKS_FOR_S):
                members = await self._groups.members(person.team_id, group_id)
        except TimeoutError:
            return None
        return None if members is None else person.user_id in members


def refused(transaction: Transaction, deed: Deed, call: Call, person: Person, standing: Standing) -> str | None:
    """Return what to say to somebody who may not do something with a call, or None when they may."""
    counts = counting(transaction, call.team_id, call.channel_id, person.user_id)
    who = _who(deed, counts)
    if _is_let(transaction, who, call, person) or standing.is_admin:
        return None
    asks_group = who is Who.GROUP and counts.group_id is not None
    in_group = standing.in_group if standing.group_id == counts.group_id else None
    if asks_group and in_group:
        return None
    is_unknown = standing.is_admin is None or (asks_group and in_group is None)
    return words.cannot_tell() if is_unknown else words.may_not(deed, who, counts, call)


def _is_let(transaction: Transaction, who: Who, call: Call, person: Person) -> bool:
    """Say whether somebody may, whatever Slack says of them."""
    if who is Who.ANYONE or call.started_by == person.user_id:
        return True
    if who is not Who.PARTICIPANTS:
        return False
    return any(one.present and one.slack_id == person.user_id for one in transaction.participants(call.id))


def _who(deed: Deed, counts: Effective) -> Who:
    return {Deed.END: counts.ends, Deed.RENAME: counts.renames, Deed.INVITE: counts.invites}[deed]
