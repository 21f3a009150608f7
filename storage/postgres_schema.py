"""What only PostgreSQL's schema needs: one migrating process at a time, and Procrastinate's own tables."""

from __future__ import annotations

from importlib import resources

from sqlalchemy import Connection, text

from calls.errors import ConfigError

_LOCK = 0x53_54_43_4C
"""The number of our advisory lock; no other program of the same database should use it."""

_WAIT_MS = 60_000


def lock_schema(connection: Connection) -> None:
    """Wait until no other process changes the schema, and keep the others out until the transaction ends."""
    for name in ("lock_timeout", "statement_timeout"):
        connection.execute(text(f"SET LOCAL {name} = {_WAIT_MS}"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def upgrade_queue(connection: Connection) -> None:
    """Bring Procrastinate's tables to the version that is installed.

    Which of its migrations a database has had is noted as the comment of its main table.

    Raises:
        ConfigError: when the database was used with a newer Procrastinate.
    """
    folder = resources.files("procrastinate.sql")
    steps = sorted(step.name for step in (folder / "migrations").iterdir() if step.name.endswith(".sql"))
    if connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar_one() is None:
        _run(connection, (folder / "schema.sql").read_text(encoding="utf-8"))
    else:
        done = connection.execute(text("SELECT obj_description('procrastinate_jobs'::regclass)")).scalar_one()
        if done is None or done > steps[-1]:
            raise ConfigError("database_too_new", detail=f"procrastinate {done}")
        for step in (step for step in steps if step > done):
            _run(connection, (folder / "migrations" / step).read_text(encoding="utf-8"))
    _run(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{steps[-1]}'")


def _run(connection: Connection, statements: str) -> None:
    connection.execution_options(no_parameters=True).exec_driver_sql(statements)
