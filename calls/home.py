"""Build the app's Home: how to start a call, the calls of one person, and for admins what needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from calls.blocks import JOIN_CALL
from calls.model import Call
from calls.past import Chart, PastCall
from calls.preferences import PreferenceChange
from calls.weeks import Weeks
from calls.words import afterwards, answers
from calls.words import home as words

START_CALL: Final = "start_call"
"""Action id of the button on the Home that opens the dialog."""

SCHEDULE_CALL: Final = "schedule_call"
SETTINGS: Final = "settings"
RETRY_CALL: Final = "retry_call"
FORCE_END_CALL: Final = "force_end_call"

RUNNING_MAX: Final = 20
PLANNED_MAX: Final = 10
RECENT_MAX: Final = 10
STUCK_MAX: Final = 10
LONG_MAX: Final = 5
CHANGES_MAX: Final = 5
"""How much of each the Home lists; a view takes 100 blocks, and with all of these it has 80."""

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ForAdmins:
    """What only admins of the workspace see.

    Args:
        stuck: calls of which nothing more is tried.
        long: open calls that have been running for long.
        changes: the newest choices, newest first.
    """

    stuck: Sequence[Call]
    long: Sequence[Call]
    changes: Sequence[PreferenceChange]


@dataclass(frozen=True, slots=True)
class HomeContents:
    """Everything the Home of one person shows.

    Args:
        offers: action ids of the buttons that are there for everybody.
        running: open calls that the person has to do with.
        planned: a line for each of the person's scheduled calls.
        recent: calls that are over and that the person started or was in, newest first.
        chart: the picture to be shown, or None for the numbers in words.
        admin: None for everybody else.
    """

    now: datetime
    offers: Sequence[str]
    running: Sequence[Call]
    planned: Sequence[str]
    recent: Sequence[PastCall]
    weeks: Weeks
    chart: Chart | None = None
    admin: ForAdmins | None = None


def build_home(contents: HomeContents) -> Block:
    """Return the Home of a person."""
    blocks = [
        _section(answers.home_welcome()),
        *_offers(contents.offers),
        *_running(contents.running),
        *_planned(contents.planned),
        *_recent(contents.recent),
        *_chart(contents),
        *_for_admins(contents),
    ]
    return {"type": "home", "blocks": blocks}


def _offers(offers: Sequence[str]) -> Iterator[Block]:
    labels = {START_CALL: words.start, SCHEDULE_CALL: words.schedule, SETTINGS: words.settings}
    buttons = [_button(action_id, labels[action_id]()) for action_id in offers]
    if buttons:
        buttons[0]["style"] = "primary"
        yield {"type": "actions", "block_id": "offers", "elements": buttons}


def _running(calls: Sequence[Call]) -> Iterator[Block]:
    yield _header(words.running_head())
    yield from (_call_section(call) for call in calls[:RUNNING_MAX])
    if not calls:
        yield _context(answers.home_empty())


def _planned(lines: Sequence[str]) -> Iterator[Block]:
    if lines:
        yield _header(words.planned_head())
        yield from (_section(line) for line in lines[:PLANNED_MAX])


def _recent(past: Sequence[PastCall]) -> Iterator[Block]:
    yield _header(words.recent_head())
    yield from (_section(afterwards.past_call(one)) for one in past[:RECENT_MAX])
    if not past:
        yield _context(words.nothing_recent())


def _chart(contents: HomeContents) -> Iterator[Block]:
    weeks, chart = contents.weeks, contents.chart
    if weeks.is_empty:
        return
    yield _header(words.chart_title())
    if chart is None:
        yield _context(words.chart_text(weeks.counts))
    else:
        picture = {"type": "image", "slack_file": {"id": chart.file_id}}
        yield {**picture, "alt_text": words.chart_text(chart.counts)}


def _for_admins(contents: HomeContents) -> Iterator[Block]:
    admin = contents.admin
    if admin is None:
        return
    yield {"type": "divider"}
    yield _header(words.admin_head())
    for call in admin.stuck[:STUCK_MAX]:
        yield _section(words.stuck_call(call))
        yield {"type": "actions", "elements": [_button(RETRY_CALL, words.retry(), call.id), _force_end(call)]}
    for call in admin.long[:LONG_MAX]:
        yield {**_section(words.long_call(call, contents.now - call.created_at)), "accessory": _force_end(call)}
    if not admin.stuck and not admin.long:
        yield _context(words.nothing_stuck())
    if admin.changes:
        yield _section(words.changes_head())
        yield from (_context(words.change(one)) for one in admin.changes[:CHANGES_MAX])


def _force_end(call: Call) -> Block:
    confirm = {
        "title": _plain(words.force_end_title()),
        "text": _plain(words.force_end_text()),
        "confirm": _plain(words.force_end()),
        "deny": _plain(words.keep()),
        "style": "danger",
    }
    return {**_button(FORCE_END_CALL, words.force_end(), call.id), "style": "danger", "confirm": confirm}


def _call_section(call: Call) -> Block:
    section: Block = {"block_id": call.id, **_section(words.running_call(call))}
    if call.join_url is not None:
        join = _button(JOIN_CALL, words.join(), call.id)
        # Behind our own page there is a link for each person, which the press gives.
        opens = call.room is not None and call.join_url == call.room.join_url
        section["accessory"] = {**join, "url": call.join_url} if opens else join
    return section


def _button(action_id: str, label: str, value: str | None = None) -> Block:
    button: Block = {"type": "button", "action_id": action_id, "text": _plain(label)}
    return button if value is None else {**button, "value": value}


def _header(text: str) -> Block:
    return {"type": "header", "text": _plain(text)}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}
