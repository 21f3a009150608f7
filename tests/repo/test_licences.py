"""What Startcall runs on has licences that were agreed to, and is listed in a bill of materials."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.check import GATES
from scripts.licences import find_faults, is_allowed
from scripts.lock import normal
from scripts.packages import Package, pinned_packages
from scripts.sbom import bill, names_asked_for
from tests.repo.tree import ROOT


def test_everything_that_is_pinned_may_be_given_to_people() -> None:
    """Every package is installed as pinned, says its licence, and it is one of those agreed to."""
    assert [] == find_faults(pinned_packages())


@pytest.mark.parametrize(
    "licence", ["MIT", "Apache-2.0 AND MIT", "GPL-3.0-only OR MIT", "(MIT OR GPL-2.0-only) AND ISC"]
)
def test_licences_that_can_be_met_are_allowed(licence: str) -> None:
    """One alternative is enough."""
    assert is_allowed(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "AGPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "MIT OR",
        "MIT ISC",
        "(MIT",
        "MIT)",
        "GPL-3.0-only WITH Classpath-exception-2.0",
        "LicenseRef-Proprietary",
        "",
    ],
)
def test_other_licences_are_not(licence: str) -> None:
    """Nor is what cannot be read."""
    assert not is_allowed(licence)


def test_a_bad_licence_a_silent_package_and_a_missing_one_are_faults() -> None:
    """Each in a line with the file to look at."""
    found = find_faults(
        [
            Package("good", "1", "MIT"),
            Package("bad", "2", "AGPL-3.0-only"),
            Package("silent", "3"),
            Package("gone", "4", is_installed=False),
        ]
    )
    assert [
        "requirements.txt: bad 2 has the licence AGPL-3.0-only",
        "requirements.txt: silent 3 does not say which licence it has",
        "requirements.txt: gone 4 is not installed in this version, so its licence is not known",
    ] == found


def test_a_pin_that_is_not_installed_is_found(tmp_path: Path) -> None:
    """The gate looks at what is there, not at what is written."""
    pins = tmp_path / "pins.txt"
    pins.write_text("aiohttp==0.0.1\nno-such-package==1.0  # for aiohttp\n", encoding="utf-8")
    assert [False, False] == [one.is_installed for one in pinned_packages(pins)]


def test_the_gate_is_run_by_make_check() -> None:
    """Nobody has to remember it."""
    assert ("python", "-m", "scripts.licences") in [gate.command for gate in GATES]


def test_the_bill_names_every_package_with_its_licence_and_what_needs_it(tmp_path: Path) -> None:
    """Nothing is listed that nobody needs, and making it twice gives the same."""
    made = [tmp_path / "one.json", tmp_path / "two.json"]
    for target in made:
        subprocess.run(
            [sys.executable, "-m", "scripts.sbom", str(target)], cwd=ROOT, check=True, stdout=subprocess.PIPE
        )
    found = json.loads(made[0].read_text(encoding="utf-8"))
    refs = {one["bom-ref"] for one in found["components"]}
    needed = {ref for one in found["dependencies"] for ref in one["dependsOn"]}

    assert made[0].read_bytes() == made[1].read_bytes()
    assert [normal(one.name) for one in pinned_packages()] == [normal(one["name"]) for one in found["components"]]
    assert [] == [one["name"] for one in found["components"] if not one["licenses"]]
    assert needed <= refs
    # What only an extra brings is needed by nobody that can be named.
    assert {"pkg:pypi/psycopg-binary", "pkg:pypi/psycopg-pool"} >= {ref.partition("@")[0] for ref in refs - needed}


def test_what_startcall_imports_is_what_it_needs() -> None:
    """The bill begins at our own requirements."""
    asked_for = names_asked_for("# ours\nPyYAML\npsycopg[binary]\npyjwt>=2.10\n")
    packages = [Package("PyYAML", "6", "MIT"), Package("psycopg", "3", "LGPL-3.0-only"), Package("PyJWT", "2", "MIT")]
    own = bill(packages, asked_for)["dependencies"][0]

    assert frozenset({"pyyaml", "psycopg", "pyjwt"}) == asked_for
    assert ["pkg:pypi/psycopg@3", "pkg:pypi/pyjwt@2", "pkg:pypi/pyyaml@6"] == own["dependsOn"]
