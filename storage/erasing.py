"""Delete everything of a workspace or of a person, in short transactions, while the server runs or not.

What is deleted a second time is gone already, so that whatever was interrupted is simply begun again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, delete, func, or_, select, update

from calls.model import CallState, TeamId, UserId
from calls.somebody import SOMEBODY
from storage.database import Database
from storage.holdings import CALLS, OF_CALLS, OF_PLANS, OF_TEAMS, PLANS, Holding
from storage.installation_tables import installations, is_there, organisation_members
from storage.tables import calls, participants

BATCH: Final = 200
"""How many calls or plans are deleted in one transaction."""

_is_final = calls.c.state.in_([state.value for state in CallState if state.is_final])


@dataclass(frozen=True, slots=True)
class Erased:
    """What was deleted.

    Args:
        rows: how many rows were deleted or changed.
        running: in how many calls that are not over the person still is; those are left as they are.
        is_installed: whether the app is still installed in the workspace.
    """

    rows: int
    running: int = 0
    is_installed: bool = False


async def erase_workspace(database: Database, team_id: TeamId) -> Erased:
    """Delete every row of a workspace; that the app is installed there is forgotten only once it was removed.

    Raises:
        StorageError: when it could not all be done; what was done stays done.
    """
    rows = await _erase_with(database, CALLS, OF_CALLS, calls.c.team_id == team_id)
    rows += await _erase_with(database, PLANS, OF_PLANS, PLANS.table.c.team_id == team_id)
    for holding in OF_TEAMS:
        query = delete(holding.table).where(holding.table.c.team_id == team_id)
        rows += await database.change(_counted(query))
    of_team = installations.c.team_id == team_id
    count = select(func.count()).select_from(installations).where(of_team, is_there)
    if await database.ask(lambda connection: connection.execute(count).scalar_one()):
        return Erased(rows, is_installed=True)
    for query in (
        delete(installations).where(of_team),
        delete(organisation_members).where(organisation_members.c.team_id == team_id),
    ):
        rows += await database.change(_counted(query))
    return Erased(rows)


async def erase_calls(database: Database, which: ColumnElement[bool]) -> int:
    """Delete calls with everything that belongs to them; return how many rows that were.

    Raises:
        StorageError: when they could not all be deleted.
    """
    return await _erase_with(database, CALLS, OF_CALLS, which)


async def erase_person(database: Database, team_id: TeamId, user_id: UserId) -> Erased:
    """Delete everything of a person in a workspace; calls that others were in are kept, and name nobody.

    Raises:
        StorageError: when it could not all be done; what was done stays done.
    """
    rows = await _erase_from_calls(database, team_id, user_id)
    own_plans = PLANS.table.c.team_id == team_id
    rows += await _erase_with(database, PLANS, OF_PLANS, own_plans & _names(PLANS, PLANS.gone_with, user_id))
    for holding in OF_PLANS:
        of_team = holding.table.c.plan_id.in_(select(PLANS.table.c.id).where(own_plans))
        rows += await database.change(_forgetting(holding, of_team, user_id))
    for holding in (PLANS, *OF_TEAMS):
        rows += await database.change(_forgetting(holding, holding.table.c.team_id == team_id, user_id))
    by_them = installations.c.installed_by == user_id
    unnamed = update(installations).where(installations.c.team_id == team_id, by_them).values(installed_by=SOMEBODY)
    rows += await database.change(_counted(unnamed))
    return Erased(rows, await _count_running(database, team_id, user_id))


async def _erase_with(
    database: Database, holding: Holding, children: Sequence[Holding], which: ColumnElement[bool]
) -> int:
    """Delete rows with those that belong to them, some at a time."""
    table, rows = holding.table, 0
    some = select(table.c.id).where(which).limit(BATCH)
    while ids := await database.query(lambda connection: list(connection.execute(some).scalars())):
        parts = [delete(one.table).where(one.table.c[one.through].in_(ids)) for one in children]
        rows += await database.change(_counted(*parts, delete(table).where(table.c.id.in_(ids))))
    return rows


async def _erase_from_calls(database: Database, team_id: TeamId, user_id: UserId) -> int:
    """Take a person out of all calls of a workspace that are over."""
    rows, last, mark = 0, "", f"somebody:{secrets.token_hex(8)}"

    def some(connection: Connection) -> list[str]:
        query = select(calls.c.id).where(calls.c.team_id == team_id, _is_final, calls.c.id > last)
        return list(connection.execute(query.order_by(calls.c.id).limit(BATCH)).scalars())

    while ids := await database.query(some):
        last = ids[-1]
        rows += await database.change(_unnaming(participants.c.call_id.in_(ids), user_id, mark))
        for holding in OF_CALLS:
            if holding.table is not participants:
                rows += await database.change(_forgetting(holding, holding.table.c.call_id.in_(ids), user_id))
        rows += await database.change(_forgetting(CALLS, calls.c.id.in_(ids), user_id))
    return rows


def _forgetting(holding: Holding, which: ColumnElement[bool], user_id: UserId) -> Callable[[Connection], int]:
    """Return work that takes a person out of rows of one table."""
    table = holding.table

    def forget(connection: Connection) -> int:
        rows = 0
        if holding.gone_with:
            rows += connection.execute(delete(table).where(which, _names(holding, holding.gone_with, user_id))).rowcount
        for name in holding.without:
            unnamed = update(table).where(which, table.c[name] == user_id).values({name: SOMEBODY})
            rows += connection.execute(unnamed).rowcount
        for name in holding.texts:
            mentions = table.c[name].like(f"%<@{user_id}%")
            rows += connection.execute(update(table).where(which, mentions).values({name: None})).rowcount
        return rows + sum(_shorten(connection, table, which, name, user_id) for name in holding.lists)

    return forget


def _shorten(connection: Connection, table: Table, which: ColumnElement[bool], name: str, user_id: UserId) -> int:
    """Take a person out of the lists of one column."""
    rows = 0
    for row in connection.execute(select(table.c.id, table.c[name]).where(which)).all():
        if user_id in row[1]:
            kept = [one for one in row[1] if one != user_id]
            rows += connection.execute(update(table).where(table.c.id == row[0]).values({name: kept})).rowcount
    return rows


def _unnaming(which: ColumnElement[bool], user_id: UserId, mark: str) -> Callable[[Connection], int]:
    """Return work that leaves of a person in calls only that somebody was there.

    Args:
        mark: tells the person of a call apart from others of whom the same is left.
    """
    key = f"slack:{user_id}"
    nobody: dict[str, Any] = {"slack_id": None, "external_id": SOMEBODY, "display_name": SOMEBODY}
    nobody |= {"avatar_url": None, "email": None}
    columns = participants.c

    def unname(connection: Connection) -> int:
        same = update(participants).where(which, columns.same_as == key).values(**nobody, same_as=mark)
        own = update(participants).where(which, or_(columns.key == key, columns.slack_id == user_id))
        return connection.execute(same).rowcount + connection.execute(own.values(**nobody, key=mark)).rowcount

    return unname


async def _count_running(database: Database, team_id: TeamId, user_id: UserId) -> int:
    """Return how many calls that are not over name a person."""
    is_in = select(participants.c.call_id).where(
        participants.c.call_id == calls.c.id, participants.c.slack_id == user_id
    )
    named = or_(calls.c.started_by == user_id, is_in.exists())
    query = select(func.count()).select_from(calls).where(calls.c.team_id == team_id, ~_is_final, named)
    return await database.ask(lambda connection: int(connection.execute(query).scalar_one()))


def _names(holding: Holding, columns: Sequence[str], user_id: UserId) -> ColumnElement[bool]:
    """Return the condition that one of some columns is a person's, by id or by the key of a call's people."""
    return or_(*(holding.table.c[name].in_([user_id, f"slack:{user_id}"]) for name in columns))


def _counted(*queries: Any) -> Callable[[Connection], int]:  # noqa: ANN401 - SQLAlchemy's statements have no common type
    def run(connection: Connection) -> int:
        return sum(connection.execute(query).rowcount for query in queries)

    return run
