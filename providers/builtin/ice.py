"""How browsers find a way to each other: the servers a page may use, with a password that runs out."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from providers.builtin.settings import BuiltinSettings

TURN_LASTS: Final = timedelta(hours=12)


def ice_configuration(settings: BuiltinSettings, visitor_id: str, at: datetime) -> dict[str, object]:
    """Return the configuration of a browser's connections.

    Args:
        visitor_id: named in the TURN server's log.

    Source: https://www.w3.org/TR/webrtc/#rtcconfiguration-dictionary
    """
    servers: list[dict[str, object]] = []
    if settings.stun_url is not None:
        servers.append({"urls": [settings.stun_url]})
    if settings.turn_urls:
        username, credential = turn_credential(settings.turn_secret, visitor_id, at + TURN_LASTS)
        servers.append({"urls": list(settings.turn_urls), "username": username, "credential": credential})
    return {"iceServers": servers, "iceTransportPolicy": "relay" if settings.relay_only else "all"}


def turn_credential(secret: str, visitor_id: str, expires_at: datetime) -> tuple[str, str]:
    """Return a user name and password that coturn accepts until they expire (its option `use-auth-secret`).

    Source: https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00#section-2.2
    """
    username = f"{int(expires_at.timestamp())}:{visitor_id}"
    digest = hmac.digest(secret.encode(), username.encode(), hashlib.sha1)
    return username, base64.b64encode(digest).decode("ascii")
