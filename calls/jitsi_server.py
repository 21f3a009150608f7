"""The Jitsi server of a workspace, for people who are used to `/jitsi server`: where `/jitsi` meets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from calls.homes import STANDING_HOLDS
from calls.ids import new_join_token
from calls.model import ChannelId, Notice, Person, ResponseUrl, TeamId, UserId
from calls.own_room import find_address_fault
from calls.ports import Clock, Storage, Transaction
from calls.preferences import Holder, PreferenceChange
from calls.profile import Profile
from calls.profiles import Profiles
from calls.replies import Replies
from calls.response_url import RESPONSE_URL_LASTS
from calls.words import home, jitsi
from calls.words import settings as settings_words

HOLDER_ID: Final = "jitsi"
"""What the choice is kept under, beside the workspace's others."""

_NAME: Final = "server_url"


@dataclass(frozen=True, slots=True)
class Asked:
    """Where an answer goes.

    Args:
        response_url: of the command.
    """

    person: Person
    channel_id: ChannelId
    response_url: str | None = None


class JitsiServers:
    """Knows the servers of all workspaces, and lets admins choose."""

    def __init__(self, storage: Storage, profiles: Profiles, replies: Replies, now: Clock) -> None:
        """Take where choices are kept and who knows the people."""
        self._storage = storage
        self._profiles = profiles
        self._replies = replies
        self._now = now

    async def room_for(self, team_id: TeamId, name: str) -> str | None:
        """Return the address of a room at a workspace's server, or None where nobody chose one.

        Args:
            name: as typed; empty for one that nobody can guess.

        Raises:
            StorageError: when it cannot be read now.
        """
        server = await self._storage.read(lambda transaction: server_of(transaction, team_id))
        if server is None:
            return None
        address = f"{server}/{quote(name, safe='') if name else new_join_token()}"
        return address if find_address_fault(address) is None else f"{server}/{new_join_token()}"

    def tell(self, asked: Asked) -> None:
        """Tell somebody where `/jitsi` meets, once their command is acknowledged."""
        self._replies.after_ack(asked.person, self._tell_server(asked))

    def choose(self, asked: Asked, server: str | None) -> None:
        """Let an admin choose where `/jitsi` meets, once the command is acknowledged.

        Args:
            server: its address as typed; None for the usual meeting system.
        """
        self._replies.after_ack(asked.person, self._choose(asked, server))

    async def _tell_server(self, asked: Asked) -> None:
        server = await self._storage.read(lambda transaction: server_of(transaction, asked.person.team_id))
        self._say(asked, jitsi.no_server() if server is None else jitsi.meets_at(server))

    async def _choose(self, asked: Asked, server: str | None) -> None:
        fault = None if server is None else find_server_fault(server)
        person = asked.person
        profile = await self._profiles.learned(person.team_id, person.user_id, at_most=STANDING_HOLDS)
        refusal = self._refusal(profile) or fault
        if refusal is not None:
            self._say(asked, refusal)
            return
        kept = None if server is None else server.rstrip("/")
        await self._storage.write(
            lambda work: keep_server(work, person.team_id, kept, by=person.user_id, at=self._now())
        )
        self._say(asked, jitsi.no_server() if kept is None else jitsi.meets_at(kept))

    def _refusal(self, profile: Profile | None) -> str | None:
        if profile is None or self._now() - profile.read_at > STANDING_HOLDS:
            return home.standing_unknown()
        return None if profile.is_admin else home.admins_only()

    def _say(self, asked: Asked, text: str) -> None:
        until = self._now() + RESPONSE_URL_LASTS
        url = None if asked.response_url is None else ResponseUrl(asked.response_url, until)
        direct = Notice.direct(asked.person, text)
        self._replies.tell(Notice(direct.call_id, direct.team_id, asked.channel_id, direct.user_id, text, url))


def find_server_fault(server: str) -> str | None:
    """Return what is wrong with the address of a server that a whole workspace is sent to; None when it is usable."""
    fault = find_address_fault(server)
    if fault is None and any(mark in server for mark in "?#"):
        return settings_words.room_address_not_readable()
    return fault


def server_of(transaction: Transaction, team_id: TeamId) -> str | None:
    """Return the Jitsi server that was chosen for a workspace, or None."""
    found = transaction.chosen(team_id, Holder.WORKSPACE, HOLDER_ID).get(_NAME)
    return found if isinstance(found, str) and find_server_fault(found) is None else None


def keep_server(transaction: Transaction, team_id: TeamId, server: str | None, *, by: UserId, at: datetime) -> bool:
    """Store a choice with who made it; say whether it is another than before."""
    before = server_of(transaction, team_id)
    if before == server:
        return False
    chosen = {} if server is None else {_NAME: server}
    transaction.save_chosen(team_id, Holder.WORKSPACE, HOLDER_ID, chosen)
    change = PreferenceChange(team_id, Holder.WORKSPACE, HOLDER_ID, f"{HOLDER_ID}_{_NAME}", before, server, by, at)
    transaction.add_preference_change(change)
    return True
