"""Whatever a hosted meeting system answers, it is told apart, and our credentials go nowhere else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from calls.errors import CallsError, ProviderAuth, ProviderDown, ProviderRefused
from providers.access_token import AccessToken, TokenKeeper
from providers.remote_api import ANSWER_MAX_BYTES, RemoteApi, Reply, retry_after_s, vendor_code

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class Vendor:
    """A server that answers as a test wants, and takes one token."""

    status: int = 200
    body: bytes = b'{"id": 7}'
    headers: dict[str, str] = field(default_factory=dict)
    token: str = "token-1"
    asked: list[str] = field(default_factory=list)
    fetched: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        self.asked.append(f"{request.method} {request.path_qs}")
        if request.headers["Authorization"] != f"Bearer {self.token}":
            return web.Response(status=401)
        return web.Response(status=self.status, body=self.body, headers=self.headers)

    async def fetch(self) -> AccessToken:
        """Give out the next token."""
        self.fetched += 1
        await asyncio.sleep(0.01)
        return AccessToken(f"token-{self.fetched}", NOON + timedelta(hours=1))


@pytest.fixture
def vendor() -> Vendor:
    """Return a server that is well."""
    return Vendor()


@pytest.fixture
async def api(vendor: Vendor) -> AsyncIterator[RemoteApi]:
    """Run the server and return a client of it."""
    site = web.Application()
    site.router.add_route("*", "/{path:.*}", vendor.answer)
    async with TestServer(site, host="127.0.0.1") as server, aiohttp.ClientSession() as session:
        keeper = TokenKeeper(vendor.fetch, lambda: NOON)
        yield RemoteApi("acme", str(server.make_url("")).rstrip("/"), session, keeper.authorize)


async def test_an_answer_is_what_the_json_object_holds(vendor: Vendor, api: RemoteApi) -> None:
    """Also an empty one, and one for something that is not there."""
    assert Reply(found=True, body={"id": 7}) == await api.ask("GET", "/rooms", params={"a": "b c"})
    assert ["GET /rooms?a=b+c"] == vendor.asked
    vendor.status, vendor.body = 204, b""
    assert Reply(found=True, body={}) == await api.ask("DELETE", "/rooms/7")
    vendor.status = 404
    assert Reply(found=False, body={}) == await api.ask("DELETE", "/rooms/7")


async def test_a_list_is_had_by_asking_for_one(vendor: Vendor, api: RemoteApi) -> None:
    """An object in its place is nonsense; nothing at the address is an empty list; a refusal is told as ever."""
    vendor.body = b'[{"id": 7}]'
    assert [{"id": 7}] == await api.ask_list("/rooms")
    vendor.body = b'{"id": 7}'
    with pytest.raises(ProviderDown):
        await api.ask_list("/rooms")
    vendor.status = 404
    assert [] == await api.ask_list("/rooms")
    vendor.status = 400
    with pytest.raises(ProviderRefused) as caught:
        await api.ask_list("/rooms")
    assert "400" == caught.value.detail


@pytest.mark.parametrize(
    ("status", "body", "error", "detail"),
    [
        (403, b'{"error": {"code": "Forbidden"}}', ProviderAuth, "Forbidden"),
        (400, b'{"code": 300}', ProviderRefused, "300"),
        (409, b"conflict", ProviderRefused, "409"),
        (302, b"", ProviderRefused, "302"),
        (500, b"{}", ProviderDown, "500"),
        (503, b"<html>", ProviderDown, "503"),
        (200, b"<html>", ProviderDown, "200"),
        (200, b"[1]", ProviderDown, "200"),
        (200, b"[" * 100_000, ProviderDown, "200"),
        (200, b'"' + b"x" * ANSWER_MAX_BYTES + b'"', ProviderDown, "200"),
        (200, b"\xff\xfe", ProviderDown, "200"),
    ],
)
async def test_what_goes_wrong_is_told_apart(
    vendor: Vendor, api: RemoteApi, status: int, body: bytes, error: type[CallsError], detail: str
) -> None:
    """What may work later, what needs new credentials, what never works; nonsense is not taken for an answer."""
    vendor.status, vendor.body, vendor.headers = status, body, {"Location": "http://evil.example/"}
    with pytest.raises(error) as caught:
        await api.ask("POST", "/rooms", body={})
    assert detail == caught.value.detail
    assert 1 == len(vendor.asked)


async def test_a_token_that_is_no_longer_accepted_is_renewed_once(vendor: Vendor, api: RemoteApi) -> None:
    """Many who find out at the same time renew it once; a second refusal is final."""
    vendor.token = "token-2"
    await asyncio.gather(*(api.ask("GET", "/rooms") for _ in range(20)))
    assert 2 == vendor.fetched

    vendor.token = "none of ours"
    with pytest.raises(ProviderAuth):
        await api.ask("GET", "/rooms")
    assert 3 == vendor.fetched


async def test_a_long_answer_that_comes_in_parts_is_read_to_its_end(vendor: Vendor, api: RemoteApi) -> None:
    """The people of a large meeting come in more than one piece."""
    people = [{"id": number, "name": "n" * 100} for number in range(2000)]
    vendor.body = json.dumps({"people": people}).encode()

    assert {"people": people} == (await api.ask("GET", "/people")).body


async def test_a_server_that_is_not_there_may_be_there_later(api: RemoteApi) -> None:
    """No connection is no refusal."""
    gone = RemoteApi("acme", "http://127.0.0.1:9", api.session, api.authorize)
    with pytest.raises(ProviderDown):
        await gone.ask("GET", "/rooms")


async def test_it_is_said_how_long_to_wait(vendor: Vendor, api: RemoteApi) -> None:
    """A limit that was reached comes with the vendor's own time."""
    vendor.status, vendor.headers = 429, {"Retry-After": "17"}
    with pytest.raises(ProviderDown) as caught:
        await api.ask("POST", "/rooms", body={})
    assert ("rate_limited", 17.0) == (caught.value.code, caught.value.retry_after_s)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("30", 30.0),
        ("2026-11-21T12:00:05Z", 5.0),
        ("Sat, 21 Nov 2026 12:00:10 GMT", 10.0),
        ("2026-11-21T11:00:00Z", 0.0),
        ("", 0.0),
        ("soon", 0.0),
        ("9" * 30, 0.0),
        ("١٢", 0.0),
    ],
)
def test_every_form_of_retry_after_is_read(value: str, seconds: float) -> None:
    """Seconds, an HTTP date, an ISO date as Zoom sends it; nonsense asks for nothing."""
    assert seconds == retry_after_s(value, NOON)


def test_a_token_is_renewed_before_it_ends() -> None:
    """Nobody is sent away because a token ended on the way."""

    async def values() -> list[str]:
        times = iter([NOON, NOON + timedelta(minutes=58), NOON + timedelta(minutes=59, seconds=1)])
        vendor = Vendor()
        keeper = TokenKeeper(vendor.fetch, lambda: next(times))
        await keeper.authorize(renewed=False)
        return [await keeper.authorize(renewed=False) for _ in range(3)]

    assert ["Bearer token-1", "Bearer token-1", "Bearer token-2"] == asyncio.run(values())


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"code": 1001, "message": "User does not exist: a@b.example"}, "1001"),
        ({"error": {"code": "Forbidden", "message": "…"}}, "Forbidden"),
        ({"error": "invalid_client"}, "invalid_client"),
        ({"errors": [{"errorCode": "x1"}]}, "x1"),
        ({"message": "a@b.example is unknown"}, ""),
    ],
)
def test_a_vendors_code_is_kept_and_their_text_is_not(answer: dict[str, object], code: str) -> None:
    """Texts of others may name people."""
    assert code == vendor_code(answer)
