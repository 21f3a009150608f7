"""Nothing acknowledged is lost and nothing is shown twice, however much goes wrong at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.postgres import is_postgres
from tests.durability.storm import run_storm


@pytest.mark.timeout(900)
async def test_a_storm_of_kills_copies_and_faults_loses_and_doubles_nothing(
    database_url: str, record_property: Callable[[str, object], None], *, is_long: bool
) -> None:
    """Every acknowledged command has its effect once, and all is at rest within a minute of the last fault."""
    sent, per_s = (1_000, 10.0) if is_long else (120, 8.0)
    processes = 2 if is_postgres(database_url) else 1
    result = await run_storm(database_url, sent=sent, per_s=per_s, processes=processes, seed=1)

    record_property("measured", str(result))
    assert result.acked >= sent * 0.5, result
    assert [] == [*result.lost, *result.doubled, *result.orphans, *result.differing], result
    assert result.settled_s is not None, result
