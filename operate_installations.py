"""`python app.py installations …`: look after the workspaces where the app was installed by OAuth."""

from __future__ import annotations

import argparse
import sys

from calls.clock import now
from calls.errors import CallsError
from calls.installations import Leftover
from calls.words.errors import sentence_for
from config import Settings
from parts import build_account_store, build_installations
from storage.accounts import SqlAccounts
from storage.database import Database
from storage.installations import SqlInstallations
from storage.opening import open_engine
from storage.schema import upgrade


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `installations` and what can follow it to the command line."""
    text = "look after the workspaces where the app was installed by OAuth"
    actions = commands.add_parser("installations", help=text).add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="show where the app is installed")
    actions.add_parser("reencrypt", help="encrypt all tokens with the first key, so that the others can be removed")


async def run(settings: Settings, action: str) -> int:
    """Do one command and return the exit status: 1 when it did not work or there is nothing to look after.

    Args:
        action: `list` or `reencrypt`.
    """
    if settings.slack_bot_token is not None and action == "list":
        print("SLACK_BOT_TOKEN is set, so the app is in one workspace and keeps no installations.", file=sys.stderr)
        return 1
    if not settings.encryption_keys:
        print("STARTCALL_ENCRYPTION_KEY is not set, so no tokens are kept.", file=sys.stderr)
        return 1
    engine = open_engine(settings.database_url)
    upgrade(engine)
    database = Database(engine, now)
    try:
        store = build_installations(settings, database)
        return await (_show(store) if action == "list" else _reencrypt(store, build_account_store(settings, database)))
    except CallsError as error:
        print(sentence_for(error), file=sys.stderr)
        return 1
    finally:
        database.close()


async def _show(store: SqlInstallations) -> int:
    found = await store.every()
    for one in found:
        place = one.place
        kind = "organisation" if place.is_organisation else "workspace"
        note = "its key is missing" if isinstance(one, Leftover) else f"since {one.installed_at:%Y-%m-%d}"
        print(f"{place.team_id or place.enterprise_id:<12} {kind:<12} {one.name}, {note}")
    if not found:
        print("The app is not installed anywhere. Admins install it at PUBLIC_URL/slack/install.")
    return 0


async def _reencrypt(store: SqlInstallations, accounts: SqlAccounts) -> int:
    installed, linked = await store.reencrypt(), await accounts.reencrypt()
    print(
        f"The tokens of {installed} installations and {linked} people's accounts are encrypted with the first key. "
        "The other keys can be removed."
    )
    return 0
