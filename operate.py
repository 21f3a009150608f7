"""`python app.py calls …`: look after calls by hand, whether the server runs or not."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from calls import operating
from calls.advance import Advancer
from calls.clock import now
from calls.errors import CallsError
from calls.model import Call, CallId
from calls.plan import PlanId
from calls.slack.call_objects import SlackCall, SlackUser
from calls.slack.calls_api import CallsApi
from calls.slack.pace import Pace
from calls.status import StatusId
from calls.words.errors import sentence_for
from calls.work import either
from config import Settings
from outgoing import open_session
from parts import Slack, build_outside, build_providers, configured_address
from storage.backup import copy_database
from storage.budgets import build_budgets
from storage.database import Database
from storage.opening import open_engine, right_to_work
from storage.postgres import is_postgres
from storage.schema import upgrade
from storage.wakeups import build_wakeups

SERVER_WAIT_S = 15.0
"""How long a command waits for the running server to do what was asked, in seconds."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `calls` and what can follow it to the command line."""
    calls = commands.add_parser("calls", help="look after calls by hand").add_subparsers(dest="action", required=True)
    calls.add_parser("list", help="show the running calls")
    calls.add_parser("failed", help="show the calls that were set aside, and why")
    retry = calls.add_parser("retry", help="try a call again that was set aside")
    retry.add_argument("call", help="the call's id: ours, Slack's (R…) or the one on its card")
    info = calls.add_parser("info", help="show a call as we know it, and as Slack does")
    info.add_argument("call", help="the call's id: ours, Slack's (R…) or the one on its card")
    end = calls.add_parser("end", help="end a call for everybody")
    end.add_argument("call", help="the call's id: ours, Slack's (R…) or the one on its card")


def add_backup(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `backup` to the command line."""
    backup = commands.add_parser("backup", help="copy the SQLite database into a file, while the server runs or not")
    backup.add_argument("file", type=Path, help="the file to make; it must not exist yet")


def back_up(settings: Settings, file: Path) -> int:
    """Copy the database into a file and return the exit status.

    Raises:
        ConfigError: when the database is no SQLite file, or the copy could not be made; there is none then.
    """
    backup = copy_database(settings.database_url, file)
    calls = "1 call" if backup.calls == 1 else f"{backup.calls} calls"
    print(f"{file} holds {calls} in {backup.size_bytes:,} bytes, and was read back without a fault.")
    return 0


async def run(settings: Settings, parsed: argparse.Namespace) -> int:
    """Do one command and return the exit status: 1 when the call is not known or could not be ended."""
    engine = open_engine(settings.database_url)
    upgrade(engine)
    database = Database(engine, now)
    try:
        async with open_session(settings) as session:
            operator = Operator(settings, database, session)
            return await operator.do(parsed.action, getattr(parsed, "call", ""))
    except CallsError as error:
        print(sentence_for(error), file=sys.stderr)
        return 1
    finally:
        database.close()


class Operator:
    """Somebody at the command line."""

    def __init__(self, settings: Settings, database: Database, session: aiohttp.ClientSession) -> None:
        """Take what the commands work on."""
        self._settings = settings
        self._session = session
        self._database = database
        pace = Pace(build_budgets(database, settings.database_url))
        self._web = Slack(settings, session, database).web(pace)

    async def do(self, action: str, named: str) -> int:
        """Do one command.

        Args:
            action: `list`, `failed`, `info`, `end` or `retry`.
            named: the call that is meant, for the last three.
        """
        if action == "list":
            return await self.show_running()
        if action == "failed":
            return await self.show_set_aside()
        work = {"info": self.show, "end": self.end, "retry": self.retry}
        return await work[action](named)

    async def show_set_aside(self) -> int:
        """Print a line for each call of which nothing more is tried."""
        calls = await self._database.read(lambda transaction: transaction.stuck_calls())
        for call in calls:
            print(f"{call.display_id}  {call.state.value:<10}  {call.stuck_code}  {call.channel_id}  {call.title}")
        print("Try one again with: python app.py calls retry ID" if calls else "No call was set aside.")
        return 0

    async def retry(self, named: str) -> int:
        """Let a call that was set aside be tried again, by the server that runs or the next one."""
        call = await self._find(named)
        if call is None or call.stuck_code is None:
            return _unknown(named, "set aside", "failed")
        await self._database.write(lambda transaction: operating.retry(transaction, call.id, now()))
        print(f"“{call.title}” ({call.display_id}) is tried again.")
        return 0

    async def show_running(self) -> int:
        """Print a line for each running call."""
        calls = await self._database.read(lambda transaction: transaction.unfinished_calls())
        for call in calls:
            print(f"{call.display_id}  {call.state.value:<10}  {_minutes(call)}  {call.channel_id}  {call.title}")
        if not calls:
            print("No call is running.")
        return 0

    async def show(self, named: str) -> int:
        """Print what we know of a call, and what Slack says of it."""
        call = await self._find(named)
        if call is None:
            return _unknown(named)
        people = await self._database.read(lambda transaction: transaction.participants(call.id))
        for name in ("id", "display_id", "state", "title", "team_id", "channel_id", "started_by", "slack_call_id"):
            print(f"{name:<14} {getattr(call, name)}")
        print(f"{'join_url':<14} {call.join_url or '-'}")
        print(f"{'people in':<14} {', '.join(person.key for person in people if person.present) or '-'}")
        if call.slack_call_id is not None:
            _print_at_slack(await CallsApi(self._web).info(call.team_id, call.slack_call_id))
        return 0

    async def end(self, named: str) -> int:
        """End a call: by the server that runs, or here when none does."""
        call = await self._find(named)
        if call is None:
            return _unknown(named)
        await self._database.write(lambda transaction: operating.force_end(transaction, call.id, now()))
        if is_postgres(self._settings.database_url):
            return await self._end_with_others(call.id)
        with right_to_work(self._settings.database_url) as is_alone:
            if is_alone:
                await self._advancer().advance(call.id)
        return await self._report_end(call.id)

    async def _end_with_others(self, call_id: CallId) -> int:
        """Be one more process that works until a call has come to rest."""
        # Scheduled calls are left to the processes that serve.
        advance = either(self._advancer().advance, _leave, _leave)
        wakeups = build_wakeups(self._database, self._settings.database_url, now, advance)
        sweeping = asyncio.create_task(wakeups.sweep_forever())
        wakeups.wake(call_id)
        try:
            return await self._report_end(call_id)
        finally:
            sweeping.cancel()
            await asyncio.gather(sweeping, return_exceptions=True)
            await wakeups.stop(SERVER_WAIT_S)

    async def _report_end(self, call_id: CallId) -> int:
        """Wait until a call has come to rest, and say so."""
        waited_s = 0.0
        while waited_s < SERVER_WAIT_S:
            call = await self._database.read(lambda transaction: transaction.call(call_id))
            if call is not None and call.state.is_final:
                print(f"“{call.title}” ({call.display_id}) has ended.")
                return 0
            await asyncio.sleep(0.2)
            waited_s += 0.2
        print("The end is stored, but Slack has not taken it yet. The server keeps trying.", file=sys.stderr)
        return 1

    async def _find(self, named: str) -> Call | None:
        """Return the call an operator means."""
        return await self._database.read(lambda transaction: transaction.call_named(named))

    def _advancer(self) -> Advancer:
        address = configured_address(self._settings)
        providers = build_providers(self._settings, self._session, address)
        outside = build_outside(self._settings, self._web, providers, self._database, address)
        return Advancer(self._database, outside)


async def _leave(_: PlanId | StatusId) -> None:
    """Leave a scheduled call or a status due, for a process that serves."""


def _minutes(call: Call) -> str:
    return f"{int((now() - call.created_at).total_seconds() // 60):>4} min"


def _print_at_slack(call: SlackCall) -> None:
    users: Sequence[str] = [user.slack_id if isinstance(user, SlackUser) else user.display_name for user in call.users]
    print(f"{'at Slack':<14} title “{call.title or ''}”, in {', '.join(call.channels) or 'no conversation'}")
    print(f"{'':<14} people {', '.join(users) or '-'}, {'ended' if call.date_end else 'running'}")


def _unknown(named: str, kind: str = "running", action: str = "list") -> int:
    print(f"No {kind} call has the id {named}. `python app.py calls {action}` shows them.", file=sys.stderr)
    return 1
