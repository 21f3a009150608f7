"""Startcall's command line.

`python app.py` serves. `python app.py worker` works for other processes on the same PostgreSQL, and takes nothing in
from Slack. `python app.py doctor` says what is configured, what is missing and what to do.
`python app.py calls list|info|end|failed|retry` looks after calls by hand, `python app.py installations list|reencrypt`
after workspaces where the app was installed by OAuth. `python app.py data export|erase` hands out and deletes what is
kept of somebody, `python app.py import jitsi-slack` takes over what an earlier app kept, and `python app.py backup`
copies a SQLite file.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

import doctor
import operate
import operate_data
import operate_import
import operate_installations
from calls.errors import ConfigError
from calls.words.errors import sentence_for
from config import Settings, SettingsError, read_settings
from logs import set_up_logs
from serve import serve


def run(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit status: 2 for bad configuration."""
    parsed = parser().parse_args(arguments)
    try:
        settings = read_settings()
        set_up_logs(settings.log, settings.log_level)
        if parsed.command == "backup":
            return operate.back_up(settings, parsed.file)
        return asyncio.run(_run(settings, parsed))
    except SettingsError as problems:
        print(problems, file=sys.stderr)
    except ConfigError as error:
        print(sentence_for(error), file=sys.stderr)
    return 2


async def _run(settings: Settings, parsed: argparse.Namespace) -> int:
    """Do one command that waits for others, and return its exit status."""
    if parsed.command == "doctor" and parsed.provider:
        return await doctor.run_provider(settings, parsed.provider, live=parsed.live)
    if parsed.command == "doctor":
        return await doctor.run(settings)
    if parsed.command == "installations":
        return await operate_installations.run(settings, parsed.action)
    by_hand = {"calls": operate.run, "data": operate_data.run, "import": operate_import.run}
    if parsed.command in by_hand:
        return await by_hand[parsed.command](settings, parsed)
    return await serve(settings, takes_in=parsed.command != "worker")


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    parser = argparse.ArgumentParser(prog="python app.py", description="Startcall: calls in Slack.")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("worker", help="only work, for other processes on the same PostgreSQL")
    look = commands.add_parser("doctor", help="say what is configured, what is missing and what to do")
    look.add_argument("--provider", metavar="NAME", help="look at this meeting system alone")
    look.add_argument("--live", action="store_true", help="with --provider: also make a meeting there, and end it")
    operate.add_commands(commands)
    operate.add_backup(commands)
    operate_installations.add_commands(commands)
    operate_data.add_commands(commands)
    operate_import.add_commands(commands)
    return parser
