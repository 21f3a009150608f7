"""`python app.py data …`: hand out and delete what is kept of a workspace or a person, while the server runs or not."""

from __future__ import annotations

import argparse
import json
import sys

from calls.clock import now
from calls.errors import CallsError
from calls.model import TeamId, UserId
from calls.words import keeping
from calls.words.errors import sentence_for
from config import Settings
from storage.database import Database
from storage.erasing import erase_person, erase_workspace
from storage.exporting import export
from storage.opening import open_engine
from storage.schema import upgrade


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `data` and what can follow it to the command line."""
    text = "hand out or delete what is kept of a workspace or a person"
    actions = commands.add_parser("data", help=text).add_subparsers(dest="action", required=True)
    show = actions.add_parser("export", help="print it, one row in JSON a line")
    erase = actions.add_parser("erase", help="delete it for good")
    for action in (show, erase):
        action.add_argument("--workspace", required=True, metavar="T…", help="the workspace's id at Slack")
        action.add_argument("--person", metavar="U…", help="only what is kept of this person, by their id at Slack")
    erase.add_argument("--yes", action="store_true", help="do not ask")


async def run(settings: Settings, parsed: argparse.Namespace) -> int:
    """Do one command and return the exit status: 1 when it did not work or was not confirmed."""
    team_id = TeamId(parsed.workspace)
    user_id = None if parsed.person is None else UserId(parsed.person)
    if parsed.action == "erase" and not parsed.yes and not _is_confirmed(user_id or team_id):
        print(keeping.not_confirmed(), file=sys.stderr)
        return 1
    engine = open_engine(settings.database_url)
    upgrade(engine)
    database = Database(engine, now)
    try:
        if parsed.action == "export":
            await _export(database, team_id, user_id)
        else:
            await _erase(database, team_id, user_id)
    except CallsError as error:
        print(sentence_for(error), file=sys.stderr)
        return 1
    else:
        return 0
    finally:
        database.close()


async def _export(database: Database, team_id: TeamId, user_id: UserId | None) -> None:
    count = 0
    async for table, row in export(database, team_id, user_id):
        print(json.dumps({"table": table, "row": row}, ensure_ascii=False))
        count += 1
    print(keeping.exported(count), file=sys.stderr)


async def _erase(database: Database, team_id: TeamId, user_id: UserId | None) -> None:
    if user_id is None:
        erased = await erase_workspace(database, team_id)
        print(keeping.workspace_erased(team_id, erased.rows, is_installed=erased.is_installed))
    else:
        erased = await erase_person(database, team_id, user_id)
        print(keeping.person_erased(user_id, erased.rows, erased.running))


def _is_confirmed(named: str) -> bool:
    """Ask for the id once more, which nobody types by mistake."""
    print(keeping.confirm(named), end="", flush=True)
    return sys.stdin.readline().strip() == named
