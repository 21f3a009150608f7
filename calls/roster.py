"""Work out who is in a call from what its meeting system reports, in whatever order and however often it does.

Each device is a session of its own. The newest report of a session counts, by the meeting system's clock, so reports
that come late, twice or out of order change nothing. A person is there while any session of theirs is; when the last
one goes they stay on the card for `LEAVE_DELAY`, so that a reload is no leave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from calls.meetings import EventKind, MeetingEvent, Seen
from calls.model import Call, EndReason, Participant, Session
from calls.room_links import is_web_link

LEAVE_DELAY = timedelta(seconds=5)
"""How long somebody whose last device went stays on the card."""

ARRIVAL = timedelta(seconds=60)
"""How long somebody who pressed Join is shown without being seen in the room."""

ARTIFACTS_MAX = 20
"""How many recordings and the like a card names."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

Identify = Callable[[Seen], Participant | None]
"""Returns whose device somebody's is, as a participant who has not come yet; None for one who may not be there."""


@dataclass(frozen=True, slots=True)
class Roster:
    """A call with every device ever seen in its room, by id, and everybody who is or was there, by key."""

    call: Call
    sessions: Mapping[str, Session]
    people: Mapping[str, Participant]


def after_event(roster: Roster, event: MeetingEvent, identify: Identify, now: datetime) -> Roster:
    """Return the roster as an event leaves it; a call that is over only gains what its meeting left behind."""
    if event.kind is EventKind.LEFT_BEHIND:
        return _with_artifact(roster, event)
    if not roster.call.state.is_open:
        return roster
    if event.kind is EventKind.ENDED:
        return emptied(replace(roster, call=roster.call.ending(at=now, reason=EndReason.ENDED_IN_ROOM)), now)
    if event.kind is EventKind.SNAPSHOT:
        changed = _after_snapshot(roster, event, identify, now)
    else:
        changed = roster
        for seen in event.people:
            changed = _after_report(changed, event, seen, identify, now)
    return _with_first_arrival(changed, now)


def emptied(roster: Roster, now: datetime) -> Roster:
    """Return a roster whose people have all gone, as the end of a call leaves it; the card still names them."""
    people = {
        key: replace(person, left_at=person.left_at or now) if person.present else person
        for key, person in roster.people.items()
    }
    return replace(roster, people=people)


def let_go(person: Participant, now: datetime) -> Participant:
    """Return a person whose time to be seen again has passed as gone."""
    return replace(person, present=False, stays_until=None, left_at=person.left_at or now)


def _with_artifact(roster: Roster, event: MeetingEvent) -> Roster:
    """Return the roster with what the meeting left behind; the card of a call that is over is to be redrawn with it."""
    artifact, call = event.artifact, roster.call
    if artifact is None or not is_web_link(artifact.url):
        return roster
    if artifact in call.artifacts or len(call.artifacts) >= ARTIFACTS_MAX:
        return roster
    return replace(roster, call=replace(call, artifacts=(*call.artifacts, artifact), end_shown=False))


def _after_report(roster: Roster, event: MeetingEvent, seen: Seen, identify: Identify, now: datetime) -> Roster:
    """Return the roster after one device was reported to have come or gone."""
    comes = event.kind is EventKind.JOINED
    person = identify(seen) if comes or _says_who(seen) else None
    if comes and person is None:
        return roster
    before = roster.sessions.get(seen.session_id)
    key = person.key if person is not None else "" if before is None else before.key
    if before is None or _is_newer(event.at, comes=comes, before=before):
        session = Session(roster.call.id, seen.session_id, key, comes, event.at, now)
    else:
        # Of a device that was reported gone first, an older report may still say whose it was.
        session = replace(before, key=before.key or key)
    return _with_session(roster, session, person, event.at if comes else None, now)


def _after_snapshot(roster: Roster, event: MeetingEvent, identify: Identify, now: datetime) -> Roster:
    """Return the roster with exactly these people in; what was heard since the look began is newer than the look."""
    there = {seen.session_id: seen for seen in event.people}
    changed = roster
    for session_id, seen in there.items():
        before = roster.sessions.get(session_id)
        person = identify(seen)
        if person is None or (before is not None and (before.present or before.heard_at >= event.at)):
            continue
        changed_at = _LONG_AGO if before is None else before.changed_at
        session = Session(roster.call.id, session_id, person.key, True, changed_at, now)  # noqa: FBT003 - `present`
        changed = _with_session(changed, session, person, event.at, now)
    for session in roster.sessions.values():
        if session.present and session.id not in there and session.heard_at < event.at:
            gone = replace(session, present=False, changed_at=max(session.changed_at, event.at), heard_at=now)
            changed = _with_session(changed, gone, None, None, now)
    return changed


def _with_session(
    roster: Roster, session: Session, person: Participant | None, came_at: datetime | None, now: datetime
) -> Roster:
    """Return the roster with a session as it is now, and with its person as all their sessions together say.

    Args:
        person: what is known of them from this report.
        came_at: when they came, if this report says so.
    """
    sessions = {**roster.sessions, session.id: session}
    known = roster.people.get(session.key, person)
    if known is None:
        return replace(roster, sessions=sessions)
    if came_at is not None:
        known = replace(known, joined_at=min(known.joined_at, came_at))
    if person is not None and known.slack_id is None:
        known = replace(known, display_name=person.display_name or known.display_name)
    own = [other for other in sessions.values() if other.key == session.key]
    people = {**roster.people, session.key: _as_sessions_say(known, own, now)}
    return replace(roster, sessions=sessions, people=people)


def _as_sessions_say(person: Participant, own: list[Session], now: datetime) -> Participant:
    if any(session.present for session in own):
        return replace(person, present=True, left_at=None, stays_until=None)
    left_at = max(session.changed_at for session in own)
    if not person.present:
        return replace(person, left_at=left_at)
    return replace(person, left_at=left_at, stays_until=person.stays_until or now + LEAVE_DELAY)


def _with_first_arrival(roster: Roster, now: datetime) -> Roster:
    watch = roster.call.watch
    if watch.came_at is not None or not any(session.present for session in roster.sessions.values()):
        return roster
    return replace(roster, call=replace(roster.call, watch=replace(watch, came_at=now)))


def _is_newer(at: datetime, *, comes: bool, before: Session) -> bool:
    """Say whether a report is newer than the last; of two of the same time, the one that says gone is."""
    return (at, not comes) > (before.changed_at, not before.present)


def _says_who(seen: Seen) -> bool:
    return seen.visitor_id is not None or seen.person_id is not None
