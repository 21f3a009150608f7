"""A SQLite file as the app uses it: one process, one writer, everything acknowledged is on disk."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from calls.errors import ConfigError
from storage.prepared import drive

BUSY_TIMEOUT_MS = 2_000
"""How long a writer waits for another program's lock; well inside the 3 s in which Slack wants an answer."""

CHECKPOINT_PAGES = 4_000
"""How much of the log is moved into the file at the latest, 16 MiB, while somebody waits; else it is when idle."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
    # FULL, not NORMAL: an acknowledged command must survive a power failure, not only a crash of the process.
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys=ON",
)


def sqlite_path(database_url: str) -> Path:
    """Return the file of a `sqlite:///…` address."""
    return Path(database_url.removeprefix("sqlite:///"))


def open_sqlite(database_url: str) -> Engine:
    """Return an engine for a SQLite file, whose folder is made if need be.

    Raises:
        ConfigError: when the folder cannot be made.
    """
    path = sqlite_path(database_url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError("database_not_writable", detail=str(path)) from error
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=4,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own connection
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _on_begin(connection: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event signature
    # A writer takes its lock at once: one that starts as a reader can never be given the lock later.
    writes = connection.get_execution_options().get("writes", False)
    drive(connection, "BEGIN IMMEDIATE" if writes else "BEGIN")


def checkpoint(connection: Connection) -> None:
    """Move what the log holds into the file, outside of a transaction, as far as nobody is kept waiting by it.

    Raises:
        DBAPIError: when the file cannot be written to; nothing is lost by that.
    """
    drive(connection, "PRAGMA wal_checkpoint(PASSIVE)").fetchall()


@contextmanager
def process_lock(database_url: str) -> Iterator[bool]:
    """Hold a database file for one process while the block runs.

    Yields:
        Whether the lock was to be had; another process has it otherwise.

    Raises:
        ConfigError: when the folder cannot be written to.
    """
    database = sqlite_path(database_url)
    lock_file = database.with_name(f"{database.name}.lock")
    try:
        lock_file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError("database_not_writable", detail=str(lock_file)) from error
    try:
        yield _try_lock(descriptor)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
