"""The parts that only the server has, built from the settings and from those in `parts.py`."""

from __future__ import annotations

import logging
import socket
from dataclasses import dataclass
from datetime import timedelta

from calls.accounts import Accounts
from calls.charts import Charts
from calls.claiming import Claiming
from calls.clock import now
from calls.errors import ConfigError
from calls.history import History
from calls.home import SCHEDULE_CALL, SETTINGS, START_CALL
from calls.homes import Homes
from calls.inviting import Inviting
from calls.jitsi_server import JitsiServers
from calls.joining import Joining
from calls.linked_accounts import Owner
from calls.linking import Linking
from calls.model import Notice, Person
from calls.outside import Outside
from calls.permissions import Permissions
from calls.plan_advance import PlanAdvancer
from calls.ports import Storage, WakeUps
from calls.reopening import Reopening
from calls.replies import Replies
from calls.scheduling import Scheduling
from calls.service import CallService
from calls.settings_dialog import Offered, SettingsDialog
from calls.slack.auth_api import Identity
from calls.slack.dnd_api import DndApi
from calls.slack.files_api import FilesApi
from calls.slack.openid_api import OpenIdApi
from calls.slack.person_oauth import PersonOAuth
from calls.slack.status_api import StatusApi
from calls.slack.user_groups_api import UserGroupsApi
from calls.slack.views_api import ViewsApi
from calls.slack.web import SlackWeb
from calls.snoozing import SnoozeSteps
from calls.starts import Starts
from calls.status import SLACK
from calls.status_advance import StatusAdvancer
from calls.use_cases import UseCases
from calls.words import statuses
from calls.words.accounts import revoked
from config import Settings
from listeners.joining.cookies import Cookies
from listeners.joining.site import Site
from parts import Providers, build_account_store
from storage.database import Database
from storage.keeping import Keeping

ACCOUNTS_NEED = "set STARTCALL_ENCRYPTION_KEY, which keeps their tokens unreadable, and PUBLIC_URL."

_log = logging.getLogger("startcall")


@dataclass(slots=True)
class Connection:
    """What is known about our standing with Slack.

    Args:
        refusal: the sentence for a token that Slack does not accept, or None.
    """

    identity: Identity | None = None
    refusal: str | None = None


def build_keeping(settings: Settings, database: Database) -> Keeping:
    """Build what deletes by itself what was kept for long enough."""
    after_uninstall, calls = settings.keep_after_uninstall_days, settings.keep_calls_days
    return Keeping(database, now, timedelta(days=after_uninstall), timedelta(days=calls))


def build_accounts(
    settings: Settings, database: Database, web_api: SlackWeb, providers: Providers, replies: Replies, address: str
) -> Accounts | None:
    """Build what connects people's own accounts; None where there is nothing to connect, no address or no key."""
    offered = {name: provider.accounts for name, provider in providers.by_name.items()}
    systems = {name: system for name, system in offered.items() if system is not None}
    url = settings.site_url(address)
    if not (systems or settings.signs_in) or url is None or not settings.encryption_keys:
        if systems:
            _log.error("Nobody can connect an account at %s: %s", ", ".join(systems), ACCOUNTS_NEED)
        return None
    if settings.slack_client_id is not None and settings.slack_client_secret is not None:
        secret = settings.slack_client_secret.reveal()
        systems = {**systems, SLACK: PersonOAuth(web_api, settings.slack_client_id, secret, now)}

    def told(owner: Owner, label: str) -> None:
        said = statuses.revoked() if owner.provider == SLACK else revoked(label)
        replies.tell(Notice.direct(Person(owner.team_id, owner.user_id), said))

    accounts = Accounts(
        build_account_store(settings, database), systems, now, key=settings.join_key, site_url=url, revoked=told
    )
    providers.tokens.accounts = accounts
    return accounts


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


HOME_OFFERS = (START_CALL, SCHEDULE_CALL, SETTINGS)
"""The buttons on the Home for everybody, in order; each needs its listener."""


def build_plans(outside: Outside, storage: Storage, starts: Starts, wakeups: WakeUps) -> PlanAdvancer:
    """Build what does the steps of scheduled calls."""
    return PlanAdvancer(storage, outside, starts.add_call, wakeups.wake)


def build_statuses(outside: Outside, storage: Storage, web_api: SlackWeb, accounts: Accounts | None) -> StatusAdvancer:
    """Build what sets people's statuses."""
    slack = StatusApi(web_api)
    return StatusAdvancer(storage, outside, slack, accounts, SnoozeSteps(outside, DndApi(web_api)))


def taken_port(settings: Settings) -> socket.socket:
    """Take the port, so that its address is known; nothing is answered yet.

    Raises:
        ConfigError: when the port is taken or may not be used.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=128)
    except OSError as error:
        raise ConfigError("port_taken", detail=f"{settings.host}:{settings.port}") from error


def address_of(listening: socket.socket) -> str:
    """Return where a port is reached from this machine."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@dataclass(frozen=True, slots=True)
class Inside:
    """What takes and keeps what people ask for."""

    storage: Storage
    calls: CallService
    starts: Starts
    wakeups: WakeUps
    replies: Replies
    allowed: Permissions


def build_use_cases(
    web_api: SlackWeb, inside: Inside, outside: Outside, joining: Joining, accounts: Accounts | None
) -> UseCases:
    """Build everything that people can ask for."""
    storage, calls, wakeups, replies = inside.storage, inside.calls, inside.wakeups, inside.replies
    files, offered = FilesApi(web_api), Offered(calls.choices, accounts)
    charts = Charts(storage, files, now)
    return UseCases(
        calls,
        joining,
        Claiming(storage, wakeups, now),
        SettingsDialog(storage, outside.profiles, UserGroupsApi(web_api), replies, now, offered=offered),
        Linking(storage, wakeups, outside.profiles, now, providers=outside.providers),
        History(storage, replies, outside.messages, files),
        Homes(storage, wakeups, replies, outside.profiles, ViewsApi(web_api), charts, now, offers=HOME_OFFERS),
        Scheduling(storage, wakeups, replies, outside, inside.starts.add_call, files=files),
        Inviting(storage, wakeups, calls, inside.starts, inside.allowed, now),
        Reopening(storage, wakeups, outside, inside.allowed),
        inside.starts,
        JitsiServers(storage, outside.profiles, replies, now),
    )
