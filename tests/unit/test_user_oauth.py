"""Every answer of a vendor's to the signing in of people is told apart: their right, our app, or a bad moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from calls.errors import CallsError, ProviderAuth, ProviderDown, ProviderRefused, UsageError
from calls.linked_accounts import AccountTrip, GivenCode
from calls.secret import Secret
from providers.user_oauth import UserOAuth

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GOOD = '{"access_token": "a2", "expires_in": 3599, "refresh_token": "r2", "scope": "one two"}'
CODE = GivenCode("c", "v", "https://startcall.example.com/link/acme/back")


@dataclass
class Server:
    """A vendor that answers as a test wants."""

    status: int = 200
    text: str = GOOD
    forms: list[dict[str, str]] = field(default_factory=list)
    headers: list[str | None] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        self.headers.append(request.headers.get("Authorization"))
        return web.Response(status=self.status, text=self.text)


@pytest.fixture
def server() -> Server:
    """Return a vendor that is well."""
    return Server()


@pytest.fixture
async def sign_in(server: Server) -> AsyncIterator[UserOAuth]:
    """Run the vendor and return what signs people in there."""
    site = web.Application()
    site.router.add_route("*", "/{path:.*}", server.answer)
    async with TestServer(site, host="127.0.0.1") as running, aiohttp.ClientSession() as session:
        url = str(running.make_url("")).rstrip("/")
        yield UserOAuth(
            "acme",
            "Acme",
            authorize_url="https://acme.example/authorize",
            token_url=f"{url}/token",
            who_url=f"{url}/me",
            who_field="emails",
            client_id="us",
            client_secret="s3cret",
            session=session,
            now=lambda: NOON,
            scopes=("one", "two"),
            needed=("two",),
            asks={"prompt": "consent"},
            secret_in_form=True,
        )


def test_people_are_asked_for_what_is_needed_and_no_secret_is_shown(sign_in: UserOAuth) -> None:
    """With the challenge, and what the vendor wants beside it."""
    asked = parse_qs(urlsplit(sign_in.sign_in_url(AccountTrip("st", "ch", "https://x.example/back"))).query)

    expected = {
        "scope": ["one two"],
        "prompt": ["consent"],
        "code_challenge": ["ch"],
        "code_challenge_method": ["S256"],
    }
    assert expected.items() <= asked.items()
    assert "s3cret" not in str(asked)


async def test_the_apps_secret_goes_where_the_vendor_wants_it(server: Server, sign_in: UserOAuth) -> None:
    """Into the form, or into a header."""
    await sign_in.exchange(CODE)
    await replace(sign_in, secret_in_form=False).exchange(CODE)

    first, second = server.forms
    assert ("us", "s3cret", "v") == (first["client_id"], first["client_secret"], first["code_verifier"])
    assert "client_secret" not in second
    assert [None, "Basic dXM6czNjcmV0"] == server.headers


@pytest.mark.parametrize(
    ("text", "refresh"), [(GOOD, "r2"), ('{"access_token": "a2", "expires_in": 3599}', "r1")], ids=["new", "none"]
)
async def test_the_newest_refresh_token_is_kept(server: Server, sign_in: UserOAuth, text: str, refresh: str) -> None:
    """The old one where the vendor gives no new one."""
    server.text = text
    tokens = await sign_in.renew(Secret("r1"))

    assert tokens.refresh is not None
    assert ("a2", refresh) == (tokens.access.reveal(), tokens.refresh.reveal())
    assert NOON + timedelta(seconds=3599) == tokens.expires_at


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (400, '{"error": "invalid_grant"}', ProviderAuth),
        (400, '{"error": "interaction_required"}', ProviderAuth),
        (400, '{"error": "invalid_request"}', ProviderAuth),
        (400, '{"errors": [{"description": "…"}]}', ProviderAuth),
        (401, '{"error": "invalid_grant"}', ProviderAuth),
        (401, "{}", ProviderRefused),
        (401, '{"error": "invalid_client"}', ProviderRefused),
        (400, '{"error": "unauthorized_client"}', ProviderRefused),
        (400, '{"error": "invalid_scope"}', ProviderRefused),
        (400, '{"error": "temporarily_unavailable"}', ProviderDown),
        (403, "<html>A proxy</html>", ProviderDown),
        (302, "", ProviderDown),
        (200, "<html>Sign in</html>", ProviderDown),
        (200, "[]", ProviderDown),
        (200, '{"access_token": "a2"}', ProviderDown),
        (200, '{"expires_in": 1}', ProviderDown),
        (429, "{}", ProviderDown),
        (503, '{"error": "invalid_grant"}', ProviderDown),
    ],
)
async def test_only_the_vendor_takes_somebodys_right_back(
    server: Server, sign_in: UserOAuth, status: int, text: str, kind: type[CallsError]
) -> None:
    """Not a proxy, not a bad moment, and not the app's own expired secret: each would cost everybody their account."""
    server.status, server.text = status, text
    for asked in (sign_in.renew(Secret("r1")), sign_in.exchange(CODE)):
        with pytest.raises(kind):
            await asked


async def test_who_allows_only_a_part_connects_nothing(server: Server, sign_in: UserOAuth) -> None:
    """As with Google's boxes to tick; what is not needed may be left out."""
    server.text = GOOD.replace("one two", "two")
    await sign_in.exchange(CODE)
    server.text = GOOD.replace("one two", "one")
    with pytest.raises(UsageError) as refused:
        await sign_in.exchange(CODE)
    assert "account_not_given" == refused.value.code


@pytest.mark.parametrize(("text", "name"), [('{"emails": ["a@x", "b@x"]}', "a@x"), ('{"emails": "a@x"}', "a@x")])
async def test_people_recognise_their_account(server: Server, sign_in: UserOAuth, text: str, name: str) -> None:
    """By the first of several addresses."""
    server.text = text
    assert name == await sign_in.name_of(Secret("a2"))


@pytest.mark.parametrize("text", ["{}", "[]", '{"emails": []}', '{"emails": [1]}', "no"])
async def test_an_account_without_a_name_is_not_taken(server: Server, sign_in: UserOAuth, text: str) -> None:
    """Nobody could see whose it is."""
    server.text = text
    with pytest.raises(ProviderAuth):
        await sign_in.name_of(Secret("a2"))
