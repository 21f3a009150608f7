"""Acme Meetings for Startcall: a whole provider, to be copied and changed.

Acme is made up. Its server keeps rooms (`PUT` and `DELETE /rooms/{id}`), says who is in (`GET /rooms/{id}/people`),
shows people out (`DELETE /rooms/{id}/people/{session}`) and reports comings and goings to `/hooks/acme`, signed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from calls.errors import ProviderAuth, ProviderDown, ProviderRefused
from calls.meetings import (
    Capability,
    EventKind,
    Health,
    Hook,
    HookReply,
    HookResult,
    MeetingEvent,
    Provider,
    ProviderKind,
    ProviderSetting,
    RoomSpec,
    Seen,
    Surroundings,
)
from calls.model import Artifact, ArtifactKind, Room, Visitor

SIGNATURE_WINDOW = timedelta(minutes=5)
_KINDS = {
    "joined": EventKind.JOINED,
    "left": EventKind.LEFT,
    "closed": EventKind.ENDED,
    "recorded": EventKind.LEFT_BEHIND,
}


class AcmeProvider(Provider):
    """Keeps rooms at an Acme server; `calls.meetings.Provider` says what each method does."""

    name = "acme"
    capabilities = (
        Capability.CREATE
        | Capability.END
        | Capability.ROSTER
        | Capability.RECORDING
        | Capability.POLL
        | Capability.WEBHOOK
        | Capability.PERSON_LINK
        | Capability.KICK
    )
    notice = None

    def __init__(self, surroundings: Surroundings) -> None:
        """Send nothing yet."""
        self._surroundings = surroundings
        self._url = surroundings.values["STARTCALL_ACME_URL"].rstrip("/")
        self._secret = surroundings.values["STARTCALL_ACME_SECRET"].encode()

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make the room under a name that follows from the call's id, so that a repetition makes the same one."""
        name = self._signed(f"room {spec.call_id}", key=self._surroundings.key)[:26]
        await self._ask("PUT", f"/rooms/{name}")
        return Room(name, f"{self._url}/enter/{name}")

    async def end_room(self, room: Room) -> None:
        """Close the room."""
        await self._ask("DELETE", f"/rooms/{room.id}", gone=None)

    async def person_link(self, room: Room, visitor: Visitor, *, lasts: timedelta) -> str:
        """Sign who may enter, and until when, into the fragment, which no server logs."""
        ends_at = int((self._surroundings.now() + lasts).timestamp())
        token = f"{visitor.id}.{ends_at}"
        return f"{self._url}/enter/{room.id}#{token}.{self._signed(f'{room.id}.{token}')}"

    async def roster(self, room: Room) -> Sequence[Seen]:
        """Ask who is in."""
        people = await self._ask("GET", f"/rooms/{room.id}/people", gone=[])
        return [_seen(person) for person in people]

    async def kick(self, room: Room, session_id: str) -> None:
        """Show one session out."""
        await self._ask("DELETE", f"/rooms/{room.id}/people/{session_id}", gone=None)

    def receive(self, hook: Hook) -> HookResult:
        """Check the signature of the raw bytes, then read them."""
        sent_at, signature = hook.header("X-Acme-Time") or "", hook.header("X-Acme-Signature") or ""
        signed = self._signed(f"{sent_at}.".encode() + hook.body)
        if not hmac.compare_digest(signed.encode(), signature.encode()) or not _is_fresh(sent_at, hook.received_at):
            return HookResult(HookReply(401))
        try:
            report = json.loads(hook.body)
            kind, at = _KINDS.get(report["event"]), datetime.fromtimestamp(report["at"], tz=UTC)
            people = tuple(_seen(person) for person in report.get("people", ()))
            artifact = Artifact(ArtifactKind.RECORDING, report["url"]) if kind is EventKind.LEFT_BEHIND else None
            events = (MeetingEvent(kind, report["room"], at, people, artifact),) if kind else ()
        except (ValueError, LookupError, TypeError):
            return HookResult(HookReply(400))
        return HookResult(events=events)

    async def probe(self) -> Health:
        """Ask for a room nobody has, with our credentials."""
        try:
            await self._ask("GET", "/rooms/none/people", gone=[])
        except (ProviderDown, ProviderAuth, ProviderRefused) as error:
            return Health(ok=False, sentence=f"Acme at {self._url} does not work: {error}.")
        return Health(ok=True, sentence=f"Acme at {self._url} answers, and takes our secret.")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""

    async def _ask(self, method: str, path: str, gone: Any = None) -> Any:  # noqa: ANN401 - what the server answers
        """Ask the server; what is not there counts as `gone`, which makes ending and asking twice a success."""
        headers = {"Authorization": f"Bearer {self._secret.decode()}"}
        try:
            async with self._surroundings.session.request(method, self._url + path, headers=headers) as response:
                if response.status == 404:  # noqa: PLR2004 - a status of HTTP
                    return gone
                if response.status in {401, 403}:
                    raise ProviderAuth("unauthorized", provider=self.name)
                if response.status >= 500:  # noqa: PLR2004 - a status of HTTP
                    raise ProviderDown("server_error", provider=self.name, detail=str(response.status))
                if response.status >= 400:  # noqa: PLR2004 - a status of HTTP
                    raise ProviderRefused("refused", provider=self.name, detail=str(response.status))
                return await response.json()
        except (aiohttp.ClientError, ValueError) as error:
            raise ProviderDown("no_answer", provider=self.name, detail=type(error).__name__) from error

    def _signed(self, what: str | bytes, key: bytes | None = None) -> str:
        raw = what if isinstance(what, bytes) else what.encode()
        return hmac.new(key or self._secret, raw, hashlib.sha256).hexdigest()


def _seen(person: dict[str, Any]) -> Seen:
    return Seen(
        str(person["session"]), person.get("visitor"), person.get("account"), person.get("name"), person.get("email")
    )


def _is_fresh(sent_at: str, received_at: datetime) -> bool:
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= len("9999999999")):
        return False
    return abs(received_at - datetime.fromtimestamp(int(sent_at), tz=UTC)) <= SIGNATURE_WINDOW


KIND = ProviderKind(
    name="acme",
    settings=(
        ProviderSetting(
            "STARTCALL_ACME_URL", "https address of the Acme server.", "https://acme.example.com", required=True
        ),
        ProviderSetting(
            "STARTCALL_ACME_SECRET", "The secret it was set up with.", "secret-of-acme", secret=True, required=True
        ),
    ),
    build=AcmeProvider,
)
