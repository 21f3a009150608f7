"""The parts that the server, the commands for operators and the doctor have in common, built from the settings."""

from __future__ import annotations

import aiohttp

from calls.clock import now
from calls.joining import Joining
from calls.meetings import IsOpen, Provider, Surroundings, nowhere
from calls.outside import Outside
from calls.reports import Reports
from calls.slack.calls_api import CallsApi
from calls.slack.messages_api import MessagesApi
from calls.slack.openid_api import OpenIdApi
from calls.slack.web import SlackWeb
from config import Settings
from listeners.joining.cookies import Cookies
from listeners.joining.site import Site
from providers.registry import build_provider


def configured_address(settings: Settings) -> str:
    """Return where the server listens, for a process that does not listen itself."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def build_default_provider(
    settings: Settings, session: aiohttp.ClientSession, address: str, is_open: IsOpen = nowhere
) -> Provider:
    """Build the meeting system that calls are started with.

    Args:
        address: where the HTTP server listens.

    Raises:
        ConfigError: when its settings are missing or not usable.
    """
    surroundings = Surroundings(
        key=settings.room_key,
        session=session,
        values=settings.provider_values,
        site_url=settings.site_url(address),
        is_open=is_open,
    )
    return build_provider(settings.provider, surroundings)


def build_outside(settings: Settings, web_api: SlackWeb, provider: Provider, address: str) -> Outside:
    """Build what the steps of calls need.

    Args:
        address: where the HTTP server listens.
    """
    providers = {provider.name: provider}
    return Outside(
        CallsApi(web_api),
        MessagesApi(web_api),
        providers,
        now,
        Reports(providers, now, settings.room_key),
        rules=settings.end_rules,
        site_url=settings.site_url(address),
        signs_in=settings.signs_in,
    )


def build_join_site(settings: Settings, web_api: SlackWeb, joining: Joining, address: str) -> Site:
    """Build the pages that people join by.

    Args:
        address: where the HTTP server listens.
    """
    url = settings.site_url(address)
    cookies = Cookies(settings.join_key, now, secure=url is None or url.startswith("https:"))
    if settings.slack_client_id is None or settings.slack_client_secret is None:
        return Site(joining, cookies, url=url)
    openid = OpenIdApi(web_api, settings.slack_client_id, settings.slack_client_secret.reveal())
    return Site(joining, cookies, openid, url)
