"""What anybody can send to `POST /slack/events`: only deliberate answers, no traceback, nothing started."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import struct
from urllib.parse import urlsplit

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier

from calls.clock import now
from sandbox.testing import wait_for
from tests.world import World

pytestmark = pytest.mark.parametrize("world", ["http"], indirect=True)

FORM = "application/x-www-form-urlencoded"
COMMAND = "command=%2Fstartcall&text=hello&team_id=T1&channel_id=C1&user_id=U1&trigger_id=1.1"


async def post(world: World, body: bytes, headers: dict[str, str]) -> int:
    """Send a request and return its status."""
    url = f"{world.server.address}/slack/events"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        await response.read()
        return response.status


def signed(world: World, body: str, *, content_type: str = FORM, ago_s: int = 0) -> dict[str, str]:
    """Return the headers Slack would send with a body."""
    timestamp = str(int(now().timestamp()) - ago_s)
    verifier = SignatureVerifier(world.slack.installation.signing_secret)
    signature = verifier.generate_signature(timestamp=timestamp, body=body) or ""
    return {"Content-Type": content_type, "X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=00"},
        {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=00"},
        {"X-Slack-Request-Timestamp": "1e9", "X-Slack-Signature": "v0=00"},
        {"X-Slack-Request-Timestamp": "-1", "X-Slack-Signature": "v0=00"},
        {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=00"},
        {"X-Slack-Request-Timestamp": "١٢٣", "X-Slack-Signature": "v0=ü"},
    ],
)
async def test_an_unsigned_request_is_refused(world: World, headers: dict[str, str]) -> None:
    """Whatever stands in the headers, a request without Slack's signature is answered 401."""
    assert 401 == await post(world, COMMAND.encode(), {"Content-Type": FORM, **headers})
    assert [] == world.methods()


async def test_a_signature_is_good_for_its_bytes_and_for_five_minutes(world: World) -> None:
    """One changed byte, or an old or future request, is refused."""
    changed = signed(world, COMMAND)

    assert 401 == await post(world, COMMAND.encode() + b"&x=1", changed)
    assert 401 == await post(world, COMMAND.encode(), signed(world, COMMAND, ago_s=301))
    assert 401 == await post(world, COMMAND.encode(), signed(world, COMMAND, ago_s=-310))


async def test_a_long_body_is_refused_before_it_is_read(world: World) -> None:
    """More than 256 KiB is answered 413."""
    assert 413 == await post(world, b"a=" + b"x" * 300_000, {"Content-Type": FORM})


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("payload={bad", FORM),
        ("payload=[1]", FORM),
        ("payload=1", FORM),
        ("payload=", FORM),
        ("payload=" + "[" * 50_000, FORM),
        ("%ff%fe=%00", FORM),
        ("", FORM),
        ("{bad", "application/json"),
        ("[1]", "application/json"),
        ("null", "application/json"),
        (json.dumps({"type": "event_callback", "event": 1}), "application/json"),
        (json.dumps({"type": "event_callback"}), "application/json"),
        ("command=%2Fstartcall", FORM),
        ("payload=" + json.dumps({"type": "block_actions", "actions": []}), FORM),
        ("payload=" + json.dumps({"type": "block_actions", "actions": [{"action_id": "end_call"}]}), FORM),
        ("payload=" + json.dumps({"type": "view_submission", "view": {"callback_id": "start_call"}}), FORM),
    ],
)
async def test_a_signed_request_that_makes_no_sense_is_refused_in_order(
    world: World, caplog: pytest.LogCaptureFixture, body: str, content_type: str
) -> None:
    """Nothing a signed body holds raises through the server, and nothing is started by it."""
    caplog.set_level(logging.ERROR)

    status = await post(world, body.encode(), signed(world, body, content_type=content_type))

    assert status in {400, 404}
    assert [] == [record for record in caplog.records if record.exc_info]
    assert [] == world.methods()


async def test_whoever_is_gone_before_the_answer_leaves_no_traceback(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack goes away after 3 s; what it asked for was taken in all the same."""
    for number in range(5):
        body = f"command=%2Fstartcall&text=gone&team_id=T0SANDBOX01&channel_id=C{number}&user_id=U1&trigger_id={number}"
        head = "".join(f"{name}: {value}\r\n" for name, value in signed(world, body).items())
        port = urlsplit(world.server.address).port
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        length = f"Host: x\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(f"POST /slack/events HTTP/1.1\r\n{head}{length}{body}".encode())
        await writer.drain()
        # Closed so that the other side hears of it at once.
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()
    await wait_for(lambda: 5 == world.methods().count("calls.add"))

    assert [] == [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
