"""Turn the workspace's traffic into lines of the inspector."""

from __future__ import annotations

import json
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sandbox.page.when import moment
from sandbox.workspace import Traffic, Workspace

LINES_MAX = 60
"""How many lines the inspector shows; the workspace keeps more."""

_KIND_WORDS = {"api": "Web API", "delivery": "to the app", "response_url": "response_url"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the inspector."""

    at: str
    kind: str
    kind_words: str
    name: str
    outcome: str
    good: bool
    time: str
    sent_words: str
    request: str
    answer: str
    json: str


def newest_lines(workspace: Workspace, tz: ZoneInfo) -> list[Line]:
    """Return the newest lines, newest first."""
    return [_line(entry, tz) for entry in reversed(workspace.traffic[-LINES_MAX:])]


def _line(entry: Traffic, tz: ZoneInfo) -> Line:
    refused = entry.answer.get("ok") is False or "error" in entry.answer
    good = entry.status < 400 and not refused  # noqa: PLR2004 - HTTP errors start there
    outcome = str(entry.answer.get("error") or "refused") if refused else ("" if good else "failed")
    whole = {"kind": entry.kind, "name": entry.name, "request": entry.request, "answer": entry.answer}
    return Line(
        at=f"{entry.at_s:.6f}".replace(".", "-"),
        kind=entry.kind,
        kind_words=_KIND_WORDS[entry.kind],
        name=entry.name,
        outcome=outcome if entry.status in {0, 200} else f"{entry.status} {outcome}".strip(),
        good=good,
        time=f"{moment(entry.at_s, tz):%H:%M:%S.%f}"[:-3],
        sent_words="Sent to the app" if entry.kind == "delivery" else "Sent by the app",
        request=_pretty(entry.request),
        answer=_pretty(entry.answer),
        json=_pretty({**whole, "status": entry.status}),
    )


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
