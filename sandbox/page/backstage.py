"""Say what the page needs of the sandbox it stands in."""

from __future__ import annotations

from typing import Protocol

from sandbox.person import Person
from sandbox.workspace import Workspace


class Backstage(Protocol):
    """A workspace, and people to act as."""

    @property
    def workspace(self) -> Workspace:
        """Return all state there is to show."""

    def person(self, name: str) -> Person:
        """Return somebody by handle or user id."""
