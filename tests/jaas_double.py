"""JaaS without sound and pictures: it checks tokens as its documents say, and reports.

Sources: https://developer.8x8.com/jaas/docs/api-keys-jwt, https://developer.8x8.com/jaas/docs/webhooks-payload and
https://developer.8x8.com/jaas/docs/webhooks-signatures. Tokens are verified with `cryptography` alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from calls.clock import now
from tests.vendor import VendorDouble

APP_ID = f"vpaas-magic-cookie-{'1f' * 16}"
KEY_ID = f"{APP_ID}/4f4910"
HOOK_SECRET = "whsec_a-jaas-webhook-secret"
KEY = generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass
class JaasDouble(VendorDouble):
    """The service: who is in which room, by the id of their connection.

    Args:
        hooks_url: where it reports to.
    """

    hooks_url: str = ""
    session_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    people: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, str]:
        """Return what the provider is set up with."""
        return {
            "STARTCALL_JAAS_APP_ID": APP_ID,
            "STARTCALL_JAAS_KEY_ID": KEY_ID,
            "STARTCALL_JAAS_PRIVATE_KEY": PEM.replace("\n", "\\n"),
            "STARTCALL_JAAS_HOOK_SECRET": HOOK_SECRET,
            "STARTCALL_JAAS_API_URL": self.url,
        }

    def routes(self) -> list[web.RouteDef]:
        """Return what it answers: the page, for there is nothing to ask."""
        return [web.get("/", self._page)]

    async def enter(self, link: str) -> str:
        """Let somebody in by a link, as the page does with the token in it; return the id of their connection."""
        claims = verified(link.partition("#jwt=")[2])
        room_id = urlsplit(link).path.rpartition("/")[2]
        assert room_id == claims["room"]
        user, connection = claims["context"]["user"], uuid.uuid4().hex[:8]
        self.people[connection] = {
            **user,
            "participantId": connection,
            "participantJid": f"{uuid.uuid4()}@{APP_ID}.8x8.vc/{connection}",
            "room": room_id,
        }
        await self.report("PARTICIPANT_JOINED", room_id, self.people[connection])
        return connection

    async def leave(self, connection: str) -> None:
        """Let somebody go; the last one takes the room with them."""
        person = self.people.pop(connection)
        await self.report("PARTICIPANT_LEFT", person["room"], {**person, "disconnectReason": "left"})
        if not self.people:
            await self.report("ROOM_DESTROYED", person["room"], {"conference": person["room"]})

    async def report(self, event: str, room_id: str, data: dict[str, Any]) -> None:
        """Report something."""
        body = report_body(event, room_id, data, session_id=self.session_id)
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.hooks_url, data=body, headers=signed(body)) as answer,
        ):
            assert 200 == answer.status

    async def _page(self, _: web.Request) -> web.Response:
        return web.Response(text="<title>Jitsi Meet</title>", content_type="text/html")


def report_body(
    event: str, room_id: str, data: dict[str, Any], *, session_id: str = "s-1", app_id: str = APP_ID
) -> bytes:
    """Return a report, of now."""
    report = {
        "idempotencyKey": str(uuid.uuid4()),
        "customerId": app_id.rpartition("-")[2],
        "appId": app_id,
        "eventType": event,
        "sessionId": session_id,
        "timestamp": int(now().timestamp() * 1000),
        "fqn": f"{app_id}/{room_id}",
        "data": data,
    }
    return json.dumps(report).encode()


def signed(body: bytes, secret: str = HOOK_SECRET, at_s: float = 0) -> dict[str, str]:
    """Return the headers of a report, sent now or at a time."""
    sent_at = str(int(at_s or now().timestamp()))
    signature = base64.b64encode(
        hmac.new(secret.encode(), f"{sent_at}.{body.decode()}".encode(), hashlib.sha256).digest()
    )
    return {"X-Jaas-Signature": f"t={sent_at},v1={signature.decode()}"}


def verified(token: str) -> dict[str, Any]:
    """Return the claims of a token that is good now, and complain about any other."""
    head, body, signature = token.split(".")
    header, claims = json.loads(decoded(head)), json.loads(decoded(body))
    KEY.public_key().verify(decoded(signature), f"{head}.{body}".encode(), PKCS1v15(), SHA256())
    assert {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"} == header
    assert ("jitsi", "chat", APP_ID) == (claims["aud"], claims["iss"], claims["sub"])
    assert claims["nbf"] <= now().timestamp() <= claims["exp"]
    return dict(claims)


def decoded(part: str) -> bytes:
    """Return the bytes of a token's part."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
