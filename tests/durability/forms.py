"""The two forms of the proofs: short for every run of the tests, long for the scorecard."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make `--long` known."""
    parser.addoption("--long", action="store_true", help="run the proofs of durability in their long form")


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Say whether the long form was asked for."""
    return bool(request.config.getoption("--long"))
