"""Slash commands."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from calls.use_cases import UseCases
from listeners.commands.jitsi import jitsi
from listeners.commands.startcall import startcall


def register(app: AsyncApp, use: UseCases) -> None:
    """Register the slash commands."""
    app.command("/startcall")(startcall(use))
    app.command("/jitsi")(jitsi(use))
