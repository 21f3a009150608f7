"""A server in Daily's place: rooms, tokens, people, and webhooks that report.

Built from Daily's OpenAPI description (https://docs.daily.co/reference/rest-api) and from its pages on webhooks
(https://docs.daily.co/reference/rest-api/webhooks and its events).
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from calls.clock import now
from tests.vendor import VendorDouble

API_KEY = "a-daily-api-key-for-tests"
_TOKEN_KEY = "a-key-that-only-the-double-knows-for-tokens"
_ROOM_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_USER_ID_MAX = 36
_EJECT_MAX = 100


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return what Daily puts into X-Webhook-Signature, made without our own code."""
    keyed = HMAC(base64.b64decode(secret), hashes.SHA256())
    keyed.update(timestamp.encode())
    keyed.update(b".")
    keyed.update(body)
    return base64.b64encode(keyed.finalize()).decode()


@dataclass
class DailyDouble(VendorDouble):
    """Daily, with one domain.

    Args:
        rooms: as `GET /rooms/:name` tells them, by name.
        people: as the presence of a room tells them, by room and session.
        webhooks: as `GET /webhooks` tells them, by uuid.
        page: how many people one answer names when no limit is given.
    """

    rooms: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    webhooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    page: int = 100

    @property
    def settings(self) -> dict[str, str]:
        """Return what the provider is set up with."""
        return {
            "STARTCALL_DAILY_API_KEY": API_KEY,
            "STARTCALL_DAILY_API_URL": f"{self.url}/v1",
        }

    def routes(self) -> list[web.RouteDef]:
        """Return what of Daily's API is asked."""
        return [
            web.get("/v1/rooms", self._asked_by_us(self._list_rooms)),
            web.post("/v1/rooms", self._asked_by_us(self._create_room)),
            web.get("/v1/rooms/{name}", self._asked_by_us(self._get_room)),
            web.delete("/v1/rooms/{name}", self._asked_by_us(self._delete_room)),
            web.get("/v1/rooms/{name}/presence", self._asked_by_us(self._presence)),
            web.post("/v1/rooms/{name}/eject", self._asked_by_us(self._eject)),
            web.post("/v1/meeting-tokens", self._asked_by_us(self._create_token)),
            web.get("/v1/webhooks", self._asked_by_us(self._list_webhooks)),
            web.post("/v1/webhooks", self._asked_by_us(self._create_webhook)),
            web.post("/v1/webhooks/{uuid}", self._asked_by_us(self._update_webhook)),
        ]

    async def join(self, link: str, session_id: str = "") -> str:
        """Open a link as a browser does and have it reported; return the session.

        Raises:
            PermissionError: when the room does not let them in.
        """
        address, _, token = link.partition("?t=")
        name = address.rpartition("/")[2]
        claims = jwt.decode(token, _TOKEN_KEY, algorithms=["HS256"]) if token else {}
        if self.rooms[name]["privacy"] == "private" and claims.get("r") != name:
            raise PermissionError(name)
        session_id = session_id or str(uuid4())
        # A participant without a token has their session's id for a user id.
        person = {"id": session_id, "room": name, "userId": claims.get("ud", session_id), "userName": claims.get("u")}
        self.people.setdefault(name, {})[session_id] = {**person, "joinTime": now().isoformat(), "duration": 0}
        await self.report("participant.joined", _event_of(person, now().timestamp()))
        return session_id

    async def leave(self, session_id: str) -> None:
        """Let somebody go and have it reported; and the end of the meeting, when nobody is left."""
        name = next(name for name, people in self.people.items() if session_id in people)
        person = self.people[name].pop(session_id)
        joined_at = _seconds(person["joinTime"])
        await self.report(
            "participant.left", {**_event_of(person, joined_at), "duration": now().timestamp() - joined_at}
        )
        if not self.people[name]:
            ended = {"start_ts": joined_at, "end_ts": now().timestamp(), "meeting_id": str(uuid4()), "room": name}
            await self.report("meeting.ended", ended)

    async def report(self, kind: str, payload: dict[str, Any]) -> list[int]:
        """Send an event to every webhook that wants it, and return the statuses."""
        event = {"version": "1.0.0", "type": kind, "id": str(uuid4()), "payload": payload}
        body = json.dumps({**event, "event_ts": now().timestamp()}).encode()
        wanting = [hook for hook in self.webhooks.values() if hook["state"] == "ACTIVE" and kind in hook["eventTypes"]]
        return [await self._send(hook["url"], body, hook["hmac"]) for hook in wanting]

    async def _send(self, url: str, body: bytes, secret: str = "") -> int:
        timestamp = str(int(now().timestamp() * 1000))
        headers = {"Content-Type": "application/json"}
        if secret:
            headers |= {"X-Webhook-Timestamp": timestamp, "X-Webhook-Signature": sign(secret, timestamp, body)}
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
            return answer.status

    def _asked_by_us(self, answer: Any) -> Any:  # noqa: ANN401 - handlers of aiohttp
        async def checked(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != f"Bearer {API_KEY}":
                return _error(401, "authentication-error")
            name = request.match_info.get("name")
            if name is not None and name not in self.rooms:
                return _error(404, "not-found")
            answered: web.StreamResponse = await answer(request)
            return answered

        return checked

    async def _list_rooms(self, _: web.Request) -> web.Response:
        return web.json_response({"total_count": len(self.rooms), "data": list(self.rooms.values())})

    async def _create_room(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if set(asked) - {"name", "privacy", "properties"} or not _ROOM_NAME.fullmatch(asked["name"]):
            return _error(400, "invalid-request-error")
        if asked["name"] in self.rooms:
            return _error(400, "invalid-request-error")
        self.rooms[asked["name"]] = {
            "id": str(uuid4()),
            "name": asked["name"],
            "api_created": True,
            "privacy": asked.get("privacy", "public"),
            "url": f"{self.url}/{asked['name']}",
            "created_at": now().isoformat(),
            "config": asked.get("properties", {}),
        }
        return web.json_response(self.rooms[asked["name"]])

    async def _get_room(self, request: web.Request) -> web.Response:
        return web.json_response(self.rooms[request.match_info["name"]])

    async def _delete_room(self, request: web.Request) -> web.Response:
        del self.rooms[request.match_info["name"]]
        return web.json_response({"deleted": True, "name": request.match_info["name"]})

    async def _presence(self, request: web.Request) -> web.Response:
        people = list(self.people.get(request.match_info["name"], {}).values())
        limit = int(request.query.get("limit", self.page))
        return web.json_response({"total_count": len(people), "data": people[:limit]})

    async def _eject(self, request: web.Request) -> web.Response:
        ids = (await request.json())["ids"]
        if len(ids) > _EJECT_MAX:
            return _error(400, "invalid-request-error")
        present = self.people.get(request.match_info["name"], {})
        gone = [session_id for session_id in ids if present.pop(session_id, None) is not None]
        return web.json_response({"ejectedIds": gone})

    async def _create_token(self, request: web.Request) -> web.Response:
        asked = (await request.json())["properties"]
        if len(asked["user_id"]) > _USER_ID_MAX:
            return _error(400, "invalid-request-error")
        # The abbreviations of https://docs.daily.co/guides/privacy-and-security/meeting-tokens
        claims = {"r": asked["room_name"], "ud": asked["user_id"], "u": asked["user_name"], "exp": asked["exp"]}
        return web.json_response({"token": jwt.encode({**claims, "o": asked["is_owner"]}, _TOKEN_KEY, "HS256")})

    async def _list_webhooks(self, _: web.Request) -> web.Response:
        return web.json_response(list(self.webhooks.values()))

    async def _create_webhook(self, request: web.Request) -> web.Response:
        return await self._saved(str(uuid4()), await request.json())

    async def _update_webhook(self, request: web.Request) -> web.Response:
        return await self._saved(request.match_info["uuid"], await request.json())

    async def _saved(self, uuid: str, asked: dict[str, Any]) -> web.Response:
        """Save a webhook, once its address has answered as Daily wants it to."""
        if await self._send(asked["url"], b'{"test":"test"}') != web.HTTPOk.status_code:
            return _error(400, "invalid-request-error")
        self.webhooks[uuid] = {**asked, "uuid": uuid, "state": "ACTIVE", "failedCount": 0, "domainId": "domain"}
        return web.json_response(self.webhooks[uuid])


def _event_of(person: dict[str, Any], joined_at: float) -> dict[str, Any]:
    """Return the payload of an event about somebody."""
    return {
        "joined_at": joined_at,
        "session_id": person["id"],
        "room": person["room"],
        "user_id": person["userId"],
        "user_name": person["userName"],
        "owner": False,
        "networkQualityState": "good",
    }


def _seconds(time: str) -> float:
    return now().fromisoformat(time).timestamp()


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"error": code, "info": "said in words that may change"}, status=status)
