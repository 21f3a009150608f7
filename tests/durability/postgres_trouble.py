"""Ways of making a PostgreSQL server refuse writes while the app runs, each of which is undone afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg

from tests.postgres import PostgresServer

PostgresTrouble = Callable[[PostgresServer, str], Iterator[None]]
"""Makes trouble until it goes on; takes the server and the address of the app's database."""


def locked(_: PostgresServer, database_url: str) -> Iterator[None]:
    """Hold the tables against everybody who writes, as a long migration does."""
    with psycopg.connect(database_url) as connection:
        connection.execute("LOCK TABLE calls, deliveries IN SHARE MODE")
        yield


def read_only(server: PostgresServer, _: str) -> Iterator[None]:
    """Let no transaction write, as a server that is a standby or runs out of numbers does."""
    _set(server, "ALTER SYSTEM SET default_transaction_read_only = on")
    yield
    _set(server, "ALTER SYSTEM RESET default_transaction_read_only")


def away(server: PostgresServer, _: str) -> Iterator[None]:
    """Stop the server."""
    server.control("stop", "-m", "immediate")
    yield
    server.start()


def _set(server: PostgresServer, change: str) -> None:
    for statement in (change, "SELECT pg_reload_conf()"):
        server.sql(statement)


POSTGRES_TROUBLES = (locked, read_only, away)
