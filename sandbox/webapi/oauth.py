"""Install by OAuth: exchange a code or a refresh token, and remove the app."""

from __future__ import annotations

from sandbox.codes import CODE_LASTS_S
from sandbox.installs import Grant
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
    person: Json = {"id": code.user_id}
    if code.user_scopes:
        person |= _tokens(call, call.installs.allow(code.place, code.user_id, code.user_scopes))
    if not code.scopes:
        return {**_about(call, code.place), "authed_user": person}
    return {**_answer(call, call.installs.install(code.place, code.scopes)), "authed_user": person}


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
    """Describe what was given to the app."""
    if grant.user_id is not None:
        return {**_about(call, grant.place), **_tokens(call, grant), "user_id": grant.user_id}
    bot = {"bot_user_id": call.installs.members(grant.place)[0].installation.bot_user_id}
    return {**_about(call, grant.place), **_tokens(call, grant), **bot}


def _tokens(call: ApiCall, grant: Grant) -> Json:
    lasting: Json = {}
    if grant.expires_at_s is not None:
        lasting = {"expires_in": int(grant.expires_at_s - call.workspace.now()), "refresh_token": grant.refresh_token}
    of_bot = call.installs.members(grant.place)[0].installation.scopes
    scopes = of_bot if grant.user_id is None else grant.scopes
    return {
        "scope": ",".join(sorted(scopes)),
        "token_type": "bot" if grant.user_id is None else "user",
        "access_token": grant.token,
        **lasting,
    }


def _about(call: ApiCall, place: str) -> Json:
    """Describe where; `team` is null for a whole organisation."""
    workspace = call.installs.members(place)[0]
    team, enterprise = workspace.team, workspace.enterprise
    whole = place in call.installs.organisations
    return {
        "app_id": workspace.installation.app_id,
        "team": None if whole else {"id": team.id, "name": team.name},
        "enterprise": None if enterprise is None else {"id": enterprise.id, "name": enterprise.name},
        "is_enterprise_install": whole,
    }
