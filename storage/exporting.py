"""Hand out what is kept of a workspace or a person, row by row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Select, select

from calls.model import TeamId, UserId
from storage.database import Database
from storage.holdings import HOLDINGS, Holding, Through
from storage.plan_tables import plans
from storage.tables import calls

PAGE: Final = 500

Value = str | int | float | bool | list[object] | dict[str, object] | None
Exported = Mapping[str, Value]


async def export(
    database: Database, team_id: TeamId, user_id: UserId | None = None
) -> AsyncIterator[tuple[str, Exported]]:
    """Return every row of a workspace, or those that name a person, each with the name of its table.

    What leads into a meeting, lets somebody post or proves who somebody is, is left out.

    Raises:
        StorageError: when it cannot be read now.
    """
    for holding in HOLDINGS:
        query, offset = _rows_of(holding, team_id), 0
        while True:
            page = query.limit(PAGE).offset(offset)
            rows = await database.query(lambda connection, page=page: connection.execute(page).mappings().all())  # type: ignore[misc]
            for row in rows:
                if user_id is None or any(_is_of(value, user_id) for value in row.values()):
                    yield holding.table.name, {name: _plain(row[name]) for name in row if name not in holding.secret}
            if len(rows) < PAGE:
                break
            offset += PAGE


def _rows_of(holding: Holding, team_id: TeamId) -> Select[tuple[object, ...]]:
    table = holding.table
    owners = {Through.CALL: calls, Through.PLAN: plans}
    query = select(table).order_by(*table.primary_key.columns)
    if holding.through is Through.TEAM:
        return query.where(table.c.team_id == team_id)
    owner = owners[holding.through]
    return query.where(table.c[holding.through].in_(select(owner.c.id).where(owner.c.team_id == team_id)))


def _is_of(value: object, user_id: UserId) -> bool:
    if isinstance(value, list):
        return user_id in value
    return value in {user_id, f"slack:{user_id}"} if isinstance(value, str) else False


def _plain(value: object) -> Value:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | list | dict) else None
