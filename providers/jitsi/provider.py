"""Jitsi Meet: a room is whatever address people open, and a module of ours in its Prosody says who does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import aiohttp

from calls.errors import ProviderAuth, ProviderError, ProviderRefused
from calls.meetings import Capability, EventKind, Health, Hook, HookReply, HookResult, Provider, RoomSpec, Seen
from calls.model import Room, Visitor
from calls.words.language import _
from providers.jitsi import reservations
from providers.jitsi.module_events import UnreadableReportError, read_events
from providers.jitsi.prosody_api import ProsodyApi
from providers.jitsi.settings import JitsiSettings
from providers.jitsi.signatures import is_signed
from providers.jitsi.tokens import TokenSigner
from providers.join_links import fits_template
from providers.reaching import reach_server
from providers.room_names import room_name

_RESERVATIONS = "reservation"
_DESKTOP_SCHEME = "jitsi-meet"


class JitsiProvider(Provider):
    """Meetings at one Jitsi server; `calls.meetings.Provider` says what each method does."""

    def __init__(self, settings: JitsiSettings, session: aiohttp.ClientSession, now: Callable[[], datetime]) -> None:
        """Send nothing yet."""
        self._settings = settings
        self._now = now
        self._signer = _signer(settings)
        self._prosody = _prosody(settings, session, now)

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return "jitsi"

    @property
    def capabilities(self) -> Capability:
        """What the settings allow: the more of the server is ours, the more it can do."""
        can = Capability.NONE
        if self._signer is None:
            # The desktop program opens links without a token, which a server with tokens refuses.
            can |= Capability.DESKTOP_LINK
        else:
            can |= Capability.PERSON_LINK
        if self._settings.hook_secrets:
            can |= Capability.WEBHOOK
        if self._prosody is not None:
            can |= Capability.ROSTER | Capability.END | Capability.POLL | Capability.KICK
        else:
            # Our module keeps closed rooms closed; without it none is ever closed.
            can |= Capability.REOPEN
        return can

    @property
    def notice(self) -> str | None:
        """What to expect at the public service, and None elsewhere."""
        if not self._settings.is_public_service:
            return None
        return _(
            "This call is at the public service meet.jit.si: the first person may have to sign in there while others "
            "wait."
        )

    @property
    def desktop_schemes(self) -> frozenset[str]:
        """The one of Jitsi's own desktop program."""
        return frozenset({_DESKTOP_SCHEME})

    async def create_room(self, spec: RoomSpec) -> Room:
        """Name a room; it is there as soon as somebody opens it.

        The desktop program's address: https://github.com/jitsi/jitsi-meet-electron, README, `jitsi-meet://`.
        """
        room_id = room_name(self._settings.room_key, spec.call_id)
        desktop_url = (
            f"{_DESKTOP_SCHEME}://{urlsplit(self._settings.url).netloc}/{room_id}" if self._signer is None else None
        )
        return Room(id=room_id, join_url=f"{self._settings.url}/{room_id}", desktop_url=desktop_url)

    async def person_link(self, room: Room, visitor: Visitor, *, lasts: timedelta) -> str:
        """Return the room's address with a token after the `#`, which browsers send neither to servers nor onwards.

        Jitsi Meet reads it there: https://github.com/jitsi/jitsi-meet/blob/master/react/features/base/jwt/functions.ts
        """
        if self._signer is None:
            raise self._not_offered("person_link")
        return f"{room.join_url}#jwt={self._signer.sign(room, visitor, at=self._now(), lasts=lasts)}"

    async def end_room(self, room: Room) -> None:
        """Have our module close the room, which stays closed."""
        if self._prosody is None:
            raise ProviderRefused("cannot_end_room", provider=self.name, detail=room.id)
        await self._prosody.destroy(room.id)

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Ask our module who is in, breakout rooms included."""
        if self._prosody is None:
            raise self._not_offered("roster")
        return await self._prosody.occupants(room.id)

    async def kick(self, room: Room, session_id: str) -> None:
        """Have our module show one session out."""
        if self._prosody is None:
            raise self._not_offered("kick")
        await self._prosody.kick(room.id, session_id)

    def receive(self, hook: Hook) -> HookResult:
        """Take a report of our module's, or a question of Prosody's own reservation plugin."""
        secrets = self._settings.hook_secrets
        if not secrets:
            return _reply(503)
        prefix, _, rest = hook.path.partition("/")
        if prefix == _RESERVATIONS:
            given, _, path = rest.partition("/")
            if reservations.is_from_prosody(given, secrets):
                return reservations.answer(hook, path, ended=self._end_of_reservation)
        elif is_signed(hook, secrets):
            return _take_report(hook)
        return _reply(401)

    async def probe(self) -> Health:
        """Find out whether the server answers and, where it is set up, whether our module accepts our signature."""
        health = await reach_server(self._settings.url)
        if self._prosody is None or not health.ok:
            return health
        try:
            domains = await self._prosody.health()
        except ProviderError as error:
            return Health(ok=False, sentence=f"{health.sentence} {_trouble_of_module(error)}")
        muc = self._settings.muc
        if not domains or (muc is not None and muc not in domains):
            enabled = ", ".join(domains) or "no MUC component"
            return Health(ok=False, sentence=f"{health.sentence} The module startcall is enabled in {enabled}.")
        return Health(ok=True, sentence=f"{health.sentence} The module startcall looks after {', '.join(domains)}.")

    def is_join_link(self, url: str) -> bool:
        """Say whether a link leads to a room at this server; nobody is asked."""
        return fits_template(url, f"{self._settings.url}/{{room}}")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""

    @property
    def _end_of_reservation(self) -> EventKind:
        """What it means that Prosody gives a room back, which it does as soon as nobody is in.

        Our module tells a room that was closed from one that is empty for a moment. Without it that is all there is.
        """
        return EventKind.ENDED if self._prosody is None else EventKind.SNAPSHOT


def _signer(settings: JitsiSettings) -> TokenSigner | None:
    if settings.app_id is None or settings.app_secret is None:
        return None
    return TokenSigner(settings.app_id, settings.app_secret, settings.domain)


def _prosody(settings: JitsiSettings, session: aiohttp.ClientSession, now: Callable[[], datetime]) -> ProsodyApi | None:
    if settings.prosody_url is None:
        return None
    return ProsodyApi(session, settings.prosody_url, settings.hook_secrets[0], settings.muc, now)


def _take_report(hook: Hook) -> HookResult:
    if hook.path or hook.method != "POST":
        return _reply(404 if hook.path else 405)
    try:
        return HookResult(events=read_events(hook.body))
    except UnreadableReportError:
        return _reply(400)


def _reply(status: int) -> HookResult:
    return HookResult(HookReply(status))


def _trouble_of_module(error: ProviderError) -> str:
    if isinstance(error, ProviderAuth):
        reason = {
            "clocks_differ": "its clock and this computer's differ by more than 5 minutes",
            "signature_refused": "STARTCALL_JITSI_HOOK_SECRET and startcall_secret differ",
        }
        return f"The module startcall refuses our signature: {reason.get(error.code, 'no reason was given')}."
    if error.code == "module_missing":
        return "Prosody answers, but its module startcall is not enabled."
    return f"The module startcall in Prosody does not answer ({error.detail or error.code})."
