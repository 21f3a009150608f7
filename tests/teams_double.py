"""Microsoft in the place of Microsoft: an organization, its meetings, and Graph that reports what happens in them.

Built from https://learn.microsoft.com/en-us/graph/api/onlinemeeting-createorget,
https://learn.microsoft.com/en-us/graph/changenotifications-for-onlinemeeting (of 2024, with `participants@delta`),
https://learn.microsoft.com/en-us/graph/api/resources/changenotificationencryptedcontent,
https://learn.microsoft.com/en-us/graph/api/subscription-post-subscriptions,
https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow and
https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import os
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import quote, unquote
from uuid import NAMESPACE_URL, uuid5

import aiohttp
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from calls.clock import now
from tests.sign_in_double import Renewal, SignIn
from tests.vendor import VendorDouble

TENANT = "00000000-1111-2222-3333-444444444444"
CLIENT = "11111111-2222-3333-4444-555555555555"
CLIENT_SECRET = "abc8Q~client-secret-for-tests"
ORGANIZER = "22222222-3333-4444-5555-666666666666"
ALICE = "33333333-4444-5555-6666-777777777777"

OWN_EMAIL, OWN_ID = "alice.arnold@example.org", "44444444-5555-6666-7777-888888888888"
USER_CLIENT, USER_SECRET = "55555555-6666-7777-8888-999999999999", "def8Q~client-secret-for-tests"

_WITHOUT_REMINDERS = timedelta(hours=1)
_STATE_MAX_CHARS = 128
_GRAPH = "https://graph.microsoft.com/"
_ASKED = {"scope": f"offline_access {_GRAPH}User.Read {_GRAPH}OnlineMeetings.ReadWrite", "response_mode": "query"}


@functools.cache
def private_key() -> rsa.RSAPrivateKey:
    """Return the key that Startcall is set up with."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_pem() -> str:
    """Return it as openssl writes it, in one line."""
    pem = private_key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    return pem.strip().replace("\n", "\\n")


def encrypted(event: dict[str, Any], certificate: x509.Certificate) -> dict[str, str]:
    """Encrypt as Graph does."""
    return encrypted_bytes(json.dumps(event).encode(), certificate)


def encrypted_bytes(raw: bytes, certificate: x509.Certificate) -> dict[str, str]:
    """Encrypt bytes as Graph does."""
    key = os.urandom(32)
    padder = PKCS7(128).padder()
    padded = padder.update(raw) + padder.finalize()
    encryptor = Cipher(AES256(key), CBC(key[:16])).encryptor()
    data = encryptor.update(padded) + encryptor.finalize()
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303 - as Graph
    return {
        "data": base64.b64encode(data).decode(),
        "dataSignature": base64.b64encode(hmac.digest(key, data, hashlib.sha256)).decode(),
        "dataKey": base64.b64encode(public.encrypt(key, oaep)).decode(),
        "encryptionCertificateThumbprint": certificate.fingerprint(hashes.SHA256()).hex(),
    }


@dataclass
class TeamsDouble(VendorDouble):
    """Microsoft.

    Args:
        users: object ids by e-mail.
        with_policy: whose meetings the application access policy lets us make.
        meetings: by organizer and external id.
        subscriptions: by id, each with the certificate it was made with.
        may_read_users: whether User.Read.All was granted.
        loses: whether nothing is reported.
        answers: the status of each report that was sent.
        sign_in: who connects an account of their own.
    """

    users: dict[str, str] = field(default_factory=lambda: {"alice@example.com": ALICE})
    with_policy: set[str] = field(default_factory=lambda: {ORGANIZER, ALICE})
    meetings: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)
    may_read_users: bool = True
    loses: bool = False
    answers: list[int] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))
    sign_in: SignIn = field(default_factory=lambda: SignIn(USER_CLIENT, USER_SECRET, _ASKED, renewal=Renewal.REPLACED))

    @property
    def token_path(self) -> str:
        """The token endpoint."""
        return f"/{TENANT}/oauth2/v2.0/token"

    @property
    def settings(self) -> dict[str, str]:
        """Return what the provider is set up with, so that Graph reports to it."""
        return {
            "STARTCALL_TEAMS_TENANT_ID": TENANT,
            "STARTCALL_TEAMS_CLIENT_ID": CLIENT,
            "STARTCALL_TEAMS_CLIENT_SECRET": CLIENT_SECRET,
            "STARTCALL_TEAMS_ORGANIZER": ORGANIZER,
            "STARTCALL_TEAMS_API_URL": self.url,
            "STARTCALL_TEAMS_KEY": key_pem(),
        }

    @property
    def people_settings(self) -> dict[str, str]:
        """Return what people's own accounts are connected with."""
        return {"STARTCALL_TEAMS_USER_CLIENT_ID": USER_CLIENT, "STARTCALL_TEAMS_USER_CLIENT_SECRET": USER_SECRET}

    def hosts(self) -> list[str]:
        """Return whose meetings there are."""
        return [OWN_EMAIL if organizer == OWN_ID else organizer for organizer, _ in self.meetings]

    async def arrive(self, name: str, *, user: str = "", lobby: bool = False) -> str:
        """Let somebody in, or into the lobby, and report it; return their participant's id."""
        number = next(self.numbers)
        session = str(uuid5(NAMESPACE_URL, f"participant {number}"))
        await self.report(roster_event(participant(session, name, user or f"guest-{number}", lobby=lobby)))
        return session

    async def leave(self, session: str) -> None:
        """Let somebody go and report it."""
        gone = participant(session, "Gone", "gone") | {"removedState": {"reason": "Participant has left."}}
        await self.report(roster_event(gone))

    async def report(self, event: dict[str, Any], *, at: datetime | None = None) -> None:
        """Report an event to whoever subscribed to the newest meeting."""
        if self.loses:
            return
        one = list(self.subscriptions.values())[-1]
        body = self.notification(one, event | {"eventDateTime": graph_time(at or now())})
        self.answers.append(await self.send(one["notificationUrl"], body))

    def notification(self, one: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        """Return a report as Graph sends it."""
        certificate = x509.load_der_x509_certificate(base64.b64decode(one["encryptionCertificate"]))
        content = encrypted(event, certificate) | {"encryptionCertificateId": one["encryptionCertificateId"]}
        item = {
            "subscriptionId": one["id"],
            "clientState": one["clientState"],
            "changeType": "updated",
            "tenantId": TENANT,
            "resource": one["resource"],
            "subscriptionExpirationDateTime": one["expirationDateTime"],
            "resourceData": {"@odata.id": one["resource"], "@odata.type": "#microsoft.graph.callevent", "id": "1"},
            "organizationId": TENANT,
            "encryptedContent": content,
        }
        return {"value": [item], "validationTokens": ["eyJ0eXAiOiJKV1QifQ.e30.x"]}

    async def send(self, url: str, body: dict[str, Any]) -> int:
        """Send a report and return the status of the answer."""
        async with aiohttp.ClientSession() as session, session.post(url, json=body) as answer:
            return answer.status

    def routes(self) -> list[web.RouteDef]:
        """Return what Microsoft answers."""
        return [
            web.post("/{tenant}/oauth2/v2.0/token", self._give_token),
            web.get("/{tenant}/oauth2/v2.0/authorize", self.sign_in.authorize),
            web.get("/v1.0/me", self._me),
            web.post("/v1.0/me/onlineMeetings/createOrGet", self._create_or_get),
            web.get("/v1.0/users/{user}", self._get_user),
            web.post("/v1.0/users/{user}/onlineMeetings/createOrGet", self._create_or_get),
            web.get("/v1.0/users/{user}/onlineMeetings", self._find_meeting),
            web.post("/beta/subscriptions", self._subscribe),
            web.get("/beta/subscriptions", self._list_subscriptions),
            web.patch("/beta/subscriptions/{id}", self._renew),
        ]

    async def _give_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if request.match_info["tenant"] != TENANT:
            return web.json_response({"error": "invalid_request", "error_codes": [90002]}, status=400)
        if await self.sign_in.is_asked(request):
            return await self.sign_in.give(request)
        if form["client_id"] != CLIENT:
            return web.json_response({"error": "unauthorized_client", "error_codes": [700016]}, status=400)
        if form["client_secret"] != CLIENT_SECRET:
            return web.json_response({"error": "invalid_client", "error_codes": [7000215]}, status=401)
        wanted = {"grant_type": "client_credentials", "scope": "https://graph.microsoft.com/.default"}
        if {name: form[name] for name in wanted} != wanted:
            return web.json_response({"error": "invalid_scope"}, status=400)
        return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": "token-of-graph"})

    def _check(self, request: web.Request, organizer: str = "") -> None:
        if request.headers.get("Authorization") != "Bearer token-of-graph":
            raise _error(401, "InvalidAuthenticationToken")
        if organizer and organizer not in {ORGANIZER, *self.users.values()}:
            raise _error(404, "UserNotFound")
        if organizer and organizer not in self.with_policy:
            raise _error(403, "Forbidden")

    async def _me(self, request: web.Request) -> web.Response:
        if not self.sign_in.is_own(request):
            raise _error(401, "InvalidAuthenticationToken")
        return web.json_response({"id": OWN_ID, "userPrincipalName": OWN_EMAIL, "mail": None})

    async def _get_user(self, request: web.Request) -> web.Response:
        self._check(request)
        if not self.may_read_users:
            raise _error(403, "Authorization_RequestDenied")
        email = unquote(request.match_info["user"])
        if email not in self.users:
            raise _error(404, "Request_ResourceNotFound")
        return web.json_response({"id": self.users[email]})

    async def _create_or_get(self, request: web.Request) -> web.Response:
        user, wish = request.match_info.get("user", OWN_ID), await request.json()
        if user != OWN_ID:
            self._check(request, user)
        elif not self.sign_in.is_own(request):
            raise _error(401, "InvalidAuthenticationToken")
        key = user, wish["externalId"]
        is_new = key not in self.meetings
        if is_new:
            thread = uuid5(NAMESPACE_URL, " ".join(key)).hex
            context = quote(json.dumps({"Tid": TENANT, "Oid": user}, separators=(",", ":")), safe="").lower()
            url = f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{thread}%40thread.v2/0?context={context}"
            by_id = {"joinMeetingId": str(int(thread[:10], 16)), "isPasscodeRequired": True, "passcode": "Xy7"}
            meeting = {"id": f"MSo{thread}", "joinWebUrl": url, "joinMeetingIdSettings": by_id}
            self.meetings[key] = {**meeting, "subject": wish.get("subject"), "externalId": wish["externalId"]}
        return web.json_response(self.meetings[key], status=201 if is_new else 200)

    async def _find_meeting(self, request: web.Request) -> web.Response:
        self._check(request, request.match_info["user"])
        if not request.query["$filter"].startswith("JoinWebUrl eq '"):
            raise _error(400, "BadRequest")
        return web.json_response({"value": []})

    async def _subscribe(self, request: web.Request) -> web.Response:
        self._check(request)
        wish = await request.json()
        found = re.fullmatch(r"communications/onlineMeetings\(joinWebUrl='(.+)'\)/meetingCallEvents", wish["resource"])
        urls = {meeting["joinWebUrl"] for meeting in self.meetings.values()}
        lasts = datetime.fromisoformat(wish["expirationDateTime"]) - now()
        certificate = x509.load_der_x509_certificate(base64.b64decode(wish["encryptionCertificate"]))
        if (
            found is None
            or unquote(found[1]) not in urls
            or wish["changeType"] != "updated"
            or wish["includeResourceData"] is not True
            or not wish["encryptionCertificateId"]
            or len(wish["clientState"]) > _STATE_MAX_CHARS
            or lasts > _WITHOUT_REMINDERS
            or certificate.not_valid_after_utc < now()
        ):
            raise _error(400, "InvalidRequest")
        if any(one["resource"] == wish["resource"] for one in self.subscriptions.values()):
            raise _error(409, "Conflict")
        if not await _is_there(wish["notificationUrl"]):
            raise _error(400, "ValidationError")
        number = str(uuid5(NAMESPACE_URL, f"subscription {next(self.numbers)}"))
        self.subscriptions[number] = {**wish, "id": number}
        return web.json_response(_shown(self.subscriptions[number]), status=201)

    async def _list_subscriptions(self, request: web.Request) -> web.Response:
        self._check(request)
        return web.json_response({"value": [_shown(one) for one in self.subscriptions.values()]})

    async def _renew(self, request: web.Request) -> web.Response:
        self._check(request)
        if request.match_info["id"] not in self.subscriptions:
            raise _error(404, "ResourceNotFound")
        self.subscriptions[request.match_info["id"]].update(await request.json())
        return web.json_response(_shown(self.subscriptions[request.match_info["id"]]))


def participant(session: str, name: str, user: str, *, lobby: bool = False) -> dict[str, Any]:
    """Return a participant as Graph describes one."""
    identity = {"user": {"id": user, "displayName": name, "tenantId": TENANT}}
    return {"info": {"identity": identity}, "isInLobby": lobby, "id": session}


def roster_event(*changes: dict[str, Any]) -> dict[str, Any]:
    """Return the report that participants changed."""
    return {"@odata.type": "#microsoft.graph.callevent", "eventType": "rosterUpdated", "participants@delta": changes}


def graph_time(at: datetime) -> str:
    """Write a time as Graph does."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


async def _is_there(url: str) -> bool:
    """Ask a new address whether it is there, as Graph does."""
    token = "Validation: Testing <client> & more 7/9"
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}?validationToken={quote(token)}", data=b"") as answer,
    ):
        return (answer.status, answer.content_type, await answer.text()) == (200, "text/plain", token)


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"encryptionCertificate": None, "clientState": None}


def _error(status: int, code: str) -> web.HTTPException:
    body = json.dumps({"error": {"code": code, "message": "…", "innerError": {"date": "2026-11-21T12:00:00"}}})
    kinds: dict[int, type[web.HTTPException]] = {
        400: web.HTTPBadRequest,
        401: web.HTTPUnauthorized,
        403: web.HTTPForbidden,
        404: web.HTTPNotFound,
        409: web.HTTPConflict,
    }
    return kinds[status](text=body, content_type="application/json")
