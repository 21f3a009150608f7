"""Pull what Google published from Pub/Sub, which needs no address at which Google could reach us.

Source: https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass

from calls.errors import ProviderError
from providers.remote_api import Json, RemoteApi

_log = logging.getLogger(__name__)

MESSAGES_MAX = 100
PULLS_APART_S = 0.5
"""How long two pulls that bring nothing are apart at least; Google keeps the first waiting much longer."""

PAUSE_S, PAUSE_MAX_S = 1.0, 30.0
"""How long to wait after a pull that failed, and at most after many."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message with what it is acknowledged by."""

    ack_id: str
    content: Json


class Inbox:
    """One subscription of Pub/Sub's, read by everybody who has its name: a message goes to one of them."""

    def __init__(self, api: RemoteApi, subscription: str) -> None:
        """Ask nothing yet."""
        self._api = api
        self._path = f"/v1/{subscription}"
        self._pause_s = 0.0

    async def pull(self) -> list[Message]:
        """Return what there is, once there is something or a while has passed; nothing where Pub/Sub fails."""
        began = time.monotonic()
        try:
            reply = await self._api.ask("POST", f"{self._path}:pull", body={"maxMessages": MESSAGES_MAX})
        except ProviderError as error:
            await self._wait_longer(error)
            return []
        if self._pause_s:
            _log.info("Google Meet tells again what happens in meetings.")
            self._pause_s = 0.0
        messages = _messages(reply.body)
        if not messages:
            await asyncio.sleep(max(0.0, PULLS_APART_S - (time.monotonic() - began)))
        return messages

    async def acknowledge(self, message: Message) -> None:
        """Say that a message was taken; one that is not will come again, which does no harm."""
        try:
            await self._api.ask("POST", f"{self._path}:acknowledge", body={"ackIds": [message.ack_id]})
        except ProviderError as error:
            _log.debug("a message of Pub/Sub's could not be acknowledged and will come again: %s", error)

    async def may_pull(self) -> bool:
        """Say whether we are allowed to; asking needs no permission, and a missing subscription is no error."""
        wanted = "pubsub.subscriptions.consume"
        reply = await self._api.ask("POST", f"{self._path}:testIamPermissions", body={"permissions": [wanted]})
        return wanted in (reply.body.get("permissions") or ())

    async def _wait_longer(self, error: ProviderError) -> None:
        if not self._pause_s:
            _log.warning("Google Meet does not tell what happens in meetings: %s", error)
        self._pause_s = min(PAUSE_MAX_S, max(PAUSE_S, 2 * self._pause_s))
        await asyncio.sleep(self._pause_s)


def _messages(answer: Json) -> list[Message]:
    found = answer.get("receivedMessages")
    received = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [
        Message(one["ackId"], one["message"] if isinstance(one.get("message"), dict) else {})
        for one in received
        if isinstance(one.get("ackId"), str)
    ]
