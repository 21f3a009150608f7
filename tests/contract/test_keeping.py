"""What is kept of workspaces and people: handed out whole, deleted whole, by hand and by itself, on both databases."""

from __future__ import annotations

import argparse
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

import operate_data
from calls.clock import now
from calls.model import CallState, TeamId, UserId
from calls.somebody import SOMEBODY
from parts import build_installations
from sandbox.people import ALICE, BOB
from server_parts import build_keeping
from storage.erasing import erase_person, erase_workspace
from storage.holdings import APART, HOLDINGS
from storage.installation_tables import installations
from storage.tables import calls
from tests.many_workspaces import Many, a_second_later, eventually, general, running_many
from tests.tenancy import OVER, Owned, furnished, is_over, rows_of

HOME = TeamId("T0SANDBOX01")


@pytest.fixture
async def many(database_url: str) -> AsyncIterator[Many]:
    """Run the app on either database."""
    async with running_many(database_url) as running:
        yield running


async def two(many: Many) -> tuple[Owned, Owned]:
    """Furnish two workspaces alike."""
    other = many.slack.add_workspace("Other")
    found = []
    for workspace in (many.home, other):
        await many.install(workspace.team.id)
        found.append(await furnished(many, workspace))
    return found[0], found[1]


async def left_of(many: Many, owned: Owned) -> list[str]:
    """Return the tables that still hold something of a workspace; how fast it asked Slack is no secret."""
    return [name for name, rows in (await rows_of(many, owned)).items() if rows and name != "budgets"]


def asked(action: str, person: str | None = None, *, yes: bool = True) -> argparse.Namespace:
    """Return a command line."""
    return argparse.Namespace(action=action, workspace=HOME, person=person, yes=yes)


def test_every_table_is_in_the_list() -> None:
    """A new one is deleted and handed out with the others, or has a reason why not."""
    listed = [holding.table.name for holding in HOLDINGS]

    assert sorted([*listed, *APART]) == sorted(installations.metadata.tables)


def test_every_column_of_a_person_is_in_the_list() -> None:
    """What is called like an id of somebody is deleted with them."""
    names = {"user_id", "slack_id", "holder_id", "made_by", "invited_by", "changed_by", "planned_by", "started_by"}
    names |= {"ended_by", "sequel_asked_by", "invited"}
    missed = [
        f"{holding.table.name}.{column.name}"
        for holding in HOLDINGS
        for column in holding.table.columns
        if (column.name in names or column.name.endswith("_by"))
        and column.name not in (*holding.gone_with, *holding.without, *holding.lists)
    ]

    assert [] == missed


async def test_a_workspace_is_deleted_whole_and_the_other_keeps_everything(many: Many) -> None:
    """Again, there is nothing left to delete; removed from Slack, the installation goes as well."""
    ours, theirs = await two(many)
    before = await rows_of(many, theirs)

    erased = await erase_workspace(many.server.database, HOME)
    again = await erase_workspace(many.server.database, HOME)

    assert erased.rows > 0
    assert (0, True) == (again.rows, again.is_installed)
    assert ["installations"] == await left_of(many, ours)
    assert before == await rows_of(many, theirs)
    await a_second_later()
    many.slack.installs.uninstall(HOME)
    await many.removed_from(HOME)
    assert not (await erase_workspace(many.server.database, HOME)).is_installed
    assert [] == await left_of(many, ours)


async def test_a_person_is_deleted_and_calls_are_kept_without_them(many: Many) -> None:
    """A call they are still in is left alone until it is over."""
    ours, theirs = await two(many)
    await many.person(many.home, "bob").click(ours.channel_id, ours.card_ts, "join_call")
    await many.settled()
    before = await rows_of(many, theirs)

    erased = await erase_person(many.server.database, HOME, UserId(ALICE))
    assert 1 == erased.running
    await many.person(many.home, "bob").click(ours.channel_id, ours.card_ts, "end_call")
    await eventually(lambda: is_over(many, ours.call))
    await many.settled()
    assert 0 == (await erase_person(many.server.database, HOME, UserId(ALICE))).running
    assert 0 == (await erase_person(many.server.database, HOME, UserId(ALICE))).rows
    bob = await erase_person(many.server.database, HOME, UserId(BOB))

    kept = str(await rows_of(many, ours))
    assert (0, True) == (bob.running, bob.rows > 0)
    assert [] == [name for name in (ALICE, BOB) if name in kept]
    assert before == await rows_of(many, theirs)
    over = await many.server.database.read(lambda work: work.call(ours.over.id))
    assert over is not None
    assert (OVER, SOMEBODY) == (over.title, over.started_by)
    await many.person(many.home, "carol").command(general(many.home), "/startcall", "history")


async def test_what_is_handed_out_holds_no_key(many: Many, capsys: pytest.CaptureFixture[str]) -> None:
    """Each line is a row in JSON; of a person, only the rows that name them."""
    ours, _ = await two(many)

    assert 0 == await operate_data.run(many.settings, asked("export"))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"calls", "plans", "preferences", "invitations", "links"} <= {line["table"] for line in lines}
    shown = json.dumps(lines)
    assert [] == [secret for secret in (ours.link_id, "xoxb-") if secret in shown]
    assert not any("join_token" in line["row"] or "tokens" in line["row"] for line in lines)

    assert 0 == await operate_data.run(many.settings, asked("export", BOB))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines
    assert all(BOB in json.dumps(line) for line in lines)


async def test_nothing_is_deleted_that_was_not_confirmed(
    many: Many, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id has to be typed once more, or `--yes` be given."""
    ours, _ = await two(many)
    before = await rows_of(many, ours)
    with open("/dev/null", encoding="utf-8") as nothing:  # noqa: ASYNC230, PTH123 - what a script has for a keyboard
        monkeypatch.setattr("sys.stdin", nothing)
        assert 1 == await operate_data.run(many.settings, asked("erase", yes=False))

    assert "Nothing was deleted" in capsys.readouterr().err
    assert before == await rows_of(many, ours)
    assert 0 == await operate_data.run(many.settings, asked("erase"))
    assert "Everything of T0SANDBOX01 was deleted" in capsys.readouterr().out


async def test_what_was_kept_for_long_enough_goes_by_itself(many: Many) -> None:
    """Calls that are over after a year, and everything of a workspace a month after the app was removed there."""
    ours, theirs = await two(many)
    keeping = build_keeping(many.settings, many.server.database)
    old = now() - timedelta(days=366)
    await many.server.database.change(
        lambda connection: connection.execute(
            update(calls).where(calls.c.state == CallState.ENDED, calls.c.team_id == HOME).values(ended_at=old)
        )
    )
    await a_second_later()
    many.slack.installs.uninstall(theirs.team_id)
    await many.removed_from(theirs.team_id)
    await keeping.prune()
    assert (await rows_of(many, theirs))["calls"]
    assert None is await many.server.database.read(lambda work: work.call(ours.over.id))
    assert None is not await many.server.database.read(lambda work: work.call(ours.call.id))

    gone = now() - timedelta(days=31)
    await many.server.database.change(
        lambda connection: connection.execute(
            update(installations).where(installations.c.team_id == theirs.team_id).values(gone_at=gone)
        )
    )
    await keeping.prune()

    assert [] == await left_of(many, theirs)
    assert (await rows_of(many, ours))["calls"]


async def test_what_was_of_a_workspace_that_its_organisation_took_away_goes_like_after_a_removal(many: Many) -> None:
    """A month later; what is of the other workspaces stays, and so does all of one that was given back."""
    organisation = many.slack.installs.add_organisation("Acme")
    places = [many.slack.add_workspace(name, organisation) for name in ("North", "South")]
    await many.install(organisation.team.id)
    north, south = [await furnished(many, workspace) for workspace in places]
    store, ids = build_installations(many.settings, many.server.database), [north.team_id, south.team_id]
    gone = now() - timedelta(days=31)
    await many.server.database.change(
        lambda connection: connection.execute(update(installations).values(installed_at=gone - timedelta(days=1)))
    )
    for team_id in ids:
        assert await store.revoke_access(organisation.team.id, TeamId(team_id), gone)
    assert await store.grant_access(organisation.team.id, TeamId(south.team_id), now())

    await build_keeping(many.settings, many.server.database).prune()

    assert [] == await left_of(many, north)
    assert (await rows_of(many, south))["calls"]


async def test_who_installs_again_in_time_keeps_everything(many: Many) -> None:
    """The month begins anew with the next removal."""
    _, theirs = await two(many)
    await a_second_later()
    many.slack.installs.uninstall(theirs.team_id)
    await many.removed_from(theirs.team_id)
    await many.install(theirs.team_id)

    await build_keeping(many.settings, many.server.database).prune()

    assert (await rows_of(many, theirs))["calls"]
