"""The settings of the Google Meet provider, and what is usable as one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from calls.errors import ConfigError
from providers.googlemeet.service_account import TOKEN_URL, ServiceAccount, read_service_account

ACCESS_TYPES = ("OPEN", "TRUSTED", "RESTRICTED")

_MEET_URL = "https://meet.googleapis.com"
_EVENTS_URL = "https://workspaceevents.googleapis.com"
_PUBSUB_URL = "https://pubsub.googleapis.com"

_AUTHORIZE_URL = "https://accounts.google.com/o/oauth2/v2/auth"
_WHO_URL = "https://openidconnect.googleapis.com/v1/userinfo"

_EMAIL = re.compile(r"[^\s@\"<>]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
_PUBSUB_NAME = re.compile(r"projects/[a-z0-9.:-]{4,100}/(topics|subscriptions)/[A-Za-z][A-Za-z0-9._~+%-]{2,254}")


@dataclass(frozen=True, slots=True)
class GoogleMeetSettings:
    """What the Google Meet provider is built with.

    Args:
        host: e-mail of the account that owns meetings whose starter has none in the Workspace.
        access: who gets in without knocking, one of `ACCESS_TYPES`; None for what the Workspace has set.
        topic: where Google publishes what happens, `projects/…/topics/…`; None when nobody is to be told.
        subscription: from which it is pulled, `projects/…/subscriptions/…`; there when `topic` is.
        api_url: stands in for every server of Google's, without a slash at its end; None for Google's own.
        user_client_id: of the OAuth client by which people connect accounts of their own, or None.

    Raises:
        ConfigError: when they do not fit together.
    """

    account: ServiceAccount
    host: str
    access: str | None = None
    topic: str | None = None
    subscription: str | None = None
    api_url: str | None = None
    user_client_id: str | None = None
    user_client_secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if (self.topic is None) != (self.subscription is None):
            missing = "STARTCALL_GOOGLEMEET_TOPIC" if self.topic is None else "STARTCALL_GOOGLEMEET_SUBSCRIPTION"
            raise ConfigError("googlemeet_events_incomplete", detail=missing)

    @property
    def meet_url(self) -> str:
        """Where the Meet REST API is."""
        return self.api_url or _MEET_URL

    @property
    def events_url(self) -> str:
        """Where the Workspace Events API is."""
        return self.api_url or _EVENTS_URL

    @property
    def pubsub_url(self) -> str:
        """Where Pub/Sub is."""
        return self.api_url or _PUBSUB_URL

    @property
    def token_url(self) -> str:
        """Where access tokens are had."""
        return TOKEN_URL if self.api_url is None else f"{self.api_url}/token"

    @property
    def authorize_url(self) -> str:
        """Where people allow what is done in their name.

        Source: https://developers.google.com/identity/protocols/oauth2/web-server
        """
        return _AUTHORIZE_URL if self.api_url is None else f"{self.api_url}/o/oauth2/v2/auth"

    @property
    def who_url(self) -> str:
        """Where a token's owner is told.

        Source: https://accounts.google.com/.well-known/openid-configuration, userinfo_endpoint
        """
        return _WHO_URL if self.api_url is None else f"{self.api_url}/v1/userinfo"


def find_key_fault(value: str) -> str | None:
    """Return what is wrong with a service account's key; None when it can be used."""
    if value.startswith("your-"):
        return "still holds the placeholder, not a real key"
    try:
        read_service_account(value)
    except ConfigError as error:
        return error.detail
    return None


def find_email_fault(value: str) -> str | None:
    """Return what is wrong with an e-mail address; None when it can be used."""
    return None if _EMAIL.fullmatch(value) else "is not an e-mail address"


def find_access_fault(value: str) -> str | None:
    """Return what is wrong with who gets in without knocking; None when Meet knows it."""
    return None if value in ACCESS_TYPES else f"is none of {', '.join(ACCESS_TYPES)}"


def find_topic_fault(value: str) -> str | None:
    """Return what is wrong with the name of a topic; None when it can be used."""
    return _name_fault(value, "topics")


def find_subscription_fault(value: str) -> str | None:
    """Return what is wrong with the name of a subscription; None when it can be used."""
    return _name_fault(value, "subscriptions")


def _name_fault(value: str, kind: str) -> str | None:
    named = _PUBSUB_NAME.fullmatch(value)
    if named is not None and named[1] == kind:
        return None
    return f"is not a full name such as projects/my-project/{kind}/startcall"
