"""Look at the database without changing its tables."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from calls.errors import ConfigError
from doctor.report import Finding, State
from storage.postgres import is_postgres, open_postgres
from storage.schema import HEAD, current_revision
from storage.sqlite import open_sqlite, sqlite_path

NAME = "database"


def check_database(database_url: str) -> Finding:
    """Say whether the database can be read and written, and whether its tables are today's."""
    if is_postgres(database_url):
        return _check_postgres(database_url)
    path = sqlite_path(database_url)
    try:
        if not path.exists():
            return _not_made_yet(path)
        engine = open_sqlite(database_url)
    except (OSError, ConfigError) as error:
        return _bad(path, getattr(error, "strerror", None) or str(error))
    return _look_into(engine, path)


def _check_postgres(database_url: str) -> Finding:
    try:
        engine = open_postgres(database_url)
    except ConfigError as error:
        return _bad("The PostgreSQL database", str(error))
    return _look_into(engine, f"The PostgreSQL database {engine.url.database}")


def _look_into(engine: Engine, place: Path | str) -> Finding:
    """Look at a database that is there."""
    try:
        with engine.execution_options(writes=True).connect() as connection, connection.begin() as transaction:
            found = current_revision(connection)
            # The write lock was taken, so the file takes writes; nothing is left behind.
            transaction.rollback()
    except SQLAlchemyError as error:
        return _bad(place, str(error.__cause__ or error).strip())
    finally:
        engine.dispose()
    return _compare(place, found)


def _not_made_yet(path: Path) -> Finding:
    """Look at the folder in which the file would be made."""
    folder = next(folder for folder in path.absolute().parents if folder.exists())
    if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
        return Finding(NAME, State.OK, f"{path} does not exist yet; the first start makes it.")
    return _bad(path, f"{folder} takes no new files")


def _compare(path: Path | str, found: str | None) -> Finding:
    if found == HEAD:
        return Finding(NAME, State.OK, f"{path} takes writes, and its tables are today's.")
    if found is None or found < HEAD:
        return Finding(NAME, State.OK, f"{path} takes writes; the next start brings its tables up to date.")
    cure = "Run that version, or name another file in DATABASE_URL."
    return Finding(NAME, State.BAD, f"{path} was written by a newer version of Startcall.", cure)


def _bad(path: Path | str, why: str) -> Finding:
    cure = "Check DATABASE_URL, that the disk is not full, and that this user may write there."
    return Finding(NAME, State.BAD, f"{path} cannot be used: {why}.", cure)
