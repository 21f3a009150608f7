"""Bring a database to the schema this code knows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from calls.errors import ConfigError
from storage.installation_tables import installations
from storage.plan_tables import plans
from storage.postgres_schema import lock_schema, upgrade_queue

HEAD = "0015"
"""The newest migration; a test keeps it equal to the newest file in `storage/migrations/versions`."""


def upgrade(engine: Engine) -> None:
    """Run the migrations that are missing.

    Raises:
        ConfigError: when the database was written by a newer version, or cannot be opened.
    """
    try:
        is_postgres = engine.dialect.name == "postgresql"
        with engine.execution_options(writes=True).begin() as connection:
            if is_postgres:
                lock_schema(connection)
                upgrade_queue(connection)
            found = current_revision(connection)
            if found != HEAD:
                _migrate(connection, found)
    except SQLAlchemyError as error:
        raise ConfigError("database_not_usable", detail=str(error.__cause__ or error)) from error


def current_revision(connection: Connection) -> str | None:
    """Return the newest migration a database has had, or None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return revision


def differences(engine: Engine) -> list[str]:
    """Return in words where a database differs from the tables this code describes."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    def is_ours(_: object, name: str | None, *_rest: object) -> bool:
        return not (name or "").startswith("procrastinate_")

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours})
        described = {installations.metadata, plans.metadata}
        return [str(difference) for each in described for difference in compare_metadata(context, each)]


def _migrate(connection: Connection, found: str | None) -> None:
    # Alembic takes 0.1 s to import, which a start with nothing to migrate does not have to pay.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise ConfigError("database_too_new", detail=found)
    command.upgrade(config, HEAD)
