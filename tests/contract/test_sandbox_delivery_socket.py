"""Socket Mode, frame by frame, and with all four clients of Slack's SDK."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import aiohttp
import pytest
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.aiohttp import SocketModeClient as AiohttpClient
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import views
from sandbox.person import Person
from sandbox.server import Options, Sandbox
from sandbox.testing import wait_for
from tests.contract.delivery_rig import GENERAL, MANIFEST, MODAL
from tests.contract.socket_mode_program import API_URL, APP_TOKEN, answer, answer_async
from tests.repo.tree import ROOT

Connect = Callable[[], Awaitable[aiohttp.ClientWebSocketResponse]]


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """Run a local Slack that waits a short time for acknowledgements and repeats events quickly."""
    running = await Sandbox.start(options=Options(manifest=MANIFEST, ack_timeout_s=0.3, time_scale=0.001))
    yield running
    await running.stop()


@pytest.fixture
async def connect(slack: Sandbox) -> AsyncIterator[Connect]:
    """Return a way to open a connection as an SDK does: ask for an address, then go there."""
    async with aiohttp.ClientSession() as session:

        async def opened() -> aiohttp.ClientWebSocketResponse:
            headers = {"Authorization": f"Bearer {slack.installation.app_token}"}
            async with session.post(f"{slack.api_url}apps.connections.open", headers=headers) as response:
                url = (await response.json())["url"]
            return await session.ws_connect(url)

        yield opened


@pytest.fixture
def alice(slack: Sandbox) -> Person:
    """Return Alice."""
    return slack.person("alice")


async def test_hello_tells_who_and_how_many(connect: Connect) -> None:
    """The first frame of a connection is `hello` with Slack's keys, counting this one."""
    sockets = [await connect() for _ in range(2)]
    hellos = [await socket.receive_json() for socket in sockets]

    assert [hello["num_connections"] for hello in hellos] == [1, 2]
    assert hellos[0] == {
        "type": "hello",
        "num_connections": 1,
        "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 3600},
        "connection_info": {"app_id": "A0SANDBOX01"},
    }


async def test_a_ticket_opens_one_connection(slack: Sandbox) -> None:
    """A used, unknown or missing ticket is refused with 403."""
    client = AsyncWebClient(base_url=slack.api_url)
    url = (await client.apps_connections_open(app_token=slack.installation.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        await session.ws_connect(url)
        for again in (url, f"{slack.url.replace('http', 'ws')}link/?ticket=forged", f"{slack.url}link/"):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(again)
            assert refused.value.status == 403


async def test_a_command_comes_as_an_envelope_and_its_answer_in_the_acknowledgement(
    slack: Sandbox, connect: Connect, alice: Person
) -> None:
    """The envelope has Slack's keys; the payload of the acknowledgement is shown to the person."""
    socket = await connect()
    await socket.receive_json()
    running = asyncio.create_task(alice.command(GENERAL, "/plain", "Hi"))
    envelope = await socket.receive_json()
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Hello"}})
    ack = await running

    assert envelope.keys() == {"envelope_id", "payload", "type", "accepts_response_payload"}
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert envelope["payload"]["command"] == "/plain"
    assert ack.payload == {"text": "Hello"}
    assert slack.workspace.messages[GENERAL][-1].text == "Hello"


async def test_only_submissions_among_interactions_accept_an_answer(
    slack: Sandbox, connect: Connect, alice: Person
) -> None:
    """A press is only acknowledged; a dialog's submission may be answered."""
    view = views.open_view(slack.workspace, alice.user_id, MODAL)
    socket = await connect()
    await socket.receive_json()
    seen = []
    for running in (alice.click_in_view(view.id, "more"), alice.submit(view.id, {"title": "Sync"})):
        task = asyncio.create_task(running)
        envelope = await socket.receive_json()
        seen.append((envelope["type"], envelope["payload"]["type"], envelope["accepts_response_payload"]))
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await task

    assert seen == [("interactive", "block_actions", False), ("interactive", "view_submission", True)]


async def test_an_event_that_is_not_acknowledged_comes_again(connect: Connect, alice: Person) -> None:
    """The first delivery carries retry_attempt 0, the next ones count up and say `timeout`; an ack ends it."""
    socket = await connect()
    await socket.receive_json()
    await alice.open_home()
    envelopes = [await socket.receive_json() for _ in range(3)]
    await socket.send_json({"envelope_id": envelopes[-1]["envelope_id"]})
    with pytest.raises(TimeoutError):
        await socket.receive_json(timeout=0.7)

    assert [(one["retry_attempt"], one["retry_reason"]) for one in envelopes] == [
        (0, ""),
        (1, "timeout"),
        (2, "timeout"),
    ]
    assert len({one["envelope_id"] for one in envelopes}) == 3
    assert len({one["payload"]["event_id"] for one in envelopes}) == 1
    assert not any(one["accepts_response_payload"] for one in envelopes)


async def test_a_command_that_is_not_acknowledged_is_told_and_not_repeated(
    slack: Sandbox, connect: Connect, alice: Person
) -> None:
    """After the wait the person reads operation_timeout; a late acknowledgement changes nothing."""
    socket = await connect()
    await socket.receive_json()
    ack = await alice.command(GENERAL, "/plain")
    envelope = await socket.receive_json()
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Too late"}})
    await socket.send_str("not json")
    await socket.send_json(["neither"])
    with pytest.raises(TimeoutError):
        await socket.receive_json(timeout=0.5)

    assert ack.failure == "operation_timeout"
    assert slack.workspace.messages[GENERAL][-1].text.endswith("did not respond (operation_timeout).")


async def test_without_a_connection_a_command_fails_at_once(slack: Sandbox, alice: Person) -> None:
    """Nobody has to wait to learn that the app is not there."""
    ack = await alice.command(GENERAL, "/plain")

    assert ack.failure == "dispatch_failed"
    assert slack.workspace.messages[GENERAL][-1].ephemeral_for == alice.user_id


async def test_each_envelope_goes_to_one_connection_in_turn(connect: Connect, alice: Person) -> None:
    """With several connections every delivery is sent once, and all get some."""
    sockets = [await connect() for _ in range(3)]
    for socket in sockets:
        await socket.receive_json()
    got = [0, 0, 0]

    async def answer(number: int) -> None:
        async for message in sockets[number]:
            got[number] += 1
            await sockets[number].send_json({"envelope_id": message.json()["envelope_id"]})

    answering = [asyncio.create_task(answer(number)) for number in range(3)]
    acks = [await alice.command(GENERAL, "/plain") for _ in range(6)]
    for task in answering:
        task.cancel()

    assert all(ack.is_ok for ack in acks)
    assert got == [2, 2, 2]


async def test_the_eleventh_connection_is_turned_away(slack: Sandbox, connect: Connect) -> None:
    """Ten connections are enough: one more gets `too_many_websockets` and is closed."""
    kept = [await connect() for _ in range(10)]
    eleventh = await connect()
    frame = await eleventh.receive_json()

    assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")
    assert (await eleventh.receive()).type is aiohttp.WSMsgType.CLOSE
    assert slack.socket_mode.connections == len(kept)


async def test_disconnect_says_why_and_closes(slack: Sandbox, connect: Connect) -> None:
    """A warning leaves the connection open; a refresh closes it after the frame."""
    socket = await connect()
    await socket.receive_json()
    await slack.socket_mode.disconnect("warning", close=False)
    assert slack.socket_mode.connections == 1
    disconnecting = asyncio.create_task(slack.socket_mode.disconnect("refresh_requested"))
    frames = [await socket.receive_json() for _ in range(2)]
    assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
    await disconnecting

    assert [frame["reason"] for frame in frames] == ["warning", "refresh_requested"]
    assert frames[0] == {"type": "disconnect", "reason": "warning", "debug_info": {"host": "sandbox"}}
    assert slack.socket_mode.connections == 0


async def test_a_cut_connection_is_passed_over(slack: Sandbox, connect: Connect, alice: Person) -> None:
    """After a broken network the next delivery goes to a connection that lives."""
    broken = await connect()
    await broken.receive_json()
    slack.socket_mode.drop()
    assert (await broken.receive()).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
    alive = await connect()
    await alive.receive_json()
    running = asyncio.create_task(alice.command(GENERAL, "/plain"))
    envelope = await alive.receive_json()
    await alive.send_json({"envelope_id": envelope["envelope_id"]})

    assert (await running).is_ok


async def test_stopping_closes_the_connections_quickly(connect: Connect, slack: Sandbox) -> None:
    """A client that answers a close frame, and one that does not, are both gone within a few seconds."""
    await connect()
    polite = await connect()
    reading = asyncio.create_task(_read_all(polite))
    started = asyncio.get_running_loop().time()
    await slack.stop()
    await reading

    assert asyncio.get_running_loop().time() - started < 3.0


@asynccontextmanager
async def aiohttp_client(slack: Sandbox) -> AsyncIterator[None]:
    """Connect with the SDK's asynchronous client."""
    client = AiohttpClient(slack.installation.app_token, web_client=AsyncWebClient(base_url=slack.api_url))
    client.socket_mode_request_listeners.append(answer_async)
    await client.connect()  # type: ignore[no-untyped-call]
    yield
    await client.close()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def builtin_client(slack: Sandbox) -> AsyncIterator[None]:
    """Connect with the SDK's client of threads."""
    client = SocketModeClient(slack.installation.app_token, web_client=WebClient(base_url=slack.api_url))
    client.socket_mode_request_listeners.append(answer)
    await asyncio.to_thread(client.connect)
    yield
    await asyncio.to_thread(client.close)


@asynccontextmanager
async def program(slack: Sandbox, client: str) -> AsyncIterator[None]:
    """Connect with a client in a process of its own."""
    variables = {API_URL: slack.api_url, APP_TOKEN: slack.installation.app_token}
    command = (sys.executable, "-m", "tests.contract.socket_mode_program", client)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=variables)
    try:
        yield
    finally:
        process.kill()
        await process.wait()


CLIENTS = {
    "aiohttp": aiohttp_client,
    "builtin": builtin_client,
    "websocket_client": partial(program, client="websocket_client"),
    "websockets": partial(program, client="websockets"),
}


Client = Callable[[Sandbox], AbstractAsyncContextManager[None]]


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS.keys())
async def test_the_sdks_own_clients_connect_and_answer(slack: Sandbox, alice: Person, client: Client) -> None:
    """Slack's clients work unchanged."""
    async with client(slack):
        await wait_for(lambda: slack.socket_mode.connections == 1)
        ack = await alice.command(GENERAL, "/plain", "one")

    assert ack.payload == {"text": "one"}


@pytest.mark.parametrize(
    "client",
    [
        *(pytest.param(CLIENTS[name], id=name) for name in ("aiohttp", "builtin", "websockets")),
        # This one may take 10 s to see that its connection was closed.
        pytest.param(CLIENTS["websocket_client"], id="websocket_client", marks=pytest.mark.long),
    ],
)
async def test_the_sdks_own_clients_come_back(slack: Sandbox, alice: Person, client: Client) -> None:
    """They reconnect by themselves when they are told to."""
    async with client(slack):
        await wait_for(lambda: slack.socket_mode.connections == 1)
        await slack.socket_mode.disconnect("refresh_requested")
        await wait_for(lambda: slack.socket_mode.connections == 1, timeout_s=30)
        ack = await alice.command(GENERAL, "/plain", "two")

    assert ack.payload == {"text": "two"}


async def _read_all(socket: aiohttp.ClientWebSocketResponse) -> None:
    async for _ in socket:
        pass
