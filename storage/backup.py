"""Copy a SQLite database into a file while it is in use.

Source: https://www.sqlite.org/backup.html
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from calls.errors import ConfigError
from storage.postgres import is_postgres
from storage.sqlite import BUSY_TIMEOUT_MS, sqlite_path


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made, and read back.

    Args:
        calls: how many calls it holds.
    """

    calls: int
    size_bytes: int


def copy_database(database_url: str, target: Path) -> Backup:
    """Copy a database as it is at one moment; what is stored meanwhile is not held up.

    The copy appears under its name only when it is whole and on disk, and only its owner may read it.

    Raises:
        ConfigError: when the database is no SQLite file or there is none, or the copy exists or cannot be written.
    """
    if is_postgres(database_url):
        raise ConfigError("backup_needs_sqlite")
    source = sqlite_path(database_url)
    if not source.exists():
        raise ConfigError("backup_of_nothing", detail=str(source))
    if target.exists():
        raise ConfigError("backup_exists", detail=str(target))
    try:
        with _unfinished(target) as copy:
            calls = _copy(source, copy)
            return Backup(calls, copy.stat().st_size)
    except (OSError, sqlite3.Error) as error:
        raise ConfigError("backup_not_made", detail=f"{target}: {error}") from error


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """Yield a file beside the target that becomes it when all went well, and goes away otherwise."""
    copy = target.with_name(f"{target.name}.unfinished")
    os.close(os.open(copy, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    try:
        yield copy
        _to_disk(copy)
        copy.rename(target)
        _to_disk(target.parent)
    finally:
        copy.unlink(missing_ok=True)


def _copy(source: Path, copy: Path) -> int:
    """Copy a file page by page in one look, check the copy, and return how many calls it holds."""
    with closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT_MS / 1000)) as there, closing(_written(copy)) as here:
        there.backup(here)
        # The copy is one file: no journal beside it has to be kept with it.
        here.execute("PRAGMA journal_mode=DELETE")
        (verdict,) = here.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        (calls,) = here.execute("SELECT count(*) FROM calls").fetchone()
        return int(calls)


def _written(copy: Path) -> sqlite3.Connection:
    return sqlite3.connect(copy, isolation_level=None)


def _to_disk(path: Path) -> None:
    """Wait until a file or folder is on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
