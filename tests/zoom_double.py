"""A server in Zoom's place: its API, its tokens, its WebSocket and its signed reports.

Made from what Zoom publishes: the requests and answers from https://developers.zoom.us/docs/api/meetings/ and the types
of Zoom's own library (https://zoom.github.io/rivet-javascript/modules/Meetings.html), error codes from the reference of
each request, tokens from https://developers.zoom.us/docs/internal-apps/s2s-oauth/, the WebSocket from
https://github.com/zoom/websocket-js-sample, signatures from https://developers.zoom.us/docs/api/webhooks/.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

from calls.clock import now
from tests.sign_in_double import SignIn
from tests.vendor import VendorDouble

ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET = "account-of-tests", "client-of-tests", "a-client-secret-for-tests"
OWN_EMAIL = "alice.arnold@example.org"
HOST, HOST_ID = "meetings@example.com", "z8yAAAAA8bbbQ"
HOOK_SECRET = "a-secret-token-for-tests"
USER_CLIENT_ID, USER_CLIENT_SECRET = "user-client-of-tests", "a-user-client-secret-for-tests"
SUBSCRIPTION_ID = "5Wt4hoS1RBydKao3e_mJgA"

Json = dict[str, Any]


@dataclass
class ZoomDouble(VendorDouble):
    """The server, and the meetings it keeps.

    Args:
        users: who is a user of the account, by e-mail address.
        deny: the code with which every request is refused with status 400; 0 for none.
        unstoppable: whether a meeting that was ended is still in progress when it is to be deleted.
        sockets: the open WebSockets; `socket_status` other than 0 refuses them.
        accepts_token: whether a WebSocket's token is taken once it is open.
        sign_in: who connects an account of their own.
    """

    meetings: dict[int, Json] = field(default_factory=dict)
    users: set[str] = field(default_factory=lambda: {HOST, "alice@example.com"})
    participants: dict[int, list[Json]] = field(default_factory=dict)
    page_size: int = 300
    deny: int = 0
    unstoppable: bool = False
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    socket_status: int = 0
    accepts_token: bool = True
    beats: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(81234567890))
    sign_in: SignIn = field(default_factory=lambda: SignIn(USER_CLIENT_ID, USER_CLIENT_SECRET, secret_in_form=False))
    tokens: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def token_path(self) -> str:
        """Return where tokens are had."""
        return "/oauth/token"

    @property
    def people_settings(self) -> dict[str, str]:
        """Return what people's own accounts are connected with."""
        return {
            "STARTCALL_ZOOM_USER_CLIENT_ID": USER_CLIENT_ID,
            "STARTCALL_ZOOM_USER_CLIENT_SECRET": USER_CLIENT_SECRET,
        }

    @property
    def settings(self) -> dict[str, str]:
        """Return what the provider is set up with, without a way to hear of comings and goings."""
        return {
            "STARTCALL_ZOOM_ACCOUNT_ID": ACCOUNT_ID,
            "STARTCALL_ZOOM_CLIENT_ID": CLIENT_ID,
            "STARTCALL_ZOOM_CLIENT_SECRET": CLIENT_SECRET,
            "STARTCALL_ZOOM_HOST": HOST,
            "STARTCALL_ZOOM_API_URL": f"{self.url}/v2",
        }

    def routes(self) -> list[web.RouteDef]:
        """Return what the server answers."""
        return [
            web.get("/oauth/authorize", self.sign_in.authorize),
            web.get("/v2/users/me", self._me),
            web.post("/oauth/token", self._token),
            web.get("/v2/users/{user}/meetings", self._list),
            web.post("/v2/users/{user}/meetings", self._make),
            web.get("/v2/meetings/{id}", self._read),
            web.delete("/v2/meetings/{id}", self._delete),
            web.put("/v2/meetings/{id}/status", self._set_status),
            web.get("/v2/metrics/meetings/{id}/participants", self._participants),
            web.get("/ws", self._socket),
        ]

    def hosts(self) -> list[str]:
        """Return whose meetings there are."""
        return [meeting["host_email"] for meeting in self.meetings.values()]

    def start(self, meeting_id: str) -> None:
        """Have somebody begin a meeting."""
        self.meetings[int(meeting_id)]["status"] = "started"

    def report(self, event: str, meeting_id: str, **about: Any) -> Json:  # noqa: ANN401 - whatever the event has
        """Return an event of a meeting, with the fields that Zoom documents as always there."""
        meeting = {"id": meeting_id, "uuid": "4444AAAiAAAAAiAiAiiAii==", "host_id": HOST_ID, "type": 2, "duration": 60}
        return {
            "event": event,
            "event_ts": int(now().timestamp() * 1000),
            "payload": {"account_id": ACCOUNT_ID, "object": {**meeting, "topic": "Planning", **about}},
        }

    async def tell(self, report: Json) -> None:
        """Send an event over every open WebSocket, packed as Zoom packs it: as text within the message."""
        for socket in self.sockets:
            await socket.send_json({"module": "message", "content": json.dumps(report)})

    async def drop_sockets(self) -> None:
        """Close every WebSocket from this side."""
        for socket in list(self.sockets):
            await socket.close()

    async def _me(self, request: web.Request) -> web.Response:
        if not self.sign_in.is_own(request):
            return web.json_response({"code": 124, "message": "Invalid access token."}, status=401)
        return web.json_response({"id": "KDcuGIm1QgePTO8WbOqwIQ", "email": OWN_EMAIL, "display_name": "Alice"})

    async def _token(self, request: web.Request) -> web.Response:
        if await self.sign_in.is_asked(request):
            return await self.sign_in.give(request)
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return web.json_response(
                {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}, status=400
            )
        if request.query.get("account_id") != ACCOUNT_ID or request.query.get("grant_type") != "account_credentials":
            return web.json_response({"reason": "Bad Request", "error": "invalid_request"}, status=400)
        answer = {"access_token": f"token-{next(self.tokens)}", "token_type": "bearer", "expires_in": 3600}
        return web.json_response({**answer, "scope": "meeting:write:meeting:admin", "api_url": "https://api.zoom.us"})

    async def _list(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        if request.query.get("type") not in {"scheduled", None}:
            return web.json_response({"code": 300, "message": "Invalid type."}, status=400)
        start = int(request.query.get("next_page_token", "0"))
        size = min(self.page_size, int(request.query.get("page_size", "30")))
        own = [meeting for meeting in self.meetings.values() if meeting["host_email"] == _host(request)]
        listed = (
            "uuid",
            "id",
            "host_id",
            "topic",
            "type",
            "start_time",
            "duration",
            "timezone",
            "agenda",
            "created_at",
        )
        page = [{name: meeting[name] for name in listed} for meeting in own[start : start + size]]
        following = str(start + size) if start + size < len(own) else ""
        return web.json_response(
            {"page_size": size, "total_records": len(own), "next_page_token": following, "meetings": page}
        )

    async def _make(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        asked = await request.json()
        number = next(self.numbers)
        started = now().strftime("%Y-%m-%dT%H:%M:%SZ")
        self.meetings[number] = {
            **{
                name: asked[name]
                for name in ("topic", "type", "agenda", "duration", "timezone", "start_time", "settings")
            },
            "id": number,
            "uuid": f"uuid{number}==",
            "host_id": HOST_ID,
            "host_email": _host(request),
            "status": "waiting",
            "created_at": started,
            "password": "4Xa9q2",
            "encrypted_password": "8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1",
            "join_url": f"https://us05web.zoom.us/j/{number}?pwd=8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1",
            "start_url": f"https://us05web.zoom.us/s/{number}?zak=a-token-of-the-host",
        }
        return web.json_response(self.meetings[number], status=201)

    async def _read(self, request: web.Request) -> web.Response:
        meeting = self.meetings.get(int(request.match_info["id"]))
        return self._refusal(request) or (_gone() if meeting is None else web.json_response(meeting))

    async def _delete(self, request: web.Request) -> web.Response:
        meeting = self.meetings.get(int(request.match_info["id"]))
        if meeting is None:
            return self._refusal(request) or _gone()
        if meeting["status"] == "started":
            message = "Sorry, you cannot delete this meeting since it is in progress."
            return web.json_response({"code": 3002, "message": message}, status=400)
        self.meetings.pop(meeting["id"])
        return web.Response(status=204)

    async def _set_status(self, request: web.Request) -> web.Response:
        meeting = self.meetings.get(int(request.match_info["id"]))
        if meeting is None:
            return self._refusal(request) or _gone()
        if (await request.json()) == {"action": "end"} and not self.unstoppable:
            meeting["status"] = "waiting"
        return web.Response(status=204)

    async def _participants(self, request: web.Request) -> web.Response:
        number = int(request.match_info["id"])
        refusal = self._refusal(request)
        if refusal is not None or number not in self.participants or request.query.get("type") != "live":
            return refusal or _gone()
        return web.json_response({"page_size": 300, "next_page_token": "", "participants": self.participants[number]})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if self.socket_status:
            return web.Response(status=self.socket_status)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        accepted = self.accepts_token and request.query["subscriptionId"] == SUBSCRIPTION_ID
        said = {"module": "build_connection", "success": accepted}
        await socket.send_json(said if accepted else {**said, "content": "Invalid Token"})
        self.sockets.append(socket)
        try:
            async for message in socket:
                if json.loads(message.data) == {"module": "heartbeat"}:
                    self.beats += 1
                    await socket.send_json({"module": "heartbeat", "success": True})
        finally:
            self.sockets.remove(socket)
        return socket

    def _refusal(self, request: web.Request) -> web.Response | None:
        """Return the answer to a request that is not granted."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        is_own = self.sign_in.is_own(request)
        if not is_own and not token.startswith("token-"):
            return web.json_response({"code": 124, "message": "Invalid access token."}, status=401)
        if self.deny:
            return web.json_response({"code": self.deny, "message": "Refused."}, status=400)
        user = request.match_info.get("user")
        if user is not None and user not in ({"me"} if is_own else self.users):
            return web.json_response({"code": 1001, "message": f"User does not exist: {user}."}, status=404)
        return None


def participant(user_id: str = "16778240", **about: str) -> Json:
    """Return somebody as events have them; who is not signed in has no `participant_user_id`."""
    uuid = f"55555AAAiAAAAAiAiAii{user_id}"
    who = {
        "user_id": user_id,
        "user_name": "Jill Chill",
        "participant_uuid": uuid,
        "participant_user_id": "",
        "email": "",
    }
    return {**who, "id": "", "registrant_id": "", **about}


def signed(body: bytes, at_s: float = 0, secret: str = HOOK_SECRET) -> dict[str, str]:
    """Return the headers of a report, made now or at a time."""
    timestamp = str(int(at_s or now().timestamp()))
    digest = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"x-zm-request-timestamp": timestamp, "x-zm-signature": f"v0={digest}", "Content-Type": "application/json"}


def _host(request: web.Request) -> str:
    """Return whose meetings are asked for: with a person's own token, theirs."""
    user = request.match_info["user"]
    return OWN_EMAIL if user == "me" else user


def _gone() -> web.Response:
    return web.json_response({"code": 3001, "message": "Meeting does not exist."}, status=404)
