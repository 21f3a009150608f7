"""A connection that is kept between transactions: to take one from the pool costs more than most work does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError


class KeptConnection:
    """One connection to a SQLite file, for one thread at a time; made when it is first needed."""

    def __init__(self, engine: Engine) -> None:
        """Connect to nothing yet."""
        self._engine = engine
        self._connection: Connection | None = None

    @property
    def present(self) -> Connection | None:
        """Return the connection, outside of a transaction; None while there is none."""
        return self._connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Surround a transaction, which is taken back when the block raises."""
        if self._connection is None:
            self._connection = self._engine.connect()
        with self._connection.begin():
            yield self._connection

    def close(self) -> None:
        """Give the connection up; the next transaction makes a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # What cannot be closed any more is let go of all the same.
            with suppress(SQLAlchemyError):
                connection.close()
