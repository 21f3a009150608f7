"""Janus's HTTP API, as far as requests to a plugin need it.

Each request has a session of its own, opened before it and closed after it. A session kept open would have to be kept
alive, would be lost with each restart of Janus, and could be lost between two requests of ours: all of that would need
handling, to save three short requests to what is mostly the same machine. One that is left behind by an error is
closed by Janus after a minute.

Source: https://janus.conf.meetecho.com/docs/rest.html
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import Callable, Coroutine
from typing import Any, Final

import aiohttp

from calls.errors import ProviderAuth, ProviderDown, ProviderError, ProviderRefused
from providers.janus.signed_token import PLUGIN

NAME: Final = "janus"

Answer = dict[str, Any]

_log = logging.getLogger(__name__)

_ANSWERS_WITHIN_S = 8.0
_ANSWER_MAX_BYTES = 1_048_576
_CHUNK_BYTES = 65_536
_DETAIL_MAX_CHARS = 200

_AUTH_STATUSES = frozenset({401, 403, 407})
_TOO_MANY = 429
_NOT_OK = 300
_SERVER_ERROR = 500

# https://github.com/meetecho/janus-gateway/blob/v1.1.2/src/apierror.h
_AUTH_CODES = frozenset({403, 405})
_LOST_CODES = frozenset({458, 459})


class JanusApi:
    """Asks a Janus.

    Args:
        url: of the HTTP API, without a slash at its end.
        token: makes a token for one request.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str, token: Callable[[], str]) -> None:
        self._session = session
        self._url = url
        self._token = token
        self._is_down = False

    async def info(self) -> Answer:
        """Return what Janus tells everybody about itself.

        Raises:
            ProviderError: when it does not answer as Janus does.
        """
        return await self._timed(self._exchange("GET", "/info", None))

    async def ask_video_rooms(self, body: Answer) -> Answer:
        """Send one request to the video rooms, and return their answer, which may be one of theirs that says no.

        Raises:
            ProviderError: when it did not get to them.
        """
        return await self._timed(self._ask(body, self._token()))

    async def _ask(self, body: Answer, token: str) -> Answer:
        session = await self._post("", token, janus="create")
        path = f"/{_id_in(session)}"
        handle = await self._post(path, token, janus="attach", plugin=PLUGIN)
        answer = await self._post(f"{path}/{_id_in(handle)}", token, janus="message", body=body)
        await self._post(path, token, janus="destroy")
        try:
            data = answer["plugindata"]["data"]
        except (KeyError, TypeError) as error:
            raise _not_understood() from error
        if not isinstance(data, dict):
            raise _not_understood()
        return data

    async def _post(self, path: str, token: str, **request: object) -> Answer:
        """Send one request to Janus itself."""
        asked = {**request, "token": token, "transaction": secrets.token_hex(8)}
        answer = await self._exchange("POST", path, asked)
        if answer["janus"] == "error":
            raise _refusal(answer.get("error"))
        return answer

    async def _exchange(self, method: str, path: str, asked: Answer | None) -> Answer:
        """Send one HTTP request and read its answer.

        A connection kept open from before may be closed by now. Everything asked of Janus here may be asked twice.
        """
        try:
            try:
                return await self._exchange_once(method, path, asked)
            except aiohttp.ServerDisconnectedError:
                return await self._exchange_once(method, path, asked)
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderDown("unreachable", provider=NAME, detail=_reason(error)) from error

    async def _exchange_once(self, method: str, path: str, asked: Answer | None) -> Answer:
        async with self._session.request(method, self._url + path, json=asked, allow_redirects=False) as response:
            _check_status(response.status)
            return _parsed(await _body(response))

    async def _timed(self, asking: Coroutine[None, None, Answer]) -> Answer:
        """Wait for an answer, and log once when Janus goes down and once when it is back."""
        try:
            answer = await _soon(asking)
        except ProviderDown as error:
            if not self._is_down:
                _log.warning("Janus does not answer, calls there have to wait: %s", error.detail)
            self._is_down = True
            raise
        if self._is_down:
            _log.warning("Janus answers again.")
        self._is_down = False
        return answer


async def _soon(asking: Coroutine[None, None, Answer]) -> Answer:
    try:
        async with asyncio.timeout(_ANSWERS_WITHIN_S):
            return await asking
    except TimeoutError as error:
        detail = f"no answer within {_ANSWERS_WITHIN_S:.0f} s"
        raise ProviderDown("unreachable", provider=NAME, detail=detail) from error


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """Read an answer, and no more than one can have."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        body += chunk
        if len(body) > _ANSWER_MAX_BYTES:
            raise _not_understood()
    return bytes(body)


def _parsed(body: bytes) -> Answer:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _not_understood() from error
    if not isinstance(answer, dict) or not isinstance(answer.get("janus"), str):
        raise _not_understood()
    return answer


def _check_status(status: int) -> None:
    """Raise what an HTTP status means that not Janus gives, but a web server before it, or at a wrong address."""
    detail = f"HTTP status {status}"
    if status >= _SERVER_ERROR or status == _TOO_MANY:
        raise ProviderDown("unreachable", provider=NAME, detail=detail)
    if status in _AUTH_STATUSES:
        raise ProviderAuth("unauthorized", provider=NAME, detail=detail)
    if status >= _NOT_OK:
        raise ProviderRefused("unreadable_answer", provider=NAME, detail=detail)


def _refusal(error: object) -> ProviderError:
    """Return what an error of Janus itself means."""
    if not isinstance(error, dict):
        return _not_understood()
    code, detail = error.get("code"), str(error.get("reason"))[:_DETAIL_MAX_CHARS]
    if code in _AUTH_CODES:
        return ProviderAuth("unauthorized", provider=NAME, detail=detail)
    if code in _LOST_CODES:
        return ProviderDown("server_error", provider=NAME, detail=detail)
    return ProviderRefused("refused", provider=NAME, detail=f"{code} {detail}")


def _id_in(answer: Answer) -> int:
    """Return the id of what Janus has made."""
    data = answer.get("data")
    made = data.get("id") if isinstance(data, dict) else None
    if not isinstance(made, int):
        raise _not_understood()
    return made


def _not_understood() -> ProviderDown:
    """Return what nonsense means: something else answers in Janus's place for a while, such as a page of a proxy."""
    return ProviderDown("unreadable_answer", provider=NAME, detail="the answer is not one of Janus's")


def _reason(error: Exception) -> str:
    """Name a failure of the network for the log."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or type(error).__name__
    return type(error).__name__
