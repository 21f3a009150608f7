"""Every public address, asked as nobody should ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.attack.wire import FORM

ADDRESSES: Mapping[str, str] = {
    "/healthz": "GET",
    "/readyz": "GET",
    "/metrics": "GET",
    "/slack/events": "POST",
    "/slack/install": "GET",
    "/slack/oauth_redirect": "GET",
    "/slack/openid_redirect": "GET",
    "/j/join.css": "GET",
    "/j/sign_out": "POST",
    "/j/{token}": "GET",
    "/j/{token}/sign_in": "GET",
    "/hooks/{provider}{path}": "POST",
    "/link/{provider}": "GET",
    "/link/{provider}/go": "GET",
    "/link/{provider}/back": "GET",
    "/room/builtin/assets/{path}": "GET",
    "/room/builtin/{room_id}": "GET",
    "/room/builtin/{room_id}/enter": "POST",
    "/room/builtin/{room_id}/socket": "GET",
}
"""As the app's router has them, each with the method that it is there for."""

DELIBERATE = {100, 200, 302, 303, 400, 401, 403, 404, 405, 408, 410, 411, 413, 414, 415, 417, 421, 422, 426, 431}

_USUAL = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_METHODS = (*_USUAL, "TRACE", "CONNECT", "PROPFIND", "get", "X" * 300)

_AFTER = (
    "/",
    "//",
    "/.",
    "/..",
    "/%2e%2e/%2e%2e/",
    "/..;/",
    "%00",
    "%0d%0aX-A:%20b",
    "%2f",
    "%",
    "%zz",
    "%u0000",
    "%ff",
    "%ed%a0%80",
    "\udcff\udcfe",
    "é",
    "\t",
    ";a=b",
    "#x",
    "?",
    "?" + "a=1&" * 1_500,
    "?state=%00&code=%00&error=%00&for=%00",
    "?state=%ed%a0%80&code=%ff&error=%0a%1b[31m&for=%ed%a0%80",
    "?state=\udcff&code=\udcff&error=\udcff&for=\udcff&elsewhere=\udcff",
    "?state=x&state=y&code=x&for=a.b.c&for=d",
    f"?state={'x' * 7_000}&code=x",
    f"?for={'x' * 7_000}",
    "?error=access_denied",
    "?for=eyJhbGciOiJub25lIn0.e30.",
    "/" + "x" * 7_000,
)

_TOKENS = ("x", "%00", "\udcff", "%ed%a0%80", "..", "%2e%2e", "a b", "{token}", "9" * 200, "\N{ARABIC-INDIC DIGIT ONE}")

_COOKIES = ("startcall_install", "startcall_account", "startcall", "startcall-session", "__Host-startcall-session")


def _cookies(value: str) -> str:
    """Return a header in which every cookie of ours is something."""
    return "Cookie: " + "; ".join(f"{name}={value}" for name in _COOKIES)


_HEADERS: Mapping[str, Sequence[str]] = {
    "a host twice": ("Host: evil.example",),
    "a host of somebody else": ("X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "Forwarded: host=evil"),
    "another method": ("X-HTTP-Method-Override: DELETE", "X-Method-Override: PUT"),
    "another path": ("X-Original-URL: /metrics", "X-Rewrite-URL: /metrics"),
    "an expectation": ("Expect: 100-continue",),
    "another expectation": ("Expect: 200-ok",),
    "bytes for text": (
        "User-Agent: \udcff",
        "Accept-Language: \udcff;q=\udcff",
        "Origin: \udcff",
        "Sec-Fetch-Site: \udcff",
        "Sec-Purpose: \udcff",
        "Referer: \udcff",
    ),
    "a language without an end": (f"Accept-Language: {'a-' * 3_500}",),
    "numbers that are none": ("Accept-Language: de;q=\N{SUPERSCRIPT TWO}, fr;q=nan, *;q=1e999, en;q=",),
    "cookies of bytes": (_cookies("\udcff"),),
    "cookies that are none": (_cookies('"\\777'),),
    "long cookies": (_cookies("x" * 1_500),),
    "a range": ("Range: bytes=9-1,-0,x", "If-Range: x"),
    "conditions": ("If-None-Match: \udcff", "If-Modified-Since: never", "If-Unmodified-Since: x", "If-Match: \udcff"),
    "an upgrade": ("Upgrade: h2c", "HTTP2-Settings: x"),
    "a socket": ("Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: x"),
    "a length and chunks": ("Content-Length: 1", "Transfer-Encoding: chunked"),
    "two lengths": ("Content-Length: 0", "Content-Length: 0"),
    "a length that is none": ("Content-Length: 0x1",),
    "types that are none": ("Content-Type: \udcff/\udcff; charset=\udcff", "Content-Encoding: gzip, br, x"),
    "two types": (f"Content-Type: {FORM}", "Content-Type: application/json"),
    "a name and a password": ("Authorization: Basic \udcff", "Authorization: Bearer x"),
    "a header twice": ("X-Slack-Signature: v0=a", "X-Slack-Signature: v0=b", "X-Slack-Request-Timestamp: 1"),
    "a signature of nothing": ("X-Slack-Signature: v0=", "X-Slack-Request-Timestamp: 0"),
}


def raw(method: str, path: str, *headers: str, version: str = "1.1", body: bytes = b"", host: bool = True) -> bytes:
    """Return a request, as it is."""
    lines = [f"{method} {path} HTTP/{version}", *(["Host: 127.0.0.1"] if host else []), *headers, "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + body


def filled(address: str, given: str = "x") -> str:
    """Return an address in which something stands in the place of what is different from one to the next."""
    path = address.replace("{path}", "" if "{provider}" in address else given)
    for name in ("{token}", "{provider}", "{room_id}"):
        path = path.replace(name, "builtin" if name == "{provider}" and given == "x" else given)
    return path


def requests() -> Iterator[tuple[str, bytes]]:
    """Yield every request, with a name."""
    for address, method in ADDRESSES.items():
        yield from _of_address(address, method)


def _of_address(address: str, method: str) -> Iterator[tuple[str, bytes]]:
    path, closed = filled(address), "Connection: close"
    for other in _METHODS:
        yield f"{other[:10]} {address}", raw(other, path, closed)
    for after in _AFTER:
        yield f"{address} and {after[:40]!r}", raw(method, path + after, closed)
    if path != address:
        for token in _TOKENS:
            yield f"{address} of {token[:20]!r}", raw(method, filled(address, token), closed)
    for name, headers in _HEADERS.items():
        body = b"0\r\n\r\n" if "chunks" in name else b""
        yield f"{address} with {name}", raw(method, path, closed, *headers, body=body)
    yield f"{address} by HTTP/1.0", raw(method, path, version="1.0", host=False)
    yield f"{address} by an absolute address", raw(method, f"http://evil.example{path}", closed)
    yield f"{address} by an absolute address that is none", raw(method, f"http://[{path}", closed)
    yield f"{address} after a slash", raw(method, f"/{path}", closed)
    yield f"{address} in capitals", raw(method, path.upper(), closed)
    with_body = (closed, "Content-Length: 4")
    yield f"{address} with a body", raw(method, path, *with_body, f"Content-Type: {FORM}", body=b"a=%f")
    yield f"{address} three times", raw(method, path) * 2 + raw(method, path, closed)
    another = raw("GET", "/metrics")
    yield f"{address} and another in its body", raw(method, path, *with_body, body=b"a=b&" + another)
