"""Addresses that people and meeting systems use, asked for what they are not there for."""

from __future__ import annotations

import base64
import gzip

from tests.attack.case import Case
from tests.attack.wire import FORM, JSON, request

PROVIDERS = ("zoom", "whereby", "livekit", "janus", "jitsi", "bigbluebutton")
NOTHING_HERE = {400, 404}
NOT_LET_IN = {400, 403, 404, 410}

SETTINGS = {
    "STARTCALL_PROVIDER": "builtin",
    "STARTCALL_LINK_TEMPLATE": "",
    "STARTCALL_PROVIDERS": ",".join(PROVIDERS),
    "STARTCALL_ZOOM_ACCOUNT_ID": "account",
    "STARTCALL_ZOOM_CLIENT_ID": "client",
    "STARTCALL_ZOOM_CLIENT_SECRET": "hidden-zoom-client",
    "STARTCALL_ZOOM_HOST": "meetings@example.com",
    "STARTCALL_ZOOM_HOOK_SECRET": "hidden-zoom-hook",
    "STARTCALL_ZOOM_API_URL": "http://127.0.0.1:9/v2",
    "STARTCALL_WHEREBY_API_KEY": "hidden-whereby-key",
    "STARTCALL_WHEREBY_WEBHOOK_SECRET": "hidden-whereby-hook",
    "STARTCALL_WHEREBY_API_URL": "http://127.0.0.1:9/v1",
    "STARTCALL_LIVEKIT_URL": "ws://127.0.0.1:9",
    "STARTCALL_LIVEKIT_API_KEY": "APIkey",
    "STARTCALL_LIVEKIT_API_SECRET": "hidden-livekit-secret-of-32-letters",
    "STARTCALL_LIVEKIT_PAGE": "http://127.0.0.1:9/custom?liveKitUrl={server}&token={token}",
    "STARTCALL_JANUS_URL": "http://127.0.0.1:9/janus",
    "STARTCALL_JANUS_PUBLIC_URL": "ws://127.0.0.1:9/janus",
    "STARTCALL_JANUS_TOKEN_SECRET": "hidden-janus-token",
    "STARTCALL_JANUS_ADMIN_KEY": "hidden-janus-admin",
    "STARTCALL_JANUS_HOOK_SECRET": "hidden-janus-hook",
    "STARTCALL_JITSI_HOOK_SECRET": "hidden-jitsi-hook-of-32-letters-long",
    "STARTCALL_BIGBLUEBUTTON_URL": "http://127.0.0.1:9/bigbluebutton",
    "STARTCALL_BIGBLUEBUTTON_SECRET": "hidden-bbb-secret-of-32-letters-long",
}
"""Settings with which every kind of report and of page is served; nothing of it is ever asked."""

_PATHS = {
    "up and out": "/j/../../etc/passwd",
    "up and out, encoded": "/j/%2e%2e/%2e%2e/etc/passwd",
    "up and out, encoded twice": "/j/%252e%252e%252fetc",
    "up and out with a backslash": "/j/..%5c..%5cetc",
    "two slashes": "//slack//events",
    "another host": "//evil.example/slack/install",
    "NUL": "/j/%00",
    "NUL in the way": "/j/join.css%00.html",
    "no UTF-8": "/j/%ff%fe%c0%af",
    "a lone surrogate": "/j/%ed%a0%80",
    "half an escape": "/j/%",
    "half an escape before the end": "/j/%e",
    "no hexadecimal": "/j/%zz",
    "a long token": f"/j/{'x' * 7_000}",
    "a long token of escapes": f"/j/{'%41' * 2_000}",
    "text that runs backwards": "/j/%E2%80%AE",
    "a new line and a header": "/j/%0d%0aSet-Cookie:%20a=b",
    "a script": "/j/%3Cscript%3Ealert(1)%3C/script%3E",
    "SQL": "/j/'%20OR%201=1--",
    "a template": "/j/%7B%7B7*7%7D%7D",
    "a file of a room's page": "/room/builtin/assets/..%2f..%2fpage.py",
    "a hidden file of a room's page": "/room/builtin/assets/.env",
    "a room of a long name": f"/room/builtin/{'a' * 5_000}",
    "a meeting system nobody has": "/hooks/nobody",
    "a meeting system of a long name": f"/hooks/{'a' * 5_000}",
    "a meeting system and more": "/hooks/nobody/" + "a/" * 1_000,
    "a way out of the hooks": "/hooks/../slack/events",
    "an account of nobody": "/link/nobody?for=x",
    "10,000 fields in a query": "/slack/openid_redirect?" + "a=1&" * 1_900,
    "a query of NUL": "/slack/openid_redirect?state=%00&code=%00",
    "a state that is no ASCII": "/slack/openid_redirect?state=%C3%BC&code=x",
    "another way back": "/slack/oauth_redirect?state=x&code=y",
    "the log": "/log",
    "a secret file": "/.env",
    "another's admin page": "/wp-admin/setup-config.php",
}

_FORMS = {
    "no form": (b"\xff\xfe", "application/octet-stream"),
    "an unknown charset": (b"name=a", f"{FORM}; charset=none-such"),
    "UTF-7": (b"name=+ADw-script+AD4-", f"{FORM}; charset=utf-7"),
    "parts without a boundary": (b"name=a", "multipart/form-data"),
    "parts that do not end": (
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\na',
        "multipart/form-data; boundary=x",
    ),
    "parts without a name": (b"--x\r\n\r\na\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    "parts in parts": (
        b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
        "multipart/form-data; boundary=x",
    ),
    "bytes that are no UTF-8": (b"name=%ff%fe", FORM),
    "60,000 fields": (b"name=a&" * 30_000, FORM),
    "gzip": (gzip.compress(b"name=a"), FORM),
}

_REPORTS = {
    "nothing": b"",
    "broken JSON": b"{bad",
    "nested JSON": b"[" * 100_000,
    "a list": b"[1]",
    "null": b"null",
    "no UTF-8": b"\xff\xfe\x00\x01",
    "a number of 100,000 digits": b"1" * 100_000,
    "an infinite number": b'{"event_ts": 1e999}',
    "a lone surrogate": b'{"event": "\\ud800"}',
    "a form": b"event=x&timestamp=1",
}

_HOOK_HEADERS = {
    "Authorization": "Basic \udcff\udcfe",
    "Authorize": "Bearer not.a.token",
    "X-Zm-Signature": "v0=ü",
    "X-Zm-Request-Timestamp": "²³",
    "Whereby-Signature": "t=²,v1=ü",
    "X-Startcall-Signature": "ü",
    "X-Startcall-Timestamp": "9" * 400,
}

_SOCKET = {
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
}


def _get(path: str, **headers: str) -> bytes:
    return request(path, method="GET", headers={name.replace("_", "-"): value for name, value in headers.items()})


def _form(body: bytes, content_type: str) -> bytes:
    headers = {"Content-Type": content_type, "Sec-Fetch-Site": "same-origin"}
    return request("/j/abcdefghijklmnopqrstuv", body, headers)


def _socket(**changed: str) -> bytes:
    headers = {**_SOCKET, **{name.replace("_", "-"): value for name, value in changed.items()}}
    raw = request("/room/builtin/room/socket", method="GET", headers=headers)
    return raw.replace(b"Connection: close", b"Connection: Upgrade")


CASES = [
    *(Case(f"asks for {name}", _get(path), NOT_LET_IN) for name, path in _PATHS.items()),
    *(Case(f"a form: {name}", _form(*sent), NOT_LET_IN | {422}) for name, sent in _FORMS.items()),
    *(
        Case(
            f"a report of {provider}: {name}",
            request(f"/hooks/{provider}", body, {"Content-Type": JSON}),
            {400, 401, 404},
        )
        for provider in PROVIDERS
        for name, body in _REPORTS.items()
    ),
    *(
        Case(
            f"a report of {provider}: odd headers",
            request(f"/hooks/{provider}", b"{}", _HOOK_HEADERS),
            {400, 401, 404},
        )
        for provider in PROVIDERS
    ),
    *(
        Case(
            f"a report of {provider}: too long",
            request(f"/hooks/{provider}", b"x" * (300 << 10)),
            {413},
        )
        for provider in PROVIDERS
    ),
    *(
        Case(
            f"a report of {provider}: to another way",
            request(f"/hooks/{provider}/a/%00/../x?y=%ff", method="PATCH"),
            {400, 401, 404, 405},
        )
        for provider in PROVIDERS
    ),
    Case("deletes a call's page", lambda _: request("/j/x", method="DELETE"), {405}),
    Case("posts to where it is alive", lambda _: request("/healthz", b"x"), {405}),
    Case("posts to the numbers", lambda _: request("/metrics", b"x"), {405}),
    Case("gets Slack's address", lambda _: _get("/slack/events"), {405}),
    Case(
        "a cookie that is none",
        lambda _: _get("/j/x", Cookie='startcall=\udcff; =; ;;; a="b; startcall=' + "x" * 5_000),
        {404},
    ),
    Case("a cookie of bytes", lambda _: _get("/j/x", Cookie="startcall=\udcff"), {404}),
    Case("a cookie that is nearly one", lambda _: _get("/j/x", Cookie="startcall=eyJhbGciOiJub25lIn0.e30."), {404}),
    Case("4,000 cookies", lambda _: _get("/j/x", Cookie="; ".join(["a=b"] * 1_300)), {404}),
    Case("a language nobody speaks", lambda _: _get("/j/x", Accept_Language="x-" * 2_000 + ";q=²"), {404}),
    Case("a Host that is none", lambda _: request("/j/x", method="GET", host="a b:c/@[::"), {400, 404}),
    Case("a Host of somebody else", lambda _: request("/j/x", method="GET", host="evil.example"), {404}),
    Case("a range of a file", lambda _: _get("/j/join.css", Range="bytes=0-1,2-3,9999999999999999-"), {200}),
    Case(
        "a tag of a file that is none", lambda _: _get("/room/builtin/assets/room.js", If_None_Match='"\udcff'), {200}
    ),
    Case("a time that is none", lambda _: _get("/room/builtin/assets/room.js", If_Modified_Since="never"), {200}),
    Case("a socket of another site", lambda _: _socket(Origin="https://evil.example"), {403}),
    Case("a socket of nowhere", lambda _: _socket(), {403}),
    Case("a socket with two origins", lambda _: _socket(Origin="null, http://127.0.0.1"), {403}),
    Case("a socket of an old version", lambda _: _socket(Sec_WebSocket_Version="1"), {400, 403, 426}),
    Case("a socket whose key is none", lambda _: _socket(Sec_WebSocket_Key="ü"), {400, 403}),
    Case("a room's page without a socket", lambda _: _get("/room/builtin/room/socket"), {403}),
    Case("goes into a room with nothing", lambda _: request("/room/builtin/room/enter"), {403}),
    Case("goes into a room with nested JSON", lambda _: request("/room/builtin/room/enter", b"[" * 3_000), {403}),
    Case(
        "goes into a room with a long token",
        lambda _: request("/room/builtin/room/enter", b'{"token": "' + b"x" * 200_000 + b'"}'),
        {403},
    ),
    Case(
        "goes into a room with a token that is none",
        lambda _: request("/room/builtin/room/enter", b'{"token": "\\ud800.\\u0000"}'),
        {403},
    ),
    Case(
        "goes into a room with a surrogate in UTF-8",
        lambda _: request("/room/builtin/room/enter", b'{"token": "\xed\xa0\x80"}'),
        {403},
    ),
    Case("goes into a room with too much", lambda _: request("/room/builtin/room/enter", b"x" * (300 << 10)), {413}),
]
