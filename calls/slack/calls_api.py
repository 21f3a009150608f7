"""Slack's Calls API: six methods, each with every argument it takes.

Guide: https://docs.slack.dev/apis/web-api/using-the-calls-api
Slack allows each method about 50 times a minute in a workspace (Tier 3,
https://docs.slack.dev/apis/web-api/rate-limits), and states no limit for titles or the number of people.
Every method raises a SlackError for every outcome but success; only what is special is said at each.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from calls.errors import SlackOutcomeUnknown, StateError
from calls.slack.call_objects import ExternalUser, SlackCall, SlackUser, parse_call, user_body
from calls.slack.web import SlackWeb

AnyUser = SlackUser | ExternalUser


class CallsApi:
    """The six methods, for any workspace the app is installed in."""

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    async def add(  # noqa: PLR0913 - one parameter for each of Slack's
        self,
        team_id: str,
        *,
        external_unique_id: str,
        join_url: str,
        created_by: str | None = None,
        date_start: datetime | None = None,
        desktop_app_join_url: str | None = None,
        external_display_id: str | None = None,
        title: str | None = None,
        users: Sequence[AnyUser] = (),
    ) -> SlackCall:
        """Register a call.

        What a repetition with the same `external_unique_id` does is not documented; a call that is in no message
        is seen by nobody. Scope `calls:write`.

        Args:
            external_unique_id: our id of the call, unique among all our calls.
            join_url: where people join.
            created_by: the Slack user who started it; Slack asks for it whenever a bot token is used.
            date_start: when it began, aware; sent in whole seconds. Slack takes the present time without it.
            desktop_app_join_url: opens the meeting's desktop program.
            external_display_id: what people may read out to each other.
            title: shown on the card.
            users: who is in it already.

        Raises:
            SlackUserNotFound: when `created_by` or one of `users` is not known in the workspace.
            SlackNotAllowed: when `created_by` may not start calls.
            StateError: when the arguments make no sense.

        Source: https://docs.slack.dev/reference/methods/calls.add
        """
        body = {
            "external_unique_id": _filled(external_unique_id, "external_unique_id"),
            "join_url": _filled(join_url, "join_url"),
            "created_by": created_by,
            "date_start": _unix_s(date_start),
            "desktop_app_join_url": desktop_app_join_url,
            "external_display_id": external_display_id,
            "title": title,
            "users": [user_body(user) for user in users] or None,
        }
        return _present("calls.add", await self._call(team_id, "calls.add", body))

    async def end(self, team_id: str, call_id: str, *, duration_s: int | None = None) -> SlackCall | None:
        """End a call; its card then says so, wherever it is. Scope `calls:write`.

        Args:
            call_id: Slack's id of the call (`R…`).
            duration_s: how long it lasted in whole seconds, 0 or more; Slack counts for itself without it.

        Returns:
            The call, or None where Slack says no more than yes.

        Raises:
            SlackCallGone: when it has ended already or was never there.
            StateError: when the duration is negative.

        Source: https://docs.slack.dev/reference/methods/calls.end
        """
        if duration_s is not None and duration_s < 0:
            raise StateError("negative_duration", detail=str(duration_s))
        return await self._call(team_id, "calls.end", {"id": _filled(call_id, "id"), "duration": duration_s})

    async def info(self, team_id: str, call_id: str) -> SlackCall:
        """Return what Slack knows of a call: who is in it, and in which conversations it was posted.

        Scope `calls:read`.

        Raises:
            SlackCallGone: when there is no such call.

        Source: https://docs.slack.dev/reference/methods/calls.info
        """
        return _present("calls.info", await self._call(team_id, "calls.info", {"id": _filled(call_id, "id")}))

    async def update(
        self,
        team_id: str,
        call_id: str,
        *,
        title: str | None = None,
        join_url: str | None = None,
        desktop_app_join_url: str | None = None,
    ) -> SlackCall | None:
        """Change what is given, on every card of the call. Scope `calls:write`.

        Returns:
            The call, or None where Slack says no more than yes.

        Raises:
            SlackCallGone: when there is no such call.
            StateError: when nothing is to be changed, which Slack would refuse.

        Source: https://docs.slack.dev/reference/methods/calls.update
        """
        changes = {"title": title, "join_url": join_url, "desktop_app_join_url": desktop_app_join_url}
        if not any(value is not None for value in changes.values()):
            raise StateError("nothing_to_change", detail="calls.update")
        return await self._call(team_id, "calls.update", {"id": _filled(call_id, "id"), **changes})

    async def participants_add(self, team_id: str, call_id: str, users: Sequence[AnyUser]) -> SlackCall | None:
        """Show people as in a call. Scope `calls:write`.

        Args:
            users: one or more who are not in it yet.

        Returns:
            The call, or None where Slack says no more than yes.

        Raises:
            SlackBadUsers: when one of them is in it already; whether the others were added is not documented.
            SlackUserNotFound: when one of them is not known in the workspace.
            SlackCallGone: when the call has ended or was never there.
            StateError: when nobody is given.

        Source: https://docs.slack.dev/reference/methods/calls.participants.add
        """
        return await self._send_people(team_id, "calls.participants.add", call_id, users)

    async def participants_remove(self, team_id: str, call_id: str, users: Sequence[AnyUser]) -> SlackCall | None:
        """Show people as no longer in a call. Scope `calls:write`.

        Args:
            users: one or more who are in it.

        Returns:
            The call, or None where Slack says no more than yes.

        Raises:
            SlackBadUsers: when one of them is not in it; whether the others were removed is not documented.
            SlackUserNotFound: when one of them is not known in the workspace.
            SlackCallGone: when the call has ended or was never there.
            StateError: when nobody is given.

        Source: https://docs.slack.dev/reference/methods/calls.participants.remove
        """
        return await self._send_people(team_id, "calls.participants.remove", call_id, users)

    async def _send_people(self, team_id: str, method: str, call_id: str, users: Sequence[AnyUser]) -> SlackCall | None:
        if not users:
            raise StateError("nobody_given", detail=method)
        body = {"id": _filled(call_id, "id"), "users": [user_body(user) for user in users]}
        return await self._call(team_id, method, body)

    async def _call(self, team_id: str, method: str, body: dict[str, Any]) -> SlackCall | None:
        given = {name: value for name, value in body.items() if value is not None}
        return parse_call((await self._web.call(team_id, method, given)).data)


def _present(method: str, call: SlackCall | None) -> SlackCall:
    """Return the call of an answer that must hold one."""
    if call is None:
        raise SlackOutcomeUnknown("incomplete_answer", method, detail="no call")
    return call


def _filled(value: str, name: str) -> str:
    if not value:
        raise StateError("empty_value", detail=name)
    return value


def _unix_s(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    if moment.utcoffset() is None:
        raise StateError("naive_time", detail="date_start")
    return int(moment.timestamp())
