"""How the Jitsi provider is chosen and set up."""

from __future__ import annotations

from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.credentials import find_shortness, read_secrets
from providers.jitsi.settings import (
    PUBLIC_JITSI,
    JitsiSettings,
    find_app_id_fault,
    find_muc_fault,
    find_prosody_fault,
    find_secret_fault,
    find_secrets_fault,
    find_server_fault,
)

_URL = "STARTCALL_JITSI_URL"
_APP_ID = "STARTCALL_JITSI_APP_ID"
_APP_SECRET = "STARTCALL_JITSI_APP_SECRET"  # noqa: S105 - the setting's name
_HOOK_SECRET = "STARTCALL_JITSI_HOOK_SECRET"  # noqa: S105 - the setting's name
_PROSODY_URL = "STARTCALL_JITSI_PROSODY_URL"
_MUC = "STARTCALL_JITSI_MUC"


def _build(surroundings: Surroundings) -> Provider:
    from providers.jitsi.provider import JitsiProvider

    values = surroundings.values
    prosody_url = values.get(_PROSODY_URL)
    settings = JitsiSettings(
        url=values.get(_URL, PUBLIC_JITSI).rstrip("/"),
        room_key=surroundings.key,
        app_id=values.get(_APP_ID),
        app_secret=values.get(_APP_SECRET),
        hook_secrets=read_secrets(values.get(_HOOK_SECRET, "")),
        prosody_url=None if prosody_url is None else prosody_url.rstrip("/"),
        muc=values.get(_MUC),
    )
    return JitsiProvider(settings, surroundings.session, surroundings.now)


KIND = ProviderKind(
    name="jitsi",
    settings=(
        ProviderSetting(
            _URL,
            "For the meeting system jitsi: https address of the Jitsi Meet server.",
            example="https://meet.example.com",
            default=PUBLIC_JITSI,
            find_fault=find_server_fault,
        ),
        ProviderSetting(
            _APP_ID,
            "For the meeting system jitsi: app_id of Prosody's token authentication, if the server has it. "
            "People then get links of their own.",
            example="startcall",
            find_fault=find_app_id_fault,
        ),
        ProviderSetting(
            _APP_SECRET,
            f"Goes with {_APP_ID}: app_secret of Prosody's token authentication, best of 32 characters or more.",
            example="your-jitsi-app-secret",
            secret=True,
            find_fault=find_secret_fault,
            find_weakness=find_shortness,
        ),
        ProviderSetting(
            _HOOK_SECRET,
            "For the meeting system jitsi: what it signs its reports with, at least 16 characters; startcall_secret in "
            "Prosody's configuration. Two, separated by a comma, are both accepted; the first one signs.",
            example="your-jitsi-hook-secret",
            secret=True,
            find_fault=find_secrets_fault,
        ),
        ProviderSetting(
            _PROSODY_URL,
            f"For the meeting system jitsi: where Prosody's HTTP server with the module startcall is reached, so that "
            f"rooms can be closed and looked into. Needs {_HOOK_SECRET}.",
            example="http://127.0.0.1:5280",
            find_fault=find_prosody_fault,
        ),
        ProviderSetting(
            _MUC,
            "For the meeting system jitsi: domain of the conferences in Prosody, where it is not conference. followed "
            f"by the host of {_URL}.",
            example="muc.meet.jitsi",
            find_fault=find_muc_fault,
        ),
    ),
    build=_build,
    can=Capability.REOPEN
    | Capability.ROSTER
    | Capability.WEBHOOK
    | Capability.POLL
    | Capability.END
    | Capability.PERSON_LINK
    | Capability.KICK
    | Capability.DESKTOP_LINK,
    summary="Jitsi Meet: the public service, or a server of your own",
)
