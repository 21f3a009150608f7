"""Write the software bill of materials: every package Startcall runs on, with licences and what needs what.

The form is CycloneDX 1.6, which scanners read. Made of what is installed, without a network, and the same each time.

Source: https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts.lock import normal
from scripts.packages import ROOT, Package, pinned_packages

TARGET = ROOT / "build" / "startcall.cdx.json"
APP = "startcall"


def bill(packages: Sequence[Package], asked_for: frozenset[str]) -> dict[str, Any]:
    """Return the bill as CycloneDX has it.

    Args:
        asked_for: names of the packages that Startcall itself imports.
    """
    known = {normal(one.name): _purl(one) for one in packages}
    own = {"ref": APP, "dependsOn": sorted(known[name] for name in asked_for if name in known)}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": APP,
                "name": APP,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": [_component(one) for one in packages],
        "dependencies": [own, *({"ref": _purl(one), "dependsOn": _needs(one, known)} for one in packages)],
    }


def names_asked_for(requirements: str) -> frozenset[str]:
    """Return the names in a file of requirements without pins."""
    lines = (line.partition("#")[0].strip() for line in requirements.splitlines())
    return frozenset(normal(_name(line)) for line in lines if line)


def _name(line: str) -> str:
    return line.partition("[")[0].partition(">")[0].partition("=")[0].strip()


def _component(package: Package) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": _purl(package),
        "name": package.name,
        "version": package.version,
        "purl": _purl(package),
        "licenses": [{"expression": package.licence}] if package.licence else [],
    }


def _purl(package: Package) -> str:
    return f"pkg:pypi/{normal(package.name)}@{package.version}"


def _needs(package: Package, known: dict[str, str]) -> list[str]:
    return sorted(known[name] for name in package.needs if name in known)


def main() -> int:
    """Write the file, or the one that is named, and return the exit status."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    packages = pinned_packages()
    asked_for = names_asked_for((ROOT / "requirements.in").read_text(encoding="utf-8"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill(packages, asked_for), indent=2) + "\n", encoding="utf-8")
    print(f"{target}: {len(packages)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
