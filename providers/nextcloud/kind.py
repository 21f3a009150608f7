"""How the Nextcloud provider is chosen and set up."""

from __future__ import annotations

from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.credentials import find_credential_fault
from providers.nextcloud.settings import NextcloudSettings, find_url_fault, find_user_fault
from providers.required import read_required

_URL = "STARTCALL_NEXTCLOUD_URL"
_USER = "STARTCALL_NEXTCLOUD_USER"
_APP_PASSWORD = "STARTCALL_NEXTCLOUD_APP_PASSWORD"  # noqa: S105 - the setting's name


def _build(surroundings: Surroundings) -> Provider:
    from providers.nextcloud.provider import NextcloudProvider

    values = surroundings.values
    settings = NextcloudSettings(
        url=read_required(values, _URL).rstrip("/"),
        user=read_required(values, _USER),
        app_password=read_required(values, _APP_PASSWORD),
        key=surroundings.key,
    )
    return NextcloudProvider(settings, surroundings.session, surroundings.now)


KIND = ProviderKind(
    name="nextcloud",
    settings=(
        ProviderSetting(
            _URL,
            "For the meeting system nextcloud: https address of the Nextcloud, with its path if it has one.",
            example="https://cloud.example.com",
            required=True,
            find_fault=find_url_fault,
        ),
        ProviderSetting(
            _USER,
            "For the meeting system nextcloud: id of the account in whose name conversations are made.",
            example="startcall",
            required=True,
            find_fault=find_user_fault,
        ),
        ProviderSetting(
            _APP_PASSWORD,
            "For the meeting system nextcloud: an app password of that account.",
            example="your-nextcloud-app-password",
            secret=True,
            required=True,
            find_fault=find_credential_fault,
        ),
    ),
    build=_build,
    can=Capability.CREATE | Capability.END | Capability.ROSTER | Capability.POLL | Capability.KICK,
    summary="Talk, at a Nextcloud of your own",
)
