"""Every error has a sentence that helps, and docs/errors.md lists them all."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from calls import errors
from calls.errors import CallsError
from calls.slack.codes import CLASS_OF_CODE, CLASS_OF_OUR_CODE
from calls.words.errors import SENTENCES, sentence_for
from scripts.error_table import TARGET, raised_codes, render

ABSTRACT = {CallsError, errors.ProviderError, errors.SlackError}
CLASSES = sorted(
    {value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, CallsError)} - ABSTRACT,
    key=lambda error_class: error_class.__name__,
)
TOLD_APART = {
    "account_inactive": "install Startcall again",
    "app_access_restricted": "workspace admin",
    "channel_not_found": "`/invite @Startcall`",
    "expired_url": "type or press it again",
    "inactive_call": "has ended. Start a new one with `/startcall`",
    "invalid_auth": "`SLACK_BOT_TOKEN`",
    "invalid_blocks": "You did nothing wrong",
    "is_archived": "is archived. Unarchive it",
    "message_not_found": "was deleted",
    "messages_tab_disabled": "Messages Tab",
    "not_allowed_token_type": "`xoxb-`",
    "not_authed": "not installed",
    "not_enabled": "App Home",
    "not_in_channel": "`/invite @Startcall`",
    "org_login_required": "try again later",
    "restricted_action": "workspace admin",
    "restricted_action_thread_locked": "outside it",
    "team_added_to_org": "moved into an organisation",
    "token_revoked": "install Startcall again",
    "user_not_found": "without people from elsewhere",
    "user_not_in_channel": "invite them",
}


def _make(error_class: type[CallsError], code: str) -> CallsError:
    """Return an error of a class as the code would raise it."""
    if issubclass(error_class, errors.SlackRateLimited):
        return error_class(code, "calls.add", retry_after_s=30)
    if issubclass(error_class, errors.SlackScopeMissing):
        return error_class(code, "calls.add", needed="calls:write", provided="commands")
    if issubclass(error_class, errors.SlackError):
        return error_class(code, "calls.add", detail="more for the log")
    if issubclass(error_class, errors.ProviderError):
        return error_class(code, provider="jitsi", detail="more for the log")
    return error_class(code, detail="/var/lib/startcall")


def _all_errors() -> Iterator[CallsError]:
    for error_class in CLASSES:
        yield _make(error_class, "some_code")
    for error_class, sentences in SENTENCES.items():
        yield from (_make(error_class, code) for code in sentences if code)
    for code, slack_class in (CLASS_OF_CODE | CLASS_OF_OUR_CODE).items():
        yield _make(slack_class, code)


@pytest.mark.parametrize("error", list(_all_errors()), ids=str)
def test_every_error_has_sentences_that_say_what_to_do(error: CallsError) -> None:
    """Two sentences or more, whole and filled in; a code never stands alone."""
    sentence = sentence_for(error)
    assert re.fullmatch(r"[A-Z`].*\.", sentence)
    assert len(re.findall(r"[.;:] ", sentence)) >= 1
    assert not re.search(r"[{}<>]|\bNone\b|  ", sentence.replace("{room}", ""))
    assert "more for the log" not in sentence


@pytest.mark.parametrize(("code", "expected"), TOLD_APART.items())
def test_where_the_cure_differs_the_sentence_does(code: str, expected: str) -> None:
    """Each of these needs somebody else, or another step."""
    assert expected in sentence_for(_make(CLASS_OF_CODE[code], code))


def test_every_class_has_a_sentence_of_its_own() -> None:
    """No class falls back on that of another one."""
    assert set(CLASSES) == set(SENTENCES) - {CallsError}


@pytest.mark.parametrize(
    ("seconds", "expected"), [(1, "a second."), (30, "30 seconds."), (99, "99 seconds."), (300, "5 minutes.")]
)
def test_a_rate_limit_says_how_long_it_lasts(seconds: int, expected: str) -> None:
    """In seconds as long as these are easily read."""
    error = errors.SlackRateLimited("ratelimited", "calls.add", retry_after_s=seconds)
    assert sentence_for(error).endswith(f"try again in {expected}")


@pytest.mark.parametrize(
    ("needed", "expected"),
    [
        ("calls:write", "the permission `calls:write`."),
        ("calls:write,chat:write", "the permissions `calls:write`, `chat:write`."),
        ("", "a permission it needs."),
        ("<!channel>", "the permission `channel`."),
    ],
)
def test_a_missing_permission_is_named(needed: str, expected: str) -> None:
    """Whoever reads it knows what to ask the admin for."""
    error = errors.SlackScopeMissing("missing_scope", "calls.add", needed=needed)
    assert expected in sentence_for(error)


def test_nothing_an_error_brings_along_can_ring_anybody() -> None:
    """A detail or a name is never a mention, a link or the end of code."""
    hostile = "<!channel> `x` <https://evil.example|here> \n" + "y" * 500
    for error in (
        errors.ConfigError("unknown_provider", detail=hostile),
        errors.ProviderDown("down", provider=hostile),
        errors.SlackRefused(hostile, "calls.add"),
    ):
        sentence = sentence_for(error)
        assert not re.search(r"[<>&\n]", sentence)
        assert len(sentence) < 500


def test_an_error_reads_well_in_the_log() -> None:
    """The log has the method, the code and the detail."""
    assert [str(_make(error_class, "code")) for error_class in (errors.ConfigError, errors.ProviderDown)] == [
        "code (/var/lib/startcall)",
        "jitsi: code (more for the log)",
    ]
    assert str(errors.ProviderDown("code")) == "code"
    scope = errors.SlackScopeMissing("missing_scope", "calls.add", needed="calls:write")
    assert str(scope) == "calls.add: missing_scope (needed calls:write, provided unknown)"


def test_the_page_of_errors_is_what_the_code_says() -> None:
    """After a change, `python -m scripts.error_table` writes it anew."""
    assert TARGET.read_text(encoding="utf-8") == render()


def test_every_code_that_the_operator_or_a_person_can_cure_has_its_own_sentence() -> None:
    """Each of these needs its own cure: write it into calls/words/errors.py."""
    curable = {(error, code) for error, code in raised_codes() if error in {errors.ConfigError, errors.UsageError}}
    assert len(curable) > 5
    assert {code for error, code in curable if code not in SENTENCES[error]} == set()


def test_every_code_of_ours_for_slack_is_in_the_table_of_codes() -> None:
    """A code that is made here has one class there."""
    known = CLASS_OF_CODE | CLASS_OF_OUR_CODE
    made = {(error, code) for error, code in raised_codes() if issubclass(error, errors.SlackError)}
    assert len(made) > 5
    assert {(error.__name__, code) for error, code in made if known.get(code) is not error} == set()
