"""Statements that are made once and run often.

SQLAlchemy gathers some hundred things for each run of a statement, which costs five times what SQLite then takes for
it. So on SQLite such a statement goes to the driver itself, in the very words and with the very types that SQLAlchemy
would use; on PostgreSQL, where the way to the server costs more than both, it is run as any other.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.types import TypeEngine

Process = Callable[[Any], Any] | None
"""Turns a value into what is stored, or back; None leaves it as it is."""


@dataclass(frozen=True, slots=True)
class _Driven:
    """A statement as SQLite's driver takes it.

    Args:
        bound: for each `?`, the name of its value, what is done to it, and what stands there when no value is given.
        row: builds a row; None for statements without rows.
        read: what is done to each column of a row.
    """

    sql: str
    bound: Sequence[tuple[str, Process, object]]
    row: Callable[..., Any] | None
    read: Sequence[Process]

    def run(self, connection: Connection, values: Mapping[str, object]) -> sqlite3.Cursor:
        given = [
            values.get(name, default) if process is None else process(values.get(name, default))
            for name, process, default in self.bound
        ]
        return drive(connection, self.sql, given)

    def rows(self, connection: Connection, values: Mapping[str, object]) -> list[Any]:
        if self.row is None:
            raise AssertionError(self.sql)
        return [
            self.row(
                *(value if process is None else process(value) for process, value in zip(self.read, found, strict=True))
            )
            for found in self.run(connection, values).fetchall()
        ]


class Prepared:
    """A statement whose values are given by name each time it is run."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        """Make nothing before it is known for which database, and of which columns an INSERT or UPDATE has values."""
        self._statement = statement
        self._driven: _Driven | None = None

    def run(self, connection: Connection, values: Mapping[str, object]) -> int:
        """Change rows, and return how many an UPDATE or DELETE has changed.

        Args:
            values: always of the same names.
        """
        if not _is_sqlite(connection):
            return connection.execute(self._statement, values).rowcount
        return self._driven_by(connection, values).run(connection, values).rowcount

    def all(self, connection: Connection, values: Mapping[str, object]) -> Sequence[Any]:
        """Return the rows that are found, each with its columns as attributes."""
        if not _is_sqlite(connection):
            return connection.execute(self._statement, values).all()
        return self._driven_by(connection, values).rows(connection, values)

    def one_or_none(self, connection: Connection, values: Mapping[str, object]) -> Any | None:  # noqa: ANN401 - a row of any table
        """Return the one row there can be, or None."""
        found = self.all(connection, values)
        return found[0] if found else None

    def _driven_by(self, connection: Connection, values: Mapping[str, object]) -> _Driven:
        if self._driven is None:
            self._driven = _driven(self._statement, connection.dialect, list(values))
        return self._driven


def drive(connection: Connection, sql: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
    """Run a statement by SQLite's driver, in the transaction of a connection.

    Raises:
        DBAPIError: as SQLAlchemy raises it.
    """
    try:
        cursor: sqlite3.Cursor = connection.connection.dbapi_connection.execute(sql, values)  # type: ignore[union-attr]
    except sqlite3.IntegrityError as error:
        raise IntegrityError(sql, None, error) from error
    except sqlite3.OperationalError as error:
        raise OperationalError(sql, None, error) from error
    except sqlite3.Error as error:
        raise DBAPIError(sql, None, error) from error
    return cursor


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _driven(statement: Select[Any] | Insert | Update | Delete, dialect: Dialect, names: Sequence[str]) -> _Driven:
    if isinstance(statement, Select):
        compiled = statement.compile(dialect=dialect)
        columns = list(statement.selected_columns)
        read = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        row = _row_of([column.name for column in columns])
    else:
        compiled = statement.compile(dialect=dialect, column_keys=names)
        read, row = [], None
    binds = compiled.binds
    bound = [(name, _stored(binds[name].type, dialect), binds[name].value) for name in compiled.positiontup or ()]
    return _Driven(str(compiled), bound, row, read)


def _row_of(names: Sequence[str]) -> Callable[..., Any]:
    """Return what builds rows with these columns."""
    return namedtuple("Row", names)  # noqa: PYI024 - the names are known at run time only


def _stored(type_of: TypeEngine[Any], dialect: Dialect) -> Process:
    return type_of.dialect_impl(dialect).bind_processor(dialect)
