"""The events `team_access_revoked` and `team_access_granted`: workspaces that an organisation's token works in, or not.

Sources: https://docs.slack.dev/reference/events/team_access_revoked,
https://docs.slack.dev/reference/events/team_access_granted
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from slack_bolt.async_app import AsyncAck

from calls.installing import AccessChange
from calls.model import TeamId
from listeners.answer import answer_event
from listeners.request_body import Body
from listeners.routes import Listener

AccessChanged = Callable[[AccessChange], Awaitable[None]]
"""Notes that workspaces were added or taken away."""


async def changed_nowhere(_change: AccessChange) -> None:
    """Do nothing: where one token is set, no organisation has installed the app."""


def team_access(changed: AccessChanged) -> Listener:
    """Return the listener of both events; it is acknowledged once it is stored, and else comes again."""

    async def handle_team_access(ack: AsyncAck, body: Body) -> None:
        authorized: Body = next(iter(body.get("authorizations") or []), {})
        enterprise_id = authorized.get("enterprise_id") or body.get("enterprise_id")
        if not enterprise_id:
            await ack()
            return
        event = body["event"]
        change = AccessChange(
            enterprise_id=enterprise_id,
            team_ids=tuple(TeamId(team_id) for team_id in event["team_ids"]),
            is_granted=event["type"] == "team_access_granted",
            at=datetime.fromtimestamp(int(body["event_time"]), UTC),
        )
        await answer_event(ack, body, changed(change))

    return handle_team_access
