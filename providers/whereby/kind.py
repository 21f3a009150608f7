"""How the Whereby provider is chosen and set up."""

from __future__ import annotations

from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.credentials import find_api_url_fault, find_credential_fault, find_credentials_fault, read_secrets
from providers.required import read_required
from providers.whereby.settings import API_URL, WherebySettings

_API_KEY = "STARTCALL_WHEREBY_API_KEY"
_HOOK_SECRET = "STARTCALL_WHEREBY_WEBHOOK_SECRET"  # noqa: S105 - the setting's name
_API_URL = "STARTCALL_WHEREBY_API_URL"


def _build(surroundings: Surroundings) -> Provider:
    from providers.whereby.provider import WherebyProvider

    settings = WherebySettings(
        api_key=read_required(surroundings.values, _API_KEY),
        key=surroundings.key,
        hook_secrets=read_secrets(surroundings.values.get(_HOOK_SECRET, "")),
        api_url=surroundings.values.get(_API_URL, API_URL).rstrip("/"),
    )
    return WherebyProvider(settings, surroundings.session, surroundings.now)


KIND = ProviderKind(
    name="whereby",
    settings=(
        ProviderSetting(
            _API_KEY,
            "For the meeting system whereby: an API key of the Whereby Embedded organisation calls take place in.",
            example="your-whereby-api-key",
            secret=True,
            required=True,
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _HOOK_SECRET,
            "For the meeting system whereby: what its webhook signs with, as the dashboard shows it. Two, separated by "
            "a comma, are both accepted.",
            example="your-whereby-webhook-secret",
            secret=True,
            find_fault=find_credentials_fault,
        ),
        ProviderSetting(
            _API_URL,
            "For the meeting system whereby: where Whereby's API is, for tests against something else.",
            example="http://127.0.0.1:8080/v1",
            default=API_URL,
            find_fault=find_api_url_fault,
        ),
    ),
    build=_build,
    can=Capability.CREATE | Capability.END | Capability.ROSTER | Capability.WEBHOOK | Capability.PERSON_LINK,
    summary="Whereby Embedded",
)
