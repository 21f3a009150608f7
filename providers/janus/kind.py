"""How the Janus provider is chosen and set up."""

from __future__ import annotations

from calls.errors import ConfigError
from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.janus.settings import JanusSettings, find_public_url_fault, find_secret_fault, find_url_fault

JANUS_URL = "STARTCALL_JANUS_URL"
JANUS_PUBLIC_URL = "STARTCALL_JANUS_PUBLIC_URL"
JANUS_TOKEN_SECRET = "STARTCALL_JANUS_TOKEN_SECRET"  # noqa: S105 - the name of the setting
JANUS_ADMIN_KEY = "STARTCALL_JANUS_ADMIN_KEY"
JANUS_HOOK_SECRET = "STARTCALL_JANUS_HOOK_SECRET"  # noqa: S105 - the name of the setting

_REQUIRED = (JANUS_URL, JANUS_PUBLIC_URL, JANUS_TOKEN_SECRET, JANUS_ADMIN_KEY)

_SETTINGS = (
    ProviderSetting(
        JANUS_URL,
        "For the meeting system janus: address of Janus's HTTP API as Startcall reaches it.",
        example="http://127.0.0.1:8088/janus",
        required=True,
        find_fault=find_url_fault,
    ),
    ProviderSetting(
        JANUS_PUBLIC_URL,
        "For janus: wss address of Janus's WebSocket as people's browsers reach it.",
        example="wss://janus.example.com/ws",
        required=True,
        find_fault=find_public_url_fault,
    ),
    ProviderSetting(
        JANUS_TOKEN_SECRET,
        "For janus: token_auth_secret of janus.jcfg, with which Startcall signs whom it lets in.",
        example="your-token-secret",
        secret=True,
        required=True,
        find_fault=find_secret_fault,
    ),
    ProviderSetting(
        JANUS_ADMIN_KEY,
        "For janus: admin_key of janus.plugin.videoroom.jcfg, without which nobody makes rooms.",
        example="your-admin-key",
        secret=True,
        required=True,
        find_fault=find_secret_fault,
    ),
    ProviderSetting(
        JANUS_HOOK_SECRET,
        "For janus: backend_pwd of janus.eventhandler.sampleevh.jcfg, by which Startcall knows that it is Janus who "
        "tells it who comes and goes. Without it Startcall asks from time to time.",
        example="your-hook-secret",
        secret=True,
        find_fault=find_secret_fault,
    ),
)


def _build(surroundings: Surroundings) -> Provider:
    from providers.janus.provider import JanusProvider

    values = surroundings.values
    missing = [name for name in _REQUIRED if name not in values]
    if missing:
        raise ConfigError("janus_settings_missing", detail=", ".join(missing))
    if surroundings.site_url is None:
        raise ConfigError("janus_needs_public_url")
    settings = JanusSettings(
        url=values[JANUS_URL].rstrip("/"),
        public_url=values[JANUS_PUBLIC_URL],
        token_secret=values[JANUS_TOKEN_SECRET],
        admin_key=values[JANUS_ADMIN_KEY],
        hook_secret=values.get(JANUS_HOOK_SECRET),
        site_url=surroundings.site_url,
        key=surroundings.key,
    )
    return JanusProvider(settings, surroundings.session, now=surroundings.now, is_open=surroundings.is_open)


KIND = ProviderKind(
    name="janus",
    settings=_SETTINGS,
    build=_build,
    can=(
        Capability.CREATE
        | Capability.ROSTER
        | Capability.WEBHOOK
        | Capability.POLL
        | Capability.END
        | Capability.PERSON_LINK
        | Capability.KICK
    ),
    summary="a Janus of your own, behind the same page as builtin, for larger rooms",
)
