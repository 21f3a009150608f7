"""The project's own virtual environment: whether `.venv` is complete, and making it so.

A file in `.venv` tells which requirements were installed. Another one stands there while an
installation is under way: whoever finds it knows that it was interrupted, and starts over.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

from scripts import pip_run

ROOT = Path(__file__).resolve().parent.parent


class SetupError(Exception):
    """Setting up cannot go on; the message is for the person at the terminal."""


def fingerprint(root: Path, names: list[str]) -> list[str]:
    """Return a line per requirements file that changes whenever its content does."""
    return [f"{name} {hashlib.sha256((root / name).read_bytes()).hexdigest()}" for name in names]


class Environment:
    """The virtual environment of one checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / ".venv"
        self.python = self.home / "bin" / "python"
        self._stamp = self.home / "startcall-installed"
        self.unfinished = self.home / "startcall-unfinished"

    def installed(self) -> list[str]:
        """Return the fingerprints of what is installed: none when that is unknown or was interrupted."""
        if self.unfinished.exists() or not self._stamp.exists() or not self.is_ours():
            return []
        return self._stamp.read_text(encoding="utf-8").splitlines()

    def is_ours(self) -> bool:
        """Tell whether the environment can be used: its Python is there and of the version that runs this."""
        library = self.home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.python.exists() and library.is_dir()

    def install(self, names: list[str]) -> None:
        """Install the packages that the requirements files name, into a new environment where need be.

        Raises:
            SetupError: when Python lacks a part, the disk refuses, or pip stops.
        """
        fresh = self.unfinished.exists() or not self.is_ours()
        if fresh:
            self._make()
        self.unfinished.touch()
        log = self.home / "pip.log"
        files = [argument for name in names for argument in ("-r", str(self.root / name))]
        problem = pip_run.install([str(self.python), "-m", "pip"], files, log)
        if problem is None:
            self._stamp.write_text("\n".join(fingerprint(self.root, names)) + "\n", encoding="utf-8")
        if problem is None or not fresh:
            self.unfinished.unlink()
        if problem is not None:
            raise SetupError(problem)

    def _make(self) -> None:
        missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
        if missing:
            raise SetupError(no_venv_sentence())
        print(f"Making .venv with Python {sys.version.split()[0]} …", flush=True)
        if self.home.exists():
            shutil.rmtree(self.home)
        self.home.mkdir()
        self.unfinished.touch()
        try:
            venv.create(self.home, with_pip=True, symlinks=True)
        except subprocess.CalledProcessError as error:
            raise SetupError(no_venv_sentence()) from error


def no_venv_sentence() -> str:
    """Return what to do about a Python that cannot make virtual environments, as Debian ships it."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"This Python {version} cannot make virtual environments. On Debian and Ubuntu run "
        f"`apt install python{version}-venv` as root, elsewhere install Python with its venv and ensurepip modules; "
        "then run the same command again."
    )


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Keep a second installation in the same checkout waiting until this one is done."""
    folder = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another command is setting up this checkout; waiting for it …", flush=True)
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def set_up(root: Path, *, dev: bool) -> None:
    """Bring the environment of a checkout up to date; quick when it already is.

    Args:
        root: the checkout.
        dev: whether the gates' and the tests' packages are wanted too.

    Raises:
        SetupError: when that is not possible, saying what to do.
    """
    names = ["requirements.txt", "requirements-dev.txt"] if dev else ["requirements.txt"]
    environment = Environment(root)
    if set(fingerprint(root, names)) <= set(environment.installed()):
        return
    with only_one(root):
        if set(fingerprint(root, names)) <= set(environment.installed()):
            return
        started = time.monotonic()
        environment.install(names)
        print(f"Packages are ready, after {time.monotonic() - started:.0f} s.", flush=True)


def main(arguments: list[str]) -> int:
    """Set up this checkout, with `--dev` for development, and return the exit status."""
    try:
        set_up(ROOT, dev="--dev" in arguments)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"Cannot write {error.filename or ROOT / '.venv'}: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The next run starts the installation over.", file=sys.stderr)
        return 130
    return 0
