"""Take what a BigBlueButton server reports: comings and goings, the end of a meeting, a recording that is ready.

Sources: https://docs.bigbluebutton.org/development/webhooks/, with the events of
https://github.com/bigbluebutton/bbb-webhooks/blob/main/example/events/mapped-events.json;
https://docs.bigbluebutton.org/development/api/#end-meeting-callback-url and #recording-ready-callback-url.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from calls.meetings import EventKind, Hook, HookReply, HookResult, MeetingEvent, Seen
from calls.model import Artifact, ArtifactKind
from providers.bigbluebutton.checksums import is_signed_report
from providers.bigbluebutton.settings import BigBlueButtonSettings
from providers.reading import UnreadableError, as_object, read_id, read_name, read_unix_time_ms
from providers.short_secrets import of_any_length
from providers.signatures import WINDOW

EVENTS = ("user-joined", "user-left", "meeting-ended")
"""What bbb-webhooks is asked to report."""

_KINDS = dict(zip(EVENTS, (EventKind.JOINED, EventKind.LEFT, EventKind.ENDED), strict=True))
_VISITOR = re.compile(r"[0-9a-f]{32}")
_RECORD = re.compile(r"[0-9A-Za-z-]{1,120}")
_MILLISECONDS = re.compile(r"[0-9]{1,15}")
_FIELDS_MAX = 20
_SIGNATURE_CHARS = 32


@dataclass(frozen=True, slots=True)
class Reports:
    """Knows where the server reports to, and whether a report is the server's."""

    settings: BigBlueButtonSettings = field(repr=False)

    def url(self, kind: str, room_id: str = "") -> str:
        """Return the address for one kind of report: `ended` and `events` of a room, or `recording` of all.

        The address of a room ends in a signature of ours: nobody signs that a meeting has ended, and bbb-webhooks'
        own checksum may be made by SHA-1.
        """
        path = f"/{room_id}/{self._signature(kind, room_id)}" if room_id else ""
        return f"{self.settings.hooks_url}/{kind}{path}"

    def receive(self, hook: Hook) -> HookResult:
        """Check a report and say what it tells."""
        if self.settings.hooks_url is None:
            return _reply(503)
        kind, _, rest = hook.path.partition("/")
        room_id, _, signature = rest.partition("/")
        if kind == "recording" and not rest:
            return _reply(405) if hook.method != "POST" else self._take_recording(hook)
        expected = self._signature(kind, room_id) if kind in {"ended", "events"} else ""
        if not expected or not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
            return _reply(401)
        if kind == "ended":
            return HookResult(events=(MeetingEvent(EventKind.ENDED, room_id, hook.received_at),))
        return _reply(405) if hook.method != "POST" else self._take_events(hook, room_id)

    def _signature(self, kind: str, room_id: str) -> str:
        signed = f"bigbluebutton {kind} {room_id}".encode(errors="replace")
        return hmac.new(self.settings.room_key, signed, hashlib.sha256).hexdigest()[:_SIGNATURE_CHARS]

    def _take_events(self, hook: Hook, room_id: str) -> HookResult:
        if not self._is_from_server(hook, self.url("events", room_id)):
            return _reply(401)
        try:
            form = _form(hook)
            if not _MILLISECONDS.fullmatch(form["timestamp"]):
                return _reply(400)
            if abs(hook.received_at - read_unix_time_ms(int(form["timestamp"]))) > WINDOW:
                return _reply(401)
            reported = json.loads(form["event"])
            reports = reported if isinstance(reported, list) else [reported]
            events = [_event(as_object(report), room_id) for report in reports]
        except (ValueError, LookupError, RecursionError):
            return _reply(400)
        return HookResult(events=tuple(event for event in events if event is not None))

    def _is_from_server(self, hook: Hook, callback_url: str) -> bool:
        """Say whether bbb-webhooks sent this: by the checksum in the address or, in its mode auth2_0, by the secret."""
        bearer = hook.header("Authorization")
        if bearer is not None:
            return hmac.compare_digest(f"Bearer {self.settings.secret}".encode(), bearer.encode(errors="replace"))
        try:
            given = parse_qs(hook.query, max_num_fields=_FIELDS_MAX).get("checksum", [])
        except ValueError:  # too many fields
            return False
        return len(given) == 1 and is_signed_report(callback_url, hook.body, self.settings.secret, given[0])

    def _take_recording(self, hook: Hook) -> HookResult:
        try:
            token = _form(hook)["signed_parameters"]
        except (ValueError, LookupError):
            return _reply(400)
        try:
            with of_any_length():
                told = jwt.decode(token, self.settings.secret, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            return _reply(401)
        try:
            room_id, record_id = read_id(told.get("meeting_id")), read_id(told.get("record_id"))
        except UnreadableError:
            return _reply(400)
        if not _RECORD.fullmatch(record_id):
            return _reply(400)
        recording = Artifact(ArtifactKind.RECORDING, self._playback_url(record_id))
        return HookResult(events=(MeetingEvent(EventKind.LEFT_BEHIND, room_id, hook.received_at, artifact=recording),))

    def _playback_url(self, record_id: str) -> str:
        """Return where a recording is watched. Source: https://github.com/bigbluebutton/bbb-playback, README."""
        server = urlsplit(self.settings.api_url)
        return f"{server.scheme}://{server.netloc}/playback/presentation/2.3/{record_id}"


def read_seen(external_id: str, name: object) -> Seen:
    """Return somebody as a server knows them.

    The id is what our link said; who came without one of ours has one that the server drew. It is the session's id too:
    the server tells no other when it is asked, so that two windows of a person are one session.
    """
    visitor_id = external_id if _VISITOR.fullmatch(external_id) else None
    return Seen(session_id=external_id, visitor_id=visitor_id, display_name=read_name(name))


def _event(report: dict[str, Any], room_id: str) -> MeetingEvent | None:
    """Return what one event says; None where it is about something, or some room, that was not asked for.

    Up to 3.3 bbb-webhooks reports every meeting to everybody: https://github.com/bigbluebutton/bigbluebutton/pull/23892.
    """
    data = as_object(report.get("data"))
    kind, attributes = _KINDS.get(str(data.get("id"))), data.get("attributes")
    meeting = attributes.get("meeting") if isinstance(attributes, dict) else None
    if kind is None or not isinstance(meeting, dict) or meeting.get("external-meeting-id") != room_id:
        return None
    at = read_unix_time_ms(as_object(data.get("event")).get("ts"))
    if kind is EventKind.ENDED:
        return MeetingEvent(kind, room_id, at)
    user = as_object(as_object(attributes).get("user"))
    # The server does not always know the id that our link said; then asking who is in makes up for it.
    external_id = user.get("external-user-id") or user.get("internal-user-id")
    return MeetingEvent(kind, room_id, at, (read_seen(read_id(external_id), user.get("name")),))


def _form(hook: Hook) -> dict[str, str]:
    fields = parse_qs(hook.body.decode(), strict_parsing=True, max_num_fields=_FIELDS_MAX)
    return {name: values[0] for name, values in fields.items() if len(values) == 1}


def _reply(status: int) -> HookResult:
    return HookResult(HookReply(status))
