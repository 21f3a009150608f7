"""A meeting system of another package, whose rooms people enter by links of their own.

It is announced as such packages are, by an entry point, and its rooms are the local Slack's stand-in meeting pages.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from calls.errors import ProviderDown
from calls.meetings import Capability, Health, Provider, ProviderKind, ProviderSetting, RoomSpec, Surroundings
from calls.model import Room, Visitor

NAME = "ownlinks"
BASE = "STARTCALL_OWNLINKS_URL"
SETTINGS = {"STARTCALL_PROVIDER": NAME, BASE: "{slack}meet/"}


class OwnLinks(Provider):
    """Rooms with a link for each person; what was asked for is kept for tests to look at."""

    def __init__(self, base: str) -> None:
        """Remember where the rooms are."""
        self.base = base
        self.given: list[Visitor] = []
        self.is_down = False
        self.hangs = False

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return NAME

    @property
    def capabilities(self) -> Capability:
        """Links for one person."""
        return Capability.PERSON_LINK

    @property
    def notice(self) -> str | None:
        """Nothing to warn of."""
        return None

    async def create_room(self, spec: RoomSpec) -> Room:
        """Name a room after the call, which is unknown outside of these tests."""
        return Room(id=f"room-{spec.call_id[:8]}", join_url=f"{self.base}room-{spec.call_id[:8]}")

    async def person_link(self, room: Room, visitor: Visitor, *, lasts: timedelta) -> str:
        """Put who comes into the address's fragment."""
        if self.hangs:
            await asyncio.sleep(lasts.total_seconds())
        if self.is_down:
            raise ProviderDown("unreachable", provider=NAME)
        self.given.append(visitor)
        return f"{room.join_url}#{visitor.id}"

    async def probe(self) -> Health:
        """Be well."""
        return Health(ok=True, sentence="Rooms are open.")

    async def aclose(self) -> None:
        """Hold nothing."""


def _build(surroundings: Surroundings) -> Provider:
    return OwnLinks(surroundings.values[BASE])


KIND = ProviderKind(NAME, (ProviderSetting(BASE, "Where the rooms are.", "https://example.com/"),), _build)


@contextmanager
def announced(folder: Path) -> Iterator[None]:
    """Install the meeting system while the block runs, as a package that announces it would be."""
    package = folder / "own_links-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: own-links\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(f"[startcall.providers]\n{NAME} = tests.own_links:KIND\n")
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
