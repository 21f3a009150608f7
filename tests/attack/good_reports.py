"""One good report of each kind, of every meeting system that reports by requests."""

from __future__ import annotations

from collections.abc import Sequence

from tests import bigbluebutton_double, jaas_double, teams_double
from tests.attack.forged import Body

ROOM = "abcdefghijklmnopqrstuvwxyz"
"""The room that all reports are about; a name that every meeting system takes."""

VISITOR = "0123456789abcdef" * 2

AT_S = 1_795_262_400
AT = "2026-11-21T12:00:00Z"

_PARTICIPANT = {
    "user_id": "1",
    "participant_uuid": "u-1",
    "participant_user_id": "p-1",
    "user_name": "n",
    "email": "a@example.com",
    "join_time": AT,
    "leave_time": AT,
}

ZOOM: Sequence[Body] = (
    *(
        {"event": kind, "event_ts": AT_S * 1000, "payload": {"object": {"id": ROOM, "participant": _PARTICIPANT}}}
        for kind in ("meeting.participant_joined", "meeting.participant_left")
    ),
    {"event": "meeting.ended", "event_ts": AT_S * 1000, "payload": {"object": {"id": ROOM, "end_time": AT}}},
    {"event": "endpoint.url_validation", "payload": {"plainToken": "x"}},
    *(
        {
            "event": kind,
            "event_ts": AT_S * 1000,
            "payload": {"object": {"id": ROOM, "share_url": "https://zoom.us/rec/x?pwd=1"}},
        }
        for kind in ("recording.completed", "recording.transcript_completed")
    ),
)

WHEREBY: Sequence[Body] = tuple(
    {
        "type": kind,
        "createdAt": AT,
        "data": {
            "meetingId": ROOM,
            "participantId": "p",
            "displayName": "n",
            "metadata": "m",
            "externalId": VISITOR,
            "roleName": "visitor",
            "numClients": 0,
        },
    }
    for kind in ("room.client.joined", "room.client.left")
)

JANUS: Sequence[Body] = tuple(
    {
        "type": 64,
        "timestamp": AT_S * 1_000_000,
        "event": {
            "plugin": "janus.plugin.videoroom",
            "data": {"event": kind, "room": ROOM, "id": "i", "private_id": 1, "display": "n"},
        },
    }
    for kind in ("joined", "leaving", "destroyed")
)

DAILY: Sequence[Body] = (
    *(
        {
            "version": "1.0.0",
            "type": kind,
            "id": "e",
            "event_ts": AT_S,
            "payload": {
                "room": ROOM,
                "session_id": "s",
                "user_id": VISITOR,
                "user_name": "n",
                "joined_at": AT_S,
                "duration": 1.5,
            },
        }
        for kind in ("participant.joined", "participant.left")
    ),
    {"type": "meeting.ended", "payload": {"room": ROOM, "start_ts": AT_S, "end_ts": AT_S}},
)

WEBEX: Sequence[Body] = (
    {"resource": "meetings", "event": "ended", "data": {"id": f"{ROOM}_I_1", "meetingId": f"{ROOM}_I_1"}},
)

JAAS: Sequence[Body] = tuple(
    {
        "idempotencyKey": "x",
        "appId": jaas_double.APP_ID,
        "eventType": kind,
        "sessionId": "s",
        "timestamp": AT_S * 1000,
        "fqn": f"{jaas_double.APP_ID}/{ROOM}",
        "data": {"participantId": "p", "participantJid": "j", "id": VISITOR, "name": "n", "isBreakout": False},
    }
    for kind in ("PARTICIPANT_JOINED", "PARTICIPANT_LEFT", "ROOM_DESTROYED")
)

_PERSON = {"identity": "i", "sid": "PA_1", "name": "n", "kind": "STANDARD", "permission": {"hidden": False}}
_FILE = {"filename": "f", "location": "https://files.example.com/f?x=1"}

LIVEKIT: Sequence[Body] = (
    *(
        {"event": kind, "createdAt": str(AT_S), "room": {"name": ROOM}, "participant": _PERSON}
        for kind in ("participant_joined", "participant_left", "participant_connection_aborted")
    ),
    {"event": "room_finished", "createdAt": str(AT_S), "room": {"name": ROOM}},
    {
        "event": "egress_ended",
        "createdAt": str(AT_S),
        "egressInfo": {"roomName": ROOM, "status": "EGRESS_COMPLETE", "fileResults": [_FILE]},
    },
)

JITSI: Sequence[Body] = tuple(
    {"event": kind, "room": ROOM, "at": AT_S, "occupant": {"session": "s", "visitor": VISITOR, "name": "n"}}
    for kind in ("joined", "left", "emptied", "destroyed")
)

BIGBLUEBUTTON: Sequence[Body] = tuple(
    bigbluebutton_double.mapped_event(kind, ROOM, "w_1", {"userID": VISITOR, "fullName": "n", "role": "VIEWER"})
    for kind in ("user-joined", "user-left", "meeting-ended")
)

TEAMS: Sequence[Body] = (
    *(
        {
            "eventType": "rosterUpdated",
            "eventDateTime": AT,
            "participants@delta": [teams_double.participant("s", "n", "u") | {"removedState": gone}],
        }
        for gone in (None, {"reason": "Removed"})
    ),
    {"eventType": "callEnded", "eventDateTime": AT},
)
