"""How the Webex provider is chosen and set up."""

from __future__ import annotations

from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.credentials import find_api_url_fault, find_credential_fault
from providers.webex.settings import WEBEX_API, WebexSettings

_CLIENT_ID = "STARTCALL_WEBEX_CLIENT_ID"
_CLIENT_SECRET = "STARTCALL_WEBEX_CLIENT_SECRET"  # noqa: S105 - the setting's name
_REFRESH_TOKEN = "STARTCALL_WEBEX_REFRESH_TOKEN"  # noqa: S105 - the setting's name
_USER_CLIENT_ID = "STARTCALL_WEBEX_USER_CLIENT_ID"
_USER_CLIENT_SECRET = "STARTCALL_WEBEX_USER_CLIENT_SECRET"  # noqa: S105 - the setting's name
_API_URL = "STARTCALL_WEBEX_API_URL"


def _build(surroundings: Surroundings) -> Provider:
    from providers.webex.provider import WebexProvider

    values, site_url = surroundings.values, surroundings.site_url
    settings = WebexSettings(
        client_id=values[_CLIENT_ID],
        client_secret=values[_CLIENT_SECRET],
        refresh_token=values[_REFRESH_TOKEN],
        key=surroundings.key,
        hooks_url=f"{site_url}/hooks/webex" if site_url is not None and site_url.startswith("https://") else None,
        api_url=values.get(_API_URL, WEBEX_API).rstrip("/"),
        user_client_id=values.get(_USER_CLIENT_ID) if _USER_CLIENT_SECRET in values else None,
        user_client_secret=values.get(_USER_CLIENT_SECRET, ""),
    )
    return WebexProvider(settings, surroundings.session, surroundings.now, surroundings.account_token)


KIND = ProviderKind(
    name="webex",
    settings=(
        ProviderSetting(
            _CLIENT_ID,
            "For the meeting system webex: Client ID of your Integration at developer.webex.com.",
            example="C0a1b2c3d4e5f60718293a4b5c6d7e8f90",
            required=True,
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _CLIENT_SECRET,
            "For the meeting system webex: Client Secret of the same Integration.",
            example="your-webex-client-secret",
            secret=True,
            required=True,
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _REFRESH_TOKEN,
            "For the meeting system webex: refresh token of the Webex user whose meetings they are, as Webex gave it "
            "when that user allowed the Integration.",
            example="your-webex-refresh-token",
            secret=True,
            required=True,
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _API_URL,
            "For the meeting system webex: where its API is, for organisations at another Webex cloud and for tests.",
            example="https://api-usgov.webex.com/v1",
            default=WEBEX_API,
            find_fault=find_api_url_fault,
        ),
        ProviderSetting(
            _USER_CLIENT_ID,
            "For the meeting system webex: Client ID of the Integration by which people connect their own Webex "
            "accounts. Needs STARTCALL_ENCRYPTION_KEY and PUBLIC_URL.",
            example="C1b2c3d4e5f60718293a4b5c6d7e8f9012",
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _USER_CLIENT_SECRET,
            "For the meeting system webex: Client Secret of that Integration.",
            example="your-webex-user-client-secret",
            secret=True,
            find_fault=find_credential_fault,
        ),
    ),
    build=_build,
    can=Capability.CREATE | Capability.END | Capability.ROSTER | Capability.POLL | Capability.KEEP,
    summary="meetings of one Webex user of your company, or of whoever starts the call",
    own_accounts=True,
)
