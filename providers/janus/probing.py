"""Try out whether a Janus works as it must, and say so to whoever runs the app."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from calls.errors import ProviderAuth, ProviderDown, ProviderError
from calls.meetings import Health
from providers.janus.api import Answer, JanusApi
from providers.janus.settings import JanusSettings
from providers.janus.video_rooms import VideoRooms

_REPORTER = "janus.eventhandler.sampleevh"

_CURES = {
    "unauthorized": (
        "does not take our tokens: STARTCALL_JANUS_TOKEN_SECRET must be the token_auth_secret of janus.jcfg, and both "
        "computers' clocks must be right"
    ),
    "not_permitted": (
        "does not let us make rooms: STARTCALL_JANUS_ADMIN_KEY must be the admin_key of janus.plugin.videoroom.jcfg"
    ),
}


async def probe(api: JanusApi, rooms: VideoRooms, settings: JanusSettings) -> Health:
    """Ask Janus about itself, make a room and close it again, and try to make one without the key."""
    host = urlsplit(settings.url).netloc
    try:
        info = await api.info()
        fault = _fault_of_door(info) or await _fault_of_rooms(rooms) or _fault_of_reports(info, settings)
    except ProviderError as error:
        return Health(ok=False, sentence=f"Janus at {host} {_trouble(error)}.")
    if fault is not None:
        return Health(ok=False, sentence=f"Janus at {host} {fault}.")
    version = str(info.get("version_string"))[:20]
    return Health(ok=True, sentence=f"Calls meet at Janus {version} at {host}, which makes rooms{_reports(settings)}.")


def _fault_of_door(info: Answer) -> str | None:
    return None if info.get("auth_token") is True else "lets anybody in: set token_auth = true in janus.jcfg"


def _fault_of_reports(info: Answer, settings: JanusSettings) -> str | None:
    modules = info.get("events")
    if settings.hook_secret is not None and not (isinstance(modules, dict) and _REPORTER in modules):
        return "does not tell who comes and goes: set broadcast = true in janus.jcfg and enable the sampleevh handler"
    return None


async def _fault_of_rooms(rooms: VideoRooms) -> str | None:
    room_id = f"probe{secrets.token_hex(16)}"
    await rooms.make(room_id)
    await rooms.close(room_id)
    if not await rooms.can_be_made_by_anybody(room_id):
        return None
    return "lets anybody make rooms: set admin_key in janus.plugin.videoroom.jcfg"


def _trouble(error: ProviderError) -> str:
    if isinstance(error, ProviderDown):
        return f"does not answer as it should ({error.detail})"
    if isinstance(error, ProviderAuth):
        return _CURES[error.code]
    return f"refuses what it must do ({error.detail}); its configuration must be the one of providers/janus/README.md"


def _reports(settings: JanusSettings) -> str:
    return " and tells who comes and goes" if settings.hook_secret else "; who is in is found out by asking only"
