"""Ways of making a database refuse writes while the app runs, each of which can be undone."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.durability.process import AppProcess

DISK = "1200k"
"""How large the small disk is; the empty database and the app's own few files leave about half of it."""

_HOLD = (
    "import sqlite3, sys; connection = sqlite3.connect(sys.argv[1], isolation_level=None); "
    "connection.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()"
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cause for which nothing can be stored.

    Args:
        lasting: returns a context in which the cause is there; takes the app and the database's file.
        wrapper: returns the command that the app is to be run by; takes the database's folder.
        missing: returns why this machine cannot have the cause, or None.
    """

    name: str
    lasting: Callable[[AppProcess, Path], Iterator[None]]
    wrapper: Callable[[Path], tuple[str, ...]] = lambda _: ()
    missing: Callable[[], str | None] = lambda: None


def locked(_: AppProcess, file: Path) -> Iterator[None]:
    """Hold the database's lock in another process."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        if holder.stdout is None or holder.stdin is None:
            raise AssertionError(holder)
        holder.stdout.readline()
        yield
        holder.stdin.close()


def no_growth(app: AppProcess, _: Path) -> Iterator[None]:
    """Let no file of the app's grow past its first byte, as a used-up quota does."""
    endless = resource.RLIM_INFINITY
    resource.prlimit(app.pid, resource.RLIMIT_FSIZE, (1, endless))
    yield
    resource.prlimit(app.pid, resource.RLIMIT_FSIZE, (endless, endless))


def full(app: AppProcess, file: Path) -> Iterator[None]:
    """Fill the small disk that only the app sees."""
    filler = Path(f"/proc/{app.pid}/root{file.parent}/filler")
    with filler.open("wb", buffering=0) as stream:
        for size in (4096, 1):
            _write_until_full(stream.fileno(), size)
    yield
    filler.unlink()


def _write_until_full(descriptor: int, size: int) -> None:
    while True:
        try:
            os.write(descriptor, b"x" * size)
        except OSError:
            return


def read_only(_: AppProcess, file: Path) -> Iterator[None]:
    """Make the files unchangeable, which holds for files that are open already too."""
    files = [file, file.with_name(f"{file.name}-wal")]
    subprocess.run(["chattr", "+i", *files], check=True)
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *files], check=True)


def small_disk(folder: Path) -> tuple[str, ...]:
    """Return a command that runs another in a world of its own, where a folder is a small disk."""
    mount = f'mount -t tmpfs -o size={DISK} none "$0" && exec "$@"'
    return ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(folder))


def no_small_disk() -> str | None:
    """Say why there can be no small disk."""
    try:
        done = subprocess.run([*small_disk(Path("/mnt")), "true"], check=False, capture_output=True)
    except FileNotFoundError:
        return "unshare (util-linux) is missing"
    return None if done.returncode == 0 else "this machine lets nobody but root mount, not even for itself"


def no_immutable_files() -> str | None:
    """Say why files cannot be made unchangeable."""
    return None if os.geteuid() == 0 else "only root may make a file unchangeable (chattr +i)"


TROUBLES = (
    Trouble("locked", locked),
    Trouble("no growth", no_growth),
    Trouble("disk full", full, small_disk, no_small_disk),
    Trouble("read-only", read_only, missing=no_immutable_files),
)


@contextmanager
def trouble_for(trouble: Trouble, app: AppProcess, file: Path) -> Iterator[None]:
    """Make trouble while the block runs."""
    yield from trouble.lasting(app, file)
