"""Ask the Web API of a hosted meeting system, one request a try, and tell every outcome apart."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from yarl import URL

from calls.clock import now
from calls.errors import ProviderAuth, ProviderDown, ProviderRefused

Json = dict[str, Any]

ANSWER_MAX_BYTES = 1024 * 1024
"""More than any answer that is asked for here; a longer one is not read."""

LONG_S = 600.0
"""Who has to wait longer has used up what there is for a day, not for a moment."""

_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _GONE, _TOO_MANY, _SERVER_ERROR = 200, 401, 403, 404, 410, 429, 500
_REDIRECT = 300
_ITEMS = "items"

Authorize = Callable[[bool], Awaitable[str]]
"""Returns the value of the Authorization header; given True, one that is newly made, as the last was not accepted.

Raises ProviderDown or ProviderAuth when there is none to be had.
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered to a request it took, or did not know the object of.

    Args:
        found: False when there is nothing at the address.
        body: what the JSON object holds; empty for an empty answer.
    """

    found: bool
    body: Json


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is about to be sent.

    Args:
        url: a `yarl.URL` where its bytes must not be changed, as where they are signed.
        wants_list: whether the answer has to be a JSON array, and not an object.
        form: sent as a web page's form instead of JSON.
    """

    method: str
    url: str | URL
    body: Json | None = None
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    wants_list: bool = False
    form: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RemoteApi:
    """The Web API of a meeting system.

    Redirects are not followed, so that no answer can send our credentials elsewhere.

    Args:
        provider: the meeting system's name, for errors.
        base_url: what every path is appended to, without a slash at its end.
    """

    provider: str
    base_url: str
    session: aiohttp.ClientSession = field(repr=False)
    authorize: Authorize = field(repr=False)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request; once more, with new credentials, when the server no longer accepts the old ones.

        Raises:
            ProviderDown: when the server was not reached, failed, answered nonsense or wants fewer requests.
            ProviderAuth: when it does not accept our credentials, or they do not allow this.
            ProviderRefused: when it says no, with the vendor's own code as `detail`.
        """
        return await self._ask(Request(method, self.base_url + path, body, params, headers or {}))

    async def ask_list(self, path: str) -> list[Any]:
        """Return a JSON array; an empty one when there is nothing at the address.

        Raises:
            ProviderError: as `ask` does.
        """
        reply = await self._ask(Request("GET", self.base_url + path, wants_list=True))
        items: list[Any] = reply.body.get(_ITEMS, []) if reply.found else []
        return items

    async def _ask(self, request: Request) -> Reply:
        status, answer = await self._send(request, renewed=False)
        if status == _UNAUTHORIZED:
            status, answer = await self._send(request, renewed=True)
        if status == _UNAUTHORIZED:
            raise ProviderAuth("unauthorized", provider=self.provider, detail=vendor_code(answer))
        if status == _FORBIDDEN:
            raise ProviderAuth("not_permitted", provider=self.provider, detail=vendor_code(answer))
        if status in {_NOT_FOUND, _GONE}:
            return Reply(found=False, body=answer)
        if status >= _REDIRECT:
            raise ProviderRefused("refused", provider=self.provider, detail=vendor_code(answer) or str(status))
        return Reply(found=True, body=answer)

    async def _send(self, request: Request, *, renewed: bool) -> tuple[int, Json]:
        """Send a request once and return the status with the JSON object of the answer."""
        headers = {**request.headers, "Authorization": await self.authorize(renewed)}
        status, raw = await send_once(self.session, self.provider, replace(request, headers=headers))
        return status, self._read(status, raw, wants_list=request.wants_list and status < _REDIRECT)

    def _read(self, status: int, raw: bytes, *, wants_list: bool) -> Json:
        if not raw.strip():
            return {}
        try:
            read = json.loads(raw)
        except (ValueError, RecursionError):
            read = None
        if wants_list and isinstance(read, list):
            return {_ITEMS: read}
        if not wants_list and isinstance(read, dict):
            return read
        if status >= _REDIRECT:
            return {}
        raise ProviderDown("unreadable_answer", provider=self.provider, detail=str(status))


async def send_once(session: aiohttp.ClientSession, provider: str, request: Request) -> tuple[int, bytes]:
    """Send a request once, following no redirect, and return the status with the raw answer.

    Raises:
        ProviderDown: when the server was not reached, failed, answered too much or wants fewer requests.
    """
    sending = session.request(
        request.method,
        request.url,
        json=request.body,
        data=request.form,
        params=request.params,
        headers=request.headers,
        allow_redirects=False,
    )
    try:
        async with sending as response:
            if response.status == _TOO_MANY:
                wait_s = retry_after_s(response.headers.get("Retry-After", ""), now())
                if wait_s > LONG_S:
                    raise ProviderDown("limit_reached", provider=provider, retry_after_s=wait_s)
                raise ProviderDown("rate_limited", provider=provider, retry_after_s=wait_s)
            if response.status >= _SERVER_ERROR:
                raise ProviderDown("server_error", provider=provider, detail=str(response.status))
            raw = await _read_all(response.content)
    except (aiohttp.ClientError, OSError) as error:
        raise ProviderDown("not_reached", provider=provider, detail=type(error).__name__) from error
    if len(raw) > ANSWER_MAX_BYTES:
        raise ProviderDown("unreadable_answer", provider=provider, detail=str(response.status))
    return response.status, raw


async def _read_all(content: aiohttp.StreamReader) -> bytes:
    """Return a whole answer, in however many parts it comes, or as much of it as shows that it is too long."""
    raw = bytearray()
    async for part in content.iter_any():
        raw += part
        if len(raw) > ANSWER_MAX_BYTES:
            break
    return bytes(raw)


def retry_after_s(value: str, present: datetime) -> float:
    """Return how long a `Retry-After` asks to wait: seconds, an HTTP date or an ISO date; 0 when it says nothing."""
    if value.isascii() and value.isdigit() and len(value) <= len("99999"):
        return float(value)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = read(value)
        except (ValueError, TypeError):
            continue
        aware = time if time.tzinfo is not None else time.replace(tzinfo=UTC)
        return max(0.0, (aware - present).total_seconds())
    return 0.0


def vendor_code(answer: Json) -> str:
    """Return the vendor's own code of a refusal, wherever vendors put it; never their text, which may hold data."""
    for place in (answer, answer.get("error"), answer.get("errors")):
        first = place[0] if isinstance(place, list) and place else place
        if isinstance(first, str):
            return first[:80]
        if isinstance(first, dict):
            for name in ("code", "errorCode", "status", "error", "info"):
                if isinstance(first.get(name), str | int):
                    return str(first[name])[:80]
    return ""
