"""The settings of the Jitsi provider, and what is usable as one."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from calls.errors import ConfigError
from providers.addresses import find_address_fault
from providers.credentials import read_secrets
from providers.room_names import check_room_key

PUBLIC_JITSI = "https://meet.jit.si"

_SECRET_MIN_CHARS = 16
_DOMAIN = re.compile(r"(?=.{4,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+")
_VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class JitsiSettings:
    """What the Jitsi provider is built with.

    Args:
        url: where people meet, without a slash at its end.
        room_key: keeps the names of rooms unguessable for those who know a call's id; at least 16 bytes.
        app_id: who signs the tokens that let people in, as Prosody knows it; None where none are needed.
        app_secret: what they are signed with; there when `app_id` is.
        hook_secrets: what our Prosody module shares with us; the first signs, all are accepted.
        prosody_url: where our module listens, without a slash at its end; None when it cannot be asked.
        muc: domain of the conferences in Prosody, such as conference.meet.example.com, or None.

    Raises:
        ConfigError: when they do not fit together.
    """

    url: str
    room_key: bytes = field(repr=False)
    app_id: str | None = None
    app_secret: str | None = field(default=None, repr=False)
    hook_secrets: tuple[str, ...] = field(default=(), repr=False)
    prosody_url: str | None = None
    muc: str | None = None

    def __post_init__(self) -> None:
        check_room_key(self.room_key)
        if (self.app_id is None) != (self.app_secret is None):
            missing = "STARTCALL_JITSI_APP_ID" if self.app_id is None else "STARTCALL_JITSI_APP_SECRET"
            raise ConfigError("jitsi_token_incomplete", detail=missing)
        if self.prosody_url is not None and not self.hook_secrets:
            raise ConfigError("jitsi_hook_secret_missing", detail="STARTCALL_JITSI_PROSODY_URL needs it")

    @property
    def domain(self) -> str:
        """The domain people sign in to in Prosody, which a token has to name.

        Source: https://github.com/jitsi/jitsi-meet, resources/prosody-plugins/token/util.lib.lua, verify_room: the
        domain of the conferences is `conference.` and this one, unless another prefix is set.
        """
        if self.muc is not None:
            return self.muc.partition(".")[2]
        return urlsplit(self.url).hostname or ""

    @property
    def is_public_service(self) -> bool:
        """Say whether this is the service of Jitsi's makers, where somebody has to sign in first."""
        return urlsplit(self.url).hostname == urlsplit(PUBLIC_JITSI).hostname and self.app_id is None


def find_server_fault(value: str) -> str | None:
    """Return what is wrong with the address of a server; None when it names one and nothing on it."""
    fault = find_address_fault(value)
    if fault is None and (urlsplit(value).path.strip("/") or set("?#{}") & set(value)):
        return "must end with the server's name: no path, ?, # or braces"
    return fault


def find_prosody_fault(value: str) -> str | None:
    """Return what is wrong with the address of Prosody's HTTP server; None when it can be used.

    Without TLS it may be reached in a private network, such as that of containers, where it normally is: what we send
    is signed, and holds no secret.
    """
    with_tls = value.replace("http://", "https://", 1)
    fault = find_server_fault(with_tls)
    if fault is None and with_tls != value and not _is_private(urlsplit(value).hostname or ""):
        return "begins with http://, which is allowed only within your own network (a private address or a name)"
    return fault


def find_secrets_fault(value: str) -> str | None:
    """Return what is wrong with one or more secrets separated by commas; None when all can be used."""
    faults = (find_secret_fault(secret) for secret in read_secrets(value))
    return next((fault for fault in faults if fault is not None), None)


def find_secret_fault(value: str) -> str | None:
    """Return what is wrong with a secret; None when it can be used."""
    if value.startswith("your-"):
        return "still holds the placeholder, not a real secret"
    if not _VISIBLE.fullmatch(value):
        return "has a space or another character that a secret should not have"
    if len(value) < _SECRET_MIN_CHARS:
        return f"is shorter than {_SECRET_MIN_CHARS} characters"
    return None


def find_app_id_fault(value: str) -> str | None:
    """Return what is wrong with an application's id; None when it can be used."""
    return None if _VISIBLE.fullmatch(value) else "has a space or another character that an id should not have"


def find_muc_fault(value: str) -> str | None:
    """Return what is wrong with the domain of the conferences; None when it can be used."""
    return None if _DOMAIN.fullmatch(value) else "is not a domain in lower case, such as conference.meet.example.com"


def _is_private(host: str) -> bool:
    """Say whether a host can only be in one's own network: a private address, or a name without a dot."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return bool(host) and "." not in host
