"""Tokens: who may call, and the methods about the token itself."""

from __future__ import annotations

import secrets

from sandbox.installs import Grant, Installs
from sandbox.webapi.errors import SlackError
from sandbox.webapi.registry import ApiCall, CallerKind, Method, method
from sandbox.workspace import Json, Workspace

TICKET_LIFE_S = 30.0
"""How long a Socket Mode address can be used; Slack does not say, so this is the sandbox's choice."""


def check_token(workspace: Workspace, installs: Installs, called: Method, token: str | None) -> None:
    """Insist on the right kind of token.

    Raises:
        SlackError: `not_authed` without a token, `invalid_auth` for an unknown one, `token_revoked` after a revocation,
            `token_expired` after its time, `team_access_not_granted` where an organisation took the workspace away,
            `not_allowed_token_type` for a bot token where an app-level one is needed, or the other way round.
    """
    if called.caller == "none":
        return
    if token is None:
        raise SlackError("not_authed")
    grant = installs.grants.get(token)
    if grant is not None:
        _check_grant(grant, workspace.now())
        if not installs.may_act_in(grant, workspace):
            raise SlackError("team_access_not_granted")
    kind = _kind_of(workspace, grant, token)
    if kind == "bot" and grant is None and workspace.installation.token_revoked:
        raise SlackError("token_revoked")
    if kind not in called.caller.split(" or ") and (called.name != "auth.test" or token in workspace.sign_in_tokens):
        raise SlackError("not_allowed_token_type")


def _kind_of(workspace: Workspace, grant: Grant | None, token: str) -> CallerKind:
    """Return whose token it is."""
    if grant is not None:
        return "bot" if grant.user_id is None else "person"
    if token in workspace.sign_in_tokens:
        return "person"
    if token == workspace.installation.bot_token:
        return "bot"
    if token == workspace.installation.app_token:
        return "app"
    raise SlackError("invalid_auth")


def _check_grant(grant: Grant, now_s: float) -> None:
    if grant.revoked:
        raise SlackError("token_revoked")
    if grant.expires_at_s is not None and grant.expires_at_s <= now_s:
        raise SlackError("token_expired")


def redeem_ticket(workspace: Workspace, ticket: str) -> bool:
    """Use up a ticket from apps.connections.open; False when it is unknown, used or too old."""
    made_at_s = workspace.socket_tickets.pop(ticket, None)
    return made_at_s is not None and workspace.now() - made_at_s <= TICKET_LIFE_S


@method("api.test", tier=4, caller="none")
def api_test(call: ApiCall) -> Json:
    """Give back the arguments; `error` asks for that error.

    Source: https://docs.slack.dev/reference/methods/api.test
    """
    given = dict(call.arguments.values)
    error = call.arguments.text("error")
    if error is not None:
        raise SlackError(error, extra={"args": given})
    return {"args": given} if given else {}


@method("auth.test", tier=0)
def auth_test(call: ApiCall) -> Json:
    """Tell whose token it is.

    Source: https://docs.slack.dev/reference/methods/auth.test
    """
    workspace, user_id = call.workspace, call.user_id
    installation, enterprise = workspace.installation, workspace.enterprise
    if user_id is not None:
        team, name = workspace.team, workspace.users[user_id].name
        about = {"url": f"{workspace.base_url}/", "team": team.name, "user": name, "team_id": team.id}
        return {**about, "user_id": user_id, "is_enterprise_install": False}
    team = workspace.team if enterprise is None or not installation.is_org_wide else enterprise
    return {
        "url": f"{workspace.base_url}/",
        "team": team.name,
        "user": workspace.users[installation.bot_user_id].name,
        "team_id": team.id,
        "user_id": installation.bot_user_id,
        "bot_id": installation.bot_id,
        **({} if enterprise is None else {"enterprise_id": enterprise.id}),
        "is_enterprise_install": installation.is_org_wide,
    }


@method("auth.revoke", tier=3)
def auth_revoke(call: ApiCall) -> Json:
    """Revoke the bot token, unless `test` is set.

    Source: https://docs.slack.dev/reference/methods/auth.revoke
    """
    if call.arguments.flag("test"):
        return {"revoked": False}
    grant = call.installs.grants.get(call.token or "")
    if grant is None:
        call.workspace.installation.token_revoked = True
    else:
        grant.revoked = True
    return {"revoked": True}


@method("apps.connections.open", tier=3, caller="app")
def apps_connections_open(call: ApiCall) -> Json:
    """Hand out a Socket Mode address, good for one connection.

    Source: https://docs.slack.dev/reference/methods/apps.connections.open
    """
    workspace = call.workspace
    if not workspace.installation.manifest.socket_mode_enabled:
        raise SlackError("forbidden_team")
    ticket = secrets.token_urlsafe(24)
    workspace.socket_tickets[ticket] = workspace.now()
    host = workspace.base_url.replace("https://", "wss://", 1).replace("http://", "ws://", 1)
    return {"url": f"{host}/link/?ticket={ticket}&app_id={workspace.installation.app_id}"}
