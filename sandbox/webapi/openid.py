"""Sign in with Slack: exchange a code, and say who somebody is."""

from __future__ import annotations

import base64
import hashlib
import secrets

from sandbox.codes import CODE_LASTS_S
from sandbox.sign_in import about, id_token
from sandbox.webapi.client import check_client
from sandbox.webapi.errors import SlackError
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json, SignInCode


@method("openid.connect.token", tier=4, caller="none")
def openid_connect_token(call: ApiCall) -> Json:
    """Exchange a code, once, for a token and what Slack signs about the person.

    A verifier that does not fit the challenge is `invalid_grant`, and so is a missing one.

    Source: https://docs.slack.dev/reference/methods/openid.connect.token
    """
    check_client(call)
    if (call.arguments.text("grant_type") or "authorization_code") != "authorization_code":
        raise SlackError("invalid_grant_type")
    code = call.workspace.sign_in_codes.pop(call.arguments.text("code") or "", None)
    if code is None or call.workspace.now() - code.made_at_s > CODE_LASTS_S:
        raise SlackError("invalid_code")
    if call.arguments.text("redirect_uri") != code.redirect_uri:
        raise SlackError("bad_redirect_uri")
    _check_verifier(code, call.arguments.text("code_verifier"))
    token = f"xoxp-sandbox-{secrets.token_hex(16)}"
    call.workspace.sign_in_tokens[token] = code.user_id
    return {"access_token": token, "token_type": "Bearer", "id_token": id_token(call.workspace, code, token)}


@method("openid.connect.userInfo", scope="openid", tier=4, caller="person")
def openid_connect_user_info(call: ApiCall) -> Json:
    """Say who the person of a token is.

    Source: https://docs.slack.dev/reference/methods/openid.connect.userInfo
    """
    return about(call.workspace, call.user_id or "", with_team=True)


def _check_verifier(code: SignInCode, verifier: str | None) -> None:
    """Insist on PKCE where it was begun. Source: https://www.rfc-editor.org/rfc/rfc7636#section-4.6."""
    if code.challenge is None:
        return
    digest = hashlib.sha256((verifier or "").encode()).digest()
    if base64.urlsafe_b64encode(digest).decode().rstrip("=") != code.challenge:
        raise SlackError("invalid_grant")
