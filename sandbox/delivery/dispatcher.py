"""Deliver to the app by the one way it asked for, repeat events it missed, and write down every delivery."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from sandbox.clock import Clock
from sandbox.delivery.ack import Ack, DeliveryKind
from sandbox.delivery.faults import DeliveryFaults
from sandbox.delivery.payloads import event_callback
from sandbox.workspace import Json, Traffic, Workspace

RETRY_AFTER_S = (1.0, 60.0, 300.0)
"""How long after each failure an event is sent again; Slack calls the first one "nearly immediately".

Source: https://docs.slack.dev/apis/events-api#retries
"""

_MESSAGE_EVENT = {
    "channel": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}


_LOST = Ack("dispatch_failed", retry_reason="connection_failed")
_ANSWER_LOST = Ack("operation_timeout", retry_reason="http_timeout")


class Way(Protocol):
    """A way of reaching the app: Socket Mode or signed HTTP."""

    async def deliver(self, kind: DeliveryKind, payload: Json, retry_attempt: int = 0, retry_reason: str = "") -> Ack:
        """Send one delivery and wait for the answer."""


class Dispatcher:
    """Sends everything the app is told.

    Args:
        way: how the app is reached.
        clock: by which it waits before it repeats an event.
        faults: what is to go wrong on the way.
        time_scale: 1.0 repeats events after Slack's own waits, 0.01 a hundred times as fast.
    """

    def __init__(
        self,
        workspace: Workspace,
        way: Way,
        clock: Clock,
        faults: DeliveryFaults,
        *,
        time_scale: float = 1.0,
    ) -> None:
        """Send nothing yet."""
        self._workspace = workspace
        self._way = way
        self._clock = clock
        self._faults = faults
        self._time_scale = time_scale
        self._events: set[asyncio.Task[None]] = set()
        self._closed = False

    async def deliver(self, kind: DeliveryKind, name: str, payload: Json) -> Ack:
        """Deliver a command or an interaction, which Slack never repeats.

        Args:
            name: how the inspector calls it, such as `/startcall` or `block_actions`.
        """
        return await self._attempt(kind, name, payload)

    def tell(self, event: Json, channel_id: str | None = None) -> None:
        """Send an event in the background, if the app subscribed to it and may see where it happened.

        Args:
            channel_id: the conversation it happened in, or None for none in particular.
        """
        reason = self._not_sent_because(event, channel_id)
        if reason is not None:
            at_s = self._workspace.now()
            self._workspace.log(Traffic(at_s, "delivery", str(event["type"]), event, {"not_sent": reason}, 0))
            return
        task = asyncio.get_running_loop().create_task(self._send_event(event_callback(self._workspace, event)))
        self._events.add(task)
        task.add_done_callback(self._events.discard)

    async def close(self) -> None:
        """Give up on events that are still to be repeated, and send no more."""
        self._closed = True
        for task in tuple(self._events):
            task.cancel()
        await asyncio.gather(*self._events, return_exceptions=True)

    async def _send_event(self, payload: Json) -> None:
        name, reason = str(payload["event"]["type"]), ""
        for attempt, wait_s in enumerate((0.0, *RETRY_AFTER_S)):
            await self._clock.sleep(wait_s * self._time_scale)
            ack = await self._attempt("events_api", name, payload, attempt, reason)
            if ack.is_ok or ack.no_retry:
                return
            reason = ack.retry_reason

    async def _attempt(self, kind: DeliveryKind, name: str, payload: Json, attempt: int = 0, reason: str = "") -> Ack:
        """Deliver as well as the planned faults let it."""
        fault = self._faults.take(name)
        if fault is None:
            return await self._deliver_once(kind, name, payload, attempt, reason)
        if fault.delay_s > 0:
            await asyncio.sleep(fault.delay_s)
        if fault.kind == "lost":
            self._log(self._workspace.now(), name, payload, _LOST, attempt=attempt)
            return _LOST
        heard = fault.kind != "answer_lost"
        ack = await self._deliver_once(kind, name, payload, attempt, reason, heard=heard)
        if fault.kind == "twice":
            again = attempt + 1 if kind == "events_api" else attempt
            await self._deliver_once(kind, name, payload, again, _ANSWER_LOST.retry_reason)
        return ack

    async def _deliver_once(
        self, kind: DeliveryKind, name: str, payload: Json, attempt: int, reason: str, *, heard: bool = True
    ) -> Ack:
        at_s, started_s = self._workspace.now(), time.monotonic()
        ack = await self._way.deliver(kind, payload, attempt, reason)
        took_ms = (time.monotonic() - started_s) * 1000
        ack = ack if heard else _ANSWER_LOST
        self._log(at_s, name, payload, ack, took_ms=took_ms, attempt=attempt)
        return ack

    def _not_sent_because(self, event: Json, channel_id: str | None) -> str | None:
        """Return why an event is not sent, or None when it is."""
        name = str(event["type"])
        channel = self._workspace.channels.get(channel_id or "")
        if name == "message" and channel is not None:
            name = _MESSAGE_EVENT[channel.kind]
        installation = self._workspace.installation
        if self._closed:
            return "The local Slack is stopping."
        if name not in installation.manifest.bot_events:
            return f"{name} is not among the manifest's bot_events."
        if channel is not None and installation.bot_user_id not in channel.members:
            where = f"#{channel.name}" if channel.kind in {"channel", "private"} else "that conversation"
            return f"The app is no member of {where}."
        return None

    def _log(self, at_s: float, name: str, payload: Json, ack: Ack, *, took_ms: float = 0.0, attempt: int = 0) -> None:
        answer, status = (ack.payload, 200) if ack.is_ok else ({"failure": ack.failure}, 0)
        entry = Traffic(at_s, "delivery", name, payload, answer, status, took_ms=took_ms, attempt=attempt)
        self._workspace.log(entry)
