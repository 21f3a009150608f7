"""An app whose calls meet at an Acme server, with the local Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from calls.ids import new_call_id
from calls.model import Call, UserId, Visitor
from sandbox.workspace import CallRecord
from tests.acme import SECRET, Acme, installed_example, running_acme
from tests.world import GENERAL, NO_EXTRA, World, running_world


@dataclass(slots=True)
class Meeting:
    """An app whose calls meet at an Acme server."""

    world: World
    acme: Acme

    @property
    def at_slack(self) -> CallRecord:
        """Return the only call, as Slack has it."""
        (call,) = self.world.slack.workspace.calls.values()
        return call

    async def call(self) -> Call:
        """Return the only call, as we have it."""
        found = await self.world.server.database.read(lambda transaction: transaction.call_named(self.at_slack.id))
        assert found is not None
        return found

    async def calls(self) -> list[Call]:
        """Return every call, as we have it, oldest first."""
        return list(await self.world.server.database.read(lambda transaction: transaction.unfinished_calls()))

    async def start(self) -> None:
        """Start a call and have its reports arrive."""
        await self.world.alice.command(GENERAL, "/startcall", "Weekly sync")
        await self.world.card(GENERAL)
        self.acme.hooks_url = f"{self.world.server.address}/hooks/{self.world.server.provider.name}"

    async def visitor(self, user_id: str, name: str = "") -> str:
        """Let a Slack person in as our page does, and return the id that Acme reports back."""
        call = await self.call()
        visitor = Visitor(new_call_id(), call.id, f"slack:{user_id}", name or user_id, UserId(user_id))
        await self.world.server.database.write(lambda transaction: transaction.add_visitor(visitor))
        return visitor.id

    def shown(self) -> list[str]:
        """Return who Slack shows in the call."""
        return sorted(user.get("slack_id") or user["display_name"] for user in self.at_slack.active)


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
