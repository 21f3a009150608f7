"""A Prosody that fails in every way: each is one of the three errors, in time, and logged once."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from calls.errors import ProviderAuth, ProviderDown, ProviderError, ProviderRefused
from calls.meetings import DEADLINE, Provider, Surroundings
from calls.model import Room
from providers.registry import build_provider
from tests.contract.provider_kit import SPEC

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

ANSWERS: dict[str, tuple[web.Response, type[ProviderError], str]] = {
    "400": (web.Response(status=400), ProviderRefused, "request_refused"),
    "401": (web.Response(status=401, body=b'{"error":"signature"}'), ProviderAuth, "signature_refused"),
    "stale": (web.Response(status=401, body=b'{"error":"stale"}'), ProviderAuth, "clocks_differ"),
    "403": (web.Response(status=403), ProviderAuth, "signature_refused"),
    "404": (web.Response(status=404), ProviderDown, "module_missing"),
    "408": (web.Response(status=408), ProviderDown, "server_error"),
    "413": (web.Response(status=413), ProviderRefused, "request_refused"),
    "429": (web.Response(status=429), ProviderDown, "server_error"),
    "500": (web.Response(status=500), ProviderDown, "server_error"),
    "503": (web.Response(status=503), ProviderDown, "server_error"),
    "redirect": (web.Response(status=302, headers={"Location": "/elsewhere"}), ProviderRefused, "request_refused"),
    "nothing": (web.Response(), ProviderDown, "answer_unreadable"),
    "page": (web.Response(text="<html>It works!</html>"), ProviderDown, "answer_unreadable"),
    "list": (web.Response(text="[]"), ProviderDown, "answer_unreadable"),
    "other object": (web.Response(text='{"found": true}'), ProviderDown, "answer_unreadable"),
    "no list": (web.Response(text='{"occupants": {}}'), ProviderDown, "answer_unreadable"),
    "no people": (web.Response(text='{"occupants": [1]}'), ProviderDown, "answer_unreadable"),
    "no session": (web.Response(text='{"occupants": [{"name": "x"}]}'), ProviderDown, "answer_unreadable"),
    "no text": (web.Response(body=b"\xff\xfe"), ProviderDown, "answer_unreadable"),
    "endless": (web.Response(body=b" " * 2_000_000 + b'{"occupants": []}'), ProviderDown, "answer_unreadable"),
    "deep": (web.Response(body=b"[" * 100_000), ProviderDown, "answer_unreadable"),
}


class Broken:
    """A server in Prosody's place whose answer a test sets."""

    def __init__(self) -> None:
        self.answer: Answer = _empty_room

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Answer as the test wants it."""
        return await self.answer(request)


@pytest.fixture
async def broken() -> AsyncIterator[tuple[Broken, Provider, Room]]:
    """Run a server that can fail, with a provider that asks it."""
    behaviour = Broken()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", behaviour.take)
    async with TestServer(app, host="127.0.0.1") as server, aiohttp.ClientSession() as session:
        values = {
            "STARTCALL_JITSI_HOOK_SECRET": "a-hook-secret-for-tests",
            "STARTCALL_JITSI_PROSODY_URL": f"http://127.0.0.1:{server.port}",
        }
        provider = build_provider("jitsi", Surroundings(b"k" * 32, session, values))
        yield behaviour, provider, await provider.create_room(SPEC)


async def _empty_room(_: web.Request) -> web.StreamResponse:
    return web.Response(text=json.dumps({"found": False, "occupants": []}))


@pytest.mark.parametrize("name", ANSWERS)
async def test_each_answer_is_one_of_three_errors(name: str, broken: tuple[Broken, Provider, Room]) -> None:
    """Some may work later, some need new credentials, some never work."""
    behaviour, provider, room = broken
    response, error_class, code = ANSWERS[name]

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=response.status, body=response.body, headers=response.headers)

    behaviour.answer = answer
    with pytest.raises(ProviderError) as caught:
        await provider.roster(room)
    assert (error_class, code, "jitsi") == (type(caught.value), caught.value.code, caught.value.provider)
    assert "a-hook-secret" not in str(caught.value)


async def test_a_lost_connection_may_work_later(broken: tuple[Broken, Provider, Room]) -> None:
    """The server dies before it answers, or in the middle of it."""
    behaviour, provider, room = broken

    async def die(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"occupants": [')
        assert request.transport is not None
        request.transport.close()
        return response

    for answer in (die, half):
        behaviour.answer = answer
        with pytest.raises(ProviderDown) as caught:
            await provider.roster(room)
        assert "unreachable" == caught.value.code


async def test_a_server_that_does_not_answer_is_given_up_in_time(broken: tuple[Broken, Provider, Room]) -> None:
    """Silence, and an answer that never ends, are both over before the deadline of the port."""
    behaviour, provider, room = broken

    async def trickle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)

    async def answer(request: web.Request) -> web.StreamResponse:
        if b"kick" in await request.read():
            return await trickle(request)
        return await asyncio.sleep(3600, result=web.Response())

    behaviour.answer = answer
    started = time.monotonic()
    outcomes = await asyncio.gather(provider.end_room(room), provider.kick(room, "x"), return_exceptions=True)
    assert time.monotonic() - started < DEADLINE.total_seconds()
    assert ["unreachable"] * 2 == [outcome.code for outcome in outcomes if isinstance(outcome, ProviderDown)]


async def test_down_and_back_are_logged_once_each(
    broken: tuple[Broken, Provider, Room], caplog: pytest.LogCaptureFixture
) -> None:
    """However often it is asked in between, the log has one line for each."""
    behaviour, provider, room = broken
    caplog.set_level(logging.INFO, "providers.jitsi")

    async def fail(_: web.Request) -> web.StreamResponse:
        return web.Response(status=500)

    for _ in range(2):
        behaviour.answer = fail
        for _ in range(3):
            with pytest.raises(ProviderDown):
                await provider.roster(room)
        behaviour.answer = _empty_room
        for _ in range(3):
            assert [] == list(await provider.roster(room))
    assert ["WARNING", "INFO"] * 2 == [record.levelname for record in caplog.records]
