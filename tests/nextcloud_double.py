"""A server in a Nextcloud's place: conversations of Talk, and who is in their calls.

Built from Talk's documents, https://github.com/nextcloud/spreed/tree/main/docs (conversation.md, call.md,
participant.md, constants.md), and from its `CallController`.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

from calls.clock import now
from tests.vendor import VendorDouble

USER = "startcall"
APP_PASSWORD = "Ab1cD-2efGH-ij3Kl"
_BASIC = "Basic " + base64.b64encode(f"{USER}:{APP_PASSWORD}".encode()).decode()
_NAME_MAX = 255


@dataclass
class NextcloudDouble(VendorDouble):
    """A Nextcloud with Talk.

    Args:
        rooms: conversations, by token.
        inside: who is in the call of each, as `GET /call/{token}` tells them.
        has_talk: whether the app is installed.
    """

    rooms: dict[str, dict[str, Any]] = field(default_factory=dict)
    inside: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    has_talk: bool = True
    ids: Any = field(default_factory=lambda: count(1))

    @property
    def settings(self) -> dict[str, str]:
        """Return what the provider is set up with."""
        return {
            "STARTCALL_NEXTCLOUD_URL": f"{self.url}/",
            "STARTCALL_NEXTCLOUD_USER": USER,
            "STARTCALL_NEXTCLOUD_APP_PASSWORD": APP_PASSWORD,
        }

    def routes(self) -> list[web.RouteDef]:
        """Return what of a Nextcloud is asked."""
        talk = "/ocs/v2.php/apps/spreed/api/v4"
        return [
            web.get("/ocs/v2.php/cloud/capabilities", self._asked_by_us(self._capabilities)),
            web.get(f"{talk}/room", self._asked_by_us(self._list)),
            web.post(f"{talk}/room", self._asked_by_us(self._create)),
            web.delete(f"{talk}/room/{{token}}", self._asked_by_us(self._delete)),
            web.put(f"{talk}/room/{{token}}/read-only", self._asked_by_us(self._lock)),
            web.get(f"{talk}/room/{{token}}/participants", self._asked_by_us(self._participants)),
            web.delete(f"{talk}/room/{{token}}/attendees", self._asked_by_us(self._remove)),
            web.get(f"{talk}/call/{{token}}", self._asked_by_us(self._peers)),
        ]

    def join(self, link: str, actor: str, name: str = "") -> str:
        """Open a link in a browser and press *Join call*; return the session."""
        token = link.rpartition("/call/")[2]
        actor_type, _, actor_id = actor.partition("/")
        session = f"{next(self.ids)}" * 200
        known = [one["attendeeId"] for one in self.inside.get(token, ()) if one["actorId"] == actor_id]
        person = {"actorType": actor_type, "actorId": actor_id, "displayName": name, "token": token, "lastPing": 1}
        attendee_id = known[0] if known else next(self.ids)
        self.inside.setdefault(token, []).append({**person, "sessionId": session, "attendeeId": attendee_id})
        return session

    def leave(self, session: str) -> None:
        """Leave the call."""
        for people in self.inside.values():
            people[:] = [one for one in people if one["sessionId"] != session]

    def add(self, name: str, participant_type: int = 1) -> str:
        """Make a conversation and return its token."""
        token = f"n3xtc10ud{next(self.ids)}"
        self.rooms[token] = {
            "id": next(self.ids),
            "token": token,
            "type": 3,
            "name": name,
            "participantType": participant_type,
            "readOnly": 0,
            "lastActivity": now().timestamp(),
        }
        return token

    def _asked_by_us(self, answer: Any) -> Any:  # noqa: ANN401 - handlers of aiohttp
        async def checked(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != _BASIC:
                return _ocs(None, 401, 997)
            if request.headers.get("OCS-APIRequest") != "true" or "json" not in request.headers.get("Accept", ""):
                return web.Response(text="<?xml version='1.0'?><ocs/>", content_type="text/xml")
            if "spreed" in request.path and not self.has_talk:
                return _ocs([], 404, 998)
            token = request.match_info.get("token")
            if token is not None and token not in self.rooms:
                return _ocs([], 404)
            answered: web.StreamResponse = await answer(request)
            return answered

        return checked

    async def _capabilities(self, _: web.Request) -> web.Response:
        talk = {"spreed": {"features": ["audio", "video", "conversation-v4"]}} if self.has_talk else {}
        return _ocs({"version": {"major": 32}, "capabilities": {"core": {}, **talk}})

    async def _list(self, request: web.Request) -> web.Response:
        since = int(request.query.get("modifiedSince", "0"))
        return _ocs([room for room in self.rooms.values() if room["lastActivity"] > since])

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked["roomType"] != 3 or not 0 < len(asked["roomName"].strip()) <= _NAME_MAX:
            return _ocs([], 400)
        return _ocs(self.rooms[self.add(asked["roomName"])], 201)

    async def _delete(self, request: web.Request) -> web.Response:
        del self.rooms[request.match_info["token"]]
        return _ocs(None)

    async def _lock(self, request: web.Request) -> web.Response:
        room, state = self.rooms[request.match_info["token"]], (await request.json())["state"]
        if room["readOnly"] == state:
            return _ocs([], 400)
        room["readOnly"] = state
        self.inside.pop(room["token"], None)
        return _ocs(None)

    async def _participants(self, request: web.Request) -> web.Response:
        people: dict[int, dict[str, Any]] = {}
        for one in self.inside.get(request.match_info["token"], ()):
            known = people.setdefault(one["attendeeId"], {**one, "sessionIds": [], "inCall": 7, "participantType": 3})
            known["sessionIds"].append(known.pop("sessionId", one["sessionId"]))
        return _ocs(list(people.values()))

    async def _remove(self, request: web.Request) -> web.Response:
        people = self.inside[request.match_info["token"]]
        people[:] = [one for one in people if str(one["attendeeId"]) != request.query["attendeeId"]]
        return _ocs(None)

    async def _peers(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        if self.rooms[token]["readOnly"]:
            return _ocs([], 403)
        return _ocs([{name: one[name] for name in one if name != "attendeeId"} for one in self.inside.get(token, ())])


def _ocs(data: Any, status: int = 200, code: int = 0) -> web.Response:  # noqa: ANN401 - whatever is answered
    meta = {"status": "ok" if status < 300 else "failure", "statuscode": code or status, "message": "OK"}
    return web.json_response(text=json.dumps({"ocs": {"meta": meta, "data": data}}), status=status)
