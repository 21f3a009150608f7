"""The parts that the server, the commands for operators and the doctor have in common, built from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from calls.clock import now
from calls.joining import Joining
from calls.meetings import IsOpen, Provider, Surroundings, nowhere
from calls.outside import Outside
from calls.ports import Storage
from calls.profiles import Profiles
from calls.reports import Reports
from calls.slack.calls_api import CallsApi
from calls.slack.messages_api import MessagesApi
from calls.slack.openid_api import OpenIdApi
from calls.slack.users_api import UsersApi
from calls.slack.web import SlackWeb
from config import Settings
from listeners.joining.cookies import Cookies
from listeners.joining.site import Site
from providers.registry import build_provider
from storage.postgres import is_postgres


@dataclass(frozen=True, slots=True)
class Providers:
    """The meeting systems that are chosen.

    Args:
        fallback: the name of the one that takes calls whose own fails, or None.
    """

    default: Provider
    by_name: Mapping[str, Provider]
    fallback: str | None = None

    async def aclose(self) -> None:
        """Close every one."""
        for provider in self.by_name.values():
            await provider.aclose()


def configured_address(settings: Settings) -> str:
    """Return where the server listens, for a process that does not listen itself."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def build_providers(
    settings: Settings, session: aiohttp.ClientSession, address: str, is_open: IsOpen = nowhere
) -> Providers:
    """Build every meeting system that is chosen.

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
        shares_work=is_postgres(settings.database_url),
    )
    default = build_provider(settings.provider, surroundings)
    by_name = {default.name: default}
    fallback = None
    for name in (*settings.providers, *([settings.fallback_provider] if settings.fallback_provider else ())):
        provider = build_provider(name, surroundings)
        by_name.setdefault(provider.name, provider)
        fallback = provider.name if name == settings.fallback_provider else fallback
    return Providers(default, by_name, fallback)


def build_outside(
    settings: Settings, web_api: SlackWeb, providers: Providers, storage: Storage, address: str
) -> Outside:
    """Build what the steps of calls need.

    Args:
        address: where the HTTP server listens.
    """
    users = UsersApi(web_api)
    return Outside(
        CallsApi(web_api),
        MessagesApi(web_api),
        providers.by_name,
        now,
        Reports(providers.by_name, now, settings.room_key),
        users=users,
        profiles=Profiles(storage, users, now),
        fallback=providers.fallback,
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
