"""What Google publishes about a room, and how a message of its says it.

Sources: https://developers.google.com/workspace/events/guides/events-meet for types and contents,
https://github.com/googleapis/google-cloudevents/blob/main/docs/spec/pubsub.md for the attributes of messages.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from calls.model import ArtifactKind
from providers.remote_api import Json

JOINED: Final = "google.workspace.meet.participant.v2.joined"
LEFT: Final = "google.workspace.meet.participant.v2.left"
CONFERENCE_ENDED: Final = "google.workspace.meet.conference.v2.ended"

ARTIFACTS = MappingProxyType(
    {
        "google.workspace.meet.recording.v2.fileGenerated": ArtifactKind.RECORDING,
        "google.workspace.meet.transcript.v2.fileGenerated": ArtifactKind.TRANSCRIPT,
        "google.workspace.meet.smartNote.v2.fileGenerated": ArtifactKind.SUMMARY,
    }
)

EVENT_TYPES: Final = (JOINED, LEFT, CONFERENCE_ENDED, *ARTIFACTS)
"""What is subscribed to."""

_ID = "[A-Za-z0-9_-]+"
_NAMES = {
    "participantSession": re.compile(f"conferenceRecords/{_ID}/participants/{_ID}/participantSessions/{_ID}"),
    "conferenceRecord": re.compile(f"conferenceRecords/{_ID}"),
    "recording": re.compile(f"conferenceRecords/{_ID}/recordings/{_ID}"),
    "transcript": re.compile(f"conferenceRecords/{_ID}/transcripts/{_ID}"),
    "smartNote": re.compile(f"conferenceRecords/{_ID}/smartNotes/{_ID}"),
}
_SPACE = re.compile(f"//meet\\.googleapis\\.com/(spaces/{_ID})")
_SUBSCRIPTION = re.compile("//workspaceevents\\.googleapis\\.com/(subscriptions/[A-Za-z0-9_.~-]+)")


@dataclass(frozen=True, slots=True)
class Report:
    """Something that happened in a room.

    Args:
        type: one of `EVENT_TYPES`.
        resource: what it is about, as the Meet REST API names it.
        space: the room, `spaces/…`, where the message names it.
        subscription: by which it was told, where the message names it.
    """

    type: str
    resource: str
    at: datetime
    space: str | None
    subscription: str | None


def read_report(message: Json) -> Report | None:
    """Return what a message of Pub/Sub's says; None for one that says nothing we know of.

    Google names the room as the event's subject and the subscription as its source; either will do.
    """
    attributes, data = message.get("attributes"), message.get("data")
    if not isinstance(attributes, dict) or not isinstance(data, str) or attributes.get("ce-type") not in EVENT_TYPES:
        return None
    try:
        payload = json.loads(base64.b64decode(data, validate=True))
        at = datetime.fromisoformat(attributes["ce-time"])
    except (ValueError, LookupError, TypeError, binascii.Error, RecursionError):
        return None
    resource = _resource(payload)
    if resource is None or at.tzinfo is None:
        return None
    places = [str(attributes.get(name, "")) for name in ("ce-subject", "ce-source")]
    space = next((found[1] for place in places if (found := _SPACE.fullmatch(place))), None)
    subscription = next((found[1] for place in places if (found := _SUBSCRIPTION.fullmatch(place))), None)
    return Report(attributes["ce-type"], resource, at, space, subscription)


def _resource(payload: object) -> str | None:
    """Return the name of what an event is about, if it can stand in an address."""
    if not isinstance(payload, dict):
        return None
    for kind, pattern in _NAMES.items():
        found = payload.get(kind)
        name = found.get("name") if isinstance(found, dict) else None
        if isinstance(name, str) and pattern.fullmatch(name):
            return name
    return None
