"""A pasted link becomes one call, however many processes hear of it at once, on every database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from calls.linking import Linking, SharedLinks
from calls.meetings import Provider
from calls.model import Call, CallState, ChannelId, Delivery, Person, TeamId, UserId
from calls.profile import Profile
from calls.profiles import Profiles
from calls.work import WorkId
from providers.link.provider import LinkProvider
from providers.link.settings import LinkSettings
from storage.database import Database
from storage.opening import open_engine
from storage.schema import upgrade

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEAM, CHANNEL = TeamId("T1"), ChannelId("C1")
LINK: Provider = LinkProvider(LinkSettings("https://meet.example.com/{room}", b"k" * 32))


class NobodyKnown:
    """Slack says nothing of anybody."""

    async def profile(self, team_id: TeamId, user_id: UserId) -> Profile:
        """Name the person only."""
        return Profile(team_id, user_id, NOON)


class Woken:
    """Notes which calls are to be advanced."""

    def __init__(self) -> None:
        """Note none yet."""
        self.ids: list[WorkId] = []

    def wake(self, work_id: WorkId) -> None:
        """Note one."""
        self.ids.append(work_id)

    def wake_at(self, work_id: WorkId, due_at: datetime) -> None:  # noqa: ARG002 - the time does not matter here
        """Note one that is due later."""
        self.ids.append(work_id)


@pytest.fixture
async def storages(database_url: str) -> AsyncIterator[list[Database]]:
    """Return the database as several processes see it; of SQLite there is only one."""
    number = 3 if database_url.startswith("postgres") else 1
    engines = [open_engine(database_url) for _ in range(number)]
    upgrade(engines[0])
    found = [Database(engine, lambda: NOON) for engine in engines]
    yield found
    for database in found:
        database.close()


def paste(storage: Database, number: int, room: str = "standup") -> Awaitable[object]:
    """Have a process hear of the n-th message with the link."""
    linking = Linking(
        storage, Woken(), Profiles(storage, NobodyKnown(), lambda: NOON), lambda: NOON, providers={"link": LINK}
    )
    links = SharedLinks(Person(TEAM, UserId("U1")), CHANNEL, f"{number}.000100", [f"https://meet.example.com/{room}"])
    return linking.shared(links, Delivery(TEAM, f"link:C1:{number}"))


async def test_many_messages_at_once_become_one_call(storages: list[Database]) -> None:
    """Also where each is heard of by another process."""
    await asyncio.gather(*(paste(storages[number % len(storages)], number) for number in range(12)))

    assert 1 == len(await storages[0].read(lambda work: work.open_calls(TEAM, CHANNEL)))


async def test_after_its_end_the_link_becomes_a_call_again(storages: list[Database]) -> None:
    """And another link is another call meanwhile."""
    storage = storages[0]
    await paste(storage, 1)
    await paste(storage, 2, "retro")
    (first, _) = await storage.read(lambda work: work.open_calls(TEAM, CHANNEL))
    ended = await storage.write(lambda work: work.save_call(_ended(work.call(first.id))))
    assert CallState.ENDED is ended.state
    await paste(storage, 3)

    assert 2 == len(await storage.read(lambda work: work.open_calls(TEAM, CHANNEL)))


def _ended(call: Call | None) -> Call:
    assert call is not None
    return replace(call, state=CallState.ENDED)
