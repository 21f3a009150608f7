"""What goes over the wire to Slack, and what becomes of every way an answer can fail."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback

import aiohttp
import pytest

from calls import errors
from calls.slack.web import SlackWeb
from tests.unit.slack_server import TEAM, TOKEN, Drops, Hangs, Says, Script, Truncates, no, slack_that, yes

HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json"}
PASSCODE = "letmein"
PLAIN = {"Content-Type": "text/plain"}


async def test_arguments_travel_in_the_body_as_json() -> None:
    """The address carries the method only: no join link with a passcode reaches a proxy's log."""
    body = {"id": "R1", "users": [{"slack_id": "U1"}], "title": "Grüße"}
    async with slack_that(yes()) as slack:
        await slack.web.call(TEAM, "calls.participants.add", body)
    (got,) = slack.got
    assert (got.verb, got.path_and_query) == ("POST", "/api/calls.participants.add")
    assert got.headers["Content-Type"] == "application/json;charset=utf-8"
    assert f"Bearer {TOKEN}" == got.headers["Authorization"]
    assert got.body == b'{"id": "R1", "users": [{"slack_id": "U1"}], "title": "Gr\\u00fc\\u00dfe"}'


async def test_an_answer_that_says_yes_is_handed_on() -> None:
    """Its fields and headers are there, the headers under any spelling."""
    headers = {"Content-Type": "application/json", "X-OAuth-Scopes": "calls:write"}
    async with slack_that(Says(b'{"ok": true, "x": 1, "warning": "missing_charset"}', 200, headers)) as slack:
        answer = await slack.web.call(TEAM, "auth.test", {})
    assert (answer.data["x"], answer.headers["x-oauth-scopes"]) == (1, "calls:write")


async def test_text_with_half_a_character_is_sent_without_an_error() -> None:
    """A lone surrogate, which UTF-8 cannot hold, is sent as JSON can."""
    async with slack_that(yes()) as slack:
        await slack.web.call(TEAM, "calls.update", {"title": "\ud83d"})
        await slack.web.respond(f"{slack.origin}/response", {"text": "\ud83d"})
    assert [got.body for got in slack.got] == [b'{"title": "\\ud83d"}', b'{"text": "\\ud83d"}']


UNKNOWN: list[tuple[Script, str]] = [
    (Drops(), "lost_answer"),
    (Truncates(), "lost_answer"),
    (Says(b'{"ok": tr', 200, JSON), "garbled_answer"),
    (Says(b"", 200, JSON), "garbled_answer"),
    (Says(b"null", 200, JSON), "garbled_answer"),
    (Says(b'{"ok": ' + b"[" * 100_000, 200, JSON), "garbled_answer"),
    (Says(b"[1]", 200, JSON), "garbled_answer"),
    (Says(b'"yes"', 200, JSON), "garbled_answer"),
    (Says(b"{}", 200, JSON), "garbled_answer"),
    (Says(b'{"ok": false}', 200, JSON), "garbled_answer"),
    (Says(b'{"ok": "true"}', 200, JSON), "garbled_answer"),
    (Says(b'{"ok": true, "x": "\xff"}', 200, JSON), "garbled_answer"),
    (Says(b"<html>hello</html>", 200, HTML), "garbled_answer"),
    (Says(b"ok", 200, PLAIN), "garbled_answer"),
    (Says(b"not really gzip", 200, {"Content-Type": "application/gzip"}), "garbled_answer"),
    (Says(b"not gzip", 200, JSON | {"Content-Encoding": "gzip"}), "lost_answer"),
    (Says(b"<html>oops</html>", 500, HTML), "http_server_error"),
    (Says(b"upstream connect error", 503, PLAIN), "http_server_error"),
    (Says(b'{"ok": true}', 502, JSON), "http_server_error"),
    (Says(b'{"ok": false, "error": "channel_not_found"}', 500, JSON), "http_server_error"),
    (Says(b"", 408, HTML), "http_server_error"),
]


@pytest.mark.parametrize(("script", "code"), UNKNOWN)
async def test_a_lost_or_broken_answer_leaves_the_outcome_unknown(script: Script, code: str) -> None:
    """Slack may have done it: the request is sent once, and never again by itself."""
    async with slack_that(script) as slack:
        with pytest.raises(errors.SlackOutcomeUnknown) as raised:
            await slack.web.call(TEAM, "chat.postMessage", {"text": "hello"})
    assert (code, 1) == (raised.value.code, len(slack.got))


async def test_slack_has_a_limited_time_to_answer() -> None:
    """A server that never answers does not hold up anything for longer than that."""
    async with slack_that(Hangs(), timeout_s=0.2) as slack:
        with pytest.raises(errors.SlackOutcomeUnknown) as raised:
            await slack.web.call(TEAM, "chat.postMessage", {})
    assert (raised.value.code, len(slack.got)) == ("timeout", 1)


@pytest.mark.parametrize(
    "script",
    [
        Says(b"<html>forbidden</html>", 403, HTML),
        Says(b"", 404, HTML),
        Says(b'{"ok": true}', 404, JSON),
        Says(b"", 302, {"Location": "/elsewhere"}),
        Says(b"", 307, {"Location": "/elsewhere"}),
    ],
)
async def test_an_answer_of_something_else_than_slack_is_final(script: Script) -> None:
    """A wrong address or a proxy in the way does not get better by asking again, and no redirect is followed."""
    async with slack_that(script) as slack:
        with pytest.raises(errors.SlackRefused) as raised:
            await slack.web.call(TEAM, "calls.add", {})
    assert (raised.value.code, len(slack.got)) == ("http_refused", 1)


async def test_a_refusal_with_another_status_than_200_is_understood() -> None:
    """The code counts, not the status."""
    async with slack_that(Says(b'{"ok": false, "error": "invalid_auth"}', 401, JSON)) as slack:
        with pytest.raises(errors.SlackTokenDead):
            await slack.web.call(TEAM, "auth.test", {})


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def _token_of(_team_id: str) -> str:
    return TOKEN


async def test_a_refused_connection_is_known_to_have_sent_nothing() -> None:
    """Whoever catches this may send the same again."""
    base_url = f"http://127.0.0.1:{_free_port()}/api/"
    async with aiohttp.ClientSession() as session:
        with pytest.raises(errors.SlackUnreachable) as raised:
            await SlackWeb(session, base_url, _token_of).call(TEAM, "chat.postMessage", {})
    assert raised.value.code == "unreachable"


async def test_a_failed_tls_handshake_is_known_to_have_sent_nothing() -> None:
    """A server that speaks no TLS never sees the request."""
    async with slack_that(yes()) as slack:
        web = SlackWeb(slack.session, slack.origin.replace("http:", "https:"), _token_of)
        with pytest.raises(errors.SlackUnreachable):
            await web.call(TEAM, "chat.postMessage", {})
    assert slack.got == []


async def test_a_tls_handshake_that_hangs_is_known_to_have_sent_nothing() -> None:
    """A middlebox that takes the connection and says nothing leaves no doubt either."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with aiohttp.ClientSession() as session:
            web = SlackWeb(session, f"https://127.0.0.1:{listener.getsockname()[1]}/", _token_of, timeout_s=0.3)
            with pytest.raises(errors.SlackUnreachable):
                await web.call(TEAM, "chat.postMessage", {})


async def test_a_connection_that_is_never_made_is_known_to_have_sent_nothing() -> None:
    """A host that drops packets ends in a timeout, but not in doubt."""
    loop = asyncio.get_running_loop()
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        # The queue of waiting connections holds one more than asked for; then the kernel lets others wait.
        for waiting in (first, second):
            waiting.settimeout(0)
            waiting.connect_ex(listener.getsockname())
        started = loop.time()
        async with aiohttp.ClientSession() as session:
            web = SlackWeb(session, f"http://127.0.0.1:{listener.getsockname()[1]}/", _token_of, timeout_s=0.3)
            with pytest.raises(errors.SlackUnreachable):
                await web.call(TEAM, "chat.postMessage", {})
    assert loop.time() - started < 3


async def test_a_closed_session_sends_nothing() -> None:
    """The SDK would open a session of its own during a shutdown."""
    async with slack_that(yes()) as slack:
        await slack.session.close()
        with pytest.raises(errors.SlackUnreachable) as raised:
            await slack.web.call(TEAM, "calls.add", {})
        with pytest.raises(errors.SlackUnreachable):
            await slack.web.respond(f"{slack.origin}/response", {"text": "hello"})
    assert (raised.value.code, slack.got) == ("session_closed", [])


async def test_a_workspace_without_a_token_is_not_asked_for() -> None:
    """An empty token is an error of its own, without a request."""
    async with slack_that(yes()) as slack:
        slack.token = " "
        with pytest.raises(errors.SlackTokenDead) as raised:
            await slack.web.call(TEAM, "calls.add", {})
    assert (raised.value.code, slack.got) == ("not_authed", [])


async def test_a_new_token_is_used_from_the_next_request_on() -> None:
    """Token rotation and reinstalls need no restart."""
    async with slack_that(yes()) as slack:
        await slack.web.call(TEAM, "auth.test", {})
        slack.token = "xoxb-second"
        await slack.web.call(TEAM, "auth.test", {})
        await slack.web.call_with_token("xoxb-third", "auth.test", {})
    assert [f"Bearer {TOKEN}", "Bearer xoxb-second", "Bearer xoxb-third"] == [
        got.headers["Authorization"] for got in slack.got
    ]


async def test_requests_share_one_connection() -> None:
    """Keep-alive saves a TLS handshake a request."""
    async with slack_that(yes()) as slack:
        for _ in range(3):
            await slack.web.call(TEAM, "auth.test", {})
        connector = slack.session.connector
        assert connector is not None
        assert sum(len(connections) for connections in connector._conns.values()) == 1  # noqa: SLF001 - nothing public tells


@pytest.mark.parametrize(
    "script",
    [
        no("invalid_auth"),
        Drops(),
        Truncates(),
        Says(b"<html>", 500, HTML),
        Says(b"x", 200, JSON),
        no("new_code"),
        yes(),
    ],
)
async def test_no_token_and_no_argument_reaches_an_error_or_the_log(
    script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the error, not in its causes, and not in the log at its most talkative."""
    caplog.set_level(logging.DEBUG)
    said = ""
    async with slack_that(script) as slack:
        try:
            await slack.web.call(TEAM, "calls.add", {"join_url": f"https://meet.example/?pwd={PASSCODE}"})
        except errors.SlackError as error:
            said = "".join(traceback.format_exception(error)) + repr(error.args) + repr(vars(error))
    everything = said + caplog.text
    assert (TOKEN in everything, PASSCODE in everything) == (False, False)


async def test_the_environments_proxy_is_the_sessions_business(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy for the internet does not come between the app and a local Slack."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{_free_port()}")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{_free_port()}")
    async with slack_that(yes()) as slack:
        await slack.web.call(TEAM, "auth.test", {})
    assert len(slack.got) == 1
