"""Startcall itself with the listener of `/startcall` and no other."""

from __future__ import annotations

import sys

from slack_bolt.async_app import AsyncApp

import listeners
from app import main
from calls.use_cases import UseCases
from listeners.commands.startcall import startcall
from listeners.events.app_uninstalled import Removed, removed_nowhere
from listeners.events.team_access import AccessChanged, changed_nowhere
from listeners.routes import Routes


def register_one(
    app: AsyncApp,
    use: UseCases,
    removed: Removed = removed_nowhere,  # noqa: ARG001 - as `listeners.register`
    access_changed: AccessChanged = changed_nowhere,  # noqa: ARG001 - same
) -> None:
    """Register `/startcall` alone."""
    routes = Routes()
    routes.command("/startcall")(startcall(use))
    app.use(routes)


if __name__ == "__main__":
    listeners.register = register_one
    sys.exit(main(sys.argv[1:]))
