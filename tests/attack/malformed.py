"""What is no HTTP, or two requests in one, or too slow, or too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.attack.case import Case
from tests.attack.wire import CLOSED, EVENTS, request

HOST = "Host: 127.0.0.1\r\n"
SHORT = "X-A: a\r\n"
MIB = b"x" * (1 << 20)
NO_HTTP = {400, CLOSED}

_RAW = {
    "noise": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)), NO_HTTP),
    "an empty line": (b"\r\n\r\n\r\n", {408}),
    "HTTP/2's beginning": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", NO_HTTP),
    "HTTP/0.9": (b"GET /healthz\r\n\r\n", NO_HTTP),
    "HTTP/9.9": (f"GET / HTTP/9.9\r\n{HOST}\r\n".encode(), NO_HTTP),
    "no version": (f"GET / HTTP/\r\n{HOST}\r\n".encode(), NO_HTTP),
    "a method of blanks": (f"   / HTTP/1.1\r\n{HOST}\r\n".encode(), NO_HTTP),
    "a method of 9,000 letters": (f"{'A' * 9_000} / HTTP/1.1\r\n{HOST}\r\n".encode(), NO_HTTP),
    "a method nobody knows": (f"STEAL {EVENTS} HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode(), {*NO_HTTP, 405}),
    "a blank before the colon": (f"POST {EVENTS} HTTP/1.1\r\n{HOST}Content-Length : 4\r\n\r\nabcd".encode(), NO_HTTP),
    "a header folded over lines": (f"POST {EVENTS} HTTP/1.1\r\n{HOST}X-A: 1\r\n 2\r\n\r\n".encode(), {*NO_HTTP, 401}),
    "a header without a colon": (f"GET / HTTP/1.1\r\n{HOST}nothing\r\n\r\n".encode(), NO_HTTP),
    "a header with NUL": (f"GET / HTTP/1.1\r\n{HOST}X-A: a\0b\r\n\r\n".encode(), NO_HTTP),
    "a header with a lone CR": (f"GET / HTTP/1.1\r\n{HOST}X-A: a\rX-B: b\r\n\r\n".encode(), NO_HTTP),
    "a header of 100 KiB": (f"GET / HTTP/1.1\r\n{HOST}X-A: {'a' * 100_000}\r\n\r\n".encode(), NO_HTTP),
    "10,000 headers": (f"GET / HTTP/1.1\r\n{HOST}{SHORT * 10_000}\r\n".encode(), NO_HTTP),
    "a path of 100 KiB": (f"GET /{'a' * 100_000} HTTP/1.1\r\n{HOST}\r\n".encode(), NO_HTTP),
    "a length that is negative": (f"POST {EVENTS} HTTP/1.1\r\n{HOST}Content-Length: -1\r\n\r\n".encode(), NO_HTTP),
    "a length with a plus": (f"POST {EVENTS} HTTP/1.1\r\n{HOST}Content-Length: +4\r\n\r\nabcd".encode(), NO_HTTP),
    "a length of 1,000 digits": (f"POST {EVENTS} HTTP/1.1\r\n{HOST}Content-Length: {'9' * 1_000}\r\n\r\n".encode(), {*NO_HTTP, 413}),
    "a length of words": (f"POST {EVENTS} HTTP/1.1\r\n{HOST}Content-Length: four\r\n\r\nabcd".encode(), NO_HTTP),
    "two lengths": (f"POST {EVENTS} HTTP/1.1\r\n{HOST}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde".encode(), NO_HTTP),
    "a length of a terabyte": (f"POST {EVENTS} HTTP/1.1\r\n{HOST}Content-Length: 1099511627776\r\n\r\nabcd".encode(), {413}),
    "a length and chunks": (
        f"POST {EVENTS} HTTP/1.1\r\n{HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode(), NO_HTTP),
    "chunks in capitals and quotes": (
        f"POST {EVENTS} HTTP/1.1\r\n{HOST}Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n".encode(), NO_HTTP),
    "chunks twice": (
        f"POST {EVENTS} HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n".encode(), NO_HTTP),
    "chunks and something else": (
        f"POST {EVENTS} HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n".encode(), NO_HTTP),
    "chunks of another spelling": (
        f"POST {EVENTS} HTTP/1.1\r\n{HOST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n".encode(), NO_HTTP),
    "a chunk's size that is none": (
        f"POST {EVENTS} HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\nabcd\r\n0\r\n\r\n".encode(), NO_HTTP),
    "a chunk's size of 100 digits": (
        f"POST {EVENTS} HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n{'f' * 100}\r\nabcd\r\n".encode(), NO_HTTP),
    "a chunk that is longer than said": (
        f"POST {EVENTS} HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n".encode(), NO_HTTP),
    "a chunk's extension of 100 KiB": (
        f"POST {EVENTS} HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n1;{'a' * 100_000}\r\na\r\n0\r\n\r\n".encode(), {*NO_HTTP, 401}),
    "trailers without an end": (
        f"POST {EVENTS} HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n{SHORT * 5_000}\r\n".encode(), {*NO_HTTP, 401}),
    "no Host": (f"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n".encode(), {200, 400}),
    "two Hosts": (f"GET /healthz HTTP/1.1\r\n{HOST}Host: evil.example\r\nConnection: close\r\n\r\n".encode(), {200, *NO_HTTP}),
    "an absolute address": (f"GET http://evil.example/healthz HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode(), {200, 400, 404}),
    "an address with a password": (f"GET http://a:b@evil.example:99999/ HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode(), {400, 404}),
    "CONNECT": (f"CONNECT evil.example:443 HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode(), {400, 404, 405}),
    "OPTIONS *": (f"OPTIONS * HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode(), {400, 404, 405}),
    "TRACE": (f"TRACE /healthz HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode(), {400, 404, 405}),
    "an expectation nobody knows": (
        f"POST {EVENTS} HTTP/1.1\r\n{HOST}Expect: the-worst\r\nContent-Length: 1\r\nConnection: close\r\n\r\na".encode(), {417}),
    "an upgrade to HTTP/2": (
        f"GET /healthz HTTP/1.1\r\n{HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n".encode(), {200, *NO_HTTP}),
    "an upgrade where there is none": (
        f"GET {EVENTS} HTTP/1.1\r\n{HOST}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode(), {*NO_HTTP, 405}),
}  # fmt: skip


def _chunked(pieces: Sequence[bytes]) -> Iterator[bytes]:
    yield f"POST {EVENTS} HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n".encode()
    for piece in pieces:
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def _split(raw: bytes) -> Sequence[bytes]:
    return [raw[at : at + 1] for at in range(len(raw))]


def _too_short() -> bytes:
    return request(body=b"a=1").replace(b"Content-Length: 3", b"Content-Length: 9")


CASES = [
    *(Case(name, lambda _, raw=raw: raw, statuses) for name, (raw, statuses) in _RAW.items()),
    Case("byte by byte", lambda _: _split(request(body=b"a=1")), {401}),
    Case("a small body in 2,000 chunks", lambda _: list(_chunked([b"x"] * 2_000)), {401}),
    Case("chunks without an end", lambda _: list(_chunked([b"x" * 50_000] * 200)), {413, CLOSED}),
    Case("two requests in one", lambda _: request(body=b"a=1") + b"GET /metrics HTTP/1.1\r\n\r\n", {400, 401}),
    Case("100 requests at once", lambda _: request("/healthz", method="GET").replace(b"close", b"keep-alive") * 100, {200}),
    Case("100 MiB", lambda _: [request(body=MIB)[:-len(MIB)].replace(b"1048576", b"104857600"), *([MIB] * 100)], {413, CLOSED}),
    Case("100 MiB, announced politely", lambda _: [
        request(body=MIB, headers={"Expect": "100-continue"})[:-len(MIB)].replace(b"1048576", b"104857600"), *([MIB] * 100),
    ], {413, CLOSED}),
    Case("a body that does not come", lambda _: _too_short(), {408}),
    Case("headers that do not end", lambda _: [b"GET / HTTP/1.1\r\n", *([b"X-A: a\r\n"] * 60)], {408}, pause_s=0.25),
]  # fmt: skip
