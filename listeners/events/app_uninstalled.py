"""The events `app_uninstalled` and `tokens_revoked`, in whatever order they come: the app was removed.

Sources: https://docs.slack.dev/reference/events/app_uninstalled, https://docs.slack.dev/reference/events/tokens_revoked
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from slack_bolt.async_app import AsyncAck

from listeners.answer import answer_event
from listeners.request_body import Body
from listeners.routes import Listener

Removed = Callable[[str, str | None, datetime], Awaitable[None]]
"""Notes that the app was removed: a workspace or nothing for the whole organisation, the organisation, and when."""


async def removed_nowhere(_team_id: str, _enterprise_id: str | None, _at: datetime) -> None:
    """Do nothing: where one token is set, what Slack says of it is found out when it is used."""


def app_uninstalled(removed: Removed) -> Listener:
    """Return the listener of both events; it is acknowledged once it is stored, and else comes again."""

    async def handle_app_uninstalled(ack: AsyncAck, body: Body) -> None:
        event = body["event"]
        is_ours = event["type"] == "app_uninstalled" or bool((event.get("tokens") or {}).get("bot"))
        if not is_ours:
            await ack()
            return
        work = removed(*_place(body), datetime.fromtimestamp(int(body["event_time"]), UTC))
        await answer_event(ack, body, work)

    return handle_app_uninstalled


def _place(body: Body) -> tuple[str, str | None]:
    """Return the workspace, or nothing for a whole organisation, and the organisation.

    Slack names what the event is for among the authorizations, and an organisation's own id may stand in for a team's.
    """
    granted: Body = next(iter(body.get("authorizations") or []), {})
    team_id = str(granted.get("team_id") or body.get("team_id") or "")
    enterprise_id = granted.get("enterprise_id") or body.get("enterprise_id")
    if team_id.startswith("E"):
        return "", team_id
    if granted.get("is_enterprise_install") or body.get("is_enterprise_install"):
        return "", enterprise_id
    return team_id, enterprise_id
