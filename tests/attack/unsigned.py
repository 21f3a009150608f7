"""Requests to `/slack/events` that Slack did not sign: refused before anything reads them."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from functools import partial

from tests.attack.case import Case
from tests.attack.wire import FORM, JSON, Keys, request, signature

COMMAND = b"command=%2Fstartcall&text=hello&team_id=T1&channel_id=C1&user_id=U1&trigger_id=1.1"
BOMB = 100 << 20
"""How many bytes a compressed body unpacks to."""


def _with(keys: Keys, **changed: str) -> bytes:
    """Return a signed command with other headers of Slack's."""
    named = {"stamp": "X-Slack-Request-Timestamp", "made": "X-Slack-Signature"}
    headers = signature(keys, COMMAND) | {named[name]: value for name, value in changed.items()}
    return request(body=COMMAND, headers={"Content-Type": FORM, **headers})


def _stamps() -> Mapping[str, str]:
    return {
        "of words": "soon",
        "empty": "",
        "a fraction": "1700000000.5",
        "an exponent": "1e9",
        "negative": "-1700000000",
        "with a plus": "+1700000000",
        "of 400 digits": "9" * 400,
        "of 5,000 digits": "9" * 5_000,
        "in Arabic digits": "\N{ARABIC-INDIC DIGIT ONE}" * 10,
        "in full-width digits": "\N{FULLWIDTH DIGIT ONE}" * 10,
        "superscript": "²",
        "with underscores": "1_700_000_000",
        "hexadecimal": "0x6553f100",
        "infinite": "inf",
        "no number": "nan",
        "with a list": "1700000000, 1700000001",
        "with a tab": "\t1700000000\t",
    }


def _signatures() -> Mapping[str, str]:
    return {
        "empty": "",
        "of another version": "v1=" + "0" * 64,
        "without a version": "0" * 64,
        "not ASCII": "v0=" + "ü" * 64,
        "of bytes that are no UTF-8": "v0=" + "\udcff" * 64,
        "too short": "v0=0",
        "too long": "v0=" + "0" * 7_000,
        "a list": "v0=" + "0" * 64 + ", v0=" + "1" * 64,
        "JSON": '{"v0": true}',
    }


def _bodies() -> Mapping[str, tuple[bytes, str]]:
    return {
        "broken JSON": (b"payload={bad", FORM),
        "nested JSON": (b"payload=" + b"[" * 100_000, FORM),
        "a list": (b"[1]", JSON),
        "no UTF-8": (b"\xff\xfe\x00", FORM),
        "100,000 fields": (b"&".join([b"a=1"] * 60_000), FORM),
        "nothing": (b"", FORM),
        "a form in parts": (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
        "an unknown charset": (COMMAND, f"{FORM}; charset=none-such"),
        "a content type that is none": (COMMAND, "///;;;="),
        "a check of certificates": (b"ssl_check=1&token=x", FORM),
        "gzip": (gzip.compress(COMMAND), FORM),
    }


def _packed(encoding: str, body: bytes) -> bytes:
    return request(body=body, headers={"Content-Type": FORM, "Content-Encoding": encoding})


def _gzip_bomb() -> bytes:
    return gzip.compress(bytes(BOMB), compresslevel=9)[: 200 << 10]


def _upper(keys: Keys) -> bytes:
    return _with(keys, made=signature(keys, COMMAND)["X-Slack-Signature"].upper())


def _unpacked_signature(keys: Keys) -> bytes:
    headers = {"Content-Type": FORM, "Content-Encoding": "gzip", **signature(keys, COMMAND)}
    return request(body=gzip.compress(COMMAND), headers=headers)


CASES = [
    *(Case(f"a time {name}", partial(_with, stamp=stamp), {401}) for name, stamp in _stamps().items()),
    *(Case(f"a signature {name}", partial(_with, made=made), {401}) for name, made in _signatures().items()),
    *(
        Case(f"unsigned: {name}", request(body=sent[0], headers={"Content-Type": sent[1]}), {401})
        for name, sent in _bodies().items()
    ),
    Case("a signature in capitals", _upper, {401}),
    Case(
        "a signature of 301 s ago",
        lambda keys: request(body=COMMAND, headers=signature(keys, COMMAND, ago_s=301)),
        {401},
    ),
    Case(
        "a signature of the future",
        lambda keys: request(body=COMMAND, headers=signature(keys, COMMAND, ago_s=-310)),
        {401},
    ),
    Case(
        "a signature of other bytes",
        lambda keys: request(body=COMMAND + b"&x=1", headers=signature(keys, COMMAND)),
        {401},
    ),
    Case("a signature of what would be unpacked", _unpacked_signature, {401}),
    Case("a bomb of gzip", lambda _: _packed("gzip", _gzip_bomb()), {401}),
    Case("a bomb of deflate", lambda _: _packed("deflate", zlib.compress(bytes(BOMB), 9)[: 200 << 10]), {401}),
    Case("compressed with what nobody knows", lambda _: _packed("br, zstd, x", COMMAND), {401}),
    Case("said to be compressed, and is not", lambda _: _packed("gzip", COMMAND), {401}),
    Case("said to be compressed twice", lambda _: _packed("gzip, gzip", gzip.compress(COMMAND)), {401}),
    Case("one byte more than is allowed", lambda _: request(body=b"x" * (256 * 1024 + 1)), {413}),
    Case("as much as is allowed", lambda _: request(body=b"x" * (256 * 1024)), {401}),
]
