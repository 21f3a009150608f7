"""A PostgreSQL server of the benchmarks' own, where its programs are installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

import pytest

from tests.postgres import PostgresServer, start_server

MISSING = "not measured: PostgreSQL's own programs (initdb, pg_ctl) are not on this machine"


@contextmanager
def postgres() -> Iterator[PostgresServer | None]:
    """Run a server while the block runs; None where its programs are missing."""
    try:
        server = start_server()
    except pytest.fail.Exception:
        yield None
        return
    try:
        yield server
    finally:
        with suppress(RuntimeError):
            server.control("stop", "-m", "immediate")
        shutil.rmtree(server.folder, ignore_errors=True)


def new_database(server: PostgresServer) -> str:
    """Make an empty database and return its address."""
    name = f"bench_{uuid4().hex}"
    server.sql(f"CREATE DATABASE {name}")
    return server.url(name)
