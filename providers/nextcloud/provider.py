"""Nextcloud Talk: a conversation for each call, which guests may join, of one account of one's own Nextcloud."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import aiohttp

from calls.errors import ProviderAuth, ProviderError
from calls.meetings import Capability, Health, Provider, RoomSpec, Seen
from calls.model import Room
from providers.nextcloud.settings import NextcloudSettings
from providers.nextcloud.talk_api import TalkApi
from providers.reading import read_name
from providers.remote_api import RemoteApi
from providers.room_names import room_name

TRIED_WITHIN = timedelta(days=2)
"""How long ago the conversation of a call that is still being started can have been made."""

CODE_CHARS = 10
"""How much of a call's name stands at the end of its conversation's: 50 bits, enough to tell calls apart."""


class NextcloudProvider(Provider):
    """Meetings at one Nextcloud; `calls.meetings.Provider` says what each method does."""

    name = "nextcloud"
    capabilities = Capability.CREATE | Capability.END | Capability.ROSTER | Capability.POLL | Capability.KICK
    notice = None

    def __init__(
        self, settings: NextcloudSettings, session: aiohttp.ClientSession, now: Callable[[], datetime]
    ) -> None:
        """Send nothing yet."""

        async def authorize(_renewed: bool) -> str:  # noqa: FBT001 - as `providers.remote_api.Authorize` is called
            return settings.authorization

        self._settings = settings
        self._now = now
        self._talk = TalkApi(RemoteApi("nextcloud", settings.url, session, authorize))

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make the conversation, unless it was made before with the code that follows from the call.

        The address works with and without the web server's rewriting of addresses.
        """
        code = room_name(self._settings.key, spec.call_id)[:CODE_CHARS]
        token = await self._talk.make(read_name(spec.title) or "Call", code, self._now() - TRIED_WITHIN)
        return Room(id=token, join_url=f"{self._settings.url}/index.php/call/{token}")

    async def end_room(self, room: Room) -> None:
        """Show everybody out and delete the conversation."""
        await self._talk.close(room.id)

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Ask Talk who is in the call; who only reads the conversation is not."""
        return await self._talk.people(room.id)

    async def kick(self, room: Room, session_id: str) -> None:
        """Show one session's person out."""
        await self._talk.show_out(room.id, session_id)

    async def probe(self) -> Health:
        """Find out whether the Nextcloud accepts the account, and has Talk for it."""
        url = self._settings.url
        try:
            has_talk = await self._talk.has_talk()
        except ProviderAuth:
            sentence = f"The Nextcloud at {url} does not accept STARTCALL_NEXTCLOUD_USER with this app password."
            return Health(ok=False, sentence=sentence)
        except ProviderError as error:
            sentence = f"The Nextcloud at {url} could not be asked ({error.detail or error.code})."
            return Health(ok=False, sentence=sentence)
        if not has_talk:
            sentence = f"The Nextcloud at {url} has no Talk for this account, or one older than Nextcloud 22's."
            return Health(ok=False, sentence=sentence)
        return Health(ok=True, sentence=f"Calls meet in Talk at {url}, which accepts our account.")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""
