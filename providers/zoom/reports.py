"""Read what Zoom reports of meetings, the same by webhook and by WebSocket.

Source of every event and field: https://developers.zoom.us/docs/api/meetings/events/ and
https://zoom.github.io/rivet-javascript/modules/Meetings.html
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from urllib.parse import urlsplit

from calls.meetings import EventKind, MeetingEvent, Seen
from calls.model import Artifact, ArtifactKind
from providers.reading import UnreadableError, as_object, read_id, read_iso_time, read_name, read_unix_time_ms
from providers.remote_api import Json

_SITES = ("zoom.us", "zoom.com", "zoomgov.com")
"""Where Zoom keeps recordings, below any name of a customer."""

_IN_MEETING = "in_meeting"


def read_events(report: Json) -> tuple[MeetingEvent, ...]:
    """Return what an event says; nothing for events that are of no concern here.

    Raises:
        UnreadableError: when a part of an event that is of concern is missing or of another type.
    """
    read = _READERS.get(str(report.get("event")))
    if read is None:
        return ()
    return read(report, as_object(as_object(report.get("payload")).get("object")))


def people_in(participants: list[Json]) -> tuple[Seen, ...]:
    """Return who is in, of those whom Zoom's dashboard lists; it also has who has left and who waits outside."""
    return tuple(_seen(one) for one in participants if _is_in(one))


def _joined(report: Json, meeting: Json) -> tuple[MeetingEvent, ...]:
    who = as_object(meeting.get("participant"))
    at = _time(who.get("join_time"), report)
    return (MeetingEvent(EventKind.JOINED, _id(meeting), at, (_seen(who),)),)


def _left(report: Json, meeting: Json) -> tuple[MeetingEvent, ...]:
    who = as_object(meeting.get("participant"))
    at = _time(who.get("leave_time"), report)
    return (MeetingEvent(EventKind.LEFT, _id(meeting), at, (_seen(who),)),)


def _ended(report: Json, meeting: Json) -> tuple[MeetingEvent, ...]:
    return (MeetingEvent(EventKind.ENDED, _id(meeting), _time(meeting.get("end_time"), report)),)


def _recorded(report: Json, meeting: Json) -> tuple[MeetingEvent, ...]:
    return _left_behind(ArtifactKind.RECORDING, report, meeting)


def _transcribed(report: Json, meeting: Json) -> tuple[MeetingEvent, ...]:
    return _left_behind(ArtifactKind.TRANSCRIPT, report, meeting)


def _left_behind(kind: ArtifactKind, report: Json, meeting: Json) -> tuple[MeetingEvent, ...]:
    url = _shared(meeting.get("share_url"))
    artifact = Artifact(kind, url)
    return (MeetingEvent(EventKind.LEFT_BEHIND, _id(meeting), _time(None, report), artifact=artifact),)


_READERS: MappingProxyType[str, Callable[[Json, Json], tuple[MeetingEvent, ...]]] = MappingProxyType(
    {
        "meeting.participant_joined": _joined,
        "meeting.participant_left": _left,
        "meeting.ended": _ended,
        "meeting.deleted": _ended,
        "recording.completed": _recorded,
        "recording.transcript_completed": _transcribed,
    }
)


def _is_in(who: Json) -> bool:
    return not who.get("leave_time") and who.get("status", _IN_MEETING) == _IN_MEETING


def _seen(who: Json) -> Seen:
    """Return somebody by their connection.

    Zoom numbers the connections of a meeting (`user_id`) and may begin anew with its next run, which
    `participant_uuid` tells apart. An address is vouched for only of somebody who is signed in to Zoom
    (`participant_user_id`); anybody else may have typed it.
    """
    account = _optional_id(who.get("participant_user_id"))
    return Seen(
        session_id=f"{_number(who.get('user_id'))}/{_optional_id(who.get('participant_uuid')) or ''}",
        person_id=account,
        display_name=read_name(who.get("user_name")),
        email=_optional_id(who.get("email")) if account is not None else None,
    )


def _id(meeting: Json) -> str:
    return _number(meeting.get("id"))


def _number(found: object) -> str:
    """Return an id, which comes as text in most events and as a number in some."""
    return read_id(str(found) if isinstance(found, int) and not isinstance(found, bool) else found)


def _optional_id(found: object) -> str | None:
    """Return an id that Zoom leaves out, or has as an empty text, of those it does not know."""
    return read_id(found) if found else None


def _time(text: object, report: Json) -> datetime:
    """Return when something happened, which Zoom tells in whole seconds, else when Zoom noticed it."""
    if text:
        return read_iso_time(text)
    return read_unix_time_ms(report.get("event_ts"))


def _shared(url: object) -> str:
    """Return the address of a recording's page, without what may be a passcode."""
    try:
        parts = urlsplit(read_id(url))
    except ValueError as error:
        raise UnreadableError("share_url") from error
    host = parts.hostname or ""
    if parts.scheme != "https" or not any(f".{host}".endswith(f".{site}") for site in _SITES):
        raise UnreadableError("share_url")
    return f"https://{host}{parts.path}"
