"""Whatever a Janus, or what stands in its place, does wrong is one of three kinds of error, and soon."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from calls.errors import ProviderAuth, ProviderDown, ProviderError, ProviderRefused
from calls.meetings import DEADLINE, Provider, Surroundings
from calls.model import Room
from providers.janus.kind import JANUS_URL
from providers.registry import build_provider
from tests.contract.provider_kit import SPEC
from tests.janus_server import JanusServer

ROOM = Room("room", "http://127.0.0.1:3000/room/janus/room")

Reply = web.StreamResponse | Callable[[web.Request], Awaitable[web.StreamResponse]]


def answer(**content: object) -> web.Response:
    """Return an answer of Janus's."""
    return web.json_response(content)


def plugin(**data: object) -> web.Response:
    """Return an answer of the video rooms."""
    return answer(janus="success", plugindata={"plugin": "janus.plugin.videoroom", "data": data})


def refusal(code: int, reason: str = "because") -> web.Response:
    """Return a no of Janus's own."""
    return answer(janus="error", error={"code": code, "reason": reason})


@dataclass
class BrokenJanus:
    """Answers as it is told to: by what is asked for, and properly where nothing is said."""

    replies: dict[str, Callable[[], Reply]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        body = await request.json() if request.can_read_body else {}
        what = body.get("body", {}).get("request") or body.get("janus") or "info"
        self.asked.append(what)
        make = self.replies.get(what) or self.replies.get("*")
        if make is None:
            return plugin(videoroom="ok") if "body" in body else answer(janus="success", data={"id": 7})
        reply = make()
        return reply if isinstance(reply, web.StreamResponse) else await reply(request)


@pytest.fixture
def broken() -> BrokenJanus:
    """Return what will answer."""
    return BrokenJanus()


@pytest.fixture
async def provider(broken: BrokenJanus) -> AsyncIterator[Provider]:
    """Return a provider that asks it."""
    app = web.Application()
    app.router.add_route("*", "/janus{rest:.*}", broken.handle)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        values = {**JanusServer().settings(), JANUS_URL: str(server.make_url("/janus"))}
        yield build_provider("janus", Surroundings(b"k" * 32, session, values, "http://127.0.0.1:3000"))


async def error_of(asking: Awaitable[object]) -> ProviderError:
    """Return the error that something ends with."""
    with pytest.raises(ProviderError) as caught:
        await asking
    assert "janus" == caught.value.provider
    return caught.value


async def cut_off(request: web.Request) -> web.StreamResponse:
    """Promise more than is sent."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"janus":"succ')
    assert request.transport is not None
    request.transport.close()
    return response


async def hang_up(request: web.Request) -> web.StreamResponse:
    """Close the connection instead of answering."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def never_ending(request: web.Request) -> web.StreamResponse:
    """Send more than any answer has."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(100):
        await response.write(b" " * 65_536)
    return response


FAULTS: dict[str, tuple[Callable[[], Reply], type[ProviderError]]] = {
    "500": (lambda: web.Response(status=500), ProviderDown),
    "502 of a proxy": (lambda: web.Response(status=502, text="<h1>Bad gateway</h1>"), ProviderDown),
    "503": (lambda: web.Response(status=503), ProviderDown),
    "429": (lambda: web.Response(status=429), ProviderDown),
    "cut off": (lambda: cut_off, ProviderDown),
    "hung up": (lambda: hang_up, ProviderDown),
    "no such session": (lambda: refusal(458), ProviderDown),
    "no such handle": (lambda: refusal(459), ProviderDown),
    "401": (lambda: web.Response(status=401), ProviderAuth),
    "403": (lambda: web.Response(status=403), ProviderAuth),
    "unauthorized": (lambda: refusal(403), ProviderAuth),
    "unauthorized for the plugin": (lambda: refusal(405), ProviderAuth),
    "404": (lambda: web.Response(status=404), ProviderRefused),
    "led elsewhere": (lambda: web.Response(status=302, headers={"Location": "/janus/elsewhere"}), ProviderRefused),
    "empty": (web.Response, ProviderDown),
    "garbage": (lambda: web.Response(body=b"\xff\x00{"), ProviderDown),
    "HTML": (lambda: web.Response(text="<html>It works!</html>"), ProviderDown),
    "JSON of somebody else": (lambda: web.json_response({"ok": True}), ProviderDown),
    "a list": (lambda: web.json_response([]), ProviderDown),
    "deep": (lambda: web.Response(body=b"[" * 100_000), ProviderDown),
    "without an end": (lambda: never_ending, ProviderDown),
    "an error without reason": (lambda: answer(janus="error"), ProviderDown),
    "an error that is not known": (lambda: refusal(490, "x" * 5000), ProviderRefused),
}


@pytest.mark.parametrize("step", ["create", "attach", "destroy"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_fault_is_of_the_right_kind(broken: BrokenJanus, provider: Provider, fault: str, step: str) -> None:
    """What may work later, what needs new credentials and what never works are told apart, wherever it happens."""
    make, kind = FAULTS[fault]
    broken.replies[step] = make

    error = await error_of(provider.roster(ROOM) if step != "create" else provider.create_room(SPEC))

    assert kind is type(error)
    assert len(str(error)) < 300


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (lambda: plugin(videoroom="event", error_code=433, error="Unauthorized"), ProviderAuth),
        (
            lambda: plugin(videoroom="event", error_code=429, error="Missing mandatory element (admin_key)"),
            ProviderAuth,
        ),
        (lambda: plugin(videoroom="event", error_code=430, error="Invalid element type (room)"), ProviderRefused),
        (lambda: plugin(videoroom="event", error_code="what", error=None), ProviderRefused),
        (lambda: answer(janus="success"), ProviderDown),
        (lambda: answer(janus="success", plugindata={"data": 7}), ProviderDown),
        (lambda: answer(janus="ack"), ProviderDown),
    ],
)
async def test_no_of_the_video_rooms_is_of_the_right_kind(
    broken: BrokenJanus, provider: Provider, reply: Callable[[], Reply], kind: type[ProviderError]
) -> None:
    """What the rooms refuse is never taken for done."""
    broken.replies = {"listparticipants": reply, "kick": reply}
    for asking in (provider.roster(ROOM), provider.kick(ROOM, "somebody")):
        assert kind is type(await error_of(asking))


@pytest.mark.parametrize("listed", [None, {}, ["ada"], [7]])
async def test_roster_that_makes_no_sense_is_not_an_empty_one(
    broken: BrokenJanus, provider: Provider, listed: object
) -> None:
    """Nobody is taken off the card because an answer could not be read."""
    broken.replies["listparticipants"] = lambda: plugin(videoroom="participants", participants=listed)
    assert ProviderDown is type(await error_of(provider.roster(ROOM)))


async def test_nobody_listening_is_down(broken: BrokenJanus) -> None:
    """A Janus that does not run may run later."""
    async with aiohttp.ClientSession() as session:
        surroundings = Surroundings(b"k" * 32, session, JanusServer().settings(), "http://127.0.0.1:3000")
        provider = build_provider("janus", surroundings)
        assert ProviderDown is type(await error_of(provider.create_room(SPEC)))
        health = await provider.probe()
    assert not health.ok
    assert "does not answer" in health.sentence


@pytest.mark.timeout(20)
async def test_silence_ends_before_the_deadline(broken: BrokenJanus, provider: Provider) -> None:
    """Answers that come drop by drop, or never, hold nobody up for longer than the port allows."""

    async def drop_by_drop(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.2)

    broken.replies["listparticipants"] = lambda: drop_by_drop
    started = time.monotonic()
    error = await error_of(provider.roster(ROOM))

    assert ProviderDown is type(error)
    assert time.monotonic() - started < DEADLINE.total_seconds()


async def test_log_tells_once_that_it_is_down_and_once_that_it_is_back(
    broken: BrokenJanus, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """Polling a Janus that is down every few seconds does not fill the log; a no is not being down."""
    for reply in (lambda: web.Response(status=503), lambda: web.Response(status=502), lambda: refusal(403)):
        broken.replies["listparticipants"] = reply
        await error_of(provider.roster(ROOM))
    broken.replies.clear()
    broken.replies["listparticipants"] = lambda: plugin(videoroom="participants", participants=[])
    await provider.roster(ROOM)
    await provider.roster(ROOM)

    lines = [record.message for record in caplog.records if record.name.startswith("providers.janus")]
    assert ["Janus does not answer, calls there have to wait: HTTP status 503", "Janus answers again."] == lines


async def test_connection_that_was_closed_meanwhile_is_opened_anew(broken: BrokenJanus, provider: Provider) -> None:
    """After a restart of Janus the first request does not fail because of a connection kept from before."""
    closing = [hang_up]

    def reply() -> Reply:
        return closing.pop() if closing else plugin(videoroom="participants", participants=[])

    broken.replies["listparticipants"] = reply
    assert [] == list(await provider.roster(ROOM))


async def test_session_is_closed_after_each_request(broken: BrokenJanus, provider: Provider) -> None:
    """Nothing is left at Janus, also when the answer was a no."""
    broken.replies["kick"] = lambda: plugin(videoroom="event", error_code=428, error="No such user")
    await provider.kick(ROOM, "gone")
    assert ["create", "attach", "kick", "destroy"] == broken.asked


async def test_probe_never_raises(broken: BrokenJanus, provider: Provider) -> None:
    """The doctor gets a sentence, whatever happens."""
    for fault, (make, _) in FAULTS.items():
        broken.replies = {"*": make}
        health = await provider.probe()
        assert not health.ok, fault
        assert health.sentence.endswith("."), fault
        assert 1 == len(health.sentence.splitlines()), fault
