"""Ask our Prosody module to do something; prosody/mod_startcall.lua is the other half."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp

from calls.errors import ProviderAuth, ProviderDown, ProviderError, ProviderRefused
from calls.meetings import Seen
from providers.jitsi.module_events import UnreadableReportError, read_json, read_person
from providers.jitsi.signatures import signed_headers
from providers.reaching import reason_not_reached

TIMEOUT_S = 8.0
"""Below `calls.meetings.DEADLINE`, so that it is us who say what was wrong."""

ANSWER_MAX_BYTES = 1_000_000

_OK = 200
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class ProsodyApi:
    """The module in one Prosody.

    Every method raises ProviderDown, ProviderAuth or ProviderRefused as `calls.meetings.Provider` says.

    Args:
        url: of Prosody's HTTP server, without a slash at its end.
        muc: domain of the conferences, or None where the module knows only one.
    """

    session: aiohttp.ClientSession = field(repr=False)
    url: str
    secret: str = field(repr=False)
    muc: str | None
    now: Callable[[], datetime]

    async def health(self) -> tuple[str, ...]:
        """Return the domains of conferences that the module looks after."""
        domains = (await self._ask("health")).get("mucs")
        if not isinstance(domains, list):
            raise _unreadable()
        return tuple(domain for domain in domains if isinstance(domain, str))

    async def occupants(self, room_id: str) -> tuple[Seen, ...]:
        """Return who is in a room; nobody, where there is no such room."""
        found = (await self._ask("occupants", room=room_id)).get("occupants")
        if not isinstance(found, list):
            raise _unreadable()
        try:
            return tuple(read_person(one) for one in found)
        except UnreadableReportError as error:
            raise _unreadable() from error

    async def destroy(self, room_id: str) -> None:
        """Close a room for everybody, and keep it closed; one that is gone already is a success."""
        await self._ask("destroy", room=room_id)

    async def kick(self, room_id: str, session_id: str) -> None:
        """Show one session out; one that is gone already is a success."""
        await self._ask("kick", room=room_id, session=session_id)

    async def _ask(self, action: str, **about: str) -> dict[str, object]:
        command = {"action": action, **about} | ({} if self.muc is None else {"muc": self.muc})
        body = json.dumps(command, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **signed_headers(self.secret, self.now(), body)}
        try:
            async with self.session.post(
                f"{self.url}/startcall",
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            ) as response:
                answer = await response.content.read(ANSWER_MAX_BYTES)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ProviderDown("unreachable", provider="jitsi", detail=reason_not_reached(error)) from error
        return _read_answer(response.status, answer)


def _read_answer(status: int, answer: bytes) -> dict[str, object]:
    if status == _OK:
        try:
            return read_json(answer)
        except UnreadableReportError as error:
            raise _unreadable() from error
    raise _refusal(status, answer)


def _refusal(status: int, answer: bytes) -> ProviderError:
    """Return the error for a status; 401 and 400 are our module's own, 503 is said while it has no secret."""
    detail = f"status {status}"
    if status in {401, 403}:
        is_stale = b'"stale"' in answer
        return ProviderAuth("clocks_differ" if is_stale else "signature_refused", provider="jitsi", detail=detail)
    if status == 404:  # noqa: PLR2004 - as everywhere on the web
        return ProviderDown("module_missing", provider="jitsi", detail=detail)
    if status >= _SERVER_ERROR or status in {408, 429}:
        return ProviderDown("server_error", provider="jitsi", detail=detail)
    return ProviderRefused("request_refused", provider="jitsi", detail=detail)


def _unreadable() -> ProviderDown:
    return ProviderDown("answer_unreadable", provider="jitsi")
