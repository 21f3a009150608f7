"""Install by OAuth: exchange a code or a refresh token, and remove the app."""

from __future__ import annotations

from sandbox.installs import CODE_LASTS_S, Grant
from sandbox.webapi.client import check_client
from sandbox.webapi.errors import SlackError
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json


@method("oauth.v2.access", tier=4, caller="none")
def oauth_v2_access(call: ApiCall) -> Json:
    """Exchange a code, once, or a refresh token for a token.

    Source: https://docs.slack.dev/reference/methods/oauth.v2.access
    """
    check_client(call)
    kind = call.arguments.text("grant_type") or "authorization_code"
    if kind == "refresh_token":
        grant = call.installs.refresh(call.arguments.text("refresh_token") or "")
        if grant is None:
            raise SlackError("invalid_refresh_token")
        return _answer(call, grant)
    if kind != "authorization_code":
        raise SlackError("invalid_grant_type")
    code = call.installs.codes.pop(call.arguments.text("code") or "", None)
    if code is None or call.workspace.now() - code.made_at_s > CODE_LASTS_S:
        raise SlackError("invalid_code")
    if call.arguments.text("redirect_uri") != code.redirect_uri:
        raise SlackError("bad_redirect_uri")
    grant = call.installs.install(code.place, code.scopes)
    return {**_answer(call, grant), "authed_user": {"id": code.user_id}}


@method("apps.uninstall", tier=1)
def apps_uninstall(call: ApiCall) -> Json:
    """Remove the app from where the token is from.

    Source: https://docs.slack.dev/reference/methods/apps.uninstall
    """
    check_client(call)
    grant = call.installs.grants.get(call.token or "")
    call.installs.uninstall(call.workspace.team.id if grant is None else grant.place)
    return {}


def _answer(call: ApiCall, grant: Grant) -> Json:
    """Describe what was given; `team` is null for a whole organisation."""
    workspace = call.installs.members(grant.place)[0]
    installation, team, enterprise = workspace.installation, workspace.team, workspace.enterprise
    whole = grant.place in call.installs.organisations
    lasting: Json = {}
    if grant.expires_at_s is not None:
        lasting = {"expires_in": int(grant.expires_at_s - call.workspace.now()), "refresh_token": grant.refresh_token}
    return {
        "app_id": installation.app_id,
        "scope": ",".join(sorted(installation.scopes)),
        "token_type": "bot",
        "access_token": grant.token,
        "bot_user_id": installation.bot_user_id,
        "team": None if whole else {"id": team.id, "name": team.name},
        "enterprise": None if enterprise is None else {"id": enterprise.id, "name": enterprise.name},
        "is_enterprise_install": whole,
        **lasting,
    }
