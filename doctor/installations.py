"""Look at the workspaces where the app was installed by OAuth."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from calls.clock import now
from calls.errors import CallsError, SlackError, SlackTokenDead
from calls.installations import Installation, Leftover
from calls.slack.auth_api import AuthApi
from calls.slack.oauth_api import BOT_SCOPES
from config import Settings
from doctor.report import Finding, State
from doctor.scopes import lacking
from parts import build_installations, configured_address
from storage.database import Database
from storage.opening import open_engine
from storage.postgres import is_postgres
from storage.schema import HEAD, current_revision
from storage.sqlite import sqlite_path

NAME = "installations"

_AT_A_TIME = 10
_WRONG_KEY = (
    "Add the key they were encrypted with to STARTCALL_ENCRYPTION_KEY, after the present one; if it is lost, the app "
    "has to be installed there again."
)


async def check_installations(auth: AuthApi, settings: Settings) -> tuple[Finding, ...]:
    """Say where the app is installed, and ask Slack whether each token works."""
    try:
        found = await _found(settings)
    except (CallsError, OSError) as error:
        return (Finding(NAME, State.BAD, f"They could not be read: {error}.", "See what is said of the database."),)
    site_url = settings.site_url(configured_address(settings)) or configured_address(settings)
    back = f"{site_url}/slack/oauth_redirect has to be among the app's Redirect URLs at Slack."
    where = Finding(NAME, State.OK, f"Admins install the app at {site_url}/slack/install. {back}")
    if not found:
        cure = "Open that page in a browser, as an admin of the workspace."
        return (where, Finding(NAME, State.WARN, "The app is not installed anywhere yet.", cure))
    lost = [one for one in found if isinstance(one, Leftover)]
    readable = [one for one in found if isinstance(one, Installation)]
    findings = [Finding(NAME, State.OK, f"There are {len(found)}, in the database, encrypted.")]
    if lost:
        sentence = f"The tokens of {len(lost)} of {len(found)} cannot be read with the keys that are set."
        findings = [Finding(NAME, State.BAD, sentence, _WRONG_KEY)]
    return (where, *findings, *await _tried(auth, readable))


async def _tried(auth: AuthApi, installed: Sequence[Installation]) -> list[Finding]:
    """Ask Slack about every token, a few at a time."""
    places = asyncio.Semaphore(_AT_A_TIME)

    async def try_one(one: Installation) -> Finding:
        async with places:
            return await _try_token(auth, one)

    return list(await asyncio.gather(*(try_one(one) for one in installed)))


async def _try_token(auth: AuthApi, one: Installation) -> Finding:
    if one.tokens is None:
        return Finding(NAME, State.WARN, f"{one.name}: the app was removed.")
    if one.expires_at is not None and one.expires_at <= now():
        return Finding(NAME, State.WARN, f"{one.name}: the token has expired; the server renews it when it runs.")
    try:
        await auth.test(one.tokens.access.reveal())
    except SlackTokenDead as error:
        cure = "An admin of the workspace has to install the app again."
        return Finding(NAME, State.BAD, f"{one.name}: Slack does not accept the token ({error.code}).", cure)
    except SlackError as error:
        return Finding(NAME, State.WARN, f"{one.name}: Slack did not say whether the token works ({error.code}).")
    missing = set(BOT_SCOPES) - one.scopes
    if missing:
        cure = "An admin of the workspace has to install the app again."
        return lacking(NAME, f"{one.name}: it was installed without", missing, cure)
    return Finding(NAME, State.OK, f"{one.name}: Slack accepts the token.")


async def _found(settings: Settings) -> Sequence[Installation | Leftover]:
    """Return every installation; none where the database was not made yet."""
    if not is_postgres(settings.database_url) and not sqlite_path(settings.database_url).exists():
        return ()
    database = Database(open_engine(settings.database_url), now)
    try:
        if await database.query(current_revision) != HEAD:
            return ()
        return await build_installations(settings, database).every()
    finally:
        database.close()
