"""A LiveKit server without sound and pictures.

Requests, answers and reports are LiveKit's own protocol buffers, as the package livekit-protocol has them, in the JSON
of https://docs.livekit.io/server/room-management and https://docs.livekit.io/home/server/webhooks/. LiveKit's own
livekit-api verifies the tokens and signs the reports.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web
from google.protobuf.json_format import MessageToDict, MessageToJson, ParseDict
from livekit.api import AccessToken, TokenVerifier
from livekit.protocol import models, room, webhook

from calls.clock import now
from tests.vendor import VendorDouble

API_KEY = "APIstartcalltest"
API_SECRET = "a-livekit-secret-of-32-characters-and-more"
PAGE = "https://meet.example.com/custom?liveKitUrl={server}&token={token}"


@dataclass
class Double(VendorDouble):
    """The server.

    Args:
        rooms: what each was created as, by name.
        people: who is in each, by identity.
        hooks_url: where it reports to; empty for nowhere.
    """

    rooms: dict[str, models.Room] = field(default_factory=dict)
    people: dict[str, dict[str, models.ParticipantInfo]] = field(default_factory=dict)
    hooks_url: str = ""
    numbers: Any = field(default_factory=lambda: count(1))

    @property
    def settings(self) -> dict[str, str]:
        """Return what the provider is set up with."""
        return {
            "STARTCALL_LIVEKIT_URL": self.url,
            "STARTCALL_LIVEKIT_API_KEY": API_KEY,
            "STARTCALL_LIVEKIT_API_SECRET": API_SECRET,
            "STARTCALL_LIVEKIT_PAGE": PAGE,
        }

    def routes(self) -> list[web.RouteDef]:
        """Return what it answers."""
        return [web.post("/twirp/livekit.RoomService/{method}", self._answer)]

    async def enter(self, link: str) -> models.ParticipantInfo:
        """Let somebody in by a link, as the page does with the token in it."""
        claims = TokenVerifier(API_KEY, API_SECRET).verify(parse_qs(urlsplit(link).query)["token"][0])
        assert claims.video is not None
        assert claims.video.room_join
        person = self.put_in(claims.video.room, claims.identity, claims.name)
        await self.report("participant_joined", claims.video.room, person)
        return person

    def put_in(self, room_id: str, identity: str, name: str, **more: Any) -> models.ParticipantInfo:  # noqa: ANN401
        """Have somebody in a room, whom nobody reported."""
        person = models.ParticipantInfo(
            sid=f"PA_{next(self.numbers)}", identity=identity, name=name, state=models.ParticipantInfo.ACTIVE, **more
        )
        self.people[room_id][identity] = person
        return person

    async def leave(self, room_id: str, identity: str) -> None:
        """Let somebody go."""
        await self.report("participant_left", room_id, self.people[room_id].pop(identity))

    async def finish(self, room_id: str) -> None:
        """Close a room."""
        self.rooms.pop(room_id)
        await self.report("room_finished", room_id)

    async def report(self, event: str, room_id: str, person: models.ParticipantInfo | None = None) -> None:
        """Report something."""
        body = report_body(event, room_id, person)
        if self.hooks_url:
            async with (
                aiohttp.ClientSession() as session,
                session.post(self.hooks_url, data=body, headers=signed(body)) as answer,
            ):
                assert 200 == answer.status

    async def _answer(self, request: web.Request) -> web.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        try:
            grant = TokenVerifier(API_KEY, API_SECRET).verify(token).video
        except Exception:  # noqa: BLE001 - whatever LiveKit's own verifier raises
            return twirp_error(401, "unauthenticated")
        assert grant is not None
        asked, method = await request.json(), request.match_info["method"]
        if method == "CreateRoom" and grant.room_create:
            return self._create(ParseDict(asked, room.CreateRoomRequest()))
        if method == "ListRooms" and grant.room_list:
            return answered(room.ListRoomsResponse())
        name = asked["room"]
        is_allowed = grant.room_create if method == "DeleteRoom" else grant.room_admin and grant.room == name
        if not is_allowed:
            return twirp_error(403, "permission_denied")
        return self._about_room(method, name, asked)

    def _create(self, asked: room.CreateRoomRequest) -> web.Response:
        fresh = models.Room(
            sid=f"RM_{next(self.numbers)}",
            name=asked.name,
            empty_timeout=asked.empty_timeout,
            departure_timeout=asked.departure_timeout,
            creation_time=int(now().timestamp()),
        )
        self.people.setdefault(asked.name, {})
        return answered(self.rooms.setdefault(asked.name, fresh))

    def _about_room(self, method: str, name: str, asked: dict[str, str]) -> web.Response:
        if name not in self.rooms:
            return twirp_error(404, "not_found")
        if method == "ListParticipants":
            return answered(room.ListParticipantsResponse(participants=list(self.people[name].values())))
        if method == "RemoveParticipant":
            if self.people[name].pop(asked["identity"], None) is None:
                return twirp_error(404, "not_found")
            return answered(room.RemoveParticipantResponse())
        assert "DeleteRoom" == method
        self.rooms.pop(name)
        self.people.pop(name)
        return answered(room.DeleteRoomResponse())


def answered(message: Any) -> web.Response:  # noqa: ANN401 - any of LiveKit's messages
    """Return an answer as Twirp writes it."""
    return web.json_response(MessageToDict(message, preserving_proto_field_name=True))


def twirp_error(status: int, code: str) -> web.Response:
    """Return a refusal. Source: https://twitchtv.github.io/twirp/docs/errors.html."""
    return web.json_response({"code": code, "msg": "no"}, status=status)


def report_body(event: str, room_id: str, person: models.ParticipantInfo | None = None) -> bytes:
    """Return a report."""
    number = next(_NUMBERS)
    message = webhook.WebhookEvent(
        event=event, room=models.Room(name=room_id), id=f"EV_{number}", created_at=int(now().timestamp())
    )
    if person is not None:
        message.participant.CopyFrom(person)
    return MessageToJson(message, indent=None).encode()


def signed(body: bytes, secret: str = API_SECRET, key: str = API_KEY) -> dict[str, str]:
    """Return the headers of a report."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    token = AccessToken(key, secret).with_sha256(digest).to_jwt()
    return {"Authorization": token, "Content-Type": "application/webhook+json"}


_NUMBERS = count(1)
