"""Open the database that an address names, whichever kind it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from storage.postgres import is_postgres, open_postgres
from storage.sqlite import open_sqlite, process_lock


def open_engine(database_url: str) -> Engine:
    """Return an engine for a database.

    Raises:
        ConfigError: when it cannot be had.
    """
    return open_postgres(database_url) if is_postgres(database_url) else open_sqlite(database_url)


@contextmanager
def right_to_work(database_url: str) -> Iterator[bool]:
    """Hold the right to advance calls while the block runs.

    Yields:
        Whether it was to be had: a SQLite file has room for one process, PostgreSQL for any number.

    Raises:
        ConfigError: when the folder of a SQLite file cannot be written to.
    """
    if is_postgres(database_url):
        yield True
        return
    with process_lock(database_url) as is_alone:
        yield is_alone
