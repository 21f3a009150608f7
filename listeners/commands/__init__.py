"""Slash commands."""

from __future__ import annotations

from calls.use_cases import UseCases
from listeners.commands.jitsi import jitsi
from listeners.commands.startcall import startcall
from listeners.routes import Routes


def register(routes: Routes, use: UseCases) -> None:
    """Register the slash commands."""
    routes.command("/startcall")(startcall(use))
    routes.command("/jitsi")(jitsi(use))
