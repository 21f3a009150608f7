"""The event `app_home_opened`: draw the person's Home anew."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.model import Person, TeamId, UserId
from calls.service import CallService
from listeners.payload import Body

_log = logging.getLogger(__name__)


def app_home_opened(calls: CallService) -> Callable[..., Awaitable[None]]:
    """Return the listener of the event."""

    async def handle_app_home_opened(ack: AsyncAck, body: Body) -> None:
        await ack()
        event = body["event"]
        if event.get("tab") != "home":
            return
        try:
            await calls.show_home(Person(TeamId(body["team_id"]), UserId(event["user"])))
        except CallsError as error:
            _log.warning("The Home of %s could not be drawn: %s", event["user"], error)

    return handle_app_home_opened
