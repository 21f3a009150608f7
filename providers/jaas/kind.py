"""How the JaaS provider is chosen and set up."""

from __future__ import annotations

from calls.errors import ConfigError
from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.credentials import find_api_url_fault, find_credential_fault
from providers.jaas.checks import JAAS_URL, find_app_id_fault, find_key_id_fault, find_private_key_fault

_APP_ID = "STARTCALL_JAAS_APP_ID"
_KEY_ID = "STARTCALL_JAAS_KEY_ID"
_PRIVATE_KEY = "STARTCALL_JAAS_PRIVATE_KEY"
_HOOK_SECRET = "STARTCALL_JAAS_HOOK_SECRET"  # noqa: S105 - the setting's name
_API_URL = "STARTCALL_JAAS_API_URL"


def _build(surroundings: Surroundings) -> Provider:
    from providers.jaas.provider import JaasProvider
    from providers.jaas.settings import JaasSettings, read_key_id, read_private_key

    values = surroundings.values
    for name in (_APP_ID, _KEY_ID, _PRIVATE_KEY):
        if not values.get(name):
            raise ConfigError("setting_missing", detail=name)
    if surroundings.site_url is None:
        # Everybody needs a token of their own, and only our page can give it to them.
        raise ConfigError("setting_missing", detail="PUBLIC_URL")
    settings = JaasSettings(
        app_id=values[_APP_ID],
        key_id=read_key_id(values[_APP_ID], values[_KEY_ID]),
        private_key=read_private_key(values[_PRIVATE_KEY]),
        room_key=surroundings.key,
        hook_secret=values.get(_HOOK_SECRET) or None,
        url=values.get(_API_URL, JAAS_URL).rstrip("/"),
    )
    return JaasProvider(settings, surroundings.now)


KIND = ProviderKind(
    name="jaas",
    settings=(
        ProviderSetting(
            _APP_ID,
            "For the meeting system jaas (8x8 Jitsi as a Service): the AppID, from the console's API Keys.",
            example=f"vpaas-magic-cookie-{'0123456789abcdef' * 2}",
            required=True,
            find_fault=find_app_id_fault,
        ),
        ProviderSetting(
            _KEY_ID,
            f"Goes with {_APP_ID}: the Key ID of an API key, whole or what follows its slash.",
            example="4f4910",
            required=True,
            find_fault=find_key_id_fault,
        ),
        ProviderSetting(
            _PRIVATE_KEY,
            f"Goes with {_KEY_ID}: its private key, RSA in PEM; on one line, with \\n for line breaks or as base64.",
            example="your-jaas-private-key",
            secret=True,
            required=True,
            find_fault=find_private_key_fault,
        ),
        ProviderSetting(
            _HOOK_SECRET,
            "For jaas: the secret of the console's webhook to /hooks/jaas. Without it nobody says who is in.",
            example="your-jaas-webhook-secret",
            secret=True,
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _API_URL,
            "For jaas: where people meet, to try Startcall with another server.",
            example=JAAS_URL,
            default=JAAS_URL,
            find_fault=find_api_url_fault,
        ),
    ),
    build=_build,
    can=Capability.PERSON_LINK | Capability.ROSTER | Capability.WEBHOOK,
    summary="8x8 Jitsi as a Service: Jitsi Meet, run by its makers",
)
