"""What is kept of installations, on either database: one for each place, readable with its key alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from calls.errors import ConfigError
from calls.installations import Installation, Leftover, Place, Tokens
from calls.model import TeamId, UserId
from calls.secret import Secret
from storage.database import Database
from storage.installations import SqlInstallations
from storage.opening import open_engine
from storage.schema import upgrade
from storage.vault import Vault
from tests.many_workspaces import KEY, OTHER_KEY

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CLIENT = "1.2"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Open an empty database."""
    engine = open_engine(database_url)
    upgrade(engine)
    opened = Database(engine, lambda: NOON)
    yield opened
    opened.close()


@pytest.fixture
async def store(database: Database) -> SqlInstallations:
    """Return the store of one app."""
    return store_with(database, KEY)


def store_with(database: Database, *keys: str, client_id: str = CLIENT) -> SqlInstallations:
    """Return a store with these keys."""
    return SqlInstallations(database, Vault([Secret(key) for key in keys]), client_id, lambda: NOON)


def an_installation(team_id: str = "T1", enterprise_id: str = "", **more: object) -> Installation:
    """Return an installation of a workspace, or of an organisation where the team is empty."""
    tokens = Tokens(Secret("xoxe.xoxb-1"), Secret("xoxe-1"), NOON + timedelta(hours=12))
    made = Installation(
        place=Place(CLIENT, enterprise_id, team_id),
        name=team_id or enterprise_id,
        app_id="A1",
        bot_id="B1",
        bot_user_id="U1",
        scopes=frozenset({"commands", "calls:read"}),
        installed_by=UserId("U2"),
        installed_at=NOON,
        tokens=tokens,
    )
    return replace(made, **more)  # type: ignore[arg-type]


async def found(store: SqlInstallations, team_id: str | None, enterprise_id: str | None = None) -> str | None:
    """Return the name of the installation that serves a workspace."""
    one = await store.find(None if team_id is None else TeamId(team_id), enterprise_id)
    return None if one is None else one.name


async def test_what_was_saved_is_found_as_it_was(store: SqlInstallations) -> None:
    """Tokens included."""
    saved = an_installation()
    await store.save(saved)

    assert replace(saved, version=1) == await store.find(TeamId("T1"), None)


async def test_a_workspace_falls_back_to_its_organisation_and_later_needs_no_name_for_it(
    store: SqlInstallations,
) -> None:
    """Slack names both with a request; work in the background knows only the workspace."""
    await store.save(an_installation("", "E1"))

    assert None is await found(store, "T1")
    assert "E1" == await found(store, "T1", "E1")
    assert "E1" == await found(store, "T1")
    assert "E1" == await found(store, None, "E1")
    assert None is await found(store, "T2", "E2")


async def test_a_workspaces_own_installation_goes_before_its_organisations(store: SqlInstallations) -> None:
    """Also in an organisation, a workspace may have installed the app itself."""
    await store.save(an_installation("", "E1"))
    await store.save(an_installation("T1", "E1"))

    assert "T1" == await found(store, "T1", "E1")
    assert "E1" == await found(store, "T2", "E1")


async def test_a_workspace_that_was_moved_into_an_organisation_has_one_installation(store: SqlInstallations) -> None:
    """The newer one."""
    await store.save(an_installation("T1"))
    await store.save(an_installation("T1", "E1", name="moved"))

    assert ["moved"] == [one.name for one in await store.every()]


async def test_another_app_on_the_same_database_is_another_world(database: Database, store: SqlInstallations) -> None:
    """A test app and the real one may share a database."""
    await store.save(an_installation())

    assert None is await found(store_with(database, KEY, client_id="3.4"), "T1")


async def test_an_older_removal_changes_nothing(store: SqlInstallations) -> None:
    """One of the same second, too: Slack's clock tells whole seconds."""
    await store.save(an_installation())
    place = Place(CLIENT, "", "T1")

    assert [False, False, True, False] == [
        await store.remove(place, NOON + timedelta(seconds=seconds)) for seconds in (-1, 0, 1, 2)
    ]
    assert None is await found(store, "T1")
    await store.save(an_installation(installed_at=NOON + timedelta(seconds=5)))
    assert "T1" == await found(store, "T1")


async def test_a_workspace_that_was_taken_away_is_served_by_nothing_of_its_organisation(
    store: SqlInstallations,
) -> None:
    """Neither by what Slack names with a request nor by what was noted; the others go on."""
    await store.save(an_installation("", "E1"))
    await found(store, "T1", "E1")

    assert await store.revoke_access("E1", TeamId("T1"), NOON + timedelta(seconds=1))
    assert [None, None, "E1", "E1"] == [
        await found(store, *names) for names in (("T1", "E1"), ("T1",), ("T2", "E1"), (None, "E1"))
    ]
    assert ["E1"] == [one.name for one in await store.every()]


async def test_a_new_installation_of_the_organisation_brings_no_workspace_back(store: SqlInstallations) -> None:
    """Only that it is granted again does."""
    await store.save(an_installation("", "E1"))
    await store.revoke_access("E1", TeamId("T1"), NOON + timedelta(seconds=1))
    await store.save(an_installation("", "E1", installed_at=NOON + timedelta(seconds=2)))

    assert None is await found(store, "T1", "E1")
    assert await store.grant_access("E1", TeamId("T1"), NOON + timedelta(seconds=3))
    assert "E1" == await found(store, "T1", "E1")


async def test_a_workspace_that_was_taken_away_can_have_its_own_installation(store: SqlInstallations) -> None:
    """And an own one is not touched by what happens to the organisation's."""
    await store.save(an_installation("", "E1"))
    await store.revoke_access("E1", TeamId("T1"), NOON + timedelta(seconds=1))
    await store.save(an_installation("T1", "E1"))

    assert "T1" == await found(store, "T1", "E1")
    assert not await store.revoke_access("E1", TeamId("T1"), NOON + timedelta(seconds=9))
    assert "T1" == await found(store, "T1", "E1")


async def test_access_goes_by_the_newest_news(store: SqlInstallations) -> None:
    """Slack repeats events for hours, so they come in any order."""
    await store.save(an_installation("", "E1"))
    later = [NOON + timedelta(seconds=seconds) for seconds in range(6)]
    team_id = TeamId("T1")

    assert not await store.grant_access("E1", team_id, later[1])
    assert not await store.revoke_access("E1", team_id, later[0])
    assert await store.revoke_access("E1", team_id, later[3])
    assert not await store.revoke_access("E1", team_id, later[2])
    assert not await store.grant_access("E1", team_id, later[2])
    assert None is await found(store, "T1", "E1")
    assert await store.grant_access("E1", team_id, later[5])
    assert not await store.revoke_access("E1", team_id, later[4])
    assert "E1" == await found(store, "T1", "E1")


async def test_only_the_organisation_whose_it_is_loses_a_workspace(store: SqlInstallations) -> None:
    """What another one is told, or one that has not installed the app, changes nothing."""
    await store.save(an_installation("", "E1"))
    await store.save(an_installation("", "E2"))

    assert await store.revoke_access("E2", TeamId("T1"), NOON + timedelta(seconds=1))
    assert not await store.revoke_access("E3", TeamId("T1"), NOON + timedelta(seconds=1))
    assert "E1" == await found(store, "T1", "E1")


async def test_one_of_many_gets_the_right_to_refresh(store: SqlInstallations) -> None:
    """Until it runs out or is used; who has read the tokens before that gets it no more."""
    await store.save(an_installation())
    read = await store.find(TeamId("T1"), None)
    assert read is not None

    assert [True, False] == [await store.lease(read, NOON + timedelta(seconds=15)) for _ in range(2)]
    await store.give_back(read)
    assert await store.lease(read, NOON)
    assert await store.renew(read, Tokens(Secret("new"), None, None))
    assert not await store.lease(read, NOON)
    assert not await store.renew(read, Tokens(Secret("newer"), None, None))


async def test_tokens_open_with_one_of_the_keys_and_not_with_another(
    database: Database, store: SqlInstallations
) -> None:
    """A new key goes first; after `reencrypt` the old one can be removed."""
    await store.save(an_installation())
    new_alone, both = store_with(database, OTHER_KEY), store_with(database, OTHER_KEY, KEY)

    with pytest.raises(ConfigError) as raised:
        await new_alone.find(TeamId("T1"), None)
    assert ("encryption_key_wrong", "T1") == (raised.value.code, raised.value.detail)
    assert [Leftover(Place(CLIENT, "", "T1"), "T1")] == list(await new_alone.every())
    with pytest.raises(ConfigError):
        await new_alone.reencrypt()
    assert 1 == await both.reencrypt()
    assert "T1" == await found(new_alone, "T1")
    with pytest.raises(ConfigError):
        await found(store, "T1")


async def test_tokens_do_not_open_at_another_place(store: SqlInstallations) -> None:
    """Whoever can write to the database cannot give one workspace another's token."""
    vault = Vault([Secret(KEY)])
    tokens = an_installation().tokens
    assert tokens is not None
    locked = vault.lock(Place(CLIENT, "", "T1"), tokens)

    assert tokens == vault.open(Place(CLIENT, "", "T1"), locked)
    with pytest.raises(ConfigError):
        vault.open(Place(CLIENT, "", "T2"), locked)


async def test_a_state_is_used_up_once(store: SqlInstallations) -> None:
    """However many browsers come back with it at the same moment."""
    until = NOON + timedelta(minutes=10)
    assert not await store.is_used("state")
    took = await asyncio.gather(*(store.use_up("state", until) for _ in range(8)))

    assert [True] == [one for one in took if one]
    assert await store.is_used("state")
    assert not await store.is_used("other")


async def test_states_that_are_too_old_to_be_used_are_forgotten(store: SqlInstallations) -> None:
    """With the next that is used, so that they do not pile up."""
    assert await store.use_up("old", NOON)
    assert await store.use_up("state", NOON + timedelta(minutes=10))

    assert (False, True) == (await store.is_used("old"), await store.is_used("state"))


async def test_those_that_expire_soon_are_named(store: SqlInstallations) -> None:
    """The first to expire first; those that never do, never."""
    forever = an_installation("T3", tokens=Tokens(Secret("xoxb-3")))
    sooner = an_installation("T2", tokens=Tokens(Secret("a"), Secret("b"), NOON + timedelta(hours=1)))
    for one in (an_installation(), sooner, forever):
        await store.save(one)

    assert ["T2"] == [place.team_id for place in await store.expiring(NOON + timedelta(hours=2))]
    assert ["T2", "T1"] == [place.team_id for place in await store.expiring(NOON + timedelta(hours=13))]
