"""Store rows by their primary key, whether they are new or changed, as both databases do it in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from sqlalchemy import Connection, Table

from storage.rows import Values


def put_first(connection: Connection, table: Table, values: Values) -> bool:
    """Store a row unless there is one with its primary key; say whether there was none, as one process alone hears."""
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    # Asked back: how many rows it were, not every driver counts.
    query = dialect.insert(table).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return connection.execute(query, values).first() is not None


def put(connection: Connection, table: Table, values: Sequence[Values]) -> None:
    """Store rows; each has a value for every column."""
    if not values:
        return
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    query = dialect.insert(table)
    key = [column.name for column in table.primary_key.columns]
    changed = {column.name: query.excluded[column.name] for column in table.columns if column.name not in key}
    connection.execute(query.on_conflict_do_update(index_elements=key, set_=changed), list(values))
