"""Sign in with Slack: who can, where they are sent back to, and what is said about them.

Sources: https://docs.slack.dev/authentication/sign-in-with-slack,
https://docs.slack.dev/reference/methods/openid.connect.token
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.codes import new_code
from sandbox.page.links import is_loopback
from sandbox.workspace import Json, SignInCode, Stranger, Workspace

ID_TOKEN_LASTS_S = 300
KEY_ID = "local-slack-1"
SCOPES = ("openid", "profile", "email")

_KEY_BITS = 2048
_IMAGE_SIZES = (24, 32, 48, 72, 192, 512)


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What an app asked for when it sent somebody here."""

    client_id: str
    redirect_uri: str
    response_type: str
    scope: str
    state: str = ""
    nonce: str = ""
    team: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""


def problem_of(workspace: Workspace, request: SignInRequest) -> str | None:
    """Return Slack's code for what is wrong with a request, or None.

    Slack shows these on a page of its own; none is sent to an address that may be somebody else's.
    """
    if request.client_id != workspace.installation.client_id:
        return "invalid_client_id"
    if not takes_back(workspace, request.redirect_uri):
        return "bad_redirect_uri"
    scopes = request.scope.replace(",", " ").split()
    if "openid" not in scopes or not set(scopes) <= set(SCOPES):
        return "invalid_scope"
    if request.response_type != "code":
        return "invalid_response_type"
    if request.code_challenge and request.code_challenge_method != "S256":
        return "invalid_request"
    return None


def takes_back(workspace: Workspace, address: str) -> bool:
    """Say whether people may be sent back to an address: one that the manifest lists, or anything below one.

    Where the manifest lists none, any address on this computer will do, which is the local Slack's choice: the app it
    starts may listen anywhere.

    Source: https://docs.slack.dev/authentication/installing-with-oauth#redirect-urls
    """
    listed = workspace.installation.manifest.redirect_urls
    if not address.isascii() or not address.isprintable() or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or parts.fragment or "@" in parts.netloc or ".." in parts.path:
        return False
    if not listed:
        return is_loopback(parts.hostname or "")
    return any(address == known or address.startswith((f"{known.rstrip('/')}/", f"{known}?")) for known in listed)


def people_of(workspace: Workspace, team_id: str) -> list[str]:
    """Return the ids of those who can sign in to a workspace, or to any when none is named."""
    ours = [user.id for user in workspace.users.values() if not user.is_bot and not user.deleted and user.team is None]
    theirs = [stranger.user.id for stranger in workspace.strangers.values() if team_id in {"", stranger.team.id}]
    return (ours if team_id in {"", workspace.team.id} else []) + theirs


def new_sign_in_code(workspace: Workspace, request: SignInRequest, user_id: str) -> str:
    """Make the code that an app exchanges for who somebody is."""
    code = new_code()
    workspace.sign_in_codes[code] = SignInCode(
        code=code,
        user_id=user_id,
        redirect_uri=request.redirect_uri,
        scope=request.scope,
        made_at_s=workspace.now(),
        nonce=request.nonce or None,
        challenge=request.code_challenge or None,
    )
    return code


def about(workspace: Workspace, user_id: str, *, with_team: bool) -> Json:
    """Return what Slack says about somebody, as claims.

    Args:
        with_team: whether the workspace's name is among them, as in openid.connect.userInfo.
    """
    stranger = workspace.strangers.get(user_id) or Stranger(workspace.users[user_id], workspace.team)
    user, team = stranger.user, stranger.team
    first, _, last = user.real_name.partition(" ")
    image = f"{workspace.base_url}/icons/{user.id}"
    claims: Json = {
        "sub": user.id,
        "https://slack.com/user_id": user.id,
        "https://slack.com/team_id": team.id,
        "email": f"{user.name}@{team.domain}.example",
        "email_verified": True,
        "date_email_verified": 1_700_000_000,
        "name": user.real_name,
        "picture": f"{image}_512.png",
        "given_name": first,
        "family_name": last,
        "locale": user.locale,
        **{f"https://slack.com/user_image_{size}": f"{image}_{size}.png" for size in _IMAGE_SIZES},
        "https://slack.com/team_image_default": True,
    }
    if with_team:
        claims |= {"https://slack.com/team_name": team.name, "https://slack.com/team_domain": team.domain}
    return claims


def id_token(workspace: Workspace, code: SignInCode, access_token: str) -> str:
    """Return what Slack signs about somebody who signed in."""
    now_s = int(workspace.now())
    times = {"exp": now_s + ID_TOKEN_LASTS_S, "iat": now_s, "auth_time": now_s}
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    claims = {
        "iss": workspace.base_url,
        "aud": workspace.installation.client_id,
        **times,
        "at_hash": base64.urlsafe_b64encode(half).decode().rstrip("="),
        **about(workspace, code.user_id, with_team=False),
    }
    if code.nonce is not None:
        claims["nonce"] = code.nonce
    return jwt.encode(claims, _signing_key(), algorithm="RS256", headers={"kid": KEY_ID})


def public_keys() -> Json:
    """Return the keys that tokens can be checked with. Source: https://slack.com/openid/connect/keys."""
    key: Json = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_signing_key().public_key()))
    return {"keys": [{**key, "alg": "RS256", "use": "sig", "kid": KEY_ID}]}


def description(workspace: Workspace) -> Json:
    """Return how an app's library finds its way, as Slack's own, with PKCE besides.

    Source: https://api.slack.com/.well-known/openid-configuration
    """
    base = workspace.base_url
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/openid/connect/authorize",
        "token_endpoint": f"{base}/api/openid.connect.token",
        "userinfo_endpoint": f"{base}/api/openid.connect.userInfo",
        "jwks_uri": f"{base}/openid/connect/keys",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "auth_time", "iss"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": True,
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
    }


@functools.cache
def _signing_key() -> rsa.RSAPrivateKey:
    """Make a key when the first is needed; it lasts as long as the process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
