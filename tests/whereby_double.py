"""A server in Whereby's place: meetings, and a webhook that reports.

Built from Whereby's OpenAPI description and its page on webhooks, both in https://github.com/whereby/docs, and from
the types of its reports in https://github.com/whereby/sdk.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from calls.clock import now
from tests.vendor import VendorDouble

API_KEY = "a-whereby-api-key-for-tests"
SECRET = "a-whereby-webhook-secret-for-tests"
_PREFIX = re.compile(r"[a-z0-9]{0,39}")
_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,36}")
_NAME_MAX = 100
_PAGE = 50


def sign(timestamp: str, body: bytes, secret: str = SECRET) -> str:
    """Return what Whereby puts into Whereby-Signature, made without our own code."""
    keyed = HMAC(secret.encode(), hashes.SHA256())
    keyed.update(timestamp.encode())
    keyed.update(b".")
    keyed.update(body)
    return f"t={timestamp},v1={keyed.finalize().hex()}"


@dataclass
class WherebyDouble(VendorDouble):
    """Whereby, with one organisation.

    Args:
        hooks_url: where the webhook of the dashboard leads; empty for none.
        meetings: as the API tells them, by id, newest first.
        people: who is in, by meeting and participant.
    """

    hooks_url: str = ""
    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    ids: Any = field(default_factory=lambda: count(134))

    @property
    def settings(self) -> dict[str, str]:
        """Return what the provider is set up with."""
        return {
            "STARTCALL_WHEREBY_API_KEY": API_KEY,
            "STARTCALL_WHEREBY_API_URL": f"{self.url}/v1",
            "STARTCALL_WHEREBY_WEBHOOK_SECRET": SECRET,
        }

    def routes(self) -> list[web.RouteDef]:
        """Return what of Whereby's API is asked."""
        return [
            web.get("/v1/meetings", self._asked_by_us(self._list)),
            web.post("/v1/meetings", self._asked_by_us(self._create)),
            web.get("/v1/meetings/{id}", self._asked_by_us(self._get)),
            web.delete("/v1/meetings/{id}", self._asked_by_us(self._delete)),
        ]

    async def join(self, link: str, role: str = "") -> str:
        """Open a link as a browser does and have it reported; return the participant."""
        parts = urlsplit(link)
        meeting_id = next(one["meetingId"] for one in self.meetings.values() if one["roomUrl"].endswith(parts.path))
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        name, external_id = given.get("displayName", "Guest"), given.get("externalId")
        if len(name) > _NAME_MAX or (external_id is not None and not _EXTERNAL_ID.fullmatch(external_id)):
            raise ValueError(link)
        participant_id = str(uuid4())
        participant = {
            "participantId": participant_id,
            "displayName": name,
            "externalId": external_id,
            "metadata": None,
            "roleName": role or ("host" if "roomKey" in given else "visitor"),
        }
        self.people.setdefault(meeting_id, {})[participant_id] = participant
        await self.report("room.client.joined", meeting_id, participant)
        return participant_id

    async def leave(self, participant_id: str) -> None:
        """Let somebody go and have it reported."""
        meeting_id = next(meeting_id for meeting_id, people in self.people.items() if participant_id in people)
        participant = self.people[meeting_id].pop(participant_id)
        await self.report("room.client.left", meeting_id, participant)

    async def report(self, kind: str, meeting_id: str, about: dict[str, Any]) -> int:
        """Report something, and return the status of the answer; 0 where there is no webhook."""
        if not self.hooks_url:
            return 0
        data = {
            **about,
            "meetingId": meeting_id,
            "roomName": urlsplit(self.meetings[meeting_id]["roomUrl"]).path,
            "roomSessionId": None,
            "subdomain": "example",
            "numClients": len(self.people.get(meeting_id, {})),
        }
        event = {"id": uuid4().hex, "apiVersion": "1.0", "createdAt": _iso(now()), "type": kind, "data": data}
        body = json.dumps(event).encode()
        headers = {"Whereby-Signature": sign(str(int(now().timestamp())), body)}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.hooks_url, data=body, headers=headers) as answer,
        ):
            return answer.status

    def add(self, prefix: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a meeting
        """Make a meeting."""
        meeting_id = str(next(self.ids))
        name = f"/{prefix}{uuid4()}"
        meeting = {"meetingId": meeting_id, "roomName": name, "roomUrl": f"{self.url}{name}", "startDate": _iso(now())}
        self.meetings = {meeting_id: {**meeting, "endDate": _iso(now()), **changes}, **self.meetings}
        return self.meetings[meeting_id]

    def _asked_by_us(self, answer: Any) -> Any:  # noqa: ANN401 - handlers of aiohttp
        async def checked(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != f"Bearer {API_KEY}":
                return web.json_response({"error": "Unauthorized"}, status=401)
            answered: web.StreamResponse = await answer(request)
            return answered

        return checked

    async def _list(self, request: web.Request) -> web.Response:
        start, limit = int(request.query.get("cursor", "0")), int(request.query.get("limit", _PAGE))
        all_of_them = list(self.meetings.values())
        cursor = str(start + limit) if start + limit < len(all_of_them) else None
        return web.json_response({"results": all_of_them[start : start + limit], "cursor": cursor})

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        ends_at = datetime.fromisoformat(asked["endDate"])
        if ends_at < now() or not _PREFIX.fullmatch(asked["roomNamePrefix"]):
            return web.json_response({"error": "Bad request"}, status=400)
        return web.json_response(self.add(asked["roomNamePrefix"], endDate=_iso(ends_at)), status=201)

    async def _get(self, request: web.Request) -> web.Response:
        meeting = self.meetings.get(request.match_info["id"])
        if meeting is None:
            return web.json_response({"error": "Not found"}, status=404)
        if request.query.get("fields") == "hostRoomUrl":
            meeting = {**meeting, "hostRoomUrl": f"{meeting['roomUrl']}?roomKey=host-of-{meeting['meetingId']}"}
        return web.json_response(meeting)

    async def _delete(self, request: web.Request) -> web.Response:
        self.meetings.pop(request.match_info["id"], None)
        return web.Response(status=204)


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
