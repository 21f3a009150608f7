"""How the log is written: a line for each event, for people or as JSON, without tokens.

Lines go to standard error. Each says which call and which delivery it is about, where that is known.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from calls.log_subject import call_in_log, delivery_in_log

FORMS = ("text", "json")
LEVELS = ("debug", "info", "warning", "error")

HIDDEN = "(hidden)"

_OURS = ("calls", "listeners", "providers", "storage", "startcall")
_CHATTY = ("alembic", "procrastinate")

_SECRETS = (
    re.compile(r"\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9.\-_%]+"),
    re.compile(r"(?i)(?<=authorization)([\"']?\s*[:=]\s*)[\"']?(?:(?:bearer|basic|digest|token)\s+)?[^\s,\"'}]+"),
    re.compile(r"(?i)\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=\-]{8,}"),
    re.compile(r"(?<=//)[^\s/@:]*:[^\s/@]+(?=@)"),
    re.compile(r"(?<=hooks\.slack\.com/)[^\s\"'>]+"),
)
"""Slack's tokens, Authorization headers, passwords in addresses, and addresses with which anybody can post."""


def masked(text: str) -> str:
    """Return a text without what looks like a secret.

    No secret is given to the log; this is the last defence, for texts that others write, such as tracebacks.
    """
    for pattern in _SECRETS:
        text = pattern.sub(HIDDEN, text)
    return text


class SubjectFilter(logging.Filter):
    """Notes in every record which call and delivery it is about, while the task that logs it is known."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Note it, and let the record pass."""
        record.call, record.delivery = call_in_log(), delivery_in_log()
        return True


class TextFormatter(logging.Formatter):
    """One line for people, and a traceback below it where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        message = " ".join(masked(record.getMessage()).splitlines())
        line = f"{_time(record)} {record.levelname} {record.name}: {message}"
        subject = [
            f"{name} {value}" for name, value in _subject(record).items() if name == "delivery" or value not in message
        ]
        line = f"{line} [{', '.join(subject)}]" if subject else line
        return "\n".join([line, *_traceback(self, record)])


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `message`, and `call`, `delivery`, `traceback` if any."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
            **_subject(record),
        }
        traceback = _traceback(self, record)
        return json.dumps(fields | ({"traceback": traceback[0]} if traceback else {}), ensure_ascii=False)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _subject(record: logging.LogRecord) -> dict[str, str]:
    """Return what a record is about, without what is not known."""
    found = {name: getattr(record, name, "") for name in ("call", "delivery")}
    return {name: value for name, value in found.items() if value}


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    """Return the traceback of a record and its stack as one text; nothing where there is none."""
    found = [formatter.formatException(record.exc_info)] if record.exc_info else []
    found += [formatter.formatStack(record.stack_info)] if record.stack_info else []
    return [masked("\n".join(found))] if found else []


def set_up_logs(form: str, level: str) -> None:
    """Write the log of this process to standard error.

    Args:
        form: one of `FORMS`.
        level: one of `LEVELS`; below `info` it holds for Startcall alone, as others write requests in full there.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    handler.addFilter(SubjectFilter())
    chosen = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=max(chosen, logging.INFO), handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(chosen)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(chosen, logging.WARNING))
