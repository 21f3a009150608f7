"""The settings of the Janus provider, and what is usable in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from providers.addresses import find_address_fault

SECRET_MIN_CHARS = 16
"""What cannot be tried out within the life of the universe, if it was drawn at random."""

# What needs no escaping in Janus's configuration files.
_SECRET = re.compile(r"[!#-\[\]-~]+")
_PLACEHOLDERS = ("REPLACE-", "your-")
_WEB_SCHEME_OF = {"wss": "https", "ws": "http"}


@dataclass(frozen=True, slots=True)
class JanusSettings:
    """What the Janus provider is built with.

    Args:
        url: where the app reaches Janus's HTTP API, without a slash at its end.
        public_url: where browsers reach Janus's WebSocket.
        token_secret: `token_auth_secret` of `janus.jcfg`.
        admin_key: `admin_key` of `janus.plugin.videoroom.jcfg`.
        hook_secret: `backend_pwd` of `janus.eventhandler.sampleevh.jcfg`; None when Janus does not report.
        site_url: where people's browsers reach the app, without a slash at its end.
        key: of this installation; names of rooms, and who somebody is, are derived from it.
    """

    url: str
    public_url: str
    token_secret: str = field(repr=False)
    admin_key: str = field(repr=False)
    hook_secret: str | None = field(repr=False)
    site_url: str
    key: bytes = field(repr=False)


def find_url_fault(url: str) -> str | None:
    """Return what is wrong with the address of the HTTP API, as the end of a sentence, or None."""
    fault = find_address_fault(url)
    if fault is None and set("?#{}") & set(url):
        return "must end with its path: no ?, # or braces"
    return fault


def find_public_url_fault(url: str) -> str | None:
    """Return what is wrong with the address of the WebSocket, as the end of a sentence, or None."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in _WEB_SCHEME_OF:
        return "does not begin with wss://"
    fault = find_url_fault(f"{_WEB_SCHEME_OF[scheme]}://{rest}")
    if fault is not None and fault.startswith("begins with http://"):
        return "begins with ws://, which is allowed only for this computer itself (localhost, 127.0.0.1)"
    return fault


def find_secret_fault(secret: str) -> str | None:
    """Return what is wrong with a secret shared with Janus, as the end of a sentence, or None."""
    if secret.startswith(_PLACEHOLDERS):
        return "still holds the placeholder, not a secret of your own"
    if len(secret) < SECRET_MIN_CHARS:
        return f"is shorter than {SECRET_MIN_CHARS} characters"
    if not _SECRET.fullmatch(secret):
        return "has a space, a quotation mark, a backslash or a character beyond ASCII, which Janus would misread"
    return None
