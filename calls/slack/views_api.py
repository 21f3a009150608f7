"""Show dialogs and the app's Home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calls.slack.answers import object_in, text_in
from calls.slack.web import SlackWeb


@dataclass(frozen=True, slots=True)
class ShownView:
    """A dialog or Home as Slack shows it now; both fields are None where Slack did not say.

    Args:
        view_id: names it in `update`.
        view_hash: changes with every change of it.
    """

    view_id: str | None
    view_hash: str | None


class ViewsApi:
    """Dialogs and Home in any workspace the app is installed in; these methods need no scope.

    Every method raises a SlackError for every outcome but success. A view has at most 250 kB.
    """

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    async def open(self, team_id: str, trigger_id: str, view: Mapping[str, Any]) -> ShownView:
        """Open a dialog for whoever pressed or typed.

        Args:
            trigger_id: came with the press or command; good once, for 3 seconds.

        Raises:
            SlackTriggerExpired: when it came too late or was used.

        Source: https://docs.slack.dev/reference/methods/views.open
        """
        return await self._show(team_id, "views.open", {"trigger_id": trigger_id, "view": view})

    async def update(
        self, team_id: str, view_id: str, view: Mapping[str, Any], *, view_hash: str | None = None
    ) -> ShownView:
        """Put a view in the place of one that is open.

        Args:
            view_hash: when given, the view is only replaced if it is still this one.

        Raises:
            SlackViewGone: when it was closed, or changed since `view_hash`.

        Source: https://docs.slack.dev/reference/methods/views.update
        """
        body: dict[str, Any] = {"view_id": view_id, "view": view}
        if view_hash is not None:
            body["hash"] = view_hash
        return await self._show(team_id, "views.update", body)

    async def publish(self, team_id: str, user_id: str, view: Mapping[str, Any]) -> ShownView:
        """Show a person's Home of the app.

        Raises:
            SlackNotAllowed: when the app's Home tab is switched off (`not_enabled`).

        Source: https://docs.slack.dev/reference/methods/views.publish
        """
        return await self._show(team_id, "views.publish", {"user_id": user_id, "view": view})

    async def _show(self, team_id: str, method: str, body: Mapping[str, Any]) -> ShownView:
        view = object_in((await self._web.call(team_id, method, body)).data, "view") or {}
        return ShownView(text_in(view, "id"), text_in(view, "hash"))
