"""Sign in with Slack at the local Slack: as Slack documents it, and as strict."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import jwt
import pytest

from sandbox.people import ALICE, BOB, CAROL, DAVE, ERIN
from sandbox.server import Options, Sandbox
from tests.contract.delivery_rig import MANIFEST

BACK = "http://127.0.0.1:4321/slack/back"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture
async def clock() -> list[float]:
    """Return the local Slack's time, which tests can move."""
    return [1_800_000_000.0]


@pytest.fixture
async def slack(clock: list[float]) -> AsyncIterator[Sandbox]:
    """Run a local Slack with a clock of the test's."""
    running = await Sandbox.start(options=Options(manifest=MANIFEST, now=lambda: clock[0]))
    yield running
    await running.stop()


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    """Open a browser."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


def wanted(slack: Sandbox, **more: str) -> dict[str, str]:
    """Return what an app sends along with a person."""
    asked = {"client_id": slack.installation.client_id, "redirect_uri": BACK, "response_type": "code"}
    return {**asked, "scope": "openid profile email", "state": "s1", "nonce": "n1", **more}


async def ask(slack: Sandbox, browser: aiohttp.ClientSession, **more: str) -> tuple[int, str]:
    """Open the page that asks, and return its status and text."""
    url = f"{slack.url}openid/connect/authorize?{urlencode(wanted(slack, **more))}"
    async with browser.get(url) as answer:
        return answer.status, await answer.text()


async def allow(
    slack: Sandbox, browser: aiohttp.ClientSession, user_id: str = BOB, **more: str
) -> dict[str, list[str]]:
    """Allow it as somebody, and return what the browser is sent back with."""
    form = {**wanted(slack, **more), "user": user_id, "allow": "1"}
    headers = {"Origin": slack.url.rstrip("/")}
    url = f"{slack.url}openid/connect/authorize"
    async with browser.post(url, data=form, headers=headers, allow_redirects=False) as answer:
        assert 302 == answer.status
        location = answer.headers["Location"]
    assert location.startswith(f"{BACK}?")
    return parse_qs(urlsplit(location).query)


async def exchange(slack: Sandbox, browser: aiohttp.ClientSession, code: str, **more: str) -> dict[str, Any]:
    """Exchange a code as an app does, with its id and secret in the form."""
    installation = slack.installation
    form = {"client_id": installation.client_id, "client_secret": installation.client_secret, "code": code}
    async with browser.post(f"{slack.api_url}openid.connect.token", data={**form, "redirect_uri": BACK, **more}) as got:
        answer: dict[str, Any] = await got.json()
        return answer


def chosen(page: str) -> list[str]:
    """Return who is chosen on a page."""
    return re.findall(r'name="user" value="(\w+)" checked', page)


async def test_a_person_signs_in_and_the_app_learns_who_it_is(slack: Sandbox, browser: aiohttp.ClientSession) -> None:
    """Code, tokens and userInfo say the same person, in the claims that Slack documents."""
    back = await allow(slack, browser)
    answer = await exchange(slack, browser, back["code"][0])
    async with browser.get(f"{slack.url}openid/connect/keys") as got:
        keys = jwt.PyJWKSet.from_dict(await got.json())
    key = keys[jwt.get_unverified_header(answer["id_token"])["kid"]]
    options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
    claims = jwt.decode(
        answer["id_token"],
        key,
        algorithms=["RS256"],
        audience=slack.installation.client_id,
        issuer=slack.url.rstrip("/"),
        options=options,  # type: ignore[arg-type] # PyJWT's own type is narrower than what it takes
    )
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    async with browser.post(f"{slack.api_url}openid.connect.userInfo", headers=headers) as got:
        about = await got.json()

    assert ["s1"] == back["state"]
    assert (True, "Bearer") == (answer["ok"], answer["token_type"])
    assert (BOB, BOB, "T0SANDBOX01", "n1") == (
        claims["sub"],
        claims["https://slack.com/user_id"],
        claims["https://slack.com/team_id"],
        claims["nonce"],
    )
    assert ("Bob Baker", "Bob", "Baker", "en-US") == (
        *(claims["name"], claims["given_name"], claims["family_name"], claims["locale"]),
    )
    assert 300 == claims["exp"] - claims["iat"]
    assert (True, BOB, "Sandbox", "sandbox") == (
        about["ok"],
        about["https://slack.com/user_id"],
        about["https://slack.com/team_name"],
        about["https://slack.com/team_domain"],
    )


async def test_a_code_works_once_for_ten_minutes_and_for_its_address(
    slack: Sandbox, browser: aiohttp.ClientSession, clock: list[float]
) -> None:
    """The second use, a late one, another address and a made-up code are Slack's documented errors."""
    code = (await allow(slack, browser))["code"][0]
    assert (await exchange(slack, browser, code))["ok"]
    late = (await allow(slack, browser))["code"][0]
    elsewhere = (await allow(slack, browser))["code"][0]

    assert "invalid_code" == (await exchange(slack, browser, code))["error"]
    assert "bad_redirect_uri" == (await exchange(slack, browser, elsewhere, redirect_uri=f"{BACK}/x"))["error"]
    clock[0] += 601
    assert "invalid_code" == (await exchange(slack, browser, late))["error"]
    assert "invalid_code" == (await exchange(slack, browser, "made-up"))["error"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"client_secret": ""}, "bad_client_secret"),
        ({"grant_type": "password"}, "invalid_grant_type"),
    ],
)
async def test_only_the_app_exchanges_codes(
    slack: Sandbox, browser: aiohttp.ClientSession, more: dict[str, str], error: str
) -> None:
    """A wrong id, secret or kind of grant is refused, and the code still works for the app."""
    code = (await allow(slack, browser))["code"][0]

    assert error == (await exchange(slack, browser, code, **more))["error"]
    assert (await exchange(slack, browser, code))["ok"]


async def test_the_secret_may_come_by_http_basic_and_is_shown_nowhere(
    slack: Sandbox, browser: aiohttp.ClientSession
) -> None:
    """As Slack's SDKs send it; the inspector has neither it nor the verifier."""
    code = (await allow(slack, browser))["code"][0]
    installation = slack.installation
    encoded = base64.b64encode(f"{installation.client_id}:{installation.client_secret}".encode()).decode()
    form = {"code": code, "redirect_uri": BACK}
    headers = {"Authorization": f"Basic {encoded}"}
    async with browser.post(f"{slack.api_url}openid.connect.token", data=form, headers=headers) as got:
        answer = await got.json()
    await exchange(slack, browser, "again", code_verifier=VERIFIER)

    assert answer["ok"]
    shown = str([call.request for call in slack.api_calls()])
    assert installation.client_secret not in shown
    assert VERIFIER not in shown


@pytest.mark.parametrize(("verifier", "is_taken"), [(VERIFIER, True), ("w" * 43, False), ("", False)])
async def test_what_was_begun_with_pkce_is_finished_with_it(
    slack: Sandbox, browser: aiohttp.ClientSession, verifier: str, *, is_taken: bool
) -> None:
    """Only the verifier of the challenge exchanges the code."""
    code = (await allow(slack, browser, code_challenge=CHALLENGE, code_challenge_method="S256"))["code"][0]

    answer = await exchange(slack, browser, code, code_verifier=verifier)

    assert is_taken == answer["ok"]
    assert is_taken or "invalid_grant" == answer["error"]


@pytest.mark.parametrize(
    "more",
    [
        {"client_id": "1.2"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "http://127.0.0.1@evil.example/"},
        {"redirect_uri": "http://127.0.0.1\\@evil.example/"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": ""},
        {"scope": "profile"},
        {"scope": "openid admin"},
        {"response_type": "token"},
        {"code_challenge": "x", "code_challenge_method": "plain"},
    ],
)
async def test_a_wrong_request_is_a_page_and_leads_nowhere(
    slack: Sandbox, browser: aiohttp.ClientSession, more: dict[str, str]
) -> None:
    """Whatever is wrong is said here, and the browser is sent to nobody."""
    status, page = await ask(slack, browser, **more)
    form = {**wanted(slack, **more), "user": BOB, "allow": "1"}
    headers = {"Origin": slack.url.rstrip("/")}
    url = f"{slack.url}openid/connect/authorize"
    async with browser.post(url, data=form, headers=headers, allow_redirects=False) as answer:
        assert 400 == answer.status
        assert "Location" not in answer.headers

    assert 400 == status
    assert "You cannot sign in" in page


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://app.example.com/back", True),
        ("https://app.example.com/back/more", True),
        ("https://app.example.com/back?x=1", True),
        ("https://app.example.com/backdoor", False),
        ("https://app.example.com/back/../x", False),
        ("https://app.example.com.evil.example/back", False),
        ("http://app.example.com/back", False),
        (BACK, False),
    ],
)
async def test_addresses_are_those_of_the_manifest(
    browser: aiohttp.ClientSession, address: str, *, is_taken: bool
) -> None:
    """With redirect_urls in the manifest, one of them or what lies below one; loopback no longer goes unasked."""
    listed = replace(MANIFEST, redirect_urls=("https://app.example.com/back",))
    slack = await Sandbox.start(options=Options(manifest=listed))
    try:
        status, _ = await ask(slack, browser, redirect_uri=address)
    finally:
        await slack.stop()

    assert (200 if is_taken else 400) == status


async def test_the_person_seen_last_is_chosen(slack: Sandbox, browser: aiohttp.ClientSession) -> None:
    """Whose page this browser showed last signs in by one press; `user=` in the address wins."""
    async with browser.get(f"{slack.url}?user={CAROL}&channel=C0GENERAL01"):
        pass

    assert [CAROL] == chosen((await ask(slack, browser))[1])
    assert [DAVE] == chosen((await ask(slack, browser, user=DAVE))[1])


async def test_people_of_another_workspace_sign_in_where_none_is_named(
    slack: Sandbox, browser: aiohttp.ClientSession
) -> None:
    """Erin, who works elsewhere, can sign in unless the app wants people of this workspace."""
    _, anybody = await ask(slack, browser)
    _, ours = await ask(slack, browser, team="T0SANDBOX01")
    answer = await exchange(slack, browser, (await allow(slack, browser, ERIN))["code"][0])
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    async with browser.post(f"{slack.api_url}openid.connect.userInfo", headers=headers) as got:
        about = await got.json()

    assert (True, False) == (ERIN in anybody, ERIN in ours)
    assert ("T0OTHER0001", "Other Inc") == (about["https://slack.com/team_id"], about["https://slack.com/team_name"])


async def test_who_does_not_allow_it_is_sent_back_with_the_news(slack: Sandbox, browser: aiohttp.ClientSession) -> None:
    """Cancel, and a person who cannot sign in there, are access_denied with the state."""
    for form in ({"user": BOB, "cancel": "1"}, {"user": "U0NOBODY001", "allow": "1"}, {"allow": "1"}):
        headers = {"Origin": slack.url.rstrip("/")}
        url = f"{slack.url}openid/connect/authorize"
        sent = {**wanted(slack), **form}
        async with browser.post(url, data=sent, headers=headers, allow_redirects=False) as answer:
            assert f"{BACK}?error=access_denied&state=s1" == answer.headers["Location"]


async def test_no_other_page_can_allow_it(slack: Sandbox, browser: aiohttp.ClientSession) -> None:
    """A form of another origin is refused, as everywhere on the local Slack's page."""
    form = {**wanted(slack), "user": ALICE, "allow": "1"}
    url = f"{slack.url}openid/connect/authorize"
    async with browser.post(url, data=form, headers={"Origin": "https://evil.example"}) as answer:
        assert 403 == answer.status


async def test_what_the_app_sends_is_shown_as_text(slack: Sandbox, browser: aiohttp.ClientSession) -> None:
    """State and nonce cannot become part of the page."""
    _, page = await ask(slack, browser, state='"><script>alert(1)</script>')

    assert "<script" not in page
    assert '"><script>alert(1)</script>' in html.unescape(page)


async def test_a_persons_token_is_good_for_nothing_else(slack: Sandbox, browser: aiohttp.ClientSession) -> None:
    """It does not post, and the bot's token is no person's."""
    token = (await exchange(slack, browser, (await allow(slack, browser))["code"][0]))["access_token"]
    tries = [
        (token, "chat.postMessage"),
        (token, "auth.test"),
        (slack.installation.bot_token, "openid.connect.userInfo"),
    ]
    for used, method in tries:
        async with browser.post(f"{slack.api_url}{method}", headers={"Authorization": f"Bearer {used}"}) as got:
            assert "not_allowed_token_type" == (await got.json())["error"]


async def test_libraries_find_their_way(slack: Sandbox, browser: aiohttp.ClientSession) -> None:
    """The description names this server's own addresses, and PKCE."""
    async with browser.get(f"{slack.url}.well-known/openid-configuration") as got:
        described = await got.json()
    base = slack.url.rstrip("/")

    assert base == described["issuer"]
    assert f"{base}/openid/connect/authorize" == described["authorization_endpoint"]
    assert f"{base}/openid/connect/keys" == described["jwks_uri"]
    assert ["S256"] == described["code_challenge_methods_supported"]
