"""Every refusal Slack documents becomes exactly one error of ours."""

from __future__ import annotations

import logging

import pytest

from calls import errors
from calls.slack.codes import CLASS_OF_CODE
from tests.unit.slack_documented_errors import BECOMES, BY_METHOD, CLASS_NAME_OF, codes_of
from tests.unit.slack_server import TEAM, Says, no, slack_that, yes


async def _outcomes(method: str, *, ok: bool) -> dict[str, str]:
    """Return for each documented code of a method the class of what is raised."""
    codes = codes_of(method)
    outcomes = {}
    async with slack_that(*(yes(error=code) if ok else no(code) for code in codes)) as slack:
        for code in codes:
            with pytest.raises(errors.SlackError) as raised:
                await slack.web.call(TEAM, method, {})
            assert (code, method) == (raised.value.code, raised.value.method)
            outcomes[code] = type(raised.value).__name__
    return outcomes


@pytest.mark.parametrize("method", BY_METHOD)
@pytest.mark.parametrize("ok", [False, True], ids=["ok_false", "ok_true"])
async def test_each_documented_error_becomes_its_class(method: str, ok: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The class does not depend on whether Slack writes `ok: false` or, as on its pages, `ok: true`."""
    assert {code: CLASS_NAME_OF[code] for code in codes_of(method)} == await _outcomes(method, ok=ok)


def test_no_code_belongs_to_two_classes() -> None:
    """An error is one thing only."""
    codes = " ".join(BECOMES.values()).split()
    assert sorted(set(codes)) == sorted(codes)


def test_the_table_of_the_code_says_the_same_of_every_documented_code() -> None:
    """Nothing that is documented is missing or different in the table."""
    assert {code: CLASS_OF_CODE[code].__name__ for code in CLASS_NAME_OF} == CLASS_NAME_OF


def test_only_these_errors_are_retried() -> None:
    """Everything else is final."""
    classes = {value for value in vars(errors).values() if isinstance(value, type)}
    assert {
        "ProviderDown",
        "SlackMigrating",
        "SlackOutcomeUnknown",
        "SlackRateLimited",
        "SlackUnreachable",
        "StaleCallError",
        "StorageError",
    } == {error.__name__ for error in classes if issubclass(error, errors.CallsError) and error.retryable}


def test_every_final_refusal_of_slack_can_be_caught_as_one() -> None:
    """Whoever catches SlackRefused misses none, and catches none that is retried."""
    final = {error for error in CLASS_OF_CODE.values() if not error.retryable}
    assert set() == {error for error in final if not issubclass(error, errors.SlackRefused)}
    assert set() == {
        error for error in CLASS_OF_CODE.values() if error.retryable and issubclass(error, errors.SlackRefused)
    }


async def test_an_unknown_code_is_final_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A code that Slack adds tomorrow is not retried for ever, and whoever runs the app can see it."""
    with caplog.at_level(logging.WARNING):
        async with slack_that(no("brand_new_reason")) as slack:
            with pytest.raises(errors.SlackRefused) as raised:
                await slack.web.call(TEAM, "calls.add", {})
    assert errors.SlackRefused is type(raised.value)
    assert raised.value.code == "brand_new_reason"
    assert caplog.messages == ["Slack refused calls.add with an error that is not in our table: brand_new_reason"]


@pytest.mark.parametrize("code", ["two\nlines", "a b", {"an": "object"}, ["list"], 7, True, "x" * 81])
async def test_a_code_that_is_no_code_never_reaches_the_log(code: object, caplog: pytest.LogCaptureFixture) -> None:
    """What is written to the log under the name of a code is a word."""
    async with slack_that(yes(error=code)) as slack:
        with pytest.raises(errors.SlackRefused) as raised:
            await slack.web.call(TEAM, "calls.add", {})
    assert raised.value.code == "unreadable_code"
    assert "\n" not in caplog.messages[0]


async def test_a_missing_scope_is_named() -> None:
    """The error says which scope is needed and which ones there are."""
    async with slack_that(no("missing_scope", needed="calls:write", provided="chat:write,commands")) as slack:
        with pytest.raises(errors.SlackScopeMissing) as raised:
            await slack.web.call(TEAM, "calls.add", {})
    assert (raised.value.needed, raised.value.provided) == ("calls:write", "chat:write,commands")


async def test_what_slack_adds_to_a_refusal_is_kept_in_one_line() -> None:
    """The log shows which argument was wrong."""
    messages = ["[ERROR] must provide a string [json-pointer:/id]", "[ERROR] and\nmore"]
    async with slack_that(no("invalid_arguments", response_metadata={"messages": messages})) as slack:
        with pytest.raises(errors.SlackArgumentRefused) as raised:
            await slack.web.call(TEAM, "calls.end", {})
    expected = "calls.end: invalid_arguments ([ERROR] must provide a string [json-pointer:/id]; [ERROR] and more)"
    assert expected == str(raised.value)


async def test_a_late_trigger_is_known_by_what_live_slack_says() -> None:
    """Slack's live API answers `invalid_arguments` where its page says `expired_trigger_id`."""
    messages = ["[ERROR] `trigger_id` expired [json-pointer:/trigger_id]"]
    async with slack_that(no("invalid_arguments", response_metadata={"messages": messages})) as slack:
        with pytest.raises(errors.SlackTriggerExpired):
            await slack.web.call(TEAM, "views.open", {})


@pytest.mark.parametrize(
    ("header", "expected_s"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 1),
        ("3600", 3600),
        (None, 30),
        ("", 30),
        ("soon", 30),
        ("-5", 30),
        ("1.5", 30),
        ("٣", 30),
        ("9" * 5000, 30),
    ],
)
@pytest.mark.parametrize("status", [429, 200])
async def test_a_rate_limit_says_how_long_to_wait(header: str | None, expected_s: int, status: int) -> None:
    """The time is Slack's, and half a minute where Slack gives none that can be read."""
    headers = {"Content-Type": "application/json"} | ({} if header is None else {"Retry-After": header})
    async with slack_that(Says(b'{"ok":false,"error":"ratelimited"}', status, headers)) as slack:
        with pytest.raises(errors.SlackRateLimited) as raised:
            await slack.web.call(TEAM, "calls.add", {})
    assert expected_s == raised.value.retry_after_s


async def test_a_429_is_a_rate_limit_whatever_its_body_says() -> None:
    """A proxy in front of Slack answers with a page of its own."""
    async with slack_that(Says(b"<html>slow down</html>", 429, {"Content-Type": "text/html"})) as slack:
        with pytest.raises(errors.SlackRateLimited) as raised:
            await slack.web.call(TEAM, "calls.add", {})
    assert raised.value.retry_after_s == 30
