"""What is no HTTP, or two requests in one, or too slow, or too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.attack.case import Case
from tests.attack.wire import CLOSED, EVENTS, request

MIB = b"x" * (1 << 20)
REFUSED = {400, CLOSED}

_CHUNKS = "Transfer-Encoding: chunked"
_SOCKET = ("Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
_LAST = b"0\r\n\r\n"


def raw(line: str, *headers: str, body: bytes = b"", host: str = "Host: 127.0.0.1") -> bytes:
    """Return a request of a first line and headers, as they are."""
    return "\r\n".join([line, *([host] if host else []), *headers, "", ""]).encode() + body


def post(*headers: str, body: bytes = b"") -> bytes:
    """Return a request to Slack's address with headers as they are."""
    return raw(f"POST {EVENTS} HTTP/1.1", *headers, body=body)


def get(*headers: str, path: str = "/healthz", host: str = "Host: 127.0.0.1") -> bytes:
    """Return a request for a page with headers as they are."""
    return raw(f"GET {path} HTTP/1.1", "Connection: close", *headers, host=host)


def chunked(body: bytes) -> bytes:
    """Return a request whose body says itself where it ends."""
    return post(_CHUNKS, body=body)


_NO_HTTP = {
    "noise": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "HTTP/2's beginning": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "HTTP/9.9": raw("GET / HTTP/9.9"),
    "no version": raw("GET / HTTP/"),
    "a method of blanks": raw("   / HTTP/1.1"),
    "a method of 9,000 letters": raw(f"{'A' * 9_000} / HTTP/1.1"),
    "a blank before the colon": post("Content-Length : 4", body=b"abcd"),
    "a header without a colon": get("nothing"),
    "a header with NUL": get("X-A: a\0b"),
    "a header with a lone CR": get("X-A: a\rX-B: b"),
    "a header of 100 KiB": get(f"X-A: {'a' * 100_000}"),
    "10,000 headers": get(*["X-A: a"] * 10_000),
    "a path of 100 KiB": get(path=f"/{'a' * 100_000}"),
    "a length that is negative": post("Content-Length: -1"),
    "a length with a plus": post("Content-Length: +4", body=b"abcd"),
    "a length of words": post("Content-Length: four", body=b"abcd"),
    "two lengths": post("Content-Length: 4", "Content-Length: 5", body=b"abcde"),
    "a length and chunks": post("Content-Length: 4", _CHUNKS, body=_LAST),
    "chunks in quotes": post('Transfer-Encoding: "chunked"', body=_LAST),
    "chunks twice": post("Transfer-Encoding: chunked, chunked", body=_LAST),
    "chunks and something else": post("Transfer-Encoding: chunked, gzip", body=_LAST),
    "chunks of another spelling": post("Transfer-Encoding: xchunked", body=_LAST),
    "a chunk's size that is none": chunked(b"zz\r\nabcd\r\n" + _LAST),
    "a chunk's size of 100 digits": chunked(b"f" * 100 + b"\r\nabcd\r\n"),
    "a chunk that is longer than said": chunked(b"2\r\nabcd\r\n" + _LAST),
}

_NEARLY_HTTP = {
    "an empty line": (b"\r\n\r\n\r\n", {408}),
    "a method nobody knows": (raw(f"STEAL {EVENTS} HTTP/1.1", "Connection: close"), {400, 405}),
    "a header folded over lines": (post("X-A: 1\r\n 2"), {400, 401}),
    "a length of 1,000 digits": (post(f"Content-Length: {'9' * 1_000}"), {400, 413}),
    "a length of a terabyte": (post("Content-Length: 1099511627776", body=b"abcd"), {413}),
    "a chunk's extension of 100 KiB": (chunked(b"1;" + b"a" * 100_000 + b"\r\na\r\n" + _LAST), {400, 401}),
    "5,000 trailers": (chunked(b"0\r\n" + b"X-A: a\r\n" * 5_000 + b"\r\n"), {400, 401}),
    "no Host": (get(host=""), {200, 400}),
    "two Hosts": (get("Host: evil.example"), {200, 400}),
    "an absolute address": (get(path="http://evil.example/healthz"), {200, 400, 404}),
    "an address with a password": (get(path="http://a:b@evil.example:99999/"), {400, 404}),
    "CONNECT": (raw("CONNECT evil.example:443 HTTP/1.1", "Connection: close"), {400, 404, 405}),
    "OPTIONS *": (raw("OPTIONS * HTTP/1.1", "Connection: close"), {400, 404, 405}),
    "TRACE": (raw("TRACE /healthz HTTP/1.1", "Connection: close"), {400, 404, 405}),
    "an expectation nobody knows": (post("Expect: the-worst", "Content-Length: 1", body=b"a"), {417}),
    "an upgrade to HTTP/2": (raw("GET /healthz HTTP/1.1", "Connection: Upgrade", "Upgrade: h2c"), {200, 400}),
    "an upgrade where there is none": (raw(f"GET {EVENTS} HTTP/1.1", "Connection: Upgrade", *_SOCKET), {400, 405}),
}


def _chunked(pieces: Sequence[bytes]) -> Iterator[bytes]:
    yield post(_CHUNKS)
    for piece in pieces:
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield _LAST


def _split(raw: bytes) -> Sequence[bytes]:
    return [raw[at : at + 1] for at in range(len(raw))]


def _too_short() -> bytes:
    return request(body=b"a=1").replace(b"Content-Length: 3", b"Content-Length: 9")


def _100_mib(**headers: str) -> Sequence[bytes]:
    begun = post("Content-Length: 104857600", *(f"{name}: {value}" for name, value in headers.items()))
    return [begun, *([MIB] * 100)]


CASES = [
    *(Case(name, sent, REFUSED) for name, sent in _NO_HTTP.items()),
    *(Case(name, sent, statuses) for name, (sent, statuses) in _NEARLY_HTTP.items()),
    Case("byte by byte", lambda _: _split(request(body=b"a=1")), {401}),
    Case("a small body in 2,000 chunks", lambda _: list(_chunked([b"x"] * 2_000)), {401}),
    Case("chunks without an end", lambda _: list(_chunked([b"x" * 50_000] * 200)), {413, CLOSED}),
    Case("two requests in one", lambda _: request(body=b"a=1") + b"GET /metrics HTTP/1.1\r\n\r\n", {400, 401}),
    Case("100 requests at once", lambda _: raw("GET /healthz HTTP/1.1") * 100, {200}),
    Case("100 MiB", lambda _: _100_mib(), {413, CLOSED}),
    Case("100 MiB, announced politely", lambda _: _100_mib(Expect="100-continue"), {413, CLOSED}),
    Case("a body that does not come", lambda _: _too_short(), {408}),
    Case("headers that do not end", lambda _: [b"GET / HTTP/1.1\r\n", *([b"X-A: a\r\n"] * 60)], {408}, pause_s=0.25),
]
