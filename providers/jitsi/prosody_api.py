"""Ask our Prosody module to do something; prosody/mod_startcall.lua is the other half."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
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

_log = logging.getLogger(__name__)

_OK = 200
_SERVER_ERROR = 500


class ProsodyApi:
    """The module in one Prosody.

    Every method raises ProviderDown, ProviderAuth or ProviderRefused as `calls.meetings.Provider` says.
    """

    def __init__(
        self, session: aiohttp.ClientSession, url: str, secret: str, muc: str | None, now: Callable[[], datetime]
    ) -> None:
        """Send nothing yet.

        Args:
            url: of Prosody's HTTP server, without a slash at its end.
            muc: domain of the conferences, or None where the module knows only one.
        """
        self._session = session
        self._url = url
        self._secret = secret
        self._muc = muc
        self._now = now
        self._is_down = False

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
        """Ask for an action, and log once when the module no longer answers and once when it does again."""
        try:
            status, answer = await self._post({"action": action, **about})
            found = _read_answer(status, answer)
        except ProviderDown as error:
            if not self._is_down:
                _log.warning("The module startcall in Jitsi's Prosody does not answer: %s", error)
            self._is_down = True
            raise
        if self._is_down:
            _log.info("The module startcall in Jitsi's Prosody answers again.")
        self._is_down = False
        return found

    async def _post(self, command: dict[str, str]) -> tuple[int, bytes]:
        body = json.dumps(command if self._muc is None else command | {"muc": self._muc}).encode()
        headers = {"Content-Type": "application/json", **signed_headers(self._secret, self._now(), body)}
        try:
            async with self._session.post(
                f"{self._url}/startcall",
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            ) as response:
                return response.status, await _read_all(response.content)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ProviderDown("unreachable", provider="jitsi", detail=reason_not_reached(error)) from error


async def _read_all(content: aiohttp.StreamReader) -> bytes:
    """Return an answer, and no more of it than makes sense."""
    parts, length = [], 0
    async for part in content.iter_any():
        parts.append(part)
        length += len(part)
        if length > ANSWER_MAX_BYTES:
            raise _unreadable()
    return b"".join(parts)


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
