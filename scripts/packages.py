"""Read which packages Startcall runs on, as they are installed: versions, licences and what needs what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from scripts.lock import needed_names, normal

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "requirements.txt"

_PIN = re.compile(r"^([\w.-]+)==([^\s#;\\]+)", re.MULTILINE)
_WORDS = {
    "Apache 2.0": "Apache-2.0",
    "PSFL": "PSF-2.0",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
}
"""What packages wrote before there were SPDX expressions; BSD without a number is read as the stricter one."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package that is pinned.

    Args:
        licence: an SPDX expression; empty where the package does not say, or in words nobody knows.
        needs: names of packages, in the one spelling that compares.
        is_installed: whether it is, in the pinned version; its licence is not known otherwise.
    """

    name: str
    version: str
    licence: str = ""
    needs: frozenset[str] = frozenset()
    is_installed: bool = True


def pinned_packages(pins: Path = PINS) -> list[Package]:
    """Return every package of a file of pins, in its order."""
    return [_package(name, version) for name, version in _PIN.findall(pins.read_text(encoding="utf-8"))]


def _package(name: str, version: str) -> Package:
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return Package(name, version, is_installed=False)
    if found.version != version:
        return Package(name, version, is_installed=False)
    return Package(name, version, _licence_of(found), needed_names(found.requires or []) - {normal(name)})


def _licence_of(package: Distribution) -> str:
    """Return the licence a package names, in the newest of the three ways there are."""
    for said in _named(package):
        try:
            return str(canonicalize_license_expression(_WORDS.get(said, said)))
        except InvalidLicenseExpression:
            continue
    return ""


def _named(package: Distribution) -> Iterator[str]:
    metadata = package.metadata
    yield from (metadata[field] for field in ("License-Expression", "License") if metadata[field])
    yield from (one for one in metadata.get_all("Classifier", []) if one in _WORDS)
