"""The settings of the Zoom provider, and what is usable as one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from providers.room_names import check_room_key

ZOOM_API = "https://api.zoom.us/v2"

YES, NO = "yes", "no"

_API_PREFIX = "api."
_VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class ZoomSettings:
    """What the Zoom provider is built with.

    Args:
        host: whose meetings they are, unless whoever starts a call is known to Zoom: an e-mail address or a user's id.
        room_key: keeps the marks by which meetings are found again unguessable; at least 16 bytes.
        hook_secrets: what Zoom signs its reports with; all are accepted, and the first answers Zoom's own checks.
        subscription_id: of the event subscription that is followed over a WebSocket, or None.
        asks_dashboard: whether Zoom's dashboard may be asked who is in.
        api_url: without a slash at its end.
        user_client_id: of the app by which people connect accounts of their own, or None.

    Raises:
        ConfigError: when they do not fit together.
    """

    account_id: str
    client_id: str
    client_secret: str = field(repr=False)
    host: str
    room_key: bytes = field(repr=False)
    hook_secrets: tuple[str, ...] = field(default=(), repr=False)
    subscription_id: str | None = None
    asks_dashboard: bool = False
    api_url: str = ZOOM_API
    user_client_id: str | None = None
    user_client_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        check_room_key(self.room_key)

    @property
    def sign_in_url(self) -> str:
        """Return where access tokens are had, without a slash at its end."""
        return sign_in_url_at(self.api_url)

    @property
    def socket_url(self) -> str:
        """Return where events are followed."""
        return socket_url_at(self.api_url)


def sign_in_url_at(api_url: str) -> str:
    """Return where access tokens for an API are had, without a slash at its end.

    Source: https://developers.zoom.us/docs/internal-apps/s2s-oauth/
    """
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc.removeprefix(_API_PREFIX)}"


def socket_url_at(api_url: str) -> str:
    """Return where the events of an API are followed.

    Source: https://github.com/zoom/websocket-js-sample, WS_URL
    """
    parts = urlsplit(api_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    is_cloud = parts.netloc.startswith(_API_PREFIX)
    return f"{scheme}://{'ws.' if is_cloud else ''}{parts.netloc.removeprefix(_API_PREFIX)}/ws"


def find_host_fault(value: str) -> str | None:
    """Return what is wrong with the name of a host; None when it can be used."""
    if _VISIBLE.fullmatch(value) and not set("/?#%") & set(value):
        return None
    return "is neither an e-mail address nor the id of a Zoom user"


def find_switch_fault(value: str) -> str | None:
    """Return what is wrong with a switch; None when it can be used."""
    return None if value in {YES, NO} else f"is neither {YES} nor {NO}"
