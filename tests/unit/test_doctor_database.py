"""The doctor looks at the database without changing it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import text

from doctor.database import check_database
from doctor.report import State
from storage.schema import upgrade
from storage.sqlite import open_sqlite


def test_database_that_is_not_there_yet_is_fine_and_is_not_made(tmp_path: Path) -> None:
    """Looking changes nothing."""
    found = check_database(f"sqlite:///{tmp_path}/data/calls.sqlite3")
    assert found.state is State.OK
    assert "the first start makes it" in found.sentence
    assert list(tmp_path.iterdir()) == []


def test_database_below_a_file_is_bad(tmp_path: Path) -> None:
    """A place where no folder can be made is found before the first start."""
    (tmp_path / "data").write_text("", encoding="utf-8")
    assert check_database(f"sqlite:///{tmp_path}/data/calls.sqlite3").state is State.BAD


def test_current_database_is_fine(tmp_path: Path) -> None:
    """Tables of today, and the file takes writes."""
    url = f"sqlite:///{tmp_path}/calls.sqlite3"
    engine = open_sqlite(url)
    upgrade(engine)
    engine.dispose()
    found = check_database(url)
    assert found.state is State.OK
    assert "its tables are today's" in found.sentence


def test_empty_database_is_fine(tmp_path: Path) -> None:
    """The next start makes its tables."""
    (tmp_path / "calls.sqlite3").touch()
    found = check_database(f"sqlite:///{tmp_path}/calls.sqlite3")
    assert found.state is State.OK
    assert "the next start brings its tables up to date" in found.sentence


def test_database_of_a_newer_version_is_bad(tmp_path: Path) -> None:
    """Going back to an older version is refused at the start, too."""
    url = f"sqlite:///{tmp_path}/calls.sqlite3"
    engine = open_sqlite(url)
    upgrade(engine)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    found = check_database(url)
    assert found.state is State.BAD
    assert "newer version" in found.sentence


def test_file_that_is_no_database_is_bad(tmp_path: Path) -> None:
    """A wrong path is named with the reason."""
    file = tmp_path / "calls.sqlite3"
    file.write_text("not a database at all, but long enough to look at" * 100, encoding="utf-8")
    found = check_database(f"sqlite:///{file}")
    assert found.state is State.BAD
    assert "file is not a database" in found.sentence


def test_locked_database_is_bad(tmp_path: Path) -> None:
    """Somebody who holds the write lock for long would stop the app as well."""
    file = tmp_path / "calls.sqlite3"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN IMMEDIATE")
    found = check_database(f"sqlite:///{file}")
    other.close()
    assert found.state is State.BAD
    assert "locked" in found.sentence
