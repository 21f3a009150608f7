"""Who may enter a call, by which link, and under which name.

A token of ours opens one of three doors: the call's own, for people who can say who they are; one Slack person's own
link, which works once; and a guest's link, which works for several until it expires or is taken back.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from calls.errors import UsageError
from calls.ids import new_join_token, new_visitor_id
from calls.model import Call, CallId, JoinLink, Person, UserId, Visitor
from calls.outside import Outside
from calls.ports import Storage, Transaction
from calls.signed_in import SignedIn
from calls.starting import provider_of
from calls.text import plain_title

OWN_LINK_LASTS: Final = timedelta(minutes=10)
GUEST_LINK_LASTS: Final = timedelta(hours=24)

MEETING_LINK_LASTS: Final = timedelta(minutes=5)
"""How long the meeting system's address works at least: the browser follows it at once."""

NAME_MAX_CHARS: Final = 80

GUESTS_MAX: Final = 500
"""How many people without Slack a call lets in: whoever has a guest's link could else fill the database with names."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Door:
    """What a token of ours opens.

    Args:
        link: None for the token that everybody of the call's conversation has.
    """

    call: Call
    link: JoinLink | None = None


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link that was just made; its address is nowhere else."""

    call: Call
    link: JoinLink
    url: str = field(repr=False)


class Joining:
    """Lets people into calls. Every method raises StorageError when calls cannot be read or stored now."""

    def __init__(self, storage: Storage, outside: Outside, key: bytes) -> None:
        """Take where calls are kept and what is outside.

        Args:
            key: secret of this installation, from which the ids of people without one are made.
        """
        self._storage = storage
        self._outside = outside
        self._key = key

    def gives_own_links(self, call: Call) -> bool:
        """Say whether our pages have more to do than to show the way to the meeting."""
        return self._outside.gives_own_links(call)

    @property
    def signs_in(self) -> bool:
        """Say whether our pages can ask people to sign in with Slack."""
        return self._outside.signs_in

    async def door(self, token: str) -> Door:
        """Return what a token opens.

        Raises:
            UsageError: when it is unknown, too old or taken back, or the call is over.
        """
        return await self._storage.read(lambda transaction: _find(transaction, token, self._outside.now()))

    async def own_link(self, call_id: CallId, person: Person) -> NewLink | None:
        """Make a link for one person of the call's workspace; None where the meeting has one address for everybody.

        Raises:
            UsageError: when the call is over.
        """
        who = SignedIn(person.team_id, person.user_id, plain_title(person.name))

        def work(transaction: Transaction) -> NewLink | None:
            call = _open_call(transaction, call_id, person)
            if not self._outside.gives_own_links(call):
                return None
            self._visitor(transaction, call, who)
            return self._new_link(transaction, call, person, slack_id=person.user_id)

        return await self._storage.write(work)

    async def guest_link(self, call_id: CallId, person: Person) -> NewLink:
        """Make a link by which guests come in, until it expires, is taken back or the call ends.

        Raises:
            UsageError: when the call is over, or people without Slack find its meeting by its one address.
        """

        def work(transaction: Transaction) -> NewLink:
            call = _open_call(transaction, call_id, person)
            if not self._outside.gives_own_links(call):
                raise UsageError("guest_link_not_needed")
            return self._new_link(transaction, call, person, slack_id=None)

        return await self._storage.write(work)

    async def revoke(self, link_id: str, person: Person) -> None:
        """Take a guest link back; whoever is in the meeting stays there.

        Raises:
            UsageError: when the person's workspace has no such link.
        """

        def work(transaction: Transaction) -> None:
            link = transaction.link(link_id)
            call = None if link is None else transaction.call(link.call_id)
            if link is None or call is None or call.team_id != person.team_id:
                raise UsageError("join_link_unknown")
            if link.revoked_at is None:
                transaction.save_link(replace(link, revoked_at=self._outside.now()))

        await self._storage.write(work)

    async def come_by_own_link(self, token: str, who: SignedIn | None) -> SignedIn:
        """Use up a person's own link and return who the person is.

        Args:
            who: the person this browser is signed in as, for whom a used link still works.

        Raises:
            UsageError: when it was used before by another browser, or is another person's.
        """

        def work(transaction: Transaction) -> SignedIn:
            now = self._outside.now()
            door = _find(transaction, token, now)
            link, call = door.link, door.call
            if link is None or link.slack_id is None:
                raise UsageError("join_link_unknown")
            if who is not None and who.is_same(call.team_id, link.slack_id):
                transaction.save_link(replace(link, used_at=link.used_at or now))
                return who
            if link.used_at is not None:
                raise UsageError("join_link_used")
            if who is not None and who.team_id == call.team_id:
                raise UsageError("join_link_of_other")
            transaction.save_link(replace(link, used_at=now))
            name = next((one.name for one in transaction.visitors(call.id) if one.slack_id == link.slack_id), "")
            return SignedIn(call.team_id, link.slack_id, name)

        return await self._storage.write(work)

    async def let_in(self, call_id: CallId, who: SignedIn) -> Visitor:
        """Return the visitor a Slack person is in a call, the same each time.

        People of other workspaces are guests with a name: Slack shows them as being from elsewhere.

        Raises:
            UsageError: when the call is over.
        """
        return await self._storage.write(
            lambda transaction: self._visitor(transaction, _open_call(transaction, call_id), who)
        )

    async def known(self, call: Call, who: SignedIn) -> Visitor | None:
        """Return the visitor a Slack person was let in as before, or None."""
        return await self._with_key(call, self._key_of(call, who))

    async def let_guest_in(self, token: str, name: str) -> Visitor:
        """Let somebody without Slack in under a name, as a new visitor.

        Raises:
            UsageError: when the link no longer works, the name has no readable character or too many, or too many
                guests were let in.
        """
        cleaned = plain_title(name)
        if not cleaned or len(cleaned) > NAME_MAX_CHARS:
            raise UsageError("guest_name_not_usable")
        # Looked at beforehand: who asks in vain must not hold up what is being stored, and one too many does no harm.
        if await self._storage.read(lambda transaction: self._is_full(transaction, token)):
            raise UsageError("guest_link_full")

        def work(transaction: Transaction) -> Visitor:
            call = _find(transaction, token, self._outside.now()).call
            visitor_id = new_visitor_id()
            visitor = Visitor(visitor_id, call.id, self._guest_key("guest", visitor_id), cleaned)
            transaction.add_visitor(visitor)
            return visitor

        return await self._storage.write(work)

    def _is_full(self, transaction: Transaction, token: str) -> bool:
        call = _find(transaction, token, self._outside.now()).call
        guests = [one for one in transaction.visitors(call.id) if one.slack_id is None]
        return len(guests) >= GUESTS_MAX

    async def known_guest(self, call: Call, visitor_id: str) -> Visitor | None:
        """Return the visitor a guest was let in as before, or None."""
        return await self._with_key(call, self._guest_key("guest", visitor_id))

    async def meeting_url(self, call: Call, visitor: Visitor) -> str:
        """Ask the meeting system for the address by which one visitor enters.

        Raises:
            UsageError: while the room is still being made.
            ProviderError: when the meeting system does not give one.
            ConfigError: when the meeting system of the call is no longer set up.
        """
        if call.room is None:
            raise UsageError("room_not_ready")
        provider = provider_of(self._outside, call)
        link = provider.person_link(call.room, visitor, lasts=MEETING_LINK_LASTS)
        return await self._outside.asking.ask(provider, link)

    async def _with_key(self, call: Call, key: str) -> Visitor | None:
        visitors = await self._storage.read(lambda transaction: transaction.visitors(call.id))
        return next((one for one in visitors if one.key == key), None)

    def _visitor(self, transaction: Transaction, call: Call, who: SignedIn) -> Visitor:
        """Return the visitor somebody is, under the name they have today; store the first."""
        key = self._key_of(call, who)
        before = next((one for one in transaction.visitors(call.id) if one.key == key), None)
        is_ours = who.team_id == call.team_id
        name = who.name if is_ours or not who.team_name else f"{who.name} ({who.team_name})"
        if before is not None:
            return replace(before, name=name or before.name, avatar_url=who.avatar_url or before.avatar_url)
        visitor = Visitor(
            id=new_visitor_id(),
            call_id=call.id,
            key=key,
            name=name,
            slack_id=who.user_id if is_ours else None,
            avatar_url=who.avatar_url,
            is_host=is_ours and who.user_id == call.started_by,
        )
        transaction.add_visitor(visitor)
        return visitor

    def _key_of(self, call: Call, who: SignedIn) -> str:
        if who.team_id == call.team_id:
            return f"slack:{who.user_id}"
        return self._guest_key("slack", who.team_id, who.user_id)

    def _guest_key(self, *named: str) -> str:
        """Return a key that is the same for the same person and tells nobody who that is."""
        digest = hmac.digest(self._key, "\0".join(named).encode(), hashlib.sha256)
        return f"guest:{base64.urlsafe_b64encode(digest[:16]).decode().rstrip('=')}"

    def _new_link(self, transaction: Transaction, call: Call, person: Person, *, slack_id: UserId | None) -> NewLink:
        token = new_join_token()
        now = self._outside.now()
        lasts = GUEST_LINK_LASTS if slack_id is None else OWN_LINK_LASTS
        link = JoinLink(_link_id(token), call.id, person.user_id, now, now + lasts, slack_id)
        transaction.save_link(link)
        return NewLink(call, link, f"{self._outside.site_url}/j/{token}")


def _link_id(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _find(transaction: Transaction, token: str, now: datetime) -> Door:
    """Return what a token opens, with the call kept for this transaction.

    Raises:
        UsageError: when it opens nothing, or no longer.
    """
    if _TOKEN.fullmatch(token) is None:
        raise UsageError("join_link_unknown")
    call, link = transaction.call_of_join_token(token), None
    if call is None:
        link = transaction.link(_link_id(token))
        call = None if link is None else transaction.call(link.call_id)
        # Read again now that the call is kept: two browsers may come by the same link at once.
        link = transaction.link(_link_id(token))
    if call is None:
        raise UsageError("join_link_unknown")
    if not call.state.is_open:
        raise UsageError("join_call_over")
    if link is not None and link.revoked_at is not None:
        raise UsageError("join_link_revoked")
    if link is not None and link.expires_at <= now:
        raise UsageError("join_link_expired" if link.slack_id is not None else "guest_link_expired")
    return Door(call, link)


def _open_call(transaction: Transaction, call_id: CallId, person: Person | None = None) -> Call:
    """Return a running call, kept for this transaction.

    Raises:
        UsageError: when it is over, or of another workspace than the person's.
    """
    call = transaction.call(call_id)
    if call is None or (person is not None and call.team_id != person.team_id):
        raise UsageError("join_link_unknown")
    if not call.state.is_open:
        raise UsageError("join_call_over")
    return call
