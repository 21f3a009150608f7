"""Sign in with Slack: what is sent, and which of Slack's answers are believed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from calls.clock import now
from calls.errors import SlackError, SlackOutcomeUnknown, SlackSignInRefused
from calls.signed_in import SignedIn
from calls.slack.openid_api import Attempt, OpenIdApi
from tests.unit.slack_server import Says, ScriptedSlack, no, slack_that, yes

ATTEMPT = Attempt("the-state", "the-nonce", "v" * 43, "https://startcall.example.com/slack/openid_redirect")
CLIENT = "123.456"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ABOUT = {
    "sub": "U1",
    "name": "Ana",
    "picture": "https://example.com/a.png",
    "https://slack.com/user_id": "U1",
    "https://slack.com/team_id": "T1",
    "https://slack.com/team_name": "Acme",
}
WITH_PKCE, WITHOUT_PKCE = {"code_challenge_methods_supported": ["S256"]}, {"issuer": "https://slack.com"}


def says(value: object) -> Says:
    """Return an answer that is this JSON."""
    return Says(json.dumps(value).encode())


def keys() -> Says:
    """Return Slack's list of keys."""
    key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    return says({"keys": [{**key, "kid": "k1", "alg": "RS256", "use": "sig"}]})


def signed(origin: str, *, key: Any = KEY, algorithm: str = "RS256", kid: str = "k1", **claims: object) -> str:  # noqa: ANN401 - any key
    """Return what Slack signs, or somebody else."""
    times = {"iat": now(), "exp": now() + timedelta(minutes=5)}
    said = {"iss": origin, "aud": CLIENT, "nonce": ATTEMPT.nonce, **times, **ABOUT, **claims}
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": kid})


async def sign_in(slack: ScriptedSlack, id_token: str, *more: Says) -> SignedIn:
    """Exchange a code for this token, at a Slack without PKCE unless it was said otherwise."""
    slack.scripts[:] = [says(WITHOUT_PKCE), yes(access_token="xoxp-1", id_token=id_token), keys(), yes(**ABOUT), *more]
    return await OpenIdApi(slack.web, CLIENT, "secret").signed_in("the-code", ATTEMPT)


async def test_people_are_sent_with_state_nonce_and_challenge() -> None:
    """The address is Slack's own beside the Web API, asks for no e-mail, and holds no secret."""
    async with slack_that(says(WITH_PKCE)) as slack:
        url = await OpenIdApi(slack.web, CLIENT, "secret").authorize_url(ATTEMPT, "T1")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(ATTEMPT.verifier.encode()).digest()).decode().rstrip("=")

    assert f"{slack.origin}/openid/connect/authorize" == url.partition("?")[0]
    assert {
        "response_type": ["code"],
        "client_id": [CLIENT],
        "scope": ["openid profile"],
        "state": [ATTEMPT.state],
        "nonce": [ATTEMPT.nonce],
        "redirect_uri": [ATTEMPT.redirect_uri],
        "team": ["T1"],
        "code_challenge": [challenge],
        "code_challenge_method": ["S256"],
    } == parse_qs(urlsplit(url).query)
    assert ATTEMPT.verifier not in url


async def test_pkce_is_used_exactly_where_slack_says_that_it_takes_it() -> None:
    """Where Slack's description does not name it, neither a challenge nor a verifier is sent."""
    async with slack_that(says(WITHOUT_PKCE)) as slack:
        url = await OpenIdApi(slack.web, CLIENT, "secret").authorize_url(ATTEMPT, None)
        await sign_in(slack, signed(slack.origin))
        plain = slack.got[-3].body
        slack.scripts[:] = [says(WITH_PKCE), yes(access_token="a", id_token=signed(slack.origin)), keys(), yes(**ABOUT)]
        await OpenIdApi(slack.web, CLIENT, "secret").signed_in("the-code", ATTEMPT)

    assert "code_challenge" not in url
    assert "team" not in parse_qs(urlsplit(url).query)
    assert b"code_verifier" not in plain
    assert b"code_verifier=" + ATTEMPT.verifier.encode() in slack.got[-3].body


async def test_the_code_is_exchanged_by_a_form_with_the_apps_own_secret() -> None:
    """One POST, as Slack's own SDK sends it; then whom the token belongs to is asked with it."""
    async with slack_that(yes()) as slack:
        who = await sign_in(slack, signed(slack.origin))
    exchange, about = slack.got[1], slack.got[-1]

    assert SignedIn("T1", "U1", "Ana", "Acme", "https://example.com/a.png") == who  # type: ignore[arg-type] # ids
    assert ("POST", "/api/openid.connect.token") == (exchange.verb, exchange.path_and_query)
    assert "Basic " + base64.b64encode(b"123.456:secret").decode() == exchange.headers["Authorization"]
    assert ["the-code"] == parse_qs(exchange.body.decode())["code"]
    assert [ATTEMPT.redirect_uri] == parse_qs(exchange.body.decode())["redirect_uri"]
    assert ("/api/openid.connect.userInfo", "Bearer xoxp-1") == (about.path_and_query, about.headers["Authorization"])


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "999.999"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": now() - timedelta(minutes=10)},
        {"exp": None},
        {"iat": now() + timedelta(hours=1)},
        {"sub": None},
        {"https://slack.com/team_id": None},
        {"https://slack.com/user_id": None},
        {"https://slack.com/team_id": ["T1"]},
        {"key": OTHER_KEY},
        {"kid": "unknown"},
    ],
)
async def test_what_is_not_said_by_slack_to_us_now_is_not_believed(claims: dict[str, Any]) -> None:
    """Another issuer, audience, nonce, time or key, and nobody is signed in."""
    async with slack_that(yes()) as slack:
        with pytest.raises(SlackSignInRefused) as refused:
            await sign_in(slack, signed(slack.origin, **claims))
    assert "sign_in_not_trusted" == refused.value.code


def forged(origin: str, algorithm: str) -> str:
    """Return a token that is not signed, or signed with the key that everybody can read."""
    head = jwt.utils.base64url_encode(json.dumps({"alg": algorithm, "kid": "k1"}).encode())
    body = signed(origin).split(".")[1].encode()
    public = json.dumps(json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))).encode()
    signature = hmac.digest(public, head + b"." + body, "sha256") if algorithm == "HS256" else b""
    return b".".join([head, body, jwt.utils.base64url_encode(signature)]).decode()


async def test_a_token_that_is_signed_with_the_public_key_or_not_at_all_is_not_believed() -> None:
    """The two classic forgeries: `none`, and HS256 with what everybody can read."""
    async with slack_that(yes()) as slack:
        for token in (forged(slack.origin, "none"), forged(slack.origin, "HS256"), "nonsense"):
            with pytest.raises(SlackSignInRefused):
                await sign_in(slack, token)


async def test_a_token_that_belongs_to_another_person_is_not_believed() -> None:
    """What is signed and what is said of the token's person have to be the same person."""
    async with slack_that(yes()) as slack:
        slack.scripts[:] = [says(WITHOUT_PKCE), yes(access_token="x", id_token=signed(slack.origin)), keys()]
        slack.scripts.append(yes(**{**ABOUT, "https://slack.com/user_id": "U2"}))
        with pytest.raises(SlackSignInRefused):
            await OpenIdApi(slack.web, CLIENT, "secret").signed_in("the-code", ATTEMPT)


@pytest.mark.parametrize("code", ["bad_client_secret", "invalid_client_id", "bad_redirect_uri", "invalid_code"])
async def test_refusals_of_slack_are_told_apart(code: str) -> None:
    """Each of Slack's codes is an error of ours with that code."""
    async with slack_that(says(WITHOUT_PKCE), no(code)) as slack:
        with pytest.raises(SlackSignInRefused) as refused:
            await OpenIdApi(slack.web, CLIENT, "secret").signed_in("the-code", ATTEMPT)
    assert code == refused.value.code


@pytest.mark.parametrize(
    "answer", [Says(b"<html>", 200, {"Content-Type": "text/html"}), Says(b"", 500), says([]), Says(b"\xff\xfe", 200)]
)
async def test_a_description_that_cannot_be_read_stops_the_sign_in(answer: Says) -> None:
    """Nobody is sent on by guesswork, and the next attempt asks again."""
    async with slack_that(answer, says(WITH_PKCE)) as slack:
        openid = OpenIdApi(slack.web, CLIENT, "secret")
        with pytest.raises(SlackError):
            await openid.authorize_url(ATTEMPT, None)
        assert "code_challenge" in await openid.authorize_url(ATTEMPT, None)


async def test_made_up_keys_do_not_make_us_ask_again_and_again() -> None:
    """Keys are asked for once a minute at most."""
    async with slack_that(yes()) as slack:
        openid = OpenIdApi(slack.web, CLIENT, "secret")
        slack.scripts[:] = [says(WITHOUT_PKCE)]
        for _ in range(3):
            slack.scripts += [yes(access_token="x", id_token=signed(slack.origin, kid="made-up"))]
        slack.scripts.insert(2, keys())
        for _ in range(3):
            with pytest.raises(SlackSignInRefused):
                await openid.signed_in("the-code", ATTEMPT)

    assert 1 == [got.path_and_query for got in slack.got].count("/openid/connect/keys")


async def test_an_answer_without_an_identity_is_doubtful() -> None:
    """A yes without a token signs nobody in."""
    async with slack_that(says(WITHOUT_PKCE), yes()) as slack:
        with pytest.raises(SlackOutcomeUnknown):
            await OpenIdApi(slack.web, CLIENT, "secret").signed_in("the-code", ATTEMPT)
