"""The bodies Slack sends to an app, built from what the workspace knows.

Sources: https://docs.slack.dev/interactivity/implementing-slash-commands,
https://docs.slack.dev/reference/interaction-payloads, https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

import secrets
from typing import TypeVar

from sandbox.connect import is_shared_place, team_of
from sandbox.messages import message_json
from sandbox.views import view_json
from sandbox.workspace import Channel, Json, Message, ResponseUrl, Trigger, User, View, Workspace

_Passing = TypeVar("_Passing", Trigger, ResponseUrl)

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - Slack's deprecated field, which proves nothing

_OF_ORGANISATIONS = frozenset({"team_access_revoked", "team_access_granted"})
"""Events that name several workspaces of an organisation inside, and none around them."""

CONTEXTS_KEPT = 1_000
"""For how many events, the newest ones, an app can ask whom they were for."""

TRIGGERS_KEPT_S = 600.0
RESPONSE_URLS_KEPT_S = 3_600.0
"""How long an app is told that one has expired; from then on, that it is unknown. Both expire long before."""


def new_trigger(workspace: Workspace, user_id: str, channel_id: str | None = None) -> str:
    """Return a trigger_id, with which the app may open one dialog for the person within 3 seconds."""
    _forget_old(workspace.triggers, workspace.now() - TRIGGERS_KEPT_S)
    trigger_id = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
    workspace.triggers[trigger_id] = Trigger(trigger_id, user_id, workspace.now(), channel_id=channel_id)
    return trigger_id


def new_response_url(workspace: Workspace, channel_id: str, user_id: str, message_ts: str | None = None) -> str:
    """Return a response_url for a conversation and a person.

    Args:
        message_ts: the message a press was on, which `replace_original` then changes.
    """
    _forget_old(workspace.response_urls, workspace.now() - RESPONSE_URLS_KEPT_S)
    url_id = secrets.token_urlsafe(24)
    workspace.response_urls[url_id] = ResponseUrl(url_id, channel_id, user_id, workspace.now(), message_ts)
    return f"{workspace.base_url}/response/{url_id}"


def _forget_old(made: dict[str, _Passing], before_s: float) -> None:
    """Forget what was made before a time; whatever is first in the table is the oldest."""
    while made:
        oldest = next(iter(made.values()))
        if oldest.made_at_s >= before_s:
            return
        del made[oldest.id]


def slash_command(workspace: Workspace, user: User, channel: Channel, command: str, text: str) -> dict[str, str]:
    """Return the form fields of a slash command.

    Args:
        text: already in the form in which Slack sends it.
    """
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team.id,
        "team_domain": workspace.team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        **_enterprise_fields(workspace),
        "api_app_id": workspace.installation.app_id,
        "is_enterprise_install": "true" if workspace.installation.is_org_wide else "false",
        "response_url": new_response_url(workspace, channel.id, user.id),
        "trigger_id": new_trigger(workspace, user.id, channel.id),
    }


def channel_name(channel: Channel) -> str:
    """Return a conversation's name as payloads carry it."""
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)


def message_action(workspace: Workspace, user: User, message: Message, action: Json) -> Json:
    """Return the body of a press on an element of a message; of an ephemeral one it does not hold the message."""
    channel = workspace.channels[message.channel_id]
    shown = {} if message.ephemeral_for else {"message": message_json(workspace, message)}
    under = _under_link(message, action)
    return {
        "type": "block_actions",
        "user": _user(workspace, user),
        **_app(workspace),
        "container": {
            "type": "message" if under is None else "message_attachment",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": message.ephemeral_for is not None,
            **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
            **({} if under is None else _unfurl_place(under)),
        },
        "trigger_id": new_trigger(workspace, user.id, channel.id),
        **_team(workspace),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        **shown,
        **({} if under is None else {"app_unfurl": under}),
        "response_url": new_response_url(workspace, channel.id, user.id, message.ts),
        "actions": [action],
    }


def _under_link(message: Message, action: Json) -> Json | None:
    """Return what an app shows under a link of a message, where the element that was used is part of it."""
    if any(block.get("block_id") == action["block_id"] for block in message.blocks):
        return None
    return next(
        (
            item
            for item in message.attachments
            if any(block.get("block_id") == action["block_id"] for block in item.get("blocks") or [])
        ),
        None,
    )


def _unfurl_place(attachment: Json) -> Json:
    place = {"attachment_id": attachment["id"], "is_app_unfurl": "app_unfurl_url" in attachment}
    return {**place, "app_unfurl_url": attachment.get("app_unfurl_url")}


def view_action(workspace: Workspace, user: User, view: View, action: Json, state: Json) -> Json:
    """Return the body of a press on an element of a dialog or Home."""
    return {
        "type": "block_actions",
        "user": _user(workspace, user),
        **_app(workspace),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": new_trigger(workspace, user.id),
        **_team_of_view(workspace),
        "view": view_json(workspace, view, state=state),
        "actions": [action],
    }


def global_shortcut(workspace: Workspace, user: User, callback_id: str, channel_id: str | None = None) -> Json:
    """Return the body of a global shortcut, which has neither channel nor response_url."""
    return {
        "type": "shortcut",
        "token": VERIFICATION_TOKEN,
        "action_ts": workspace.new_ts(),
        **_team(workspace),
        "user": {"id": user.id, "username": user.name, "team_id": team_of(workspace, user).id},
        "callback_id": callback_id,
        "trigger_id": new_trigger(workspace, user.id, channel_id),
    }


def message_shortcut(workspace: Workspace, user: User, message: Message, callback_id: str) -> Json:
    """Return the body of a shortcut from a message's menu."""
    channel = workspace.channels[message.channel_id]
    return {
        "type": "message_action",
        "token": VERIFICATION_TOKEN,
        "action_ts": workspace.new_ts(),
        **_team(workspace),
        "user": {"id": user.id, "name": user.name, "username": user.name, "team_id": team_of(workspace, user).id},
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "callback_id": callback_id,
        "trigger_id": new_trigger(workspace, user.id, channel.id),
        "response_url": new_response_url(workspace, channel.id, user.id),
        "message_ts": message.ts,
        "message": message_json(workspace, message),
    }


def view_submission(workspace: Workspace, user: User, view: View, state: Json, response_urls: list[Json]) -> Json:
    """Return the body of a dialog that was sent."""
    return {
        "type": "view_submission",
        **_team_of_view(workspace),
        "user": _user(workspace, user),
        **_app(workspace),
        "trigger_id": new_trigger(workspace, user.id),
        "view": view_json(workspace, view, state=state),
        "response_urls": response_urls,
    }


def view_closed(workspace: Workspace, user: User, view: View, *, is_cleared: bool) -> Json:
    """Return the body of a dialog that was closed without being sent."""
    return {
        "type": "view_closed",
        **_team_of_view(workspace),
        "user": _user(workspace, user),
        **_app(workspace),
        "view": view_json(workspace, view),
        "is_cleared": is_cleared,
    }


def event_callback(workspace: Workspace, event: Json) -> Json:
    """Return the body around an event."""
    installation = workspace.installation
    team_id = None if event["type"] in _OF_ORGANISATIONS else workspace.team.id
    authorization = {
        "enterprise_id": None if workspace.enterprise is None else workspace.enterprise.id,
        "team_id": team_id,
        "user_id": installation.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": installation.is_org_wide,
    }
    enterprise = {} if workspace.enterprise is None else {"enterprise_id": workspace.enterprise.id}
    event_context = secrets.token_urlsafe(24)
    workspace.event_contexts[event_context] = authorization
    if len(workspace.event_contexts) > CONTEXTS_KEPT:
        del workspace.event_contexts[next(iter(workspace.event_contexts))]
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team_id,
        **enterprise,
        "api_app_id": installation.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.now()),
        "authorizations": [authorization],
        "is_ext_shared_channel": is_shared_place(workspace, event),
        "event_context": event_context,
    }


def _user(workspace: Workspace, user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": team_of(workspace, user).id}


def _team(workspace: Workspace) -> Json:
    team, enterprise = {"id": workspace.team.id, "domain": workspace.team.domain}, workspace.enterprise
    shown = None if enterprise is None else {"id": enterprise.id, "name": enterprise.name}
    return {"team": team, "enterprise": shown, "is_enterprise_install": workspace.installation.is_org_wide}


def _team_of_view(workspace: Workspace) -> Json:
    """Return the same for a dialog, whose workspace Slack leaves out where the app belongs to the organisation."""
    fields = _team(workspace)
    return {**fields, "team": None} if workspace.installation.is_org_wide else fields


def _enterprise_fields(workspace: Workspace) -> dict[str, str]:
    enterprise = workspace.enterprise
    return {} if enterprise is None else {"enterprise_id": enterprise.id, "enterprise_name": enterprise.name}


def _app(workspace: Workspace) -> Json:
    return {"api_app_id": workspace.installation.app_id, "token": VERIFICATION_TOKEN}
