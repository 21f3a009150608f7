"""`python app.py import jitsi-slack FILE`: take over what an earlier app kept of each workspace.

It kept two things: the server its calls took place at, and a token. The server is taken over; a token is not, as it
belongs to the earlier app at Slack and may do too little, so those workspaces are named that have to install anew.
Sources: https://github.com/jitsi/jitsi-slack-bolt (src/jitsi_slack_bolt/util/models.py and vault.py),
https://github.com/jitsi/jitsi-slack (server_config.go and token_store.go)
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from calls.clock import now
from calls.errors import CallsError
from calls.jitsi_server import find_server_fault, keep_server, server_of
from calls.model import TeamId
from calls.ports import Transaction
from calls.somebody import SOMEBODY
from calls.words import moving
from calls.words.errors import sentence_for
from config import Settings
from storage.database import Database
from storage.opening import open_engine
from storage.schema import upgrade

TEAM: Final = ("workspace_id", "team-id")
SERVER: Final = ("server_url", "server-url")
TOKEN: Final = ("oauth_token", "access-token")
USUAL: Final = "https://meet.jit.si"
"""What both apps took where nobody chose; there is nothing to take over then."""

_TEAM_ID = re.compile(r"(?:T|E)[A-Z0-9]{2,30}")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the earlier app kept of one workspace.

    Args:
        server: where its calls took place, without a slash at its end; empty for the usual one.
    """

    team_id: TeamId
    server: str = ""
    had_token: bool = False


class UnreadableError(Exception):
    """A file holds nothing that either app writes."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `import` and what can follow it to the command line."""
    adding = commands.add_parser("import", help="take over what an earlier app kept")
    kinds = adding.add_subparsers(dest="kind", required=True)
    kind = kinds.add_parser("jitsi-slack", help="servers of workspaces from jitsi-slack or jitsi-slack-bolt")
    kind.add_argument("file", type=Path, help="rows of its database, as docs/moving-from-jitsi.md says")
    kind.add_argument("--write", action="store_true", help="store it; without this, only say what would be stored")


async def run(settings: Settings, parsed: argparse.Namespace) -> int:
    """Do the import and return the exit status: 1 when the file could not be read or not all of it be stored."""
    try:
        found = read_export(parsed.file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        print(moving.not_opened(str(parsed.file), str(error.strerror)), file=sys.stderr)
        return 1
    except (UnicodeDecodeError, UnreadableError):
        print(moving.not_readable(str(parsed.file)), file=sys.stderr)
        return 1
    engine = open_engine(settings.database_url)
    upgrade(engine)
    database = Database(engine, now)
    try:
        for one in found:
            for line in await _take_over(database, settings, one, is_written=parsed.write):
                print(line)
    except CallsError as error:
        print(sentence_for(error), file=sys.stderr)
        return 1
    finally:
        database.close()
    print(moving.done(len(found)) if parsed.write else moving.dry_run(len(found)))
    return 0


def read_export(text: str) -> list[Kept]:
    """Return what a file holds, once for each workspace.

    Args:
        text: CSV with a header; or JSON: rows in a list or a line each, a DynamoDB scan, Vault's answers by workspace.

    Raises:
        UnreadableError: when it is none of these.
    """
    found: dict[TeamId, Kept] = {}
    for row in _rows(text):
        team_id = TeamId(_first(row, TEAM).upper())
        if _TEAM_ID.fullmatch(team_id) is None:
            raise UnreadableError
        before = found.get(team_id, Kept(team_id))
        server = _first(row, SERVER).rstrip("/") or before.server
        found[team_id] = Kept(team_id, server, before.had_token or bool(_first(row, TOKEN)))
    return list(found.values())


async def _take_over(database: Database, settings: Settings, kept: Kept, *, is_written: bool) -> list[str]:
    """Take over one workspace and return what is to be said of it."""
    said = [moving.install_anew(kept.team_id)] if kept.had_token else []
    ours = settings.provider_values.get("STARTCALL_JITSI_URL", USUAL).rstrip("/")
    if kept.server in {"", USUAL, ours}:
        return [moving.usual_server(kept.team_id), *said]
    if find_server_fault(kept.server) is not None:
        return [moving.server_not_usable(kept.team_id), *said]

    def work(transaction: Transaction) -> bool:
        return keep_server(transaction, kept.team_id, kept.server, by=SOMEBODY, at=now())

    if not is_written:
        before = await database.read(lambda transaction: server_of(transaction, kept.team_id))
        return [moving.server_taken(kept.team_id, kept.server, is_new=before != kept.server), *said]
    return [moving.server_taken(kept.team_id, kept.server, is_new=await database.write(work)), *said]


def _rows(text: str) -> Iterable[Mapping[str, object]]:
    if text.lstrip()[:1] not in {"{", "["}:
        reader = csv.DictReader(io.StringIO(text))
        if TEAM[0] not in (reader.fieldnames or ()):
            raise UnreadableError
        return list(reader)
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        try:
            whole = [json.loads(line) for line in text.splitlines() if line.strip()]
        except json.JSONDecodeError as error:
            raise UnreadableError from error
    if isinstance(whole, dict):
        whole = whole["Items"] if "Items" in whole else _by_workspace(whole)
    if not isinstance(whole, list) or not all(isinstance(row, dict) for row in whole):
        raise UnreadableError
    return whole


def _by_workspace(whole: dict[str, object]) -> list[dict[str, object]]:
    """Return one row alone, or rows that stand under their workspace's id, as Vault keeps them."""
    if any(name in whole for name in TEAM):
        return [whole]
    return [{TEAM[0]: team_id, **_innermost(row)} for team_id, row in whole.items()]


def _innermost(row: object) -> dict[str, object]:
    """Return the secret out of an answer of Vault's, which has it two levels deep."""
    while isinstance(row, dict) and isinstance(row.get("data"), dict):
        row = row["data"]
    if not isinstance(row, dict):
        raise UnreadableError
    return row


def _first(row: Mapping[str, object], names: Iterable[str]) -> str:
    """Return the first of some fields that is there, in DynamoDB's form or as it is; empty where none is."""
    for name in names:
        value = row.get(name)
        value = value.get("S") if isinstance(value, dict) else value
        if isinstance(value, str) and value:
            return value.strip()
    return ""
