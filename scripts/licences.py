"""Fail when a package that Startcall runs on has a licence nobody has agreed to.

Reads what is installed, so it works without a network. Tools for development are given to nobody, and not looked at.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from scripts.packages import Package, pinned_packages

ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "LGPL-3.0-only",  # psycopg: used as it is, and exchangeable by whoever installs Startcall
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "PSF-2.0",
    }
)
"""Licences that ask for no more than to be named, or nothing of those who only use the package."""

_TOKEN = re.compile(r"[()]|[^\s()]+")


def is_allowed(expression: str) -> bool:
    """Say whether an SPDX expression can be met with allowed licences: all of `AND`, one of `OR`."""
    try:
        tokens = _TOKEN.findall(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        return False
    return _either(tokens) and not tokens


def _either(tokens: list[str]) -> bool:
    """Read, and take away, alternatives."""
    met = _all(tokens)
    while tokens[:1] == ["OR"]:
        tokens.pop(0)
        met = _all(tokens) or met
    return met


def _all(tokens: list[str]) -> bool:
    met = _one(tokens)
    while tokens[:1] == ["AND"]:
        tokens.pop(0)
        met = _one(tokens) and met
    return met


def _one(tokens: list[str]) -> bool:
    first = tokens.pop(0)
    if first != "(":
        return first in ALLOWED
    met = _either(tokens)
    tokens.pop(0)
    return met


def find_faults(packages: Sequence[Package]) -> list[str]:
    """Return a line for every package that cannot be given to people."""
    return [f"requirements.txt: {one.name} {one.version} {_fault(one)}" for one in packages if _fault(one)]


def _fault(package: Package) -> str:
    if not package.is_installed:
        return "is not installed in this version, so its licence is not known"
    if not package.licence:
        return "does not say which licence it has"
    return "" if is_allowed(package.licence) else f"has the licence {package.licence}"


def main() -> int:
    """Print every fault and return the exit status."""
    faults = find_faults(pinned_packages())
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
