"""Google in the place of Google: a Workspace, its meetings, what happens in them, and Pub/Sub that tells it.

Built from the discovery documents of the Meet REST API v2 (revision 20261029), the Workspace Events API v1 (20261004)
and Pub/Sub v1, https://github.com/googleapis/google-api-python-client/tree/main/googleapiclient/discovery_cache, from
https://developers.google.com/workspace/events/guides/events-meet for what is published, and from
https://developers.google.com/identity/protocols/oauth2/service-account and
https://developers.google.com/identity/protocols/oauth2/web-server for tokens.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from calls.clock import now
from tests.pubsub_double import PubSubQueue
from tests.sign_in_double import Renewal, SignIn
from tests.vendor import VendorDouble

ACCOUNT = "startcall@my-project.iam.gserviceaccount.com"
HOST = "meetings@example.com"
ALICE = "alice@example.com"
TOPIC = "projects/my-project/topics/startcall"
SUBSCRIPTION = "projects/my-project/subscriptions/startcall"

OWN_EMAIL = "alice.arnold@example.org"
USER_CLIENT_ID, USER_CLIENT_SECRET = "123-tests.apps.googleusercontent.com", "a-user-client-secret-for-tests"

_CREATED = "https://www.googleapis.com/auth/meetings.space.created"
_READONLY = "https://www.googleapis.com/auth/meetings.space.readonly"
_PUBSUB = "https://www.googleapis.com/auth/pubsub"
ASKED = {"scope": f"openid email {_CREATED} {_READONLY}", "access_type": "offline", "prompt": "consent"}


@functools.cache
def private_key() -> rsa.RSAPrivateKey:
    """Return the service account's key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_json() -> str:
    """Return the key as Google gives it out."""
    pem = private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    found = {"type": "service_account", "private_key_id": "key-1", "private_key": pem, "client_email": ACCOUNT}
    return json.dumps(found)


@dataclass
class GoogleMeetDouble(VendorDouble):
    """Google.

    Args:
        users: who has an account in the Workspace that delegates to us.
        spaces: by name; `owner` is ours and not shown.
        conferences: by name, with the participants by name, and their sessions by name.
        subscriptions: to rooms, by name.
        is_delegated: whether the administrator has allowed us to act for people.
        may_pull: whether Pub/Sub lets us.
        loses: whether nothing is published.
        sign_in: who connects an account of their own.
    """

    users: set[str] = field(default_factory=lambda: {HOST, ALICE})
    spaces: dict[str, dict[str, Any]] = field(default_factory=dict)
    conferences: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    inbox: PubSubQueue = field(default_factory=PubSubQueue)
    tokens: dict[str, tuple[str | None, set[str]]] = field(default_factory=dict)
    is_delegated: bool = True
    may_pull: bool = True
    loses: bool = False
    numbers: Any = field(default_factory=lambda: count(1))
    sign_in: SignIn = field(
        default_factory=lambda: SignIn(
            USER_CLIENT_ID, USER_CLIENT_SECRET, ASKED, renewal=Renewal.SILENT, offers_scope=True
        )
    )

    @property
    def token_path(self) -> str:
        """The token endpoint."""
        return "/token"

    @property
    def settings(self) -> dict[str, str]:
        """Return what the provider is set up with, so that it hears by Pub/Sub who is in."""
        return {
            "STARTCALL_GOOGLEMEET_KEY": key_json(),
            "STARTCALL_GOOGLEMEET_HOST": HOST,
            "STARTCALL_GOOGLEMEET_API_URL": self.url,
            "STARTCALL_GOOGLEMEET_TOPIC": TOPIC,
            "STARTCALL_GOOGLEMEET_SUBSCRIPTION": SUBSCRIPTION,
        }

    @property
    def people_settings(self) -> dict[str, str]:
        """Return what people's own accounts are connected with."""
        name = "STARTCALL_GOOGLEMEET_USER_CLIENT"
        return {f"{name}_ID": USER_CLIENT_ID, f"{name}_SECRET": USER_CLIENT_SECRET}

    def hosts(self) -> list[str]:
        """Return whose rooms there are."""
        return [str(space["owner"]) for space in self.spaces.values()]

    def arrive(self, space: str, name: str, *, user: str | None = None, participant: str = "") -> str:
        """Let somebody in, and return their session; the same participant comes by another device."""
        conference = self._conference(space)
        participant = participant or f"{conference}/participants/{next(self.numbers)}"
        known = (
            {"signedinUser": {"user": user, "displayName": name}} if user else {"anonymousUser": {"displayName": name}}
        )
        person = self.conferences[conference]["people"].setdefault(
            participant, {"name": participant, "earliestStartTime": _text(now()), **known}
        )
        person.pop("latestEndTime", None)
        session = f"{participant}/participantSessions/{next(self.numbers)}"
        started = {"name": session, "startTime": _text(now())}
        self.conferences[conference]["sessions"][session] = started
        self.publish(space, "google.workspace.meet.participant.v2.joined", {"participantSession": {"name": session}})
        return session

    def leave(self, space: str, session: str) -> None:
        """Let a device go, and the person with their last one."""
        conference = session.partition("/participants/")[0]
        participant = session.partition("/participantSessions/")[0]
        sessions = self.conferences[conference]["sessions"]
        sessions[session]["endTime"] = _text(now())
        if all("endTime" in one for name, one in sessions.items() if name.startswith(f"{participant}/")):
            self.conferences[conference]["people"][participant]["latestEndTime"] = _text(now())
        self.publish(space, "google.workspace.meet.participant.v2.left", {"participantSession": {"name": session}})

    def end(self, space: str) -> None:
        """End the conference for everybody."""
        conference = self.spaces[space].pop("activeConference")["conferenceRecord"]
        for session, one in list(self.conferences[conference]["sessions"].items()):
            if "endTime" not in one:
                self.leave(space, session)
        self.publish(space, "google.workspace.meet.conference.v2.ended", {"conferenceRecord": {"name": conference}})

    def leave_behind(self, space: str, kind: str, url: str) -> None:
        """Have a `recording`, a `transcript` or a `smartNote` ready."""
        name = f"conferenceRecords/{next(self.numbers)}/{kind}s/{next(self.numbers)}"
        place = "driveDestination" if kind == "recording" else "docsDestination"
        self.files[name] = {
            "name": name,
            "state": "FILE_GENERATED",
            place: {"exportUri": url},
            "owner": self._owner(space),
        }
        self.publish(space, f"google.workspace.meet.{kind}.v2.fileGenerated", {kind: {"name": name}})

    def publish(self, space: str, event_type: str, payload: dict[str, Any], *, names_space: bool = True) -> None:
        """Publish an event to whoever subscribed to the room."""
        to = [one for one in self.subscriptions.values() if one["targetResource"] == f"//meet.googleapis.com/{space}"]
        if self.loses or not to or event_type not in to[0]["eventTypes"]:
            return
        source = f"//workspaceevents.googleapis.com/{to[0]['name']}"
        attributes = {
            "ce-specversion": "1.0",
            "ce-type": event_type,
            "ce-source": source,
            "ce-subject": f"//meet.googleapis.com/{space}" if names_space else "",
            "ce-time": _text(now()),
            "ce-id": str(next(self.numbers)),
            "content-type": "application/json",
        }
        self.inbox.put(attributes, json.dumps(payload).encode())

    def routes(self) -> list[web.RouteDef]:
        """Return what Google answers."""
        return [
            web.get("/o/oauth2/v2/auth", self.sign_in.authorize),
            web.get("/v1/userinfo", self._who),
            web.post("/token", self._give_token),
            web.post("/v2/spaces", self._create_space),
            web.get("/v2/{space:spaces/[^/:]+}", self._get_space),
            web.post("/v2/{space:spaces/[^/:]+}:endActiveConference", self._end_conference),
            web.get("/v2/conferenceRecords", self._list_conferences),
            web.get("/v2/{conference:conferenceRecords/[^/]+}/participants", self._list_participants),
            web.get("/v2/{name:conferenceRecords/[^/]+/participants/[^/]+}", self._get_participant),
            web.get("/v2/{name:conferenceRecords/[^/]+/participants/[^/]+}/participantSessions", self._list_sessions),
            web.get("/v2/{name:conferenceRecords/[^/]+/[a-zA-Z]+/[^/]+}", self._get_file),
            web.post("/v1/subscriptions", self._subscribe),
            web.get("/v1/subscriptions", self._list_subscriptions),
            web.patch("/v1/{name:subscriptions/[^/:]+}", self._renew),
            web.post("/v1/{name:subscriptions/[^/:]+}:reactivate", self._reactivate),
            web.post(f"/v1/{SUBSCRIPTION}:pull", self._pull),
            web.post(f"/v1/{SUBSCRIPTION}:acknowledge", self._acknowledge),
            web.post(f"/v1/{SUBSCRIPTION}:testIamPermissions", self._test_permissions),
        ]

    async def _give_token(self, request: web.Request) -> web.Response:
        if await self.sign_in.is_asked(request):
            return await self.sign_in.give(request)
        form = await request.post()
        assertion = str(form["assertion"])
        claims = jwt.decode(
            assertion, private_key().public_key(), algorithms=["RS256"], audience="https://oauth2.googleapis.com/token"
        )
        if form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer" or claims["iss"] != ACCOUNT:
            return web.json_response({"error": "invalid_client"}, status=401)
        user = claims.get("sub")
        if user is not None and not self.is_delegated:
            return web.json_response({"error": "unauthorized_client", "error_description": "…"}, status=401)
        if user is not None and user not in self.users:
            described = {"error": "invalid_grant", "error_description": "Invalid email or User ID"}
            return web.json_response(described, status=400)
        token = f"ya29.{next(self.numbers)}"
        self.tokens[token] = (user, set(claims["scope"].split()))
        return web.json_response({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _asker(self, request: web.Request, *scopes: str) -> str | None:
        """Return for whom a request is made, with one of the scopes; None for the service account itself."""
        if self.sign_in.is_own(request):
            if not {_CREATED, _READONLY} & set(scopes):
                raise _error(403, "PERMISSION_DENIED")
            return OWN_EMAIL
        token = request.headers["Authorization"].removeprefix("Bearer ")
        if token not in self.tokens:
            raise _error(401, "UNAUTHENTICATED")
        user, given = self.tokens[token]
        if not given & set(scopes):
            raise _error(403, "PERMISSION_DENIED")
        return user

    async def _who(self, request: web.Request) -> web.Response:
        if not self.sign_in.is_own(request):
            raise _error(401, "UNAUTHENTICATED")
        return web.json_response({"sub": "1234567890", "email": OWN_EMAIL, "email_verified": True})

    async def _create_space(self, request: web.Request) -> web.Response:
        user = self._asker(request, _CREATED)
        number = next(self.numbers)
        code = "-".join(
            ("abc", "mnop", chr(97 + number // 676 % 26) + chr(97 + number // 26 % 26) + chr(97 + number % 26))
        )
        config = {"entryPointAccess": "ALL", **((await request.json()).get("config") or {})}
        space = {"name": f"spaces/s{number}", "meetingUri": f"https://meet.google.com/{code}", "meetingCode": code}
        self.spaces[space["name"]] = {**space, "config": config, "owner": user}
        return web.json_response(_shown(self.spaces[space["name"]]))

    async def _get_space(self, request: web.Request) -> web.Response:
        space = self._own(request, request.match_info["space"], _CREATED, _READONLY)
        return web.json_response(_shown(space))

    async def _end_conference(self, request: web.Request) -> web.Response:
        space = self._own(request, request.match_info["space"], _CREATED)
        if "activeConference" not in space:
            raise _error(400, "FAILED_PRECONDITION")
        self.end(space["name"])
        return web.json_response({})

    async def _list_conferences(self, request: web.Request) -> web.Response:
        self._asker(request, _CREATED, _READONLY)
        return web.json_response({})

    async def _list_participants(self, request: web.Request) -> web.Response:
        conference = self._own_conference(request)
        if request.query["filter"] != "latest_end_time IS NULL":
            raise _error(400, "INVALID_ARGUMENT")
        people = [one for one in self.conferences[conference]["people"].values() if "latestEndTime" not in one]
        first = int(request.query.get("pageToken", "0"))
        size = min(int(request.query["pageSize"]), 250)
        page: dict[str, Any] = {"participants": people[first : first + size], "totalSize": len(people)}
        if len(people) > first + size:
            page["nextPageToken"] = str(first + size)
        return web.json_response(page if people else {})

    async def _get_participant(self, request: web.Request) -> web.Response:
        people = self.conferences[self._own_conference(request)]["people"]
        name = request.match_info["name"]
        if name not in people:
            raise _error(404, "NOT_FOUND")
        return web.json_response(people[name])

    async def _list_sessions(self, request: web.Request) -> web.Response:
        sessions = self.conferences[self._own_conference(request)]["sessions"]
        if request.query["filter"] != "end_time IS NULL":
            raise _error(400, "INVALID_ARGUMENT")
        own = [one for name, one in sessions.items() if name.startswith(f"{request.match_info['name']}/")]
        return web.json_response({"participantSessions": [one for one in own if "endTime" not in one]})

    async def _get_file(self, request: web.Request) -> web.Response:
        user, name = self._asker(request, _CREATED, _READONLY), request.match_info["name"]
        if name not in self.files or self.files[name]["owner"] != user:
            raise _error(404, "NOT_FOUND")
        return web.json_response(_shown(self.files[name]))

    async def _subscribe(self, request: web.Request) -> web.Response:
        user, wish = self._asker(request, _CREATED, _READONLY), await request.json()
        space = wish["targetResource"].removeprefix("//meet.googleapis.com/")
        if self._owner(space) != user or wish["notificationEndpoint"] != {"pubsubTopic": TOPIC}:
            raise _error(403, "PERMISSION_DENIED")
        if any(one["targetResource"] == wish["targetResource"] for one in self.subscriptions.values()):
            raise _error(409, "ALREADY_EXISTS")
        name = f"subscriptions/{next(self.numbers)}"
        self.subscriptions[name] = {**wish, "name": name, "state": "ACTIVE", "expireTime": _ends(wish.pop("ttl"))}
        return web.json_response({"done": True, "metadata": {}, "response": self.subscriptions[name]})

    async def _list_subscriptions(self, request: web.Request) -> web.Response:
        self._asker(request, _CREATED, _READONLY)
        types, _, target = request.query["filter"].partition(" AND target_resource=")
        if not types.startswith("event_types:"):
            raise _error(400, "INVALID_ARGUMENT")
        found = [one for one in self.subscriptions.values() if f'"{one["targetResource"]}"' == target]
        return web.json_response({"subscriptions": found} if found else {})

    async def _renew(self, request: web.Request) -> web.Response:
        self._asker(request, _CREATED, _READONLY)
        name = request.match_info["name"]
        if name not in self.subscriptions:
            raise _error(404, "NOT_FOUND")
        if request.query["updateMask"] != "ttl":
            raise _error(400, "INVALID_ARGUMENT")
        self.subscriptions[name]["expireTime"] = _ends((await request.json())["ttl"])
        return web.json_response({"done": True, "response": self.subscriptions[name]})

    async def _reactivate(self, request: web.Request) -> web.Response:
        self._asker(request, _CREATED, _READONLY)
        self.subscriptions[request.match_info["name"]]["state"] = "ACTIVE"
        return web.json_response({"done": True, "response": self.subscriptions[request.match_info["name"]]})

    async def _pull(self, request: web.Request) -> web.Response:
        self._asker(request, _PUBSUB)
        if not self.may_pull:
            raise _error(403, "PERMISSION_DENIED")
        wanted = (await request.json())["maxMessages"]
        given = await self.inbox.pull(wanted)
        return web.json_response({"receivedMessages": given} if given else {})

    async def _acknowledge(self, request: web.Request) -> web.Response:
        self._asker(request, _PUBSUB)
        self.inbox.acknowledge((await request.json())["ackIds"])
        return web.json_response({})

    async def _test_permissions(self, request: web.Request) -> web.Response:
        self._asker(request, _PUBSUB)
        return web.json_response({"permissions": (await request.json())["permissions"]} if self.may_pull else {})

    def _conference(self, space: str) -> str:
        """Return the conference in a room, begun when nobody was in."""
        if "activeConference" not in self.spaces[space]:
            name = f"conferenceRecords/c{next(self.numbers)}"
            self.conferences[name] = {"space": space, "people": {}, "sessions": {}}
            self.spaces[space]["activeConference"] = {"conferenceRecord": name}
        return str(self.spaces[space]["activeConference"]["conferenceRecord"])

    def _owner(self, space: str) -> str | None:
        return self.spaces[space]["owner"] if space in self.spaces else None

    def _own(self, request: web.Request, space: str, *scopes: str) -> dict[str, Any]:
        user = self._asker(request, *scopes)
        if space not in self.spaces:
            raise _error(404, "NOT_FOUND")
        if self._owner(space) != user:
            raise _error(403, "PERMISSION_DENIED")
        return self.spaces[space]

    def _own_conference(self, request: web.Request) -> str:
        path = request.path.removeprefix("/v2/")
        conference = "/".join(path.split("/")[:2])
        if conference not in self.conferences:
            raise _error(404, "NOT_FOUND")
        self._own(request, self.conferences[conference]["space"], _CREATED, _READONLY)
        return conference


def _shown(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name != "owner"}


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _ends(ttl: str) -> str:
    return _text(now() + timedelta(seconds=int(ttl.removesuffix("s"))))


def _error(status: int, code: str) -> web.HTTPException:
    body = json.dumps({"error": {"code": status, "message": "…", "status": code}})
    kinds: dict[int, type[web.HTTPException]] = {
        400: web.HTTPBadRequest,
        401: web.HTTPUnauthorized,
        403: web.HTTPForbidden,
        404: web.HTTPNotFound,
        409: web.HTTPConflict,
    }
    return kinds[status](text=body, content_type="application/json")
