"""Tell an answer of Slack's that says yes from one that says no, why it does, and what is in it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from calls import errors
from calls.slack.codes import CLASS_OF_CODE

_log = logging.getLogger(__name__)

RETRY_AFTER_DEFAULT_S = 30
"""How long to wait when Slack limits us without saying for how long."""

DETAIL_MAX_CHARS = 300

_READABLE_CODE = re.compile(r"[A-Za-z0-9_.-]{1,80}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack said.

    Args:
        data: the JSON object of the body.
        headers: by name, in any case.
    """

    data: Mapping[str, object]
    headers: Mapping[str, str]

    def text(self, key: str, method: str) -> str:
        """Return a text that every good answer has.

        Raises:
            SlackOutcomeUnknown: when it is not there: the request may have had its effect.
        """
        value = text_in(self.data, key)
        if value is None:
            raise errors.SlackOutcomeUnknown("incomplete_answer", method, detail=f"no {key}")
        return value


def text_in(data: Mapping[str, object], key: str) -> str | None:
    """Return the text under a key, or None when there is none or it is empty."""
    value = data.get(key)
    return value if isinstance(value, str) and value else None


def object_in(data: Mapping[str, object], key: str) -> Mapping[str, object] | None:
    """Return the JSON object under a key, or None when there is none."""
    value = data.get(key)
    return value if isinstance(value, Mapping) else None


def list_in(data: Mapping[str, object], key: str) -> Iterator[object]:
    """Yield the members of the list under a key; nothing when there is no list."""
    value = data.get(key)
    if isinstance(value, list):
        yield from value


def checked(method: str, status: int, headers: Mapping[str, str], data: object) -> Answer:
    """Return an answer that says yes.

    Slack's pages show refusals with `"ok": true` and an `error`, so `ok` alone proves nothing.

    Args:
        status: the HTTP status.
        data: the JSON value of the body; anything but an object when there was none.

    Raises:
        SlackError: the one that fits, when the answer says no or cannot be understood.
    """
    body: Mapping[str, object] = data if isinstance(data, Mapping) else {}
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise errors.SlackRateLimited("ratelimited", method, retry_after_s=_retry_after_s(headers))
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise errors.SlackOutcomeUnknown("http_server_error", method, detail=f"HTTP {status}")
    if body.get("error"):
        raise refusal(method, body, headers)
    if status != HTTPStatus.OK:
        raise errors.SlackRefused("http_refused", method, detail=f"HTTP {status}")
    if body.get("ok") is not True:
        raise errors.SlackOutcomeUnknown("garbled_answer", method)
    return Answer(body, headers)


def refusal(method: str, body: Mapping[str, object], headers: Mapping[str, str]) -> errors.SlackError:
    """Return the error for an answer that names one; a code we do not know is final, and logged."""
    code = body["error"]
    if not (isinstance(code, str) and _READABLE_CODE.fullmatch(code)):
        code = "unreadable_code"
    detail = _detail(body)
    error_class = CLASS_OF_CODE.get(code)
    if error_class is None:
        _log.warning("Slack refused %s with an error that is not in our table: %s", method, code)
        return errors.SlackRefused(code, method, detail=detail)
    if error_class is errors.SlackRateLimited:
        return errors.SlackRateLimited(code, method, retry_after_s=_retry_after_s(headers), detail=detail)
    if error_class is errors.SlackScopeMissing:
        needed, provided = text_in(body, "needed") or "", text_in(body, "provided") or ""
        return errors.SlackScopeMissing(code, method, needed=_one_line(needed), provided=_one_line(provided))
    if error_class is errors.SlackArgumentRefused and _is_about_expired_trigger(detail):
        return errors.SlackTriggerExpired(code, method, detail=detail)
    return error_class(code, method, detail=detail)


def _is_about_expired_trigger(detail: str) -> bool:
    """Say whether `invalid_arguments` means a late trigger, as live Slack answers.

    Source: https://github.com/slackapi/bolt-python/issues/434
    """
    return "trigger_id" in detail and "expired" in detail


def _detail(body: Mapping[str, object]) -> str:
    """Return what Slack adds to an error code, in one short line."""
    metadata = object_in(body, "response_metadata") or {}
    return _one_line("; ".join(str(message) for message in list_in(metadata, "messages")))


def _one_line(text: str) -> str:
    return " ".join(text.split())[:DETAIL_MAX_CHARS]


def _retry_after_s(headers: Mapping[str, str]) -> int:
    """Return the whole seconds Slack asks us to wait, at least 1."""
    value = headers.get("Retry-After", "").strip()
    if not re.fullmatch(r"[0-9]{1,6}", value):
        return RETRY_AFTER_DEFAULT_S
    return max(1, int(value))
