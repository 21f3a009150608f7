"""The two forms of the proofs: short for every run of the tests, long for the scorecard."""

from __future__ import annotations

import pytest

EVERY_MOMENT = pytest.mark.parametrize(
    ("database_url", "moment"),
    [
        ("sqlite", "before"),
        ("sqlite", "after"),
        pytest.param("postgres", "after", marks=pytest.mark.postgres),
        pytest.param("postgres", "before", marks=[pytest.mark.postgres, pytest.mark.long]),
    ],
    indirect=["database_url"],
)
"""When a process dies: before or after Slack has done its request.

On PostgreSQL each takes 12 s, until another process may take over; what dies before is simpler, and in the long form.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Make `--long` known."""
    parser.addoption("--long", action="store_true", help="run the proofs of durability in their long form")


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Say whether the long form was asked for."""
    return bool(request.config.getoption("--long"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to the long form alone, unless that was asked for."""
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
