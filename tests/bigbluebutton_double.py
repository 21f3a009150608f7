"""A BigBlueButton server with bbb-webhooks, without sound and pictures.

Answers are those of https://docs.bigbluebutton.org/development/api/ and
https://docs.bigbluebutton.org/development/webhooks/; reports those of
https://github.com/bigbluebutton/bbb-webhooks/blob/main/example/events/mapped-events.json, signed as
https://github.com/bigbluebutton/bbb-webhooks/blob/main/src/out/webhooks/callback-emitter.js does.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode
from xml.sax.saxutils import escape

import aiohttp
import jwt
from aiohttp import web

from calls.clock import now
from tests.vendor import Handler, VendorDouble

SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"
ALGORITHMS = {40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}


@dataclass
class Double(VendorDouble):
    """The server.

    Args:
        meetings: what each was created with and as, by its id.
        attendees: who is in, by the id of their connection, of each meeting.
        hooks: where bbb-webhooks reports to, by id: address and meeting.
        has_hooks: whether bbb-webhooks is installed.
        answer_instead: what every request gets; None for answers.
    """

    meetings: dict[str, dict[str, str]] = field(default_factory=dict)
    attendees: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    hooks: dict[str, tuple[str, str]] = field(default_factory=dict)
    has_hooks: bool = True
    answer_instead: str | None = None
    numbers: Any = field(default_factory=lambda: count(1))

    @property
    def settings(self) -> dict[str, str]:
        """Return what the provider is set up with."""
        return {
            "STARTCALL_BIGBLUEBUTTON_URL": f"{self.url}/bigbluebutton/",
            "STARTCALL_BIGBLUEBUTTON_SECRET": SECRET,
        }

    def routes(self) -> list[web.RouteDef]:
        """Return what it answers."""
        return [web.get("/bigbluebutton/api/{call:.+}", self._answer)]

    async def enter(self, link: str, *, report: bool = True) -> str:
        """Let somebody in by a link, as their browser would, and return the id of their connection."""
        call, parameters = self._checked(link.partition("/bigbluebutton/api/")[2])
        meeting = self.meetings[parameters["meetingID"]]
        assert "join" == call
        assert meeting["createTime"] == parameters.get("createTime", meeting["createTime"])
        internal_id = f"w_{next(self.numbers):012}"
        person = {"userID": parameters.get("userID", internal_id), "fullName": parameters["fullName"]}
        self.attendees[parameters["meetingID"]][internal_id] = {**person, "role": parameters["role"]}
        if report:
            await self.report("user-joined", parameters["meetingID"], internal_id)
        return internal_id

    async def leave(self, meeting_id: str, internal_id: str) -> None:
        """Let somebody go."""
        await self.report("user-left", meeting_id, internal_id)
        del self.attendees[meeting_id][internal_id]

    async def close(self, meeting_id: str) -> None:
        """End a meeting as its moderator does, and call where that is to be said."""
        meeting = self.meetings.pop(meeting_id)
        self.attendees.pop(meeting_id)
        if "meetingEndedURL" in meeting:
            async with aiohttp.ClientSession() as session:
                url = f"{meeting['meetingEndedURL']}?recordingmarks=false&meetingID={meeting_id}"
                async with session.get(url) as answer:
                    assert 200 == answer.status

    async def report(self, event: str, meeting_id: str, internal_id: str) -> None:
        """Report something to every hook of a meeting."""
        reported = mapped_event(event, meeting_id, internal_id, self.attendees[meeting_id][internal_id])
        for url, hooked_id in self.hooks.values():
            if hooked_id == meeting_id:
                body = report_body(reported)
                async with (
                    aiohttp.ClientSession() as session,
                    session.post(f"{url}?checksum={report_checksum(url, body)}", data=body, headers=FORM) as answer,
                ):
                    assert 200 == answer.status

    def _checked(self, path_and_query: str) -> tuple[str, dict[str, str]]:
        """Return the call and its parameters, with the checksum verified as the server does."""
        call, _, query = path_and_query.partition("?")
        before, _, checksum = query.rpartition("checksum=")
        expected = hashlib.new(ALGORITHMS[len(checksum)], f"{call}{before.rstrip('&')}{SECRET}".encode()).hexdigest()
        assert expected == checksum, "checksumError"
        return call, dict(parse_qsl(before))

    async def _answer(self, request: web.Request) -> web.Response:
        if self.answer_instead is not None:
            return xml(self.answer_instead)
        try:
            call, parameters = self._checked(request.raw_path.partition("/bigbluebutton/api/")[2])
        except (AssertionError, KeyError):
            return failed("checksumError")
        if call.startswith("hooks/"):
            return self._hooks(call, parameters) if self.has_hooks else web.Response(status=404, text="<html>nginx")
        if call == "create":
            return self._create(parameters)
        if parameters["meetingID"] not in self.meetings:
            return failed("notFound")
        return {"getMeetingInfo": self._info, "end": self._end}[call](parameters)

    def _end(self, parameters: dict[str, str]) -> web.Response:
        assert self.meetings[parameters["meetingID"]]["moderatorPW"] == parameters["password"]
        self.meetings.pop(parameters["meetingID"])
        self.attendees.pop(parameters["meetingID"])
        return succeeded({"messageKey": "sentEndMeetingRequest"})

    def _create(self, parameters: dict[str, str]) -> web.Response:
        before = self.meetings.get(parameters["meetingID"])
        if before is not None and any(before[name] != parameters[name] for name in ("attendeePW", "moderatorPW")):
            return failed("idNotUnique")
        if before is None:
            created = {**parameters, "createTime": str(1531155809613 + next(self.numbers))}
            before = self.meetings[parameters["meetingID"]] = created
            self.attendees[parameters["meetingID"]] = {}
        return succeeded({"meetingID": before["meetingID"], "createTime": before["createTime"]})

    def _info(self, parameters: dict[str, str]) -> web.Response:
        meeting_id = parameters["meetingID"]
        people = [
            "<attendee>"
            + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in person.items())
            + "</attendee>"
            for person in self.attendees[meeting_id].values()
        ]
        meeting = self.meetings[meeting_id]
        told = {"meetingName": meeting["name"], "meetingID": meeting_id, "createTime": meeting["createTime"]}
        return succeeded(told, f"<attendees>{''.join(people)}</attendees><metadata/>")

    def _hooks(self, call: str, parameters: dict[str, str]) -> web.Response:
        if call == "hooks/list":
            return succeeded({}, "<hooks></hooks>")
        if call == "hooks/destroy":
            is_there = self.hooks.pop(parameters["hookID"], None) is not None
            return succeeded({"removed": "true"}) if is_there else failed("destroyMissingHook")
        for hook_id, (url, _) in self.hooks.items():
            if url == parameters["callbackURL"]:
                return succeeded({"hookID": hook_id, "messageKey": "duplicateWarning"})
        hook_id = f"hook-{next(self.numbers)}"
        self.hooks[hook_id] = (parameters["callbackURL"], parameters["meetingID"])
        return succeeded({"hookID": hook_id, "permanentHook": "false", "rawData": "false"})

    async def _disturbed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Fail as this server does: what is signed wrongly is said with 200, and there is no token to be renewed."""
        if self.fault == "unauthorized_once":
            self.fault = ""
        if self.fault == "retired":
            return failed("checksumError")
        return await super()._disturbed(request, handler)

    async def _changed(self, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
        """Return an answer with its XML changed, or cut off."""
        if not isinstance(answer, web.Response) or not isinstance(answer.body, bytes):
            return answer
        if self.fault == "truncated":
            cut = web.StreamResponse(headers={"Content-Length": str(len(answer.body))})
            await cut.prepare(request)
            await cut.write(answer.body[: len(answer.body) // 2])
            assert request.transport is not None
            request.transport.abort()
            return cut
        if self.fault == "unknown_fields":
            return xml(answer.body.decode().replace("<response>", "<response><never><seen/></never>"))
        return xml("<response></response>") if self.fault == "missing_fields" else answer


FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}


def xml(text: str) -> web.Response:
    """Return an answer of the server's."""
    return web.Response(text=text, content_type="text/xml")


def succeeded(told: dict[str, str], more: str = "") -> web.Response:
    """Return an answer that says yes."""
    parts = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in told.items())
    return xml(f"<response><returncode>SUCCESS</returncode>{parts}{more}</response>")


def failed(key: str) -> web.Response:
    """Return an answer that says no."""
    return xml(
        f"<response><returncode>FAILED</returncode><messageKey>{key}</messageKey><message>No.</message></response>"
    )


def mapped_event(event: str, meeting_id: str, internal_id: str, person: dict[str, str]) -> dict[str, Any]:
    """Return an event as bbb-webhooks maps it."""
    meeting = {"internal-meeting-id": f"{'0' * 40}-1696511528029", "external-meeting-id": meeting_id}
    user = {"internal-user-id": internal_id, "external-user-id": person.get("userID", "")}
    if event == "user-joined":
        user |= {"name": person["fullName"], "role": person["role"], "presenter": "false"}
    attributes = {"meeting": meeting} if event == "meeting-ended" else {"meeting": meeting, "user": user}
    sent_at = {"ts": int(now().timestamp() * 1000)}
    return {"data": {"type": "event", "id": event, "attributes": attributes, "event": sent_at}}


def report_body(reported: dict[str, Any], sent_at_s: float = 0) -> bytes:
    """Return what is posted, sent now or at a time."""
    timestamp = str(int((sent_at_s or now().timestamp()) * 1000))
    event = f"[{json.dumps(reported, separators=(',', ':'))}]"
    return urlencode({"domain": "bbb.example.com", "event": event, "timestamp": timestamp}).encode()


def report_checksum(url: str, body: bytes, algorithm: str = "sha1", secret: str = SECRET) -> str:
    """Return what bbb-webhooks signs a report with; SHA-1 is what it does unless it is told otherwise."""
    return hashlib.new(algorithm, url.encode() + body + secret.encode()).hexdigest()


def recording_ready(meeting_id: str, record_id: str, secret: str = SECRET) -> bytes:
    """Return what is posted when a recording can be watched."""
    token = jwt.encode({"meeting_id": meeting_id, "record_id": record_id}, secret, algorithm="HS256")
    return urlencode({"signed_parameters": token}).encode()
