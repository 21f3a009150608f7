"""An app whose calls meet at an Acme server, with the local Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from calls.model import Call
from tests.acme import SECRET, Acme, installed_example, running_acme
from tests.only_call import OnlyCall
from tests.world import NO_EXTRA, running_world


@dataclass(slots=True)
class Meeting(OnlyCall):
    """An app whose calls meet at an Acme server."""

    acme: Acme

    async def calls(self) -> list[Call]:
        """Return every call, as we have it, oldest first."""
        return list(await self.world.server.database.read(lambda transaction: transaction.unfinished_calls()))

    async def start(self) -> None:
        """Start a call and have its reports arrive."""
        await self.begin()
        self.acme.hooks_url = f"{self.world.server.address}/hooks/{self.world.server.provider.name}"

    async def visitor(self, user_id: str, name: str = "") -> str:
        """Let a Slack person in as our page does, and return the id that Acme reports back."""
        return (await self.let_in(user_id, name or user_id)).id


@asynccontextmanager
async def running_meeting(
    folder: Path, extra: Mapping[str, str] = NO_EXTRA, database_url: str = ""
) -> AsyncIterator[Meeting]:
    """Run an Acme server, an app that uses it, and a local Slack.

    Args:
        database_url: instead of a file in the folder.
        extra: settings beside, or instead of, the usual ones.
    """
    with installed_example(folder / "site"):
        async with running_acme() as acme:
            settings = {
                "STARTCALL_PROVIDER": "acme",
                "STARTCALL_ACME_URL": acme.url,
                "STARTCALL_ACME_SECRET": SECRET,
                **extra,
            }
            async with running_world(folder, http=False, database_url=database_url, extra=settings) as world:
                yield Meeting(world, acme)
