"""The log: a line for each event, in two forms, with what it is about and without secrets."""

from __future__ import annotations

import asyncio
import importlib
import io
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from calls.log_subject import about_call, about_delivery, delivery_in_log
from config_checks import find_fault
from logs import FORMS, HIDDEN, LEVELS, JsonFormatter, SubjectFilter, TextFormatter, masked, set_up_logs

SECRETS = {
    "bot token": "xoxb-123-456-AbCdEf",
    "user token": "xoxp-1-2-3-abcdef",
    "app token": "xapp-1-A02-345-abcdef0123",
    "rotated token": "xoxe.xoxb-1-MDEyMzQ1",
    "refresh token": "xoxe-1-MDEyMzQ1",
    "header": "Authorization: Bearer abcdefghijkl",
    "header in a mapping": "{'Authorization': 'Basic dXNlcjpwYXNz'}",
    "bearer alone": "Bearer eyJhbGciOi.eyJzdWIi.c2ln",
    "password": "postgresql://startcall:hunter2@db.example.com/startcall",
    "response_url": "https://hooks.slack.com/commands/T1/123/abcDEF",
}
PARTS = ("AbCdEf", "abcdef", "MDEyMzQ1", "abcdefghijkl", "dXNlcjpwYXNz", "c2ln", "hunter2", "123/abcDEF")


@dataclass(slots=True)
class Written:
    """A logger and what it has written."""

    log: logging.Logger
    text: io.StringIO

    def lines(self) -> list[str]:
        """Return what was written, line by line."""
        return self.text.getvalue().splitlines()


@pytest.fixture(params=[TextFormatter, JsonFormatter])
def written(request: pytest.FixtureRequest) -> Iterator[Written]:
    """Return a logger of its own for one form of the log."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(request.param())
    handler.addFilter(SubjectFilter())
    log = logging.getLogger("tests.somewhere")
    log.setLevel(logging.DEBUG)
    log.propagate = False
    log.addHandler(handler)
    yield Written(log, text)
    log.removeHandler(handler)


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_nothing_that_looks_like_a_secret_is_left(text: str) -> None:
    """Whoever reads the log can do nothing in anybody's name."""
    shown = masked(f"asked with {text} and failed")

    assert HIDDEN in shown
    assert [part for part in PARTS if part in shown] == []
    assert shown.startswith("asked with ")
    assert shown.endswith(" and failed")


@pytest.mark.parametrize(
    "text", ["calls.add: ratelimited (detail)", "https://slack.com/api/calls.add", "10:31:02 xox", "a@b.example.com"]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    """The log still says what happened."""
    assert text == masked(text)


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS.keys())
def test_no_secret_is_in_a_line_or_its_traceback(written: Written, text: str) -> None:
    """Errors of other libraries may quote what they were given."""
    try:
        int(text)
    except ValueError:
        written.log.exception("failed with %s", text)

    assert [part for part in PARTS if part in written.text.getvalue()] == []
    assert "ValueError" in written.text.getvalue()


def test_a_message_is_one_line(written: Written) -> None:
    """What others send cannot make up lines of the log."""
    written.log.info("title %s", "one\n2026-01-01 INFO root: forged\r\u2028more")

    assert 1 == len(written.text.getvalue().split("\n")) - 1


async def test_a_line_says_which_call_and_delivery_it_is_about(written: Written) -> None:
    """A task started by a delivery still shows it, also after the delivery was acknowledged."""
    go_on = asyncio.Event()

    async def work() -> None:
        await go_on.wait()
        about_call("c0ffee")
        written.log.info("step post: done")

    with about_delivery():
        delivery = delivery_in_log()
        task = asyncio.create_task(work())
    go_on.set()
    await task
    written.log.info("nothing in particular")

    first, second = written.lines()
    assert ["c0ffee", delivery] == [part for part in ("c0ffee", delivery) if part in first]
    assert delivery not in second
    assert "c0ffee" not in second


def test_deliveries_have_ids_of_their_own_and_leave_nothing_behind() -> None:
    """Connections carry many deliveries, one after the other."""
    seen = []
    for _ in range(2):
        with about_delivery():
            seen.append(delivery_in_log())

    assert 2 == len(set(seen))
    assert "" == delivery_in_log()


def test_json_lines_have_the_documented_fields() -> None:
    """Programs find each thing under one name."""
    record = logging.LogRecord("calls.advance", logging.WARNING, __file__, 1, "call %s waits", ("c0ffee",), None)
    record.call, record.delivery = "c0ffee", ""
    try:
        int("no")
    except ValueError:
        record.exc_info = sys.exc_info()

    fields = json.loads(JsonFormatter().format(record))

    assert {"time", "level", "logger", "message", "call", "traceback"} == set(fields)
    assert ("warning", "calls.advance", "call c0ffee waits") == (fields["level"], fields["logger"], fields["message"])
    assert fields["time"].endswith("Z")


@pytest.fixture
def _loggers_as_before() -> Iterator[None]:
    """Put levels and handlers back."""
    names = ("calls", "listeners", "providers", "storage", "startcall", "alembic", "procrastinate")
    before = {name: logging.getLogger(name).level for name in names}
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    root.handlers = []
    yield
    root.handlers = handlers
    root.setLevel(level)
    for name, number in before.items():
        logging.getLogger(name).setLevel(number)


@pytest.mark.usefixtures("_loggers_as_before")
def test_only_startcall_itself_is_debugged() -> None:
    """Below info other packages write whole requests, and with them people's links."""
    importlib.import_module("calls.slack.sdk")
    set_up_logs("text", "debug")

    assert logging.getLogger("calls.advance").isEnabledFor(logging.DEBUG)
    others = ("slack_bolt", "slack_sdk", "aiohttp", "asyncio", "psycopg", "calls.slack.sdk", "procrastinate")
    assert [name for name in others if logging.getLogger(name).isEnabledFor(logging.DEBUG)] == []


@pytest.mark.usefixtures("_loggers_as_before")
def test_a_higher_level_holds_for_all() -> None:
    """Whoever wants errors alone gets errors alone."""
    set_up_logs("json", "error")

    names = ("calls.advance", "listeners.http", "providers.zoom", "storage.embedded", "startcall", "aiohttp")
    assert [name for name in names if logging.getLogger(name).isEnabledFor(logging.WARNING)] == []


@pytest.mark.parametrize(("name", "words"), [("STARTCALL_LOG", FORMS), ("STARTCALL_LOG_LEVEL", LEVELS)])
def test_a_form_or_level_that_does_not_exist_is_refused_with_those_that_do(name: str, words: tuple[str, ...]) -> None:
    """A misspelt level must not leave somebody without the lines they wait for."""
    fault = find_fault(name, "verbose")

    assert fault is not None
    assert f"Use one of: {', '.join(words)}." == fault.cure
    assert [] == [word for word in words if find_fault(name, word) is not None]
