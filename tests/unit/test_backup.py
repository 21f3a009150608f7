"""`python app.py backup`: a copy is whole or not there, and every refusal says what to do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from calls.errors import ConfigError
from calls.words.errors import sentence_for
from storage.backup import copy_database
from storage.opening import open_engine
from storage.schema import differences, upgrade


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a database without calls."""
    file = tmp_path / "data" / "calls.sqlite3"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


def refusal(source: Path | str, target: Path) -> ConfigError:
    """Return why no copy is made."""
    url = source if isinstance(source, str) else f"sqlite:///{source}"
    with pytest.raises(ConfigError) as refused:
        copy_database(url, target)
    return refused.value


def test_a_copy_is_a_database_that_can_be_used(source: Path, tmp_path: Path) -> None:
    """It is one file with today's tables, and nobody else may read it."""
    target = tmp_path / "copy.sqlite3"

    backup = copy_database(f"sqlite:///{source}", target)

    assert (0, target.stat().st_size) == (backup.calls, backup.size_bytes)
    assert "0o600" == oct(target.stat().st_mode & 0o777)
    assert {"copy.sqlite3", "data"} == {path.name for path in tmp_path.iterdir()}
    engine = open_engine(f"sqlite:///{target}")
    assert [] == differences(engine)
    engine.dispose()


def test_a_file_that_exists_is_left_alone(source: Path, tmp_path: Path) -> None:
    """The last good copy is not lost to a new one that fails."""
    target = tmp_path / "copy.sqlite3"
    target.write_text("precious", encoding="utf-8")

    assert "backup_exists" == refusal(source, target).code
    assert "precious" == target.read_text(encoding="utf-8")


def test_nothing_to_copy_is_no_empty_copy(tmp_path: Path) -> None:
    """SQLite would make an empty database, and its copy would look like a good one."""
    assert "backup_of_nothing" == refusal(tmp_path / "none.sqlite3", tmp_path / "copy.sqlite3").code
    assert [] == list(tmp_path.iterdir())


def test_postgresql_is_copied_by_its_own_program(tmp_path: Path) -> None:
    """The sentence names it."""
    refused = refusal("postgresql://startcall:hunter2@db.example.com/startcall", tmp_path / "copy.sqlite3")

    assert "pg_dump" in sentence_for(refused)
    assert "hunter2" not in sentence_for(refused)


def test_a_damaged_file_gives_no_copy(source: Path, tmp_path: Path) -> None:
    """A copy of what cannot be read would be noticed only when it is needed."""
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damaged = bytearray(source.read_bytes())
    damaged[8192:20480] = b"\xff" * 12288
    source.write_bytes(damaged)

    assert "backup_not_made" == refusal(source, tmp_path / "copy.sqlite3").code
    assert ["data"] == [path.name for path in tmp_path.iterdir()]


def test_a_folder_that_does_not_exist_is_named(source: Path, tmp_path: Path) -> None:
    """Whoever reads it knows which folder to make."""
    target = tmp_path / "nowhere" / "copy.sqlite3"

    assert str(target) in sentence_for(refusal(source, target))
