"""Messages to response_urls go to Slack only, once, and tell every outcome apart."""

from __future__ import annotations

import logging
import traceback

import pytest

from calls import errors
from calls.slack.response_urls import is_response_url
from tests.unit.slack_server import Drops, Hangs, Says, Script, Truncates, slack_that, yes

JSON = {"Content-Type": "application/json"}
PASSWORD = "whoever-knows-this-can-post"
PLAIN = {"Content-Type": "text/plain"}
BASE = "https://slack.com/api/"


async def test_a_message_is_posted_as_json() -> None:
    """The body says its charset, and no token goes along."""
    async with slack_that(Says(b"ok", 200, PLAIN)) as slack:
        await slack.web.respond(f"{slack.origin}/commands/T1/2/three", {"text": "hé", "replace_original": False})
    (got,) = slack.got
    assert (got.verb, got.path_and_query) == ("POST", "/commands/T1/2/three")
    assert got.headers["Content-Type"] == "application/json; charset=utf-8"
    assert "Authorization" not in got.headers
    assert got.body == b'{"text": "h\\u00e9", "replace_original": false}'


@pytest.mark.parametrize(
    "script",
    [Says(b"ok", 200, PLAIN), yes(), Says(b"", 200, PLAIN), Says(b"[]", 200, JSON), Says(b"[" * 9_999, 200, JSON)],
)
async def test_slack_says_yes_in_several_ways(script: Script) -> None:
    """Any 200 without an error is a success."""
    async with slack_that(script) as slack:
        await slack.web.respond(f"{slack.origin}/response", {"text": "hello"})
    assert len(slack.got) == 1


@pytest.mark.parametrize(
    ("script", "error_class", "code"),
    [
        (Says(b'{"ok":false,"error":"expired_url"}', 404, JSON), errors.SlackResponseUrlGone, "expired_url"),
        (Says(b'{"ok":false,"error":"used_url"}', 404, JSON), errors.SlackResponseUrlGone, "used_url"),
        (Says(b'{"ok":false,"error":"used_url"}', 200, JSON), errors.SlackResponseUrlGone, "used_url"),
        (Says(b"used_url", 404, PLAIN), errors.SlackResponseUrlGone, "used_url"),
        (Says(b"<html>Not found</html>", 404, PLAIN), errors.SlackResponseUrlGone, "response_url_gone"),
        (Says(b"", 410, PLAIN), errors.SlackResponseUrlGone, "response_url_gone"),
        (Says(b"channel_not_found", 404, PLAIN), errors.SlackChannelRefused, "channel_not_found"),
        (Says(b"is_archived", 410, PLAIN), errors.SlackChannelRefused, "is_archived"),
        (Says(b"invalid_blocks", 400, PLAIN), errors.SlackArgumentRefused, "invalid_blocks"),
        (Says(b"no idea", 400, PLAIN), errors.SlackRefused, "http_refused"),
        (Says(b"", 302, {"Location": "/elsewhere"}), errors.SlackRefused, "http_refused"),
        (Says(b"", 429, {"Retry-After": "4"}), errors.SlackRateLimited, "ratelimited"),
        (Says(b"oops", 500, PLAIN), errors.SlackOutcomeUnknown, "http_server_error"),
        (Drops(), errors.SlackOutcomeUnknown, "lost_answer"),
        (Truncates(), errors.SlackOutcomeUnknown, "lost_answer"),
        (Hangs(), errors.SlackOutcomeUnknown, "timeout"),
    ],
)
async def test_every_other_answer_becomes_its_error(
    script: Script, error_class: type[errors.SlackError], code: str
) -> None:
    """One request, no redirect followed, and the class that fits."""
    async with slack_that(script, timeout_s=0.3) as slack:
        with pytest.raises(errors.SlackError) as raised:
            await slack.web.respond(f"{slack.origin}/response", {"text": "hello"})
    assert (error_class, code, 1) == (type(raised.value), raised.value.code, len(slack.got))
    assert raised.value.method == "response_url"


async def test_a_foreign_address_gets_nothing() -> None:
    """Whoever forges a request cannot make the app send messages about."""
    async with slack_that(yes()) as slack:
        foreign = slack.origin.replace("127.0.0.1", "localhost")
        with pytest.raises(errors.SlackResponseUrlGone) as raised:
            await slack.web.respond(f"{foreign}/response", {"text": "hello"})
    assert (raised.value.code, slack.got) == ("response_url_foreign", [])


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/commands/T1/2/x",
        "https://HOOKS.slack.com/actions/T1/2/x",
        "https://hooks.slack.com:443/actions/T1/2/x",
        "https://hooks.slack-gov.com/commands/T1/2/x",
        "https://slack.com/elsewhere",
    ],
)
def test_slacks_own_addresses_are_known(url: str) -> None:
    """Both hosts of Slack's hooks, and the server of the Web API itself."""
    assert is_response_url(url, BASE)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.slack.com/commands/T1/2/x",
        "http://hooks.slack.com/commands/T1/2/x",
        "ftp://hooks.slack.com/commands",
        "file:///etc/passwd",
        "https://hooks.slack.com.evil.example/x",
        "https://evil.example/hooks.slack.com",
        "https://evil.example#@hooks.slack.com/x",
        "https://evil.example\\@hooks.slack.com/x",
        "https://hooks.slack.com\\@evil.example/x",
        "https://hooks.slack.com@evil.example/x",
        "https://user:pass@hooks.slack.com/x",
        "https://hooks.slack.com:8443/x",
        "https://hooks.slack.com:port/x",
        "https://hooks.slack.com:99999/x",
        "https://hooks.slаck.com/x",  # noqa: RUF001 - the letter is Cyrillic
        "https://hooks.slack.com/x\r\nHost: evil.example",
        "https:// hooks.slack.com/x",
        "https:///x",
        "https://[::1/x",
        "//hooks.slack.com/x",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    """What only looks like Slack, or could be read in two ways, is not Slack."""
    assert not is_response_url(url, BASE)


@pytest.mark.parametrize("script", [Drops(), Says(b"", 404, PLAIN), Says(b"x", 500, PLAIN), Says(b"", 302)])
async def test_the_address_reaches_no_error_and_no_log(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever knows a response_url can post with it."""
    caplog.set_level(logging.DEBUG, logger="calls")
    async with slack_that(script) as slack:
        with pytest.raises(errors.SlackError) as raised:
            await slack.web.respond(f"{slack.origin}/actions/T1/2/{PASSWORD}", {"text": "hello"})
    said = "".join(traceback.format_exception(raised.value)) + repr(vars(raised.value)) + caplog.text
    assert PASSWORD not in said
