"""Pin every package in requirements.txt and requirements-dev.txt, with what needs it.

Reads the two `.in` files, asks pip which versions fit together today, and writes the answer down.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADERS = {
    "requirements.txt": (
        "# What Startcall runs on, every package pinned. Written by `make lock` from requirements.in.\n"
    ),
    "requirements-dev.txt": (
        "# What the gates and the tests need besides. Written by `make lock` from requirements-dev.in.\n"
        "-r requirements.txt\n"
    ),
}


@dataclass(frozen=True, slots=True)
class Pin:
    """One package as pip resolved it: its name as published, its version, and the packages it needs."""

    name: str
    version: str
    needs: frozenset[str]
    asked_for: bool


def normal(name: str) -> str:
    """Return a package's name in the one spelling that compares."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed_names(requirements: list[str]) -> frozenset[str]:
    """Return the names in a package's own requirements, those of its optional extras left out."""
    plain = (line for line in requirements if "extra ==" not in line)
    return frozenset(normal(match[0]) for line in plain if (match := re.match(r"[\w.-]+", line)))


def resolve(*arguments: str) -> list[Pin]:
    """Ask pip which versions it would install, installing nothing.

    Raises:
        subprocess.CalledProcessError: when pip finds no fitting set, or cannot look.
    """
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    answer = subprocess.run([*command, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return [
        Pin(
            name=item["metadata"]["name"],
            version=item["metadata"]["version"],
            needs=needed_names(item["metadata"].get("requires_dist", [])),
            asked_for=item["requested"],
        )
        for item in json.loads(answer.stdout)["install"]
    ]


def lines(pins: list[Pin], *, left_out: frozenset[str] = frozenset()) -> list[str]:
    """Return the pins as lines, each package that nobody asked for with those that need it."""
    found = []
    for pin in sorted(pins, key=lambda pin: normal(pin.name)):
        users = sorted(other.name for other in pins if normal(pin.name) in other.needs)
        if normal(pin.name) not in left_out:
            # What only an extra needs, such as psycopg[binary], is needed by nobody we can name.
            reason = f"  # for {', '.join(users)}" if users and not pin.asked_for else ""
            found.append(f"{pin.name}=={pin.version}{reason}\n")
    return found


def write(name: str, found: list[str]) -> None:
    """Replace one of the pinned files."""
    (ROOT / name).write_text(HEADERS[name] + "".join(found), encoding="utf-8")
    print(f"{name}: {len(found)} packages pinned")


def main() -> None:
    """Pin the packages of the app, then those of the tests at versions that go with them."""
    app = resolve("-r", "requirements.in")
    write("requirements.txt", lines(app))
    tests = resolve("-r", "requirements-dev.in", "-c", "requirements.txt")
    write("requirements-dev.txt", lines(tests, left_out=frozenset(normal(pin.name) for pin in app)))


if __name__ == "__main__":
    main()
