"""A meeting system that needs nothing but an address: whoever opens it is in the meeting."""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from urllib.parse import quote, urlsplit

import aiohttp

from calls.meetings import Capability, Health, Provider, RoomSpec
from calls.model import CallId, Room
from providers.addresses import is_loopback
from providers.link.settings import LinkSettings

PROBE_TIMEOUT_S = 5.0

_ROOM_BYTES = 16
_TITLE_MAX_CHARS = 40
_SERVER_ERROR = 500


class LinkProvider(Provider):
    """Makes rooms by filling in a template; `calls.meetings.Provider` says what each method does."""

    def __init__(self, settings: LinkSettings) -> None:
        """Send nothing, now or later, except by `probe`."""
        self._settings = settings

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return "link"

    @property
    def capabilities(self) -> Capability:
        """Nothing: a link cannot be closed, and nobody tells who has opened it."""
        return Capability.NONE

    @property
    def notice(self) -> str | None:
        """One line for people who start a call, or None."""
        return self._settings.notice

    async def create_room(self, spec: RoomSpec) -> Room:
        """Fill in the template; the same call gets the same room, also after a restart."""
        room_name = self._room_name(spec.call_id)
        values = {"room": room_name, "title": slug(spec.title), "channel": spec.channel_id, "team": spec.team_id}
        url = self._settings.template
        for placeholder, value in values.items():
            url = url.replace(f"{{{placeholder}}}", quote(value, safe=""))
        return Room(id=room_name, join_url=url)

    async def probe(self) -> Health:
        """Find out whether the meeting system's server answers this computer; any answer but a server error will do."""
        parts = urlsplit(self._settings.template)
        is_local = is_loopback(parts.hostname or "")
        try:
            status = await _status_of(f"{parts.scheme}://{parts.netloc}/", through_proxy=not is_local)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Health(ok=False, sentence=f"{parts.netloc} cannot be reached from this computer ({_reason(error)}).")
        if status >= _SERVER_ERROR:
            return Health(ok=False, sentence=f"{parts.netloc} answers with the error {status}.")
        return Health(ok=True, sentence=f"Calls meet at {parts.netloc}, which answers.")

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""

    def _room_name(self, call_id: CallId) -> str:
        """Return 128 bits that only this installation can compute from a call's id.

        The id itself would not do: it is in Slack, as `external_unique_id` and in the metadata of messages, where other
        apps can read it. Drawing a new number would not do either: a step repeated after a crash must give the same
        room. Lower-case letters and digits only, as some meeting systems do not tell capitals from small letters.
        """
        digest = hmac.digest(self._settings.room_key, f"startcall room {call_id}".encode(), hashlib.sha256)
        return base64.b32encode(digest[:_ROOM_BYTES]).decode("ascii").rstrip("=").lower()


def slug(title: str) -> str:
    """Return the letters and digits of a title, in any script, as at most 40 characters joined by hyphens."""
    normal = unicodedata.normalize("NFC", title).lower()
    words = "".join(character if unicodedata.category(character)[0] in "LNM" else " " for character in normal).split()
    return "-".join(words)[:_TITLE_MAX_CHARS].strip("-") or "call"


async def _status_of(url: str, *, through_proxy: bool) -> int:
    """Ask for an address once, following no redirect, and return the HTTP status.

    Args:
        through_proxy: whether the environment's proxy, if any, is used.
    """
    timeout = aiohttp.ClientTimeout(total=PROBE_TIMEOUT_S)
    async with (
        aiohttp.ClientSession(timeout=timeout, trust_env=through_proxy) as session,
        session.get(url, allow_redirects=False) as response,
    ):
        return response.status


def _reason(error: Exception) -> str:
    """Say in words why a server was not reached."""
    if isinstance(error, TimeoutError):
        return f"no answer within {PROBE_TIMEOUT_S:.0f} seconds"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name is not known"
    if isinstance(error, aiohttp.ClientSSLError):
        return "its certificate is not valid"
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or "no connection"
    return "the connection broke"
