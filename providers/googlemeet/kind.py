"""How the Google Meet provider is chosen and set up."""

from __future__ import annotations

from calls.errors import ConfigError
from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.credentials import find_api_url_fault, find_credential_fault
from providers.googlemeet.checks import (
    find_access_fault,
    find_email_fault,
    find_key_fault,
    find_subscription_fault,
    find_topic_fault,
)

_KEY = "STARTCALL_GOOGLEMEET_KEY"
_HOST = "STARTCALL_GOOGLEMEET_HOST"
_ACCESS = "STARTCALL_GOOGLEMEET_ACCESS"
_TOPIC = "STARTCALL_GOOGLEMEET_TOPIC"
_SUBSCRIPTION = "STARTCALL_GOOGLEMEET_SUBSCRIPTION"
_USER_CLIENT_ID = "STARTCALL_GOOGLEMEET_USER_CLIENT_ID"
_USER_CLIENT_SECRET = "STARTCALL_GOOGLEMEET_USER_CLIENT_SECRET"  # noqa: S105 - the setting's name
_API_URL = "STARTCALL_GOOGLEMEET_API_URL"


def _build(surroundings: Surroundings) -> Provider:
    from providers.googlemeet.provider import GoogleMeetProvider
    from providers.googlemeet.service_account import read_service_account
    from providers.googlemeet.settings import GoogleMeetSettings

    values = surroundings.values
    for name in (_KEY, _HOST):
        if name not in values:
            raise ConfigError("googlemeet_setting_missing", detail=name)
    api_url = values.get(_API_URL)
    settings = GoogleMeetSettings(
        account=read_service_account(values[_KEY]),
        host=values[_HOST],
        access=values.get(_ACCESS),
        topic=values.get(_TOPIC),
        subscription=values.get(_SUBSCRIPTION),
        api_url=None if api_url is None else api_url.rstrip("/"),
        user_client_id=values.get(_USER_CLIENT_ID) if _USER_CLIENT_SECRET in values else None,
        user_client_secret=values.get(_USER_CLIENT_SECRET, ""),
    )
    return GoogleMeetProvider(settings, surroundings)


KIND = ProviderKind(
    name="googlemeet",
    settings=(
        ProviderSetting(
            _KEY,
            "For the meeting system googlemeet: key of the service account, as the path of the JSON file that Google "
            "gave out, or as that JSON in one line.",
            example="your-google-service-account-key.json",
            secret=True,
            required=True,
            find_fault=find_key_fault,
        ),
        ProviderSetting(
            _HOST,
            "For the meeting system googlemeet: account of the Google Workspace that owns the meetings of people who "
            "have none there.",
            example="meetings@example.com",
            required=True,
            find_fault=find_email_fault,
        ),
        ProviderSetting(
            _ACCESS,
            "For the meeting system googlemeet: who gets in without knocking. OPEN is everybody with the link, TRUSTED "
            "your Workspace and who is invited, RESTRICTED only who is invited. What the Workspace has set, if empty.",
            example="OPEN",
            find_fault=find_access_fault,
        ),
        ProviderSetting(
            _TOPIC,
            "For the meeting system googlemeet: topic of Pub/Sub to which Google publishes who comes and goes.",
            example="projects/example-project/topics/startcall",
            find_fault=find_topic_fault,
        ),
        ProviderSetting(
            _SUBSCRIPTION,
            f"Goes with {_TOPIC}: subscription to that topic, from which Startcall pulls.",
            example="projects/example-project/subscriptions/startcall",
            find_fault=find_subscription_fault,
        ),
        ProviderSetting(
            _API_URL,
            "For the meeting system googlemeet: address that stands in for all of Google's, for tests.",
            example="http://127.0.0.1:8920",
            find_fault=find_api_url_fault,
        ),
        ProviderSetting(
            _USER_CLIENT_ID,
            "For the meeting system googlemeet: Client ID of the OAuth client by which people connect their own Google "
            "accounts. Needs STARTCALL_ENCRYPTION_KEY and PUBLIC_URL.",
            example="123456789012-abcdefghijklmnop.apps.googleusercontent.com",
            find_fault=find_credential_fault,
        ),
        ProviderSetting(
            _USER_CLIENT_SECRET,
            "For the meeting system googlemeet: Client secret of that OAuth client.",
            example="your-google-user-client-secret",
            secret=True,
            find_fault=find_credential_fault,
        ),
    ),
    build=_build,
    can=(
        Capability.CREATE
        | Capability.END
        | Capability.ROSTER
        | Capability.POLL
        | Capability.STREAM
        | Capability.KEEP
        | Capability.RECORDING
        | Capability.HOST_EMAIL
    ),
    summary="Google Meet, in the name of people of your Google Workspace",
    reaches=lambda _: ("https://*.googleapis.com",),
    own_accounts=True,
)
