"""Turn what meeting systems report into changes of a call's people: whose device it is, and who may be there."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from calls.choosing import counting
from calls.meetings import Capability, EventKind, MeetingEvent, Provider, Seen
from calls.model import Call, Participant, Session, Visitor
from calls.passcodes import without_passcode
from calls.ports import Clock, Transaction
from calls.roster import Identify, Roster, after_event

_SHOWS_OUT = Capability.PERSON_LINK | Capability.KICK

_EXTERNAL_ID_CHARS = 22


@dataclass(frozen=True, slots=True)
class Reports:
    """Works out what reports mean for a call.

    Args:
        key: secret of this installation, behind which the ids of people outside Slack are hidden.
    """

    providers: Mapping[str, Provider]
    now: Clock
    key: bytes = field(repr=False)

    def applied(self, transaction: Transaction, call: Call, events: Sequence[MeetingEvent]) -> Roster | None:
        """Store what events change of a call's people, and return it with the call to be saved; None for no change.

        Of one that does not claim to know who is in, only the end and what was left behind are believed.
        """
        if Capability.ROSTER not in self.providers[call.provider].capabilities:
            events = [event for event in events if event.kind in {EventKind.ENDED, EventKind.LEFT_BEHIND}]
        if not events:
            return None
        events = _as_shown(transaction, call, events)
        now = self.now()
        people = {person.key: person for person in transaction.participants(call.id)}
        identify = self._identify(call, _visitors(transaction, call, events), people)
        devices = _touched(transaction, call, events, identify)
        before = Roster(call, {device.id: device for device in devices}, people)
        roster = _with_uninvited(before, events, identify)
        for event in events:
            roster = after_event(roster, event, identify, now)
        transaction.save_sessions([one for one in roster.sessions.values() if before.sessions.get(one.id) != one])
        transaction.save_participants([one for one in roster.people.values() if before.people.get(one.key) != one])
        return None if roster == before else roster

    def _identify(self, call: Call, visitors: Mapping[str, Visitor], people: Mapping[str, Participant]) -> Identify:
        by_link_only = _SHOWS_OUT in self.providers[call.provider].capabilities

        def identify(seen: Seen) -> Participant | None:
            visitor = visitors.get(seen.visitor_id or "")
            if visitor is not None:
                return self._visitor(call, visitor)
            # Where everybody has to come by a link of ours and can be shown out, nobody else may be there.
            if by_link_only:
                return None
            guest = self._participant(call, seen)
            known = people.get(guest.key)
            return guest if known is None or known.same_as is None else people[known.same_as]

        return identify

    def _visitor(self, call: Call, visitor: Visitor) -> Participant:
        """Return somebody who came by a link of ours, so that it is known who they are."""
        external_id = None if visitor.slack_id is not None else self._external_id(call, visitor.key)
        return Participant(
            call.id,
            visitor.key,
            present=False,
            told=False,
            joined_at=self.now(),
            slack_id=visitor.slack_id,
            external_id=external_id,
            display_name=visitor.name if visitor.slack_id is None else None,
            avatar_url=visitor.avatar_url if visitor.slack_id is None else None,
        )

    def _participant(self, call: Call, seen: Seen) -> Participant:
        """Return somebody whom only the meeting system knows; the name they give says nothing about who it is."""
        external_id = self._external_id(call, f"{call.provider}:{seen.person_id or seen.session_id}")
        return Participant(
            call.id,
            f"guest:{external_id}",
            present=False,
            told=False,
            joined_at=self.now(),
            external_id=external_id,
            display_name=seen.display_name,
            avatar_url=seen.avatar_url,
            email=seen.email,
        )

    def _external_id(self, call: Call, person: str) -> str:
        """Return an id for Slack that is the same for a person of a workspace and gives nothing of theirs away."""
        digest = hmac.digest(self.key, f"external user {call.team_id} {person}".encode(), hashlib.sha256)
        return digest.hex()[:_EXTERNAL_ID_CHARS]


def _visitors(transaction: Transaction, call: Call, events: Sequence[MeetingEvent]) -> Mapping[str, Visitor]:
    """Return, by id, those who came by a link of ours and are named in events."""
    ids = {seen.visitor_id for event in events for seen in event.people if seen.visitor_id is not None}
    return {visitor.id: visitor for visitor in transaction.visitors_with(call.id, sorted(ids))} if ids else {}


def _as_shown(transaction: Transaction, call: Call, events: Sequence[MeetingEvent]) -> Sequence[MeetingEvent]:
    """Return events without passcodes, which are not even kept where they are not to be shown."""
    if all(event.artifact is None for event in events):
        return events
    if counting(transaction, call.team_id, call.channel_id, call.started_by).shows_passcodes:
        return events
    bare = [None if event.artifact is None else without_passcode(event.artifact) for event in events]
    return [replace(event, artifact=artifact) for event, artifact in zip(events, bare, strict=True)]


def _touched(
    transaction: Transaction, call: Call, events: Sequence[MeetingEvent], identify: Identify
) -> Sequence[Session]:
    """Return the devices that events may change, with all others of the same people; a look may change any."""
    if any(event.kind is EventKind.SNAPSHOT for event in events):
        return transaction.sessions(call.id)
    seen = [seen for event in events for seen in event.people]
    people = [person for person in map(identify, seen) if person is not None]
    return transaction.sessions_of(call.id, [one.session_id for one in seen], [person.key for person in people])


def _with_uninvited(roster: Roster, events: Sequence[MeetingEvent], identify: Identify) -> Roster:
    """Return the roster with every uninvited session noted, so that it is shown out."""
    come = [seen for event in events if event.kind in {EventKind.JOINED, EventKind.SNAPSHOT} for seen in event.people]
    found = {seen.session_id: None for seen in come if identify(seen) is None}
    new = tuple(session_id for session_id in found if session_id not in roster.call.watch.turn_out)
    if not new or not roster.call.state.is_open:
        return roster
    watch = replace(roster.call.watch, turn_out=(*roster.call.watch.turn_out, *new))
    return replace(roster, call=replace(roster.call, watch=watch))
