"""Slash commands."""

from __future__ import annotations

from slack_bolt.async_app import AsyncApp

from calls.joining import Joining
from calls.service import CallService
from listeners.commands.startcall import startcall


def register(app: AsyncApp, calls: CallService, joining: Joining) -> None:
    """Register the slash commands."""
    app.command("/startcall")(startcall(calls, joining))
