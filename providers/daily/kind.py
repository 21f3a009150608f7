"""How the Daily provider is chosen and set up."""

from __future__ import annotations

from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.credentials import find_api_url_fault, find_credential_fault
from providers.daily.settings import API_URL, DailySettings
from providers.required import read_required

_API_KEY = "STARTCALL_DAILY_API_KEY"
_API_URL = "STARTCALL_DAILY_API_URL"


def _build(surroundings: Surroundings) -> Provider:
    from providers.daily.provider import DailyProvider

    settings = DailySettings(
        api_key=read_required(surroundings.values, _API_KEY),
        key=surroundings.key,
        site_url=surroundings.site_url,
        api_url=surroundings.values.get(_API_URL, API_URL).rstrip("/"),
    )
    return DailyProvider(settings, surroundings.session, surroundings.now)


KIND = ProviderKind(
    name="daily",
    settings=(
        ProviderSetting(
            _API_KEY,
            "For the meeting system daily: the API key of the Daily domain in which calls take place.",
            example="your-daily-api-key",
            secret=True,
            required=True,
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _API_URL,
            "For the meeting system daily: where Daily's API is, for tests against something else.",
            example="http://127.0.0.1:8080/v1",
            default=API_URL,
            find_fault=find_api_url_fault,
        ),
    ),
    build=_build,
    can=(
        Capability.CREATE
        | Capability.END
        | Capability.ROSTER
        | Capability.WEBHOOK
        | Capability.POLL
        | Capability.KEEP
        | Capability.PERSON_LINK
        | Capability.KICK
    ),
    summary="a Daily domain",
)
