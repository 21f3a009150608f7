"""Everything that can be asked of this package by a person, in one place for whoever takes requests in."""

from __future__ import annotations

from dataclasses import dataclass

from calls.claiming import Claiming
from calls.history import History
from calls.homes import Homes
from calls.inviting import Inviting
from calls.jitsi_server import JitsiServers
from calls.joining import Joining
from calls.linking import Linking
from calls.reopening import Reopening
from calls.scheduling import Scheduling
from calls.service import CallService
from calls.settings_dialog import SettingsDialog
from calls.starts import Starts


@dataclass(frozen=True, slots=True)
class UseCases:
    """What listeners hand requests to."""

    calls: CallService
    joining: Joining
    claiming: Claiming
    settings: SettingsDialog
    linking: Linking
    history: History
    homes: Homes
    scheduling: Scheduling
    inviting: Inviting
    reopening: Reopening
    starts: Starts
    jitsi_servers: JitsiServers
