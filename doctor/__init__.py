"""`python app.py doctor`: look at everything the app depends on, and say what to do where something is wrong.

Each check stands alone, so that one run shows every problem. No check prints a secret.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from calls.clock import now
from calls.meetings import Provider
from calls.ports import Clock
from calls.slack.apps_api import AppsApi
from calls.slack.auth_api import AuthApi
from calls.slack.web import SlackWeb
from config import Settings
from doctor.configured import check_public_url, check_secrets, check_settings, check_sign_in, check_signing_secret
from doctor.database import check_database
from doctor.meetings import check_provider, chosen_provider, try_provider
from doctor.report import Finding, Report
from doctor.slack import check_app_token, check_bot_token
from outgoing import open_session
from parts import build_providers, configured_address

MANIFEST = Path(__file__).parent.with_name("manifest.yml")

DatabaseCheck = Callable[[], Awaitable[Finding]]


async def run(settings: Settings) -> int:
    """Print what was found, and return the exit status: 0 when nothing is bad."""
    async with open_session(settings) as session:
        providers = build_providers(settings, session, configured_address(settings))
        try:
            report = await run_doctor(
                settings,
                list(providers.by_name.values()),
                lambda: asyncio.to_thread(check_database, settings.database_url),
            )
        finally:
            await providers.aclose()
    sys.stdout.write(report.text())
    return report.exit_status


async def run_provider(settings: Settings, name: str, *, live: bool) -> int:
    """Look at one meeting system alone, print what was found, and return the exit status.

    Args:
        live: also make a meeting there, look who is in it, and end it again.

    Raises:
        ConfigError: when it is not one of those that are chosen.
    """
    async with open_session(settings) as session:
        providers = build_providers(settings, session, configured_address(settings))
        try:
            provider = chosen_provider(providers, name)
            findings = [await check_provider(provider)]
            if live:
                findings += await try_provider(provider)
        finally:
            await providers.aclose()
    report = Report(tuple(findings))
    sys.stdout.write(report.text())
    return report.exit_status


async def run_doctor(
    settings: Settings,
    providers: Sequence[Provider],
    look_at_database: DatabaseCheck,
    clock: Clock = now,
    manifest: Path = MANIFEST,
) -> Report:
    """Run every check, also after one that failed, and return what they found.

    Args:
        manifest: the file with the scopes the app needs.
    """
    async with open_session(settings) as session:
        web = SlackWeb(session, settings.slack_api_url, _no_workspace)
        groups = await asyncio.gather(
            check_bot_token(AuthApi(web), settings, clock, manifest),
            check_app_token(AppsApi(web), settings),
            look_at_database(),
            asyncio.gather(*(check_provider(provider) for provider in providers)),
        )
    slack, socket_mode, database, meetings = groups
    own = (check_signing_secret(settings), check_public_url(settings), check_sign_in(settings))
    secrets = check_secrets(settings)
    return Report((check_settings(settings), *slack, socket_mode, *own, database, *meetings, *secrets))


async def _no_workspace(team_id: str) -> str:
    """Give no token: the doctor only asks with the tokens it names itself."""
    raise AssertionError(team_id)
