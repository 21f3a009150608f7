"""A private PostgreSQL for tests: one server a session, one empty database a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from tests.ports import free_port

MISSING = (
    "These tests need PostgreSQL's own programs (initdb, pg_ctl) and found none. On Debian or Ubuntu: "
    "apt-get install postgresql. To leave the tests out, set STARTCALL_SKIP_POSTGRES=1."
)
SKIP = "STARTCALL_SKIP_POSTGRES"
SKIPPED = os.environ.get(SKIP) == "1"  # noqa: TID251 - a switch of the tests alone
UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server.

    Args:
        programs: the folder with its programs.
        folder: of its data; deleted at the end.
    """

    programs: Path
    folder: Path
    port: int

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://startcall@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement and return what it answers, without decoration."""
        program = self.programs / "psql"
        return _run(program, "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, self.url(database)).strip()

    def start(self) -> None:
        """Start on loopback only."""
        options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder, "max_connections": 200}
        named = " ".join(f"-c {name}={value}" for name, value in options.items())
        self.control("start", "-o", f"-p {self.port} {named}")

    def restart(self) -> None:
        """Stop as in a crash and start again."""
        self.control("restart", "-m", "immediate")

    def deafen(self, database: str, seconds: float) -> None:
        """End every connection that listens, and let nobody connect for a while."""
        self.sql(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
        self.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        time.sleep(seconds)
        self.sql(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")

    def control(self, action: str, *arguments: str) -> None:
        """Start or stop the server."""
        log = str(self.folder / "log")
        _run(
            *_as_nobody(),
            self.programs / "pg_ctl",
            action,
            "-w",
            "-s",
            "-D",
            self.folder / "data",
            "-l",
            log,
            *arguments,
        )


def _run(*command: str | Path) -> str:
    done = subprocess.run(
        [str(word) for word in command], check=False, capture_output=True, text=True, cwd="/", timeout=50
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def _as_nobody() -> list[str]:
    """Return what a command begins with so that it does not run as root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return []
    user = _unprivileged()
    return ["setpriv", f"--reuid={user}", f"--regid={_group(user)}", "--clear-groups"]


def _unprivileged() -> str:
    import pwd  # noqa: PLC0415 - only where there are such users

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(user for user in UNPRIVILEGED if user in known)


def _group(user: str) -> int:
    import pwd  # noqa: PLC0415 - only where there are such users

    return pwd.getpwnam(user).pw_gid


def _programs() -> Path | None:
    """Return the folder with PostgreSQL's programs, the newest of several."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("pg_ctl")
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


def start_server() -> PostgresServer:
    """Make a server's data and start it on a free port, on loopback only."""
    programs = _programs()
    if programs is None:
        pytest.fail(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="startcall-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _unprivileged())
    data = folder / "data"
    _run(*_as_nobody(), programs / "initdb", "-D", data, "-U", "startcall", "-A", "trust", "-E", "UTF8", "--no-sync")
    server = PostgresServer(programs, folder, free_port())
    server.start()
    return server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server for the session."""
    if SKIPPED:
        pytest.skip(f"{SKIP} is set")
    server = start_server()
    yield server
    with suppress(RuntimeError):
        server.control("stop", "-m", "immediate")
    shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Return the address of an empty database, which is dropped afterwards."""
    name = f"test_{uuid4().hex}"
    postgres_server.sql(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    postgres_server.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/calls.sqlite3"
    return str(request.getfixturevalue("postgres_url"))
