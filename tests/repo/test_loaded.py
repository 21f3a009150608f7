"""A start loads what this installation uses, and not what others do: that is time and memory."""

from __future__ import annotations

import subprocess
import sys

from sqlalchemy.schema import CreateIndex

from providers.registry import OWN_KINDS
from storage.opening import open_engine
from storage.tables import calls
from tests.repo.tree import ROOT

FOR_SOME = {
    "PIL",
    "alembic",
    "cryptography",
    "icalendar",
    "jinja2",
    "jwt",
    "procrastinate",
    "psycopg",
    "sqlalchemy.dialects.postgresql",
    "yaml",
    *(f"providers.{name}.provider" for name in OWN_KINDS if name != "link"),
}
"""What PostgreSQL, certain meeting systems, pages, or the first start of all need."""


def test_a_start_loads_nothing_that_only_others_need() -> None:
    """SQLite and links are all that the smallest installation uses."""
    program = "import sys, command_line; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)

    assert set() == FOR_SOME & set(done.stdout.split())


def test_postgres_knows_the_conditions_of_partial_indexes() -> None:
    """They are said to it when a database of its kind is opened, not where the tables are."""
    engine = open_engine("postgresql://nobody@127.0.0.1/nothing")
    made = {str(index.name): str(CreateIndex(index).compile(engine)) for index in calls.indexes}
    engine.dispose()

    assert "WHERE due_at IS NOT NULL" in made["calls_due"]
