"""A PostgreSQL database as the app uses it: many processes, each transaction run again when that can help."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError

from calls.errors import ConfigError, StaleCallError, StorageError
from calls.model import Delivery
from storage.partial_indexes import describe_to_postgres

Answer = TypeVar("Answer")

WRITERS = 4
"""How many transactions a process writes at once; PostgreSQL itself lets them share a wait for the disk."""

GIVE_UP_S = 2.0
"""How long a transaction is tried for; well inside the 3 s in which Slack wants an answer."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.01, 0.2
_STALE_TRIES = 3

_SESSION = {
    "lock_timeout": 1_500,
    "statement_timeout": 2_000,
    # A process that stops dead inside a transaction must not keep its locks from the others.
    "idle_in_transaction_session_timeout": 5_000,
}
"""Milliseconds."""

_RUN_AGAIN = frozenset(
    {
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "57P01",  # admin_shutdown
        "57P02",  # crash_shutdown
        "57P03",  # cannot_connect_now
        "53300",  # too_many_connections
        "25P03",  # idle_in_transaction_session_timeout
    }
)


def is_postgres(database_url: str) -> bool:
    """Say whether an address is one of PostgreSQL."""
    return database_url.startswith(("postgres://", "postgresql://"))


def open_postgres(database_url: str) -> Engine:
    """Return an engine for a PostgreSQL database; nothing is connected yet.

    Raises:
        ConfigError: when it is not an address of one.
    """
    describe_to_postgres()
    return create_engine(
        _url(database_url).set(drivername="postgresql+psycopg"),
        pool_size=WRITERS,
        max_overflow=WRITERS,
        pool_timeout=GIVE_UP_S,
        connect_args=connect_arguments(database_url),
    )


def libpq_url(database_url: str) -> str:
    """Return an address as PostgreSQL's own programs take it."""
    return _url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def connect_arguments(database_url: str) -> dict[str, str | int]:
    """Return how to connect, so that a server that is out of reach is noticed in time."""
    ours = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    given = _url(database_url).query.get("options", "")
    return {
        "connect_timeout": 2,
        "tcp_user_timeout": 3_000,
        "application_name": "startcall",
        "options": f"{given if isinstance(given, str) else ' '.join(given)} {ours}".strip(),
    }


def _url(database_url: str) -> URL:
    try:
        return make_url(database_url)
    except (ArgumentError, ValueError) as error:
        raise ConfigError("database_not_usable", detail="its address cannot be read") from error


def repeated(attempt: Callable[[], Answer]) -> Answer:
    """Run `attempt`, and again while that can help, for `GIVE_UP_S` seconds at most."""
    give_up_at = time.monotonic() + GIVE_UP_S
    pause_s = _FIRST_PAUSE_S
    for tries in itertools.count(1):
        try:
            return attempt()
        except (DBAPIError, StaleCallError) as error:
            if not _may_pass(error, tries) or time.monotonic() + pause_s > give_up_at:
                raise
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
    raise AssertionError("the loop only ends by returning or raising")


def _may_pass(error: DBAPIError | StaleCallError, tries: int) -> bool:
    """Say whether the same transaction can go well when it is run again from its beginning."""
    if isinstance(error, StaleCallError):
        # Changed by another process between the reading and the writing of this transaction.
        return error.code == "stale_call" and tries < _STALE_TRIES
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, IntegrityError):
        # Another process stored the same delivery, or the same person, meanwhile: now it will be found.
        return bool(state == "23505")
    connection_is_lost = isinstance(error, OperationalError) and (state is None or state.startswith("08"))
    return error.connection_invalidated or connection_is_lost or state in _RUN_AGAIN


def commit(engine: Engine, work: Callable[[Connection], Answer]) -> Answer:
    """Run `work` in one transaction; when the answer to its commit is lost, find out what became of it."""
    with engine.connect() as connection:
        answer = work(connection)
        mark = connection.execute(text("SELECT pg_current_xact_id_if_assigned()::text")).scalar_one()
        try:
            connection.commit()
        except DBAPIError:
            if mark is None or not repeated(lambda: _is_committed(engine, mark)):
                raise
    return answer


def wait_for_copies(connection: Connection, delivery: Delivery) -> None:
    """Wait until no other process is storing a copy of a delivery, so that the work is not done in vain."""
    query = text("SELECT pg_advisory_xact_lock(hashtext(:team_id), hashtext(:key))")
    connection.execute(query, {"team_id": delivery.team_id, "key": delivery.key})


def _is_committed(engine: Engine, mark: str) -> bool:
    query = text("SELECT pg_xact_status(CAST(:mark AS xid8))")
    give_up_at = time.monotonic() + GIVE_UP_S
    while time.monotonic() < give_up_at:
        with engine.connect() as connection:
            status = connection.execute(query, {"mark": mark}).scalar_one()
        if status != "in progress":
            return bool(status == "committed")
        time.sleep(_LONGEST_PAUSE_S)
    raise StorageError("not_stored", detail="what became of a commit cannot be found out")
