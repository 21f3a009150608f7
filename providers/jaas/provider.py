"""Meetings at JaaS: a room is there as soon as somebody with a token opens it, and JaaS reports who is in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from calls.meetings import Capability, Health, Hook, HookResult, Provider, RoomSpec
from calls.model import Room, Visitor
from providers.jaas import reports, tokens
from providers.jaas.settings import JaasSettings
from providers.reaching import reach_server
from providers.room_names import room_name


class JaasProvider(Provider):
    """Meetings of one tenant; `calls.meetings.Provider` says what each method does."""

    name = "jaas"
    notice = None

    def __init__(self, settings: JaasSettings, now: Callable[[], datetime]) -> None:
        """Send nothing, now or later, except by `probe`."""
        self._settings = settings
        self._now = now

    @property
    def capabilities(self) -> Capability:
        """Links for everybody, and reports where they can be checked; JaaS has no request that closes a room."""
        can = Capability.PERSON_LINK
        return can if self._settings.hook_secret is None else can | Capability.ROSTER | Capability.WEBHOOK

    async def create_room(self, spec: RoomSpec) -> Room:
        """Name a room; the same call gets the same one, also after a restart."""
        room_id = room_name(self._settings.room_key, spec.call_id)
        return Room(room_id, f"{self._settings.url}/{self._settings.app_id}/{room_id}")

    async def person_link(self, room: Room, visitor: Visitor, *, lasts: timedelta) -> str:
        """Return the room's address with a token after the `#`, which browsers send neither to servers nor onwards.

        Jitsi Meet reads it there: https://github.com/jitsi/jitsi-meet/blob/master/react/features/base/jwt/functions.ts
        """
        token = tokens.sign(self._settings, room, visitor, at=self._now(), lasts=lasts)
        return f"{room.join_url}#jwt={token}"

    def receive(self, hook: Hook) -> HookResult:
        """Check a report and say what it tells."""
        return reports.receive(hook, self._settings)

    async def probe(self) -> Health:
        """Find out whether JaaS answers; whether it knows our key, it says only to somebody who enters."""
        health = await reach_server(self._settings.url)
        if not health.ok:
            return health
        told = "Its webhook is set up." if self._settings.hook_secret else "Without a webhook nobody says who is in."
        key = f"Whether it accepts the key {self._settings.key_id}, the first person who enters finds out."
        return Health(ok=True, sentence=f"{health.sentence} {told} {key}")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""
