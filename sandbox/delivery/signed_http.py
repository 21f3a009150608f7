"""Signed HTTP: the same deliveries as POST requests.

Sources: https://docs.slack.dev/authentication/verifying-requests-from-slack, https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from sandbox.delivery.ack import ACK_TIMEOUT_S, Ack, DeliveryKind
from sandbox.workspace import Json, Workspace

_FORM = "application/x-www-form-urlencoded"


class SignedHttp:
    """Posts deliveries to the app's request URL.

    Args:
        session: the client session to post with.
        url: where everything goes: events, commands and interactions.
        ack_timeout_s: how long the app has to answer.
    """

    def __init__(
        self, workspace: Workspace, session: aiohttp.ClientSession, url: str, *, ack_timeout_s: float = ACK_TIMEOUT_S
    ) -> None:
        """Post nothing yet."""
        self._workspace = workspace
        self._session = session
        self.url = url
        self._timeout = aiohttp.ClientTimeout(total=ack_timeout_s)

    async def deliver(self, kind: DeliveryKind, payload: Json, retry_attempt: int = 0, retry_reason: str = "") -> Ack:
        """Post one delivery and return the answer."""
        body, content_type = _encode(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0", **self._signature(body)}
        if retry_attempt:
            headers |= {"X-Slack-Retry-Num": str(retry_attempt), "X-Slack-Retry-Reason": retry_reason}
        try:
            async with self._session.post(
                self.url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
            ) as response:
                return _read_answer(response.status, response.headers, await response.text(errors="replace"))
        except TimeoutError:
            return Ack("operation_timeout", retry_reason="http_timeout")
        except (aiohttp.ClientError, OSError):
            return Ack("dispatch_failed", retry_reason="connection_failed")

    def _signature(self, body: str) -> dict[str, str]:
        timestamp = str(int(self._workspace.now()))
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
    if status != HTTPStatus.OK:
        return Ack(
            "http_client_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "http_service_error",
            retry_reason="http_error",
            no_retry=no_retry,
        )
    try:
        payload = json.loads(text) if text.strip() else {}
    except ValueError:
        payload = {"text": text}
    return Ack(payload=payload if isinstance(payload, dict) else {"text": text}, no_retry=no_retry)
