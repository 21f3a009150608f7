"""The settings of the Google Meet provider, and what is usable as one."""

from __future__ import annotations

from dataclasses import dataclass, field

from calls.errors import ConfigError
from providers.googlemeet.service_account import TOKEN_URL, ServiceAccount

_MEET_URL = "https://meet.googleapis.com"
_EVENTS_URL = "https://workspaceevents.googleapis.com"
_PUBSUB_URL = "https://pubsub.googleapis.com"

_AUTHORIZE_URL = "https://accounts.google.com/o/oauth2/v2/auth"
_WHO_URL = "https://openidconnect.googleapis.com/v1/userinfo"


@dataclass(frozen=True, slots=True)
class GoogleMeetSettings:
    """What the Google Meet provider is built with.

    Args:
        host: e-mail of the account that owns meetings whose starter has none in the Workspace.
        access: who gets in without knocking, one of `checks.ACCESS_TYPES`; None for what the Workspace has set.
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
