"""Write the calls of a conversation as a table that spreadsheet programs open.

Source: https://www.rfc-editor.org/rfc/rfc4180
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from calls.model import Call, Participant, UserId
from calls.past import PastCall

COLUMNS: Final = (
    *("id", "title", "started_at", "ended_at", "duration_s", "started_by", "meeting_system"),
    *("people", "who", "left_behind"),
)

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet program takes for the beginning of a formula.

Source: https://owasp.org/www-community/attacks/CSV_Injection
"""


def history_csv(past: Sequence[PastCall], names: Mapping[UserId, str]) -> bytes:
    """Return calls as CSV in UTF-8, with a byte order mark, without which some programs read it wrongly.

    Args:
        names: what people are called; whoever is not in it is named by their id.
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in past:
        writer.writerow([_harmless(cell) for cell in _cells(one.call, one.people, names)])
    return table.getvalue().encode("utf-8-sig")


def _cells(call: Call, people: Sequence[Participant], names: Mapping[UserId, str]) -> list[str]:
    return [
        call.display_id,
        call.title,
        _moment(call.live_at or call.created_at),
        _moment(call.ended_at),
        str(call.duration_s),
        names.get(call.started_by, call.started_by),
        call.provider,
        str(len(people)),
        "; ".join(_name(person, names) for person in people),
        " ".join(artifact.url for artifact in call.artifacts),
    ]


def _name(person: Participant, names: Mapping[UserId, str]) -> str:
    if person.slack_id is not None:
        return names.get(person.slack_id, person.slack_id)
    return person.display_name or person.key


def _moment(at: datetime | None) -> str:
    """Return a moment in UTC as ISO 8601 has it, and spreadsheet programs read it."""
    return "" if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _harmless(cell: str) -> str:
    """Return a cell so that no program takes it for a formula, whoever typed it."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
