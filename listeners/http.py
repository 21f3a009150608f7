"""Signed HTTP: verify the raw bytes, hand them to Bolt, and say when the answer is on the wire.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256

from aiohttp import web
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from calls.measuring import REFUSED_DELIVERIES
from calls.ports import Clock
from calls.profiles import Profiles
from calls.words.language import speaking
from listeners.bolt import bolt_request
from listeners.request_body import Body, UnreadableBodyError, read_body
from listeners.speaking import locale_of
from listeners.taken_in import taken_in

_log = logging.getLogger(__name__)

BODY_MAX_BYTES = 256 * 1024
"""More than Slack ever sends; a longer body is refused before it is read to its end."""

SIGNATURE_WINDOW_S = 300
"""How far a request's time may be from ours, in seconds, either way."""


def slack_events(
    app: AsyncApp, profiles: Profiles, signing_secret: str, now: Clock
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return the handler of `POST /slack/events`.

    Args:
        signing_secret: the app's signing secret; an empty one would make every request valid, so it must not be.
    """
    key = signing_secret.encode()

    async def handle_slack_events(request: web.Request) -> web.Response:
        raw = await request.read()
        if not is_signed(key, request.headers, raw, now().timestamp()):
            REFUSED_DELIVERIES.labels("signature").inc()
            return web.Response(status=401, text="The request is not signed by Slack.")
        try:
            body = read_body(raw, request.content_type)
        except UnreadableBodyError as error:
            REFUSED_DELIVERIES.labels("unreadable").inc()
            _log.warning("A signed request was refused: %s", error)
            return web.Response(status=400, text=str(error))
        with taken_in(body) as taken, speaking(await locale_of(body, profiles)):
            response = _answer(await app.async_dispatch(_bolt_request(request, body)))
            try:
                await response.prepare(request)
                await response.write_eof()
            except ConnectionResetError:
                _log.warning("A request was answered too late: whoever sent it had gone.")
            else:
                taken.status = response.status
        return response

    return handle_slack_events


def is_signed(key: bytes, headers: Mapping[str, str], raw: bytes, now_s: float) -> bool:
    """Say whether a body carries Slack's signature of these bytes, made within the window.

    Args:
        key: the signing secret.
        now_s: our clock, in Unix seconds.
    """
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= len("9999999999")):
        return False
    if abs(now_s - int(timestamp)) > SIGNATURE_WINDOW_S:
        return False
    expected = hmac.new(key, b"v0:%b:%b" % (timestamp.encode(), raw), sha256).hexdigest()
    return hmac.compare_digest(f"v0={expected}".encode(), signature.encode("utf-8", "surrogateescape"))


def _bolt_request(request: web.Request, body: Body) -> AsyncBoltRequest:
    return bolt_request(body, {name: request.headers.getall(name) for name in request.headers})


def _answer(answer: BoltResponse) -> web.Response:
    content_type = answer.first_headers().get("content-type", "text/plain").partition(";")[0]
    return web.Response(status=answer.status, text=answer.body, content_type=content_type)
