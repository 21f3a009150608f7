"""How the Microsoft Teams provider is chosen and set up."""

from __future__ import annotations

from calls.errors import ConfigError
from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.credentials import find_api_url_fault
from providers.teams.checks import GRAPH_URL, LOGIN_URL, find_guid_fault, find_key_fault, find_secret_fault

_TENANT = "STARTCALL_TEAMS_TENANT_ID"
_CLIENT = "STARTCALL_TEAMS_CLIENT_ID"
_SECRET = "STARTCALL_TEAMS_CLIENT_SECRET"  # noqa: S105 - the setting's name
_ORGANIZER = "STARTCALL_TEAMS_ORGANIZER"
_KEY = "STARTCALL_TEAMS_KEY"
_USER_CLIENT = "STARTCALL_TEAMS_USER_CLIENT_ID"
_USER_SECRET = "STARTCALL_TEAMS_USER_CLIENT_SECRET"  # noqa: S105 - the setting's name
_API_URL = "STARTCALL_TEAMS_API_URL"


def _build(surroundings: Surroundings) -> Provider:
    from providers.teams.encryption import read_decryption
    from providers.teams.provider import TeamsProvider
    from providers.teams.settings import TeamsSettings

    values = surroundings.values
    for name in (_TENANT, _CLIENT, _SECRET, _ORGANIZER):
        if name not in values:
            raise ConfigError("teams_setting_missing", detail=name)
    api_url = values.get(_API_URL)
    settings = TeamsSettings(
        tenant_id=values[_TENANT],
        client_id=values[_CLIENT],
        client_secret=values[_SECRET],
        organizer=values[_ORGANIZER],
        room_key=surroundings.key,
        decryption=read_decryption(values[_KEY]) if _KEY in values else None,
        api_url=None if api_url is None else api_url.rstrip("/"),
        user_client_id=values.get(_USER_CLIENT) if _USER_SECRET in values else None,
        user_client_secret=values.get(_USER_SECRET, ""),
    )
    return TeamsProvider(settings, surroundings)


KIND = ProviderKind(
    name="teams",
    settings=(
        ProviderSetting(
            _TENANT,
            "For the meeting system teams: Directory (tenant) ID of your organization.",
            example="00000000-1111-2222-3333-444444444444",
            required=True,
            find_fault=find_guid_fault,
        ),
        ProviderSetting(
            _CLIENT,
            "For the meeting system teams: Application (client) ID of the app registration.",
            example="11111111-2222-3333-4444-555555555555",
            required=True,
            find_fault=find_guid_fault,
        ),
        ProviderSetting(
            _SECRET,
            "For the meeting system teams: value of a client secret of the app registration.",
            example="your-teams-client-secret",
            secret=True,
            required=True,
            find_fault=find_secret_fault,
        ),
        ProviderSetting(
            _ORGANIZER,
            "For the meeting system teams: object ID of the account that owns the meetings of people who have none in "
            "the organization, or may own none.",
            example="22222222-3333-4444-5555-666666666666",
            required=True,
            find_fault=find_guid_fault,
        ),
        ProviderSetting(
            _KEY,
            "For the meeting system teams: RSA key with which Microsoft encrypts for Startcall who comes and goes, as "
            "the path of a PEM file, or as the PEM in one line with \\n between its lines. Needs PUBLIC_URL.",
            example="your-teams-key.pem",
            secret=True,
            find_fault=find_key_fault,
        ),
        ProviderSetting(
            _API_URL,
            "For the meeting system teams: address that stands in for all of Microsoft's, for tests.",
            example="http://127.0.0.1:8921",
            find_fault=find_api_url_fault,
        ),
        ProviderSetting(
            _USER_CLIENT,
            "For the meeting system teams: Application (client) ID of the app registration by which people connect "
            "their own accounts. Needs STARTCALL_ENCRYPTION_KEY and PUBLIC_URL.",
            example="33333333-4444-5555-6666-777777777777",
            find_fault=find_guid_fault,
        ),
        ProviderSetting(
            _USER_SECRET,
            "For the meeting system teams: value of a client secret of that app registration.",
            example="your-teams-user-client-secret",
            secret=True,
            find_fault=find_secret_fault,
        ),
    ),
    build=_build,
    can=Capability.CREATE | Capability.HOST_EMAIL | Capability.ROSTER | Capability.WEBHOOK | Capability.KEEP,
    summary="Microsoft Teams, in the name of people of your organization",
    reaches=lambda _: (GRAPH_URL, LOGIN_URL),
    own_accounts=True,
)
