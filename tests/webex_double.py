"""A server in Webex's place: its API, its tokens, its webhooks and its signed reports.

Made from what Webex publishes: https://github.com/webex/webex-openapi-specs (public-spec/webex-meeting.json and
webex-messaging.json), https://developer.webex.com/docs/integrations, and signatures from
https://developer.webex.com/docs/api/guides/webhooks
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

import aiohttp
from aiohttp import web

from calls.clock import now
from tests.sign_in_double import Renewal, SignIn
from tests.vendor import VendorDouble

CLIENT_ID, CLIENT_SECRET = "client-of-tests", "a-client-secret-for-tests"
REFRESH_TOKEN = "a-refresh-token-for-tests"
OWNER = "meetings@example.com"
OWN_EMAIL = "alice.arnold@example.org"
USER_CLIENT_ID, USER_CLIENT_SECRET = "user-client-of-tests", "a-user-client-secret-for-tests"

_SCOPES = "meeting:schedules_read meeting:schedules_write meeting:participants_read spark:people_read"

_EXPIRED = {
    "error": "invalid_request",
    "error_description": "The refresh token provided is expired, revoked, malformed, or invalid.",
}
"""What Webex's own library expects: https://github.com/webex/webex-js-sdk/pull/855."""

Json = dict[str, Any]


@dataclass
class WebexDouble(VendorDouble):
    """The server, and the meetings it keeps.

    Args:
        deny: the status with which every request for meetings is refused; 0 for none.
        not_yet: the status with which no meeting is deleted; 0 to delete them.
        people: who is in each meeting, by its id.
        sign_in: who connects an account of their own.
    """

    meetings: dict[str, Json] = field(default_factory=dict)
    people: dict[str, list[Json]] = field(default_factory=dict)
    webhooks: dict[str, Json] = field(default_factory=dict)
    deny: int = 0
    not_yet: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(25532120552))
    tokens: Iterator[int] = field(default_factory=lambda: count(1))
    sign_in: SignIn = field(
        default_factory=lambda: SignIn(
            USER_CLIENT_ID, USER_CLIENT_SECRET, {"scope": _SCOPES}, renewal=Renewal.PROLONGED, refused=_EXPIRED
        )
    )

    @property
    def token_path(self) -> str:
        """Return where tokens are had."""
        return "/v1/access_token"

    @property
    def people_settings(self) -> dict[str, str]:
        """Return what people's own accounts are connected with."""
        return {
            "STARTCALL_WEBEX_USER_CLIENT_ID": USER_CLIENT_ID,
            "STARTCALL_WEBEX_USER_CLIENT_SECRET": USER_CLIENT_SECRET,
        }

    @property
    def settings(self) -> dict[str, str]:
        """Return what the provider is set up with."""
        return {
            "STARTCALL_WEBEX_CLIENT_ID": CLIENT_ID,
            "STARTCALL_WEBEX_CLIENT_SECRET": CLIENT_SECRET,
            "STARTCALL_WEBEX_REFRESH_TOKEN": REFRESH_TOKEN,
            "STARTCALL_WEBEX_API_URL": f"{self.url}/v1",
        }

    def routes(self) -> list[web.RouteDef]:
        """Return what the server answers."""
        return [
            web.get("/v1/authorize", self.sign_in.authorize),
            web.post("/v1/access_token", self._token),
            web.get("/v1/people/me", self._me),
            web.get("/v1/meetings", self._list),
            web.post("/v1/meetings", self._make),
            web.get("/v1/meetings/{id}", self._read),
            web.delete("/v1/meetings/{id}", self._delete),
            web.post("/v1/meetings/{id}/end", self._end),
            web.get("/v1/meetingParticipants", self._participants),
            web.get("/v1/webhooks", self._list_webhooks),
            web.post("/v1/webhooks", self._make_webhook),
            web.put("/v1/webhooks/{id}", self._change_webhook),
        ]

    def start(self, meeting_id: str, *people: Json) -> None:
        """Have people be in a meeting."""
        self.meetings[meeting_id]["state"] = "inProgress"
        self.people[meeting_id] = list(people)

    def ended(self, meeting_id: str) -> Json:
        """Return the report of a meeting's end, as https://github.com/WebexSamples/meetings-exporter reads it."""
        return {
            "id": "Y2lzY29zcGFyazovL3VzL1dFQkhPT0svMQ",
            "name": "Startcall",
            "resource": "meetings",
            "event": "ended",
            "status": "active",
            "created": "2026-11-21T10:00:00.000Z",
            "data": {
                "id": f"{meeting_id}_I_203970812345678901",
                "meetingType": "meeting",
                "state": "ended",
                "title": "Planning",
            },
        }

    async def tell(self, address: str, report: Json) -> list[int]:
        """Post a report to an address, signed as each active webhook was made; return how it was answered."""
        body = json.dumps(report).encode()
        statuses = []
        async with aiohttp.ClientSession() as session:
            for webhook in self.webhooks.values():
                async with session.post(address, data=body, headers=signed(body, webhook["secret"])) as answer:
                    statuses.append(answer.status)
        return statuses

    async def _token(self, request: web.Request) -> web.Response:
        if await self.sign_in.is_asked(request):
            return await self.sign_in.give(request)
        expected = {
            "grant_type": "refresh_token",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "refresh_token": REFRESH_TOKEN,
        }
        if dict(await request.post()) != expected:
            return _refused(400, "The request could not be understood by the server due to malformed syntax.")
        answer = {"access_token": f"token-{next(self.tokens)}", "token_type": "Bearer", "expires_in": 1209599}
        return web.json_response({**answer, "refresh_token": REFRESH_TOKEN, "refresh_token_expires_in": 7776000})

    async def _me(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        return refusal or web.json_response({"id": "me", "emails": [self._asker(request)], "displayName": "Somebody"})

    async def _list(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        query = request.query
        items = [
            {name: value for name, value in meeting.items() if name != "password"}
            for meeting in self.meetings.values()
            if meeting["hostEmail"] == self._asker(request)
            and query["integrationTag"] in meeting["integrationTags"]
            and query["meetingType"] == meeting["meetingType"]
            and datetime.fromisoformat(query["from"]) < _time(meeting, "end")
            and _time(meeting, "start") < datetime.fromisoformat(query["to"])
        ]
        return web.json_response({"items": items[: int(query["max"])]})

    async def _make(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        asked = await request.json()
        lasts = _time(asked, "end") - _time(asked, "start")
        is_wrong = _time(asked, "start") < now() or not 600 <= lasts.total_seconds() < 86400
        if is_wrong or not 1 <= len(asked["title"]) <= 128 or any(len(tag) > 64 for tag in asked["integrationTags"]):
            return _refused(400, "Invalid field.")
        number = str(next(self.numbers))
        meeting_id = f"dfb45ece33264639a7bc3dd9{number}"
        mark = hashlib.sha256(number.encode()).hexdigest()[:32]
        self.meetings[meeting_id] = {
            **asked,
            "id": meeting_id,
            "meetingNumber": number,
            "password": "BgJep@43",
            "meetingType": "meetingSeries",
            "state": "active",
            "hostEmail": self._asker(request),
            "webLink": f"https://example.webex.com/example/j.php?MTID=m{mark}",
        }
        return web.json_response(self.meetings[meeting_id])

    async def _read(self, request: web.Request) -> web.Response:
        meeting = self._found(request)
        return self._refusal(request) or (_gone() if meeting is None else web.json_response(meeting))

    async def _delete(self, request: web.Request) -> web.Response:
        meeting = self._found(request)
        if meeting is None:
            return self._refusal(request) or _gone()
        if meeting["state"] == "inProgress" or self.not_yet:
            return _refused(self.not_yet or 403, "The meeting is in progress and cannot be deleted.")
        self.meetings.pop(meeting["id"])
        return web.Response(status=204)

    async def _end(self, request: web.Request) -> web.Response:
        meeting = self._found(request)
        if meeting is None or meeting["state"] != "inProgress":
            return self._refusal(request) or _gone()
        meeting["state"] = "active"
        self.people.pop(meeting["id"], None)
        return web.Response(status=204)

    async def _participants(self, request: web.Request) -> web.Response:
        meeting_id = request.query["meetingId"]
        meeting = self.meetings.get(meeting_id, {})
        if meeting_id not in self.people or meeting.get("hostEmail", OWNER) != self._asker(request):
            return self._refusal(request) or _gone()
        return self._refusal(request) or web.json_response({"items": self.people[meeting_id]})

    async def _list_webhooks(self, request: web.Request) -> web.Response:
        hidden = {"secret", "createdBy"}
        items = [
            {name: value for name, value in one.items() if name not in hidden} for one in self._own_webhooks(request)
        ]
        return self._refusal(request) or web.json_response({"items": items})

    async def _make_webhook(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        webhook_id = f"webhook{len(self.webhooks) + 1}"
        self.webhooks[webhook_id] = {
            **await request.json(),
            "id": webhook_id,
            "status": "active",
            "createdBy": self._asker(request),
        }
        return web.json_response(self.webhooks[webhook_id])

    async def _change_webhook(self, request: web.Request) -> web.Response:
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        webhook = self.webhooks[request.match_info["id"]]
        webhook.update(await request.json())
        return web.json_response(webhook)

    def hosts(self) -> list[str]:
        """Return whose meetings there are."""
        return [meeting["hostEmail"] for meeting in self.meetings.values()]

    def _asker(self, request: web.Request) -> str:
        """Return in whose name a request is made."""
        return OWN_EMAIL if self.sign_in.is_own(request) else OWNER

    def _own_webhooks(self, request: web.Request) -> list[Json]:
        return [one for one in self.webhooks.values() if one.get("createdBy", OWNER) == self._asker(request)]

    def _found(self, request: web.Request) -> Json | None:
        """Return the meeting a request is about; None for one of somebody else."""
        meeting = self.meetings.get(request.match_info["id"])
        return meeting if meeting is not None and meeting["hostEmail"] == self._asker(request) else None

    def _refusal(self, request: web.Request) -> web.Response | None:
        """Return the answer to a request that is not granted."""
        is_known = request.headers.get("Authorization", "").startswith("Bearer token-")
        if not is_known and not self.sign_in.is_own(request):
            return _refused(401, "The request requires a valid access token set in the Authorization request header.")
        return _refused(self.deny, "Refused.") if self.deny else None


def participant(session_id: str = "p1", name: str = "Jill Chill", state: str = "joined") -> Json:
    """Return somebody as https://developer.webex.com/docs/api/v1/meeting-participants has them."""
    return {
        "id": session_id,
        "host": False,
        "coHost": False,
        "spaceModerator": False,
        "email": "typed@example.com",
        "displayName": name,
        "invitee": False,
        "muted": False,
        "state": state,
        "joinedTime": "2026-11-21T10:00:00Z",
    }


def signed(body: bytes, secret: str) -> dict[str, str]:
    """Return the headers of a report."""
    return {"X-Spark-Signature": hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()}


def _time(asked: Json, name: str) -> datetime:
    return datetime.fromisoformat(asked[name])


def _refused(status: int, message: str) -> web.Response:
    return web.json_response({"message": message, "errors": [{"description": message}]}, status=status)


def _gone() -> web.Response:
    return _refused(404, "The requested resource could not be found.")
