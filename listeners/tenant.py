"""Whose installation a delivery is for: the one workspace whose calls, people and choices it may see and touch.

In a conversation that two workspaces share, Slack names both, and not in the same place for every kind of delivery:

- A dialog or Home says in `view.app_installed_team_id` where the app is installed; `team` is then the workspace of
  whoever pressed.
- A press on a message, and a shortcut, say it in `team`; `user.team_id` is the workspace of whoever pressed.
- An event says it in the first of its `authorizations`, or in `context_team_id`; `team_id` may be the workspace where
  it happened.
- A command says it in `team_id`.

Where the app belongs to an organisation, `team` may be missing; then the dialog's own workspace, and else the person's,
says it.

Sources: https://docs.slack.dev/apis/slack-connect, https://docs.slack.dev/apis/events-api#event-type-structure,
https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calls.model import TeamId


@dataclass(frozen=True, slots=True)
class Tenant:
    """The workspace a delivery is for.

    Args:
        team_id: None where Slack named only the organisation, or nothing.
        enterprise_id: the organisation of exactly this workspace; None where Slack did not say so.
    """

    team_id: TeamId | None
    enterprise_id: str | None = None


def tenant_of(body: Mapping[str, Any]) -> Tenant:
    """Return whose installation a delivery is for."""
    granted = next(iter(body.get("authorizations") or []), None)
    if isinstance(granted, Mapping):
        return _tenant_of_event(body, granted)
    if "command" in body or "event" in body:
        return _tenant(body.get("team_id"), body.get("enterprise_id"))
    return _tenant_of_interaction(body)


def _tenant_of_event(body: Mapping[str, Any], granted: Mapping[str, Any]) -> Tenant:
    team_id, enterprise_id = granted.get("team_id") or body.get("context_team_id"), granted.get("enterprise_id")
    if team_id is not None:
        return _tenant(team_id, enterprise_id)
    is_own = body.get("enterprise_id") in {None, enterprise_id}
    return _tenant(body.get("team_id") if is_own else None, enterprise_id)


def _tenant_of_interaction(body: Mapping[str, Any]) -> Tenant:
    team, view, user = (_mapping(body, name) for name in ("team", "view", "user"))
    installed_in, pressed_in = view.get("app_installed_team_id"), team.get("id")
    if pressed_in is not None and installed_in in {None, pressed_in}:
        return _tenant(pressed_in, _mapping(body, "enterprise").get("id"))
    # The organisation that is named is the one of whoever pressed, who may be of another than the app.
    return _tenant(installed_in or view.get("team_id") or user.get("team_id"))


def _mapping(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _tenant(team_id: object, enterprise_id: object = None) -> Tenant:
    return Tenant(
        TeamId(team_id) if isinstance(team_id, str) and team_id else None,
        enterprise_id if isinstance(enterprise_id, str) and enterprise_id else None,
    )
