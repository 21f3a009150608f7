"""Make a call of a link to a meeting that somebody pastes: one for each link and conversation, while it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from calls.choosing import counting
from calls.ids import new_call_id, new_display_id, new_join_token
from calls.meetings import Provider
from calls.model import Call, CallId, CallState, ChannelId, Delivery, Person, Reply
from calls.own_room import find_address_fault, room_at
from calls.ports import Clock, Storage, Transaction, WakeUps
from calls.preferences import OWN_ROOM, Effective
from calls.profile import Profile
from calls.profiles import Profiles
from calls.unfurl import Unfurl
from calls.words import settings as words
from calls.words.language import spoken

CARDS_MAX = 3
"""How many links of one message become cards."""


@dataclass(frozen=True, slots=True)
class SharedLinks:
    """A message with links, as it was posted.

    Args:
        urls: as they stand in it.
    """

    person: Person
    channel_id: ChannelId
    message_ts: str
    urls: Sequence[str]
    thread_ts: str | None = None


class Linking:
    """Makes calls of links."""

    def __init__(
        self,
        storage: Storage,
        wakeups: WakeUps,
        profiles: Profiles,
        now: Clock,
        *,
        providers: Mapping[str, Provider],
    ) -> None:
        """Take where calls are kept, and the meeting systems whose links are recognised."""
        self._storage = storage
        self._wakeups = wakeups
        self._profiles = profiles
        self._now = now
        self._providers = providers

    async def shared(self, links: SharedLinks, delivery: Delivery) -> Sequence[CallId]:
        """Make a call of each link that leads to a meeting, and has no card in the conversation yet.

        Raises:
            StorageError: when it could not be stored; nothing was done then.
        """
        known = {url: name for url in dict.fromkeys(links.urls) if (name := self._meeting_system(url)) is not None}
        calls = [self._new_call(links, url, name) for url, name in list(known.items())[:CARDS_MAX]]
        if not calls:
            return ()
        profile = await self._profiles.known(links.person.team_id, links.person.user_id)

        def work(transaction: Transaction) -> Reply:
            counts = counting(transaction, links.person.team_id, links.channel_id, links.person.user_id)
            if not _may(counts, profile):
                return Reply()
            running = transaction.open_calls(links.person.team_id, links.channel_id)
            has_card = {call.room.id for call in running if call.room is not None}
            new = [call for call in calls if call.room is not None and call.room.id not in has_card]
            for call in new:
                transaction.add_call(call)
            # A delivery remembers one id: the sweep finds the others at once, as they are due.
            return Reply(call_id=new[0].id) if new else Reply()

        reply = await self._storage.accept(delivery, work)
        for call in calls if reply.call_id is not None else ():
            self._wakeups.wake(call.id)
        return [call.id for call in calls] if reply.call_id is not None else ()

    def _meeting_system(self, url: str) -> str | None:
        """Return the name of the meeting system that a link leads to, or None."""
        if find_address_fault(url) is not None:
            return None
        return next((name for name, provider in self._providers.items() if provider.is_join_link(url)), None)

    def _new_call(self, links: SharedLinks, url: str, name: str) -> Call:
        now, room = self._now(), room_at(url)
        return Call(
            id=new_call_id(),
            display_id=new_display_id(),
            join_token=new_join_token(),
            team_id=links.person.team_id,
            channel_id=links.channel_id,
            title=words.title_of_link(name),
            started_by=links.person.user_id,
            provider=OWN_ROOM,
            created_at=now,
            thread_ts=links.thread_ts,
            state=CallState.ROOM_MADE,
            room=room,
            join_url=room.join_url,
            unfurl=Unfurl(links.message_ts, url),
            due_at=now,
            language=spoken(),
        )


def _may(counts: Effective, profile: Profile | None) -> bool:
    """Say whether a person's links become cards."""
    if not counts.links:
        return False
    is_guest, is_stranger = profile is not None and profile.is_guest, profile is not None and profile.is_stranger
    return not (is_guest and not counts.guests_start) and not (is_stranger and not counts.strangers_start)
