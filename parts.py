"""The parts that the server, the commands for operators and the doctor have in common, built from the settings."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import aiohttp

from calls.accounts import AccountTokens
from calls.clock import now
from calls.credentials import Credentials, OneToken
from calls.errors import CallsError, ConfigError
from calls.groups import Groups
from calls.installations import Installation
from calls.installing import Installing
from calls.meetings import IsOpen, Provider, Surroundings, nowhere
from calls.model import TeamId
from calls.outside import Outside
from calls.own_room import OwnRoom
from calls.ports import Storage
from calls.preferences import OWN_ROOM
from calls.profiles import Profiles
from calls.reports import Reports
from calls.round_trip import RoundTrips
from calls.sizes import Sizes
from calls.slack.calls_api import CallsApi
from calls.slack.conversations_api import ConversationsApi
from calls.slack.messages_api import MessagesApi
from calls.slack.oauth_api import OAuthApi
from calls.slack.pace import Pace
from calls.slack.user_groups_api import UserGroupsApi
from calls.slack.users_api import UsersApi
from calls.slack.web import SlackWeb
from calls.workspaces import Workspaces
from config import Settings
from listeners.bolt import Bot
from providers.registry import build_provider
from storage.accounts import SqlAccounts
from storage.database import Database
from storage.installations import SqlInstallations
from storage.postgres import is_postgres
from storage.vault import Vault

_log = logging.getLogger("startcall")


@dataclass(frozen=True, slots=True)
class Providers:
    """The meeting systems that are chosen.

    Args:
        fallback: the name of the one that takes calls whose own fails, or None.
        tokens: gives them tokens of accounts that people connected.
    """

    default: Provider
    by_name: Mapping[str, Provider]
    fallback: str | None = None
    tokens: AccountTokens = field(default_factory=AccountTokens)

    async def aclose(self) -> None:
        """Close every one."""
        for provider in self.by_name.values():
            await provider.aclose()


class Slack:
    """What Slack is asked with: one token that is set, or those of every workspace where the app was installed."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession, database: Database) -> None:
        """Ask nothing yet.

        Raises:
            ConfigError: when there is neither a token nor an app to install.
        """
        self._settings = settings
        self._session = session
        self.credentials: Credentials
        self.workspaces: Workspaces | None = None
        if settings.slack_bot_token is not None:
            self.credentials = OneToken(settings.slack_bot_token)
            return
        self._oauth = build_oauth(settings, session)
        self._store = build_installations(settings, database)
        self.credentials = self.workspaces = Workspaces(self._store, self._oauth.refresh, now)

    def web(self, pace: Pace) -> SlackWeb:
        """Return Slack's Web API."""
        credentials = self.credentials
        url = self._settings.slack_api_url
        return SlackWeb(self._session, url, credentials.token_of, pace=pace, another_token=credentials.another_token)

    def installing(self, installed: Callable[[Installation], Awaitable[None]]) -> Installing | None:
        """Return what installs the app; None where one token is set.

        Args:
            installed: called after each installation.
        """
        if self.workspaces is None:
            return None
        trips = RoundTrips(self._settings.join_key, "install", now)
        return Installing(self._store, self._oauth, self.workspaces, trips, installed)

    async def bot_of(self, team_id: str | None, enterprise_id: str | None, only: Bot) -> Bot:
        """Return who we are in a workspace, by what was stored.

        Where the app is not installed, or that cannot be read, requests are taken all the same: what becomes of one,
        the person is told in our words.

        Args:
            only: who we are where one token is set.
        """
        if self.workspaces is None:
            return only
        try:
            found = await self.workspaces.find(TeamId(team_id) if team_id else None, enterprise_id)
        except CallsError as error:
            _log.warning("Who we are in %s could not be read: %s", team_id or enterprise_id, error)
            return Bot()
        return Bot() if found is None else Bot(found.bot_id, found.bot_user_id)


def build_oauth(settings: Settings, session: aiohttp.ClientSession) -> OAuthApi:
    """Build what exchanges codes and tokens.

    Raises:
        ConfigError: when the app's id or secret is not set.
    """
    if settings.slack_client_id is None or settings.slack_client_secret is None:
        raise ConfigError("credentials_missing")
    web_api = SlackWeb(session, settings.slack_api_url, _no_workspace)
    return OAuthApi(web_api, settings.slack_client_id, settings.slack_client_secret.reveal(), now)


def build_installations(settings: Settings, database: Database) -> SqlInstallations:
    """Build what keeps the installations."""
    return SqlInstallations(database, Vault(settings.encryption_keys), settings.slack_client_id or "", now)


def build_account_store(settings: Settings, database: Database) -> SqlAccounts:
    """Build what keeps people's accounts."""
    return SqlAccounts(database, Vault(settings.encryption_keys), now)


async def _no_workspace(team_id: str) -> str:
    """Give no token: only the app's own id and secret, and tokens that were just given, are used with this."""
    raise AssertionError(team_id)


def configured_address(settings: Settings) -> str:
    """Return where the server listens, for a process that does not listen itself."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def build_providers(
    settings: Settings,
    session: aiohttp.ClientSession,
    address: str,
    is_open: IsOpen = nowhere,
) -> Providers:
    """Build every meeting system that is chosen.

    Args:
        address: where the HTTP server listens.

    Raises:
        ConfigError: when its settings are missing or not usable.
    """
    tokens = AccountTokens()
    surroundings = Surroundings(
        key=settings.room_key,
        session=session,
        values=settings.provider_values,
        site_url=settings.site_url(address),
        is_open=is_open,
        account_token=tokens,
        shares_work=is_postgres(settings.database_url),
    )
    default = build_provider(settings.provider, surroundings)
    by_name = {default.name: default}
    fallback = None
    for name in (*settings.providers, *([settings.fallback_provider] if settings.fallback_provider else ())):
        provider = build_provider(name, surroundings)
        by_name.setdefault(provider.name, provider)
        fallback = provider.name if name == settings.fallback_provider else fallback
    return Providers(default, by_name, fallback, tokens)


def build_outside(
    settings: Settings, web_api: SlackWeb, providers: Providers, storage: Storage, address: str
) -> Outside:
    """Build what the steps of calls need.

    Args:
        address: where the HTTP server listens.
    """
    users = UsersApi(web_api)
    by_name = {**providers.by_name, OWN_ROOM: OwnRoom()}
    return Outside(
        CallsApi(web_api),
        MessagesApi(web_api),
        by_name,
        now,
        Reports(by_name, now, settings.room_key),
        users=users,
        profiles=Profiles(storage, users, now),
        groups=Groups(UserGroupsApi(web_api), now),
        sizes=Sizes(storage, ConversationsApi(web_api), now),
        fallback=providers.fallback,
        rules=settings.end_rules,
        site_url=settings.site_url(address),
        signs_in=settings.signs_in,
        sets_statuses=settings.signs_in and settings.site_url(address) is not None and bool(settings.encryption_keys),
        limits=settings.limits,
    )
