"""Every answer of a token endpoint is told apart, and no redirect is followed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from calls.errors import CallsError, ProviderAuth, ProviderDown
from providers.oauth_token import TokenEndpoint

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GOOD = '{"access_token": "t", "expires_in": 3599, "token_type": "Bearer"}'


@dataclass
class Server:
    """A token endpoint that answers as a test wants."""

    status: int = 200
    text: str = GOOD
    headers: dict[str, str] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        return web.Response(status=self.status, text=self.text, headers=self.headers)


@pytest.fixture
def server() -> Server:
    """Return a server that is well."""
    return Server()


@pytest.fixture
async def endpoint(server: Server) -> AsyncIterator[TokenEndpoint]:
    """Run the server and return a client of it."""
    site = web.Application()
    site.router.add_route("*", "/{path:.*}", server.answer)
    async with TestServer(site, host="127.0.0.1") as running, aiohttp.ClientSession() as session:
        yield TokenEndpoint("acme", str(running.make_url("/token")), session, lambda: NOON)


async def test_a_token_comes_with_its_end(server: Server, endpoint: TokenEndpoint) -> None:
    """Counted from when it was asked for, which is never too late."""
    token = await endpoint.fetch({"grant_type": "client_credentials"})

    assert ("t", NOON + timedelta(seconds=3599)) == (token.value, token.expires_at)
    assert [{"grant_type": "client_credentials"}] == server.forms


@pytest.mark.parametrize(
    ("status", "text", "kind", "code", "detail"),
    [
        (
            400,
            '{"error": "invalid_grant", "error_description": "x"}',
            ProviderAuth,
            "credentials_refused",
            "invalid_grant",
        ),
        (401, '{"error": "invalid_client"}', ProviderAuth, "credentials_refused", "invalid_client"),
        (403, "<html>", ProviderAuth, "credentials_refused", "403"),
        (302, "", ProviderAuth, "credentials_refused", "302"),
        (429, "", ProviderDown, "rate_limited", ""),
        (503, "", ProviderDown, "server_error", "503"),
        (200, "<html>", ProviderDown, "unreadable_answer", "token"),
        (200, "[]", ProviderDown, "unreadable_answer", "token"),
        (200, "[" * 100_000, ProviderDown, "unreadable_answer", "token"),
        (200, '{"access_token": "", "expires_in": 1}', ProviderDown, "unreadable_answer", "token"),
        (200, '{"access_token": "t", "expires_in": true}', ProviderDown, "unreadable_answer", "token"),
        (200, '{"access_token": "t"}', ProviderDown, "unreadable_answer", "token"),
    ],
)
async def test_what_is_no_token_is_told_apart(  # noqa: PLR0913, PLR0917 - one row of the table
    server: Server,
    endpoint: TokenEndpoint,
    status: int,
    text: str,
    kind: type[CallsError],
    code: str,
    detail: str,
) -> None:
    """What may work later, and what needs new credentials."""
    server.status, server.text, server.headers = status, text, {"Location": "/elsewhere", "Retry-After": "9"}
    with pytest.raises(kind) as caught:
        await endpoint.fetch({})

    assert (code, detail) == (caught.value.code, caught.value.detail)
    assert 1 == len(server.forms)
    assert (9.0 if status == 429 else 0.0) == getattr(caught.value, "retry_after_s", 0.0)
