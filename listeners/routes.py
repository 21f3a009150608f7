"""Find the listener of a request by its name, however many there are.

Bolt asks every listener in turn whether a request is for it, and gathers some thirty arguments for each question: with
50 listeners an app acknowledges at an eighth of the pace that it has with one. Here one look in a dictionary finds the
listener. To Bolt this is a middleware that answers; registering reads as it does with Bolt itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from listeners.request_body import Body

Listener = Callable[[AsyncAck, Body], Awaitable[None]]
"""Takes a request in: acknowledges it with what the person reads, having handed it over."""

Name = tuple[str, str]
"""What a request is for: its kind, as Slack calls it, and the name Slack knows the command, button, … by."""


class Routes(AsyncMiddleware):
    """The listeners of everything Slack can send."""

    def __init__(self) -> None:
        """Listen to nothing yet."""
        self._listeners: dict[Name, Listener] = {}

    def command(self, command: str) -> Callable[[Listener], None]:
        """Register the listener of a slash command."""
        return self._register("command", command)

    def block_action(self, action_id: str) -> Callable[[Listener], None]:
        """Register the listener of a button or another element of a message, dialog or Home."""
        return self._register("block_actions", action_id)

    def global_shortcut(self, callback_id: str) -> Callable[[Listener], None]:
        """Register the listener of a shortcut from the search bar."""
        return self._register("shortcut", callback_id)

    def message_shortcut(self, callback_id: str) -> Callable[[Listener], None]:
        """Register the listener of a shortcut from a message's menu."""
        return self._register("message_action", callback_id)

    def view_submission(self, callback_id: str) -> Callable[[Listener], None]:
        """Register the listener of a dialog that is sent."""
        return self._register("view_submission", callback_id)

    def event(self, event: str) -> Callable[[Listener], None]:
        """Register the listener of an event."""
        return self._register("event_callback", event)

    def __iter__(self) -> Iterator[Name]:
        """Return the names that there is a listener for."""
        return iter(self._listeners)

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt passes it by this name
    ) -> BoltResponse | None:
        """Answer a request that there is a listener for, and leave any other to Bolt."""
        listener = self._listeners.get(name_of(req.body))
        ack = req.context.ack
        if listener is None:
            await next()
            return resp
        await listener(ack, req.body)
        return ack.response

    def _register(self, kind: str, name: str) -> Callable[[Listener], None]:
        def register(listener: Listener) -> None:
            if (kind, name) in self._listeners:
                raise ValueError((kind, name))
            self._listeners[kind, name] = listener

        return register


def name_of(body: Mapping[str, Any]) -> Name:
    """Return what a request is for; of a kind nobody can listen to, an empty name.

    Source: https://docs.slack.dev/interactivity/handling-user-interaction, https://docs.slack.dev/apis/events-api
    """
    if "command" in body:
        return "command", str(body["command"])
    kind = str(body.get("type"))
    match kind:
        case "block_actions":
            return kind, str(body["actions"][0]["action_id"])
        case "view_submission":
            return kind, str(body["view"]["callback_id"])
        case "event_callback":
            return kind, str(body["event"]["type"])
        case _:
            return kind, str(body.get("callback_id", ""))
