"""What was chosen is kept with who chose it, and the nearest choice counts, on every database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from calls.choosing import counting
from calls.model import ChannelId, Person, TeamId, UserId
from calls.preferences import (
    ChannelPreferences,
    Holder,
    PersonPreferences,
    Who,
    WorkspacePreferences,
    read_form,
    stored_form,
)
from storage.database import Database
from storage.opening import open_engine
from storage.schema import upgrade
from tests.choosing import Choosing

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEAM = TeamId("T1")
CHANNEL = ChannelId("C1")
ALICE = Person(TEAM, UserId("U1"))


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[Database]:
    """Return an empty database."""
    engine = open_engine(database_url)
    upgrade(engine)
    database = Database(engine, lambda: NOON)
    yield database
    database.close()


async def test_the_nearest_choice_counts(storage: Database) -> None:
    """A person's comes before their conversation's, that before the workspace's; what nobody chose is as it was."""
    choosing = Choosing(storage, lambda: NOON)
    await choosing.choose(ALICE, Holder.WORKSPACE, TEAM, WorkspacePreferences("zoom", ends=Who.ADMINS, asks_above=9))
    await choosing.choose(ALICE, Holder.CHANNEL, CHANNEL, ChannelPreferences("jitsi", ends=Who.STARTER))
    await choosing.choose(ALICE, Holder.PERSON, ALICE.user_id, PersonPreferences("webex"))

    async def counts(user: str, channel: str) -> tuple[object, ...]:
        found = await storage.read(lambda work: counting(work, TEAM, ChannelId(channel), UserId(user)))
        return found.provider, found.ends, found.asks_above, found.rings

    assert ("webex", Who.STARTER, 9, True) == await counts("U1", "C1")
    assert ("jitsi", Who.STARTER, 9, True) == await counts("U2", "C1")
    assert ("zoom", Who.ADMINS, 9, True) == await counts("U2", "C2")


async def test_every_change_is_kept_with_who_made_it(storage: Database) -> None:
    """Newest first, only what differs, and none of another workspace's."""
    choosing = Choosing(storage, lambda: NOON)
    await choosing.choose(ALICE, Holder.WORKSPACE, TEAM, WorkspacePreferences("zoom", rings=False))
    await choosing.choose(ALICE, Holder.WORKSPACE, TEAM, WorkspacePreferences("webex", rings=False))
    elsewhere = Person(TeamId("T2"), UserId("U9"))
    await choosing.choose(elsewhere, Holder.WORKSPACE, "T2", WorkspacePreferences("jitsi"))

    made = await storage.read(lambda work: work.preference_changes(TEAM, 10))

    assert [("provider", "zoom", "webex"), ("rings", None, "False"), ("provider", None, "zoom")] == [
        (change.name, change.before, change.after) for change in made
    ]
    assert {(ALICE.user_id, NOON, Holder.WORKSPACE)} == {
        (change.changed_by, change.changed_at, change.holder) for change in made
    }
    assert "webex" == (await choosing.of_workspace(TEAM)).provider
    assert "jitsi" == (await choosing.of_workspace(TeamId("T2"))).provider


def test_what_another_version_stored_does_no_harm() -> None:
    """Unknown names and values that cannot be are left out; the rest counts."""
    stored = {"provider": "zoom", "asks_above": "many", "ends": "nobody", "colour": "green", "rings": 1}

    read = read_form(WorkspacePreferences, stored)

    assert WorkspacePreferences("zoom") == read
    assert {"provider": "zoom"} == stored_form(read)
