"""What may come over a WebSocket of Socket Mode besides what Slack sends."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from listeners.socket_connection import FRAME_MAX_BYTES
from tests.attack.forged import COMMAND, WRONG
from tests.attack.peer import Opcode, frame, text

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Noise:
    """Something that is sent over a connection.

    Args:
        sent: the bytes, in the pieces in which they are sent.
        ends: whether the connection has to be ended, and another opened; else it carries on.
    """

    name: str
    sent: Sequence[bytes]
    ends: bool = False


def deflated(said: str) -> bytes:
    """Return a text as permessage-deflate would have it. Source: https://www.rfc-editor.org/rfc/rfc7692#section-7.2.1."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return (packer.compress(said.encode()) + packer.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")


def envelope(**changed: object) -> dict[str, Any]:
    """Return an envelope of Slack's in which something is different."""
    return {"envelope_id": "e", "type": "slash_commands", "accepts_response_payload": True, "payload": {}} | changed


def _parts(opcode: int, *payloads: bytes) -> list[bytes]:
    """Return a message in several frames."""
    opcodes = [opcode, *[Opcode.CONTINUATION] * (len(payloads) - 1)]
    return [
        frame(one, payload, is_last=number == len(payloads))
        for number, (one, payload) in enumerate(zip(opcodes, payloads, strict=True), 1)
    ]


_TEXTS = {
    "nothing": "",
    "broken JSON": "{bad",
    "JSON twice": "{}{}",
    "null": "null",
    "a number": "1",
    "a list": '[{"envelope_id": "e"}]',
    "a text": '"hello"',
    "not a number": '{"envelope_id": NaN}',
    "an infinite number": '{"envelope_id": "e", "payload": {"event_time": 1e999}}',
    "a number of 100,000 digits": "1" * 100_000,
    "nested lists": "[" * 100_000,
    "nested lists that end": "[" * 100_000 + "]" * 100_000,
    "nested objects": '{"a":' * 100_000,
    "nested objects that end": '{"envelope_id": "e", "payload":' + '{"event":' * 900 + "1" + "}" * 901,
    "a key twice": '{"envelope_id": "e", "envelope_id": [], "payload": {}}',
    "NUL": "\0",
    "a lone surrogate": '{"envelope_id": "\\ud800", "payload": {"type": "\\udfff"}}',
    "text that runs backwards": '{"type": "\u202e"}',
    "50,000 keys": json.dumps(dict.fromkeys(map(str, range(50_000)))),
    "hello again": '{"type": "hello"}',
    "hello with nothing right": '{"type": "hello", "num_connections": "many", "connection_info": []}',
    "an envelope without an id": json.dumps({"type": "slash_commands", "payload": COMMAND}),
    "an envelope of a type nobody knows": json.dumps(envelope(type="x" * 10_000)),
    "an envelope without a type": json.dumps({"envelope_id": "e", "payload": COMMAND | {"text": "help"}}),
    "an envelope that holds an envelope": json.dumps(envelope(payload=envelope(payload=envelope()))),
    "an envelope with a check of certificates": json.dumps(
        envelope(payload={"ssl_check": "1", "token": "x", "type": "block_actions"})
    ),
    "an envelope with a challenge": json.dumps(envelope(payload={"type": "url_verification", "challenge": "x"})),
    "an id of 512 KiB": json.dumps(envelope(envelope_id="e" * (MIB // 2), payload=COMMAND | {"text": "help"})),
}

_BROKEN = {
    "text that is no UTF-8": [frame(Opcode.TEXT, b"\xff\xfe\xc0\xaf")],
    "text that ends within a character": [frame(Opcode.TEXT, "{}ü".encode()[:-1])],
    "a surrogate in UTF-8": [frame(Opcode.TEXT, b'{"type": "\xed\xa0\x80"}')],
    "a continuation of nothing": [frame(Opcode.CONTINUATION, b"{}")],
    "a continuation after the end": [*_parts(Opcode.TEXT, b"{", b"}"), frame(Opcode.CONTINUATION, b"{}")],
    "a message within a message": [frame(Opcode.TEXT, b"{", is_last=False), text("{}")],
    "a message begun twice": [frame(Opcode.TEXT, b"{", is_last=False), frame(Opcode.TEXT, b"{", is_last=False)],
    "compressed, which nobody agreed on": [frame(Opcode.TEXT, deflated('{"type": "hello"}'), reserved=4)],
    "compressed, 1,000 times as long": [frame(Opcode.TEXT, deflated(" " * 100 * MIB), reserved=4)],
    "another reserved bit": [frame(Opcode.TEXT, b"{}", reserved=2)],
    "every reserved bit": [frame(Opcode.PING, b"", reserved=7)],
    "an opcode nobody knows": [frame(3, b"{}")],
    "a control opcode nobody knows": [frame(11, b"{}")],
    "a ping in parts": [frame(Opcode.PING, b"a", is_last=False)],
    "a ping of 126 bytes": [frame(Opcode.PING, b"a" * 126)],
    "a close of one byte": [frame(Opcode.CLOSE, b"a")],
    "a close with a code that is none": [frame(Opcode.CLOSE, b"\x00\x01")],
    "a close with a reason that is no UTF-8": [frame(Opcode.CLOSE, b"\x03\xe8\xff\xfe")],
    "a close": [frame(Opcode.CLOSE, b"\x03\xe8bye")],
    "a close without a code": [frame(Opcode.CLOSE)],
    "a close, and more": [frame(Opcode.CLOSE, b"\x03\xe8"), *[text("{}")] * 100],
    "a length of all bits": [frame(Opcode.TEXT, b"{}", says=(1 << 64) - 1)],
    "a length of a terabyte": [frame(Opcode.TEXT, b"{}", says=1 << 40), *[b" " * MIB] * 32],
    "more than is allowed": [frame(Opcode.TEXT, b" " * (FRAME_MAX_BYTES + MIB))],
    "more than is allowed, as bytes": [frame(Opcode.BINARY, b" " * (FRAME_MAX_BYTES + MIB))],
    "more than is allowed, in parts": _parts(Opcode.TEXT, *[b" " * 65_536] * (FRAME_MAX_BYTES // 65_536 + 2)),
    "parts without an end": [frame(Opcode.TEXT, b"[", is_last=False)]
    + [frame(Opcode.CONTINUATION, b" " * 65_536, is_last=False)] * (FRAME_MAX_BYTES // 65_536 + 2),
    "HTTP": [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
    "noise": [bytes(range(256)) * 16],
}

NOISES = [
    *(Noise(f"text: {name}", [text(said)]) for name, said in _TEXTS.items()),
    *(
        Noise(f"{field} is {str(value)[:12]!r} ({type(value).__name__})", [text(envelope(**{field: value}))])
        for field in ("envelope_id", "type", "payload", "accepts_response_payload", "retry_attempt", "retry_reason")
        for value in WRONG
    ),
    Noise("bytes instead of text", [frame(Opcode.BINARY, json.dumps(envelope()).encode())]),
    Noise("nothing as bytes", [frame(Opcode.BINARY)]),
    Noise("a message byte by byte", _parts(Opcode.TEXT, *[bytes([one]) for one in json.dumps(envelope()).encode()])),
    Noise("a message of empty parts", _parts(Opcode.TEXT, b"{", *[b""] * 5_000, b"}")),
    Noise(
        "a ping within a message",
        [frame(Opcode.TEXT, b"{", is_last=False), frame(Opcode.PING, b"x"), frame(Opcode.CONTINUATION, b"}")],
    ),
    Noise("a ping with all it may hold", [frame(Opcode.PING, bytes(range(125)))]),
    Noise("a pong nobody asked for", [frame(Opcode.PONG, b"x")]),
    Noise("1,000 pings at once", [frame(Opcode.PING, b"x" * 125) * 1_000]),
    Noise("10,000 empty messages", [text("") * 10_000]),
    Noise("10,000 messages of nothing much", [text("{}") * 10_000]),
    Noise("2,000 envelopes that make no sense", [text(envelope()) * 2_000]),
    Noise("a frame byte by byte", [bytes([one]) for one in text(envelope())]),
    Noise("as much as is allowed", [text(" " * (FRAME_MAX_BYTES - 1024))]),
    *(Noise(f"broken: {name}", sent, ends=True) for name, sent in _BROKEN.items()),
    *(
        Noise(
            f"disconnect for {str(reason)[:12]!r} ({type(reason).__name__})",
            [text({"type": "disconnect", **said})],
            ends=True,
        )
        for reason, said in [("nothing", {}), *((one, {"reason": one, "debug_info": one}) for one in WRONG)]
    ),
    Noise(
        "disconnect, and more", [text({"type": "disconnect", "reason": "warning"}) * 100, text(envelope())], ends=True
    ),
]
"""Each with whether the connection carries on."""
