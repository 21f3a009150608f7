"""Draw a `call` block: the decorated block of a message turned into what the card says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sandbox.page.links import safe_join_href
from sandbox.page.reader import Face, Reader, guest_face
from sandbox.page.when import clock, duration_words, long_day, moment
from sandbox.workspace import CallRecord, Json

FACES_MAX = 5
"""How many avatars a card draws before it counts the rest."""

CallState = Literal["live", "joined", "invited", "declined", "missed", "ended"]
"""`invited` is a call of somebody else in a direct message."""

_STATUS = {"live": "", "joined": "You’re in", "invited": "Incoming call", "declined": "", "missed": "", "ended": ""}


@dataclass(frozen=True, slots=True)
class CallCard:
    """Everything a card shows; `join_href` is None where there is nothing safe to open.

    Args:
        status: a word on how things stand for the viewer, where there is something to say.
        outcome: how the call ended; empty while it runs.
    """

    call_id: str
    title: str
    state: CallState
    status: str
    outcome: str
    line: str
    starts_iso: str
    display_id: str
    join_href: str | None
    faces: tuple[Face, ...]
    more: int
    people_line: str
    is_open: bool
    can_decline: bool


def read_card(block: Json, reader: Reader) -> CallCard | None:
    """Return the card of a decorated `call` block, or None when the call is not known any more."""
    v1 = block.get("call", {}).get("v1")
    if not isinstance(v1, dict):
        return None
    record = reader.workspace.calls.get(str(v1.get("id")))
    ended = bool(v1.get("has_ended"))
    people = _people(v1["all_participants" if ended else "active_participants"], reader)
    rejected = record.rejected_by if record is not None else set()
    state = _state(v1, rejected, reader)
    return CallCard(
        call_id=str(v1.get("id")),
        title=str(v1.get("name") or "Call"),
        state=state,
        status=_STATUS[state],
        outcome=_outcome(v1, rejected, reader) if ended else "",
        line=_ended_line(v1, record) if ended else _line(v1, rejected, reader),
        starts_iso=moment(int(v1.get("date_start") or 0), reader.tz).isoformat(),
        display_id=str(v1.get("display_id") or ""),
        join_href=None if ended else safe_join_href(str(v1.get("join_url") or "")),
        faces=tuple(people[:FACES_MAX]),
        more=max(0, len(people) - FACES_MAX),
        people_line=_people_line(people, ended=ended),
        is_open=not ended,
        can_decline=state == "invited" and _may_decline(reader),
    )


def _state(v1: dict[str, Any], rejected: set[str], reader: Reader) -> CallState:
    if v1.get("has_ended"):
        return "missed" if v1.get("was_missed") else "ended"
    if any(person.get("slack_id") == reader.viewer_id for person in v1["active_participants"]):
        return "joined"
    if reader.viewer_id in rejected:
        return "declined"
    is_direct = reader.channel is not None and reader.channel.kind == "im"
    return "invited" if is_direct and v1.get("created_by") != reader.viewer_id else "live"


def _outcome(v1: dict[str, Any], rejected: set[str], reader: Reader) -> str:
    if reader.viewer_id in rejected:
        return "You declined this call"
    if v1.get("was_missed"):
        return "Nobody answered" if v1.get("created_by") == reader.viewer_id else "You missed this call"
    return "Call ended"


def _people(participants: list[Json], reader: Reader) -> list[Face]:
    faces: list[Face] = []
    for person in participants:
        slack_id = person.get("slack_id")
        if slack_id:
            faces.append(reader.face(str(slack_id)))
        else:
            faces.append(guest_face(str(person.get("external_id")), str(person.get("display_name") or "A guest")))
    return faces


def _ended_line(v1: dict[str, Any], record: CallRecord | None) -> str:
    lasted_s = record.duration_s if record is not None else None
    if lasted_s is None:
        lasted_s = int(v1.get("date_end") or 0) - int(v1.get("date_start") or 0)
    return f"Lasted {duration_words(lasted_s)}"


def _line(v1: dict[str, Any], rejected: set[str], reader: Reader) -> str:
    starts = moment(int(v1.get("date_start") or 0), reader.tz)
    if reader.viewer_id in rejected:
        return "You declined this call"
    if rejected:
        names = " and ".join(sorted(reader.user_name(user_id) or user_id for user_id in rejected))
        return f"{names} declined"
    today = moment(reader.workspace.now(), reader.tz).date() == starts.date()
    at = clock(starts) if today else f"{clock(starts)} on {long_day(starts)}"
    by = reader.user_name(str(v1.get("created_by"))) or ""
    return f"Started at {at}{f' by {by}' if by else ''}"


def _people_line(people: list[Face], *, ended: bool) -> str:
    names = [face.name for face in people]
    if not names:
        return "Nobody was shown as in the call" if ended else "Nobody has joined yet"
    if len(names) > FACES_MAX:
        names = [*names[: FACES_MAX - 1], f"{len(people) - FACES_MAX + 1} others"]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    if ended:
        return f"{listed} attended"
    return f"{len(people)} in the call: {listed}"


def _may_decline(reader: Reader) -> bool:
    channel = reader.channel
    return channel is not None and (reader.declines_to_app or not reader.is_app_channel(channel))
