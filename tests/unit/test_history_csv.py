"""The history as a file: what RFC 4180 asks for, and nothing that a spreadsheet program would run."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.history_csv import COLUMNS, history_csv
from calls.model import Call, CallId, CallState, ChannelId, Participant, TeamId, UserId
from calls.past import PastCall

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CALL = Call(
    CallId("c1"),
    "4K7-9QM",
    TeamId("T1"),
    ChannelId("C1"),
    "Weekly",
    UserId("U1"),
    "link",
    NOW,
    state=CallState.ENDED,
    live_at=NOW,
    ended_at=NOW + timedelta(minutes=24),
)
GUEST = Participant(CALL.id, "guest:1", present=False, told=False, joined_at=NOW, display_name="Zoe, from Acme")
ALICE = Participant(CALL.id, "slack:U1", present=False, told=False, joined_at=NOW, slack_id=UserId("U1"))


def rows_of(content: bytes) -> list[list[str]]:
    """Return what a reader of CSV finds."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_a_call_is_one_row_with_a_head_above() -> None:
    """Times are in UTC, lengths in seconds, as regression: seconds, not milliseconds, in the duration."""
    content = history_csv([PastCall(CALL, [ALICE, GUEST])], {UserId("U1"): "Alice"})
    head, row = rows_of(content)

    assert list(COLUMNS) == head
    times = ["2026-11-21T09:00:00Z", "2026-11-21T09:24:00Z", "1440"]
    assert ["4K7-9QM", "Weekly", *times, "Alice", "link", "2", "Alice; Zoe, from Acme", ""] == row
    assert content.startswith(b"\xef\xbb\xbf")
    assert 2 == content.count(b"\r\n")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(start: str) -> None:
    """A title or a name that begins like one gets an apostrophe, which spreadsheet programs do not show."""
    typed = f'{start}HYPERLINK("https://evil.example.com","x")'
    past = PastCall(replace(CALL, title=typed), [replace(GUEST, display_name=typed)])
    _, row = rows_of(history_csv([past], {}))

    assert f"'{typed}" == row[1]
    assert f"'{typed}" == row[8]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_whatever_is_in_a_title_is_read_back(title: str) -> None:
    """Quotes, commas and line breaks of any kind stay in their cell."""
    _, row = rows_of(history_csv([PastCall(replace(CALL, title=title), [])], {}))
    assert title == row[1].removeprefix("'") if title[:1] in {"=", "+", "-", "@", "\t", "\r"} else title == row[1]
