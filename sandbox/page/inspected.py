"""Turn the workspace's traffic into lines of the inspector."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from sandbox.page.place import Place
from sandbox.page.when import moment
from sandbox.workspace import Json, Traffic, Workspace

LINES_MAX = 60
"""How many lines the inspector shows; the workspace keeps more, and the filter looks through all of them."""

KIND_WORDS = {
    "": "All",
    "api": "Web API",
    "delivery": "to the app",
    "response_url": "response_url",
    "bad": "Not as hoped",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the inspector.

    Args:
        outcome: a word for what came of it; empty where all went well.
        reason: why it was not sent, as a sentence; empty where it was.
        took: how long the answer took, in words.
    """

    mark: str
    kind: str
    kind_words: str
    name: str
    outcome: str
    good: bool
    reason: str
    took: str
    time: str
    sent_words: str
    answer_words: str
    request: str
    answer: str
    json: str


def newest_lines(workspace: Workspace, place: Place, tz: ZoneInfo) -> list[Line]:
    """Return the newest lines that the filter lets through, newest first."""
    found: list[Line] = []
    for entry in fitting(workspace, place):
        found.append(_line(entry, tz))
        if len(found) == LINES_MAX:
            break
    return found


def fitting(workspace: Workspace, place: Place) -> Iterator[Traffic]:
    """Return all that the filter of a place lets through, newest first."""
    for entry in reversed(workspace.traffic):
        is_kind = not is_good(entry) if place.kind == "bad" else place.kind in {"", entry.kind}
        if is_kind and place.find.lower() in entry.name.lower():
            yield entry


def is_good(entry: Traffic) -> bool:
    """Say whether something went as the app and Slack would like it to."""
    answered = 0 < entry.status < HTTPStatus.BAD_REQUEST
    return answered and entry.answer.get("ok") is not False and "error" not in entry.answer


def as_json(entry: Traffic) -> Json:
    """Return everything that is known of a line."""
    return {
        "at": datetime.fromtimestamp(entry.at_s, UTC).isoformat(timespec="milliseconds"),
        "kind": entry.kind,
        "name": entry.name,
        "status": entry.status,
        "took_ms": round(entry.took_ms, 1),
        "attempt": entry.attempt,
        "request": entry.request,
        "answer": entry.answer,
    }


def _line(entry: Traffic, tz: ZoneInfo) -> Line:
    to_app = entry.kind == "delivery"
    reason = str(entry.answer.get("not_sent", ""))
    return Line(
        mark=f"{id(entry):x}",
        kind=entry.kind,
        kind_words=KIND_WORDS[entry.kind],
        name=entry.name,
        outcome=" · ".join(_outcome(entry)),
        good=is_good(entry) or bool(reason),
        reason=reason,
        took=_took(entry.took_ms),
        time=f"{moment(entry.at_s, tz):%H:%M:%S.%f}"[:-3],
        sent_words="Would have been sent to the app" if reason else f"Sent {'to' if to_app else 'by'} the app",
        answer_words="The app’s answer" if to_app else "Slack’s answer",
        request=pretty(entry.request),
        answer="" if reason else pretty(entry.answer),
        json=pretty(as_json(entry)),
    )


def _took(took_ms: float) -> str:
    if not took_ms:
        return ""
    return "<1 ms" if took_ms < 1 else f"{took_ms:.0f} ms"


def _outcome(entry: Traffic) -> Iterator[str]:
    if entry.attempt:
        yield f"sent again, {entry.attempt}"
    if "not_sent" in entry.answer:
        yield "not sent"
    elif entry.kind == "delivery" and entry.status == 0:
        yield str(entry.answer.get("failure"))
    elif entry.status == 0:
        yield "answer lost"
    elif entry.status != HTTPStatus.OK:
        yield str(entry.status)
    if entry.answer.get("ok") is False or "error" in entry.answer:
        yield str(entry.answer.get("error") or "refused")


def pretty(value: object) -> str:
    """Return JSON as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
