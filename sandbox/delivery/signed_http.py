"""Signed HTTP: the same deliveries as POST requests.

Sources: https://docs.slack.dev/authentication/verifying-requests-from-slack, https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from sandbox.delivery.ack import ACK_TIMEOUT_S, Ack, DeliveryKind
from sandbox.workspace import Json, Workspace

REDIRECTS_MAX = 2
"""How many redirects an event follows. Source: https://docs.slack.dev/apis/events-api#errors"""

_FORM = "application/x-www-form-urlencoded"


class SignedHttp:
    """Posts deliveries to the app's request URL.

    Args:
        session: the client session to post with.
        url: where everything goes: events, commands and interactions. None posts each to the address that the manifest
            gives for it.
        now: the clock that signatures go by, in Unix seconds.
        ack_timeout_s: how long the app has to answer.
    """

    def __init__(
        self,
        workspace: Workspace,
        session: aiohttp.ClientSession,
        url: str | None,
        *,
        now: Callable[[], float],
        ack_timeout_s: float = ACK_TIMEOUT_S,
    ) -> None:
        """Post nothing yet."""
        self._workspace = workspace
        self._now = now
        self._session = session
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=ack_timeout_s)

    async def deliver(self, kind: DeliveryKind, payload: Json, retry_attempt: int = 0, retry_reason: str = "") -> Ack:
        """Post one delivery and return the answer."""
        body, content_type = _encode(kind, payload)
        headers = {"Content-Type": content_type}
        if retry_attempt:
            headers |= {"X-Slack-Retry-Num": str(retry_attempt), "X-Slack-Retry-Reason": retry_reason}
        return await self._post(self._address(kind, payload), body, headers, follow=kind == "events_api")

    async def verify(self) -> bool:
        """Ask for the answer to a challenge, as Slack does before it takes an address as a request URL.

        Source: https://docs.slack.dev/reference/events/url_verification
        """
        challenge = secrets.token_urlsafe(30)
        body = json.dumps({"type": "url_verification", "challenge": challenge})
        url = self._address("events_api", {})
        ack = await self._post(url, body, {"Content-Type": "application/json"}, follow=False)
        return ack.is_ok and challenge in {ack.payload.get("challenge"), str(ack.payload.get("text")).strip()}

    def _address(self, kind: DeliveryKind, payload: Json) -> str:
        if self._url is not None:
            return self._url
        manifest = self._workspace.installation.manifest
        if kind == "events_api":
            return manifest.events_request_url
        if payload.get("type") == "block_suggestion" and manifest.options_load_url:
            return manifest.options_load_url
        command = manifest.command(payload.get("command", ""))
        return command.url if command is not None else manifest.interactivity_request_url

    async def _post(self, url: str, body: str, headers: Mapping[str, str], *, follow: bool) -> Ack:
        """Post and say how it went; only events follow redirects."""
        signed = {**headers, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)", **self._signature(body)}
        try:
            async with self._session.post(
                url,
                data=body.encode(),
                headers=signed,
                timeout=self._timeout,
                allow_redirects=follow,
                max_redirects=REDIRECTS_MAX + 1,
            ) as response:
                return _read_answer(response.status, response.headers, await response.text(errors="replace"))
        except TimeoutError:
            return Ack("operation_timeout", retry_reason="http_timeout")
        except aiohttp.TooManyRedirects:
            return Ack("http_redirect_error", retry_reason="too_many_redirects")
        except aiohttp.ClientSSLError:
            return Ack("dispatch_failed", retry_reason="ssl_error")
        except aiohttp.ClientConnectionError:
            return Ack("dispatch_failed", retry_reason="connection_failed")
        except aiohttp.ClientError:
            return Ack("dispatch_failed", retry_reason="unknown_error")

    def _signature(self, body: str) -> dict[str, str]:
        timestamp = str(int(self._now()))
        verifier = SignatureVerifier(self._workspace.installation.signing_secret)
        signature = verifier.generate_signature(timestamp=timestamp, body=body)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature or ""}


def _encode(kind: DeliveryKind, payload: Json) -> tuple[str, str]:
    if kind == "events_api":
        return json.dumps(payload), "application/json"
    if kind == "slash_commands":
        return urlencode(payload), _FORM
    return urlencode({"payload": json.dumps(payload)}), _FORM


def _read_answer(status: int, headers: Mapping[str, str], text: str) -> Ack:
    """Return what an HTTP answer means; a text that is no JSON object is the text of a message."""
    no_retry = headers.get("X-Slack-No-Retry") == "1"
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Ack(_failure(status), retry_reason="http_error", no_retry=no_retry)
    try:
        payload = json.loads(text) if text.strip() else {}
    except ValueError:
        payload = {"text": text}
    return Ack(payload=payload if isinstance(payload, dict) else {"text": text}, no_retry=no_retry)


def _failure(status: int) -> str:
    """Return how Slack names a status to the person who waits."""
    if status < HTTPStatus.BAD_REQUEST:
        return "http_redirect_error"
    return "http_client_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "http_service_error"
