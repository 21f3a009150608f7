"""Say what the page needs of the sandbox it stands in."""

from __future__ import annotations

from typing import Protocol

from sandbox.clock import Clock
from sandbox.delivery.faults import DeliveryFaults
from sandbox.delivery.socket_mode import SocketMode
from sandbox.person import Person
from sandbox.webapi.faults import Faults
from sandbox.webapi.switches import Switches
from sandbox.workspace import Workspace


class Backstage(Protocol):
    """A workspace, people to act as, and what can be made to go wrong."""

    @property
    def workspace(self) -> Workspace:
        """Return all state there is to show."""

    @property
    def clock(self) -> Clock:
        """Return the clock."""

    @property
    def faults(self) -> Faults:
        """Return the planned faults of the Web API."""

    @property
    def delivery_faults(self) -> DeliveryFaults:
        """Return the planned faults of deliveries."""

    @property
    def switches(self) -> Switches:
        """Return the choices where Slack's behaviour is unknown."""

    @property
    def socket_mode(self) -> SocketMode:
        """Return the connections of the app."""

    @property
    def is_http(self) -> bool:
        """Say whether deliveries go by signed HTTP, not over connections."""

    def person(self, name: str) -> Person:
        """Return somebody by handle or user id."""

    def advance(self, seconds: float) -> None:
        """Move the clock ahead."""
