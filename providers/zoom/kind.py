"""How the Zoom provider is chosen and set up."""

from __future__ import annotations

from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.credentials import find_api_url_fault, find_credential_fault, find_credentials_fault, read_secrets
from providers.zoom.settings import (
    NO,
    YES,
    ZOOM_API,
    ZoomSettings,
    find_host_fault,
    find_switch_fault,
    sign_in_url_at,
    socket_url_at,
)

_ACCOUNT_ID = "STARTCALL_ZOOM_ACCOUNT_ID"
_CLIENT_ID = "STARTCALL_ZOOM_CLIENT_ID"
_CLIENT_SECRET = "STARTCALL_ZOOM_CLIENT_SECRET"  # noqa: S105 - the setting's name
_HOST = "STARTCALL_ZOOM_HOST"
_HOOK_SECRET = "STARTCALL_ZOOM_HOOK_SECRET"  # noqa: S105 - the setting's name
_SUBSCRIPTION_ID = "STARTCALL_ZOOM_SUBSCRIPTION_ID"
_DASHBOARD = "STARTCALL_ZOOM_DASHBOARD"
_API_URL = "STARTCALL_ZOOM_API_URL"
_USER_CLIENT_ID = "STARTCALL_ZOOM_USER_CLIENT_ID"
_USER_CLIENT_SECRET = "STARTCALL_ZOOM_USER_CLIENT_SECRET"  # noqa: S105 - the setting's name


def _build(surroundings: Surroundings) -> Provider:
    from providers.zoom.provider import ZoomProvider

    values = surroundings.values
    settings = ZoomSettings(
        account_id=values[_ACCOUNT_ID],
        client_id=values[_CLIENT_ID],
        client_secret=values[_CLIENT_SECRET],
        host=values[_HOST],
        room_key=surroundings.key,
        hook_secrets=read_secrets(values.get(_HOOK_SECRET, "")),
        subscription_id=values.get(_SUBSCRIPTION_ID),
        asks_dashboard=values.get(_DASHBOARD, NO) == YES,
        api_url=values.get(_API_URL, ZOOM_API).rstrip("/"),
        user_client_id=values.get(_USER_CLIENT_ID) if _USER_CLIENT_SECRET in values else None,
        user_client_secret=values.get(_USER_CLIENT_SECRET, ""),
    )
    return ZoomProvider(settings, surroundings.session, surroundings.now, account_token=surroundings.account_token)


KIND = ProviderKind(
    name="zoom",
    settings=(
        ProviderSetting(
            _ACCOUNT_ID,
            "For the meeting system zoom: Account ID of your Server-to-Server OAuth app in Zoom's Marketplace.",
            example="sfk_aOFJSJSYhGwk1hnxgw",
            required=True,
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _CLIENT_ID,
            "For the meeting system zoom: Client ID of the same app.",
            example="uE1cJ7wRQkmX0mVhXHk2GQ",
            required=True,
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _CLIENT_SECRET,
            "For the meeting system zoom: Client Secret of the same app.",
            example="your-zoom-client-secret",
            secret=True,
            required=True,
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _HOST,
            "For the meeting system zoom: e-mail address of the Zoom user whose meetings they are when whoever starts "
            "a call is not known to Zoom.",
            example="meetings@example.com",
            required=True,
            find_fault=find_host_fault,
        ),
        ProviderSetting(
            _HOOK_SECRET,
            "For the meeting system zoom: Secret Token of the app, which Zoom signs its reports to /hooks/zoom with. "
            "Two, separated by a comma, are both accepted.",
            example="your-zoom-secret-token",
            secret=True,
            find_fault=find_credentials_fault,
        ),
        ProviderSetting(
            _SUBSCRIPTION_ID,
            "For the meeting system zoom: id of an event subscription by WebSocket, which needs no public address. "
            "Only one process may follow it.",
            example="5Wt4hoS1RBydKao3e_mJgA",
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _DASHBOARD,
            f"For the meeting system zoom: {YES} asks Zoom's dashboard who is in, so that lost reports heal. "
            "Needs a Business plan or a higher one.",
            example=YES,
            default=NO,
            find_fault=find_switch_fault,
        ),
        ProviderSetting(
            _API_URL,
            "For the meeting system zoom: where its API is, for accounts at another Zoom cloud and for tests.",
            example="https://api.zoomgov.com/v2",
            default=ZOOM_API,
            find_fault=find_api_url_fault,
        ),
        ProviderSetting(
            _USER_CLIENT_ID,
            "For the meeting system zoom: Client ID of a General App, managed by users, by which people connect their "
            "own Zoom accounts. Needs STARTCALL_ENCRYPTION_KEY and PUBLIC_URL.",
            example="vN4mG7wRQkmX0mVhXHk2GQ",
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _USER_CLIENT_SECRET,
            "For the meeting system zoom: Client Secret of that General App.",
            example="your-zoom-user-client-secret",
            secret=True,
            find_fault=find_credential_fault,
        ),
    ),
    build=_build,
    can=(
        Capability.CREATE
        | Capability.END
        | Capability.HOST_EMAIL
        | Capability.ROSTER
        | Capability.WEBHOOK
        | Capability.STREAM
        | Capability.POLL
        | Capability.RECORDING
    ),
    summary="meetings of your company's Zoom account, in the name of whoever starts the call",
    reaches=lambda values: (sign_in_url_at(values[_API_URL]), socket_url_at(values[_API_URL])),
    own_accounts=True,
)
