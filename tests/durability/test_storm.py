"""Nothing acknowledged is lost and nothing is shown twice, however much goes wrong at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest

from storage.postgres import is_postgres
from tests.durability.storm import run_storm

SHORT = {"same": 120, "error": 60, "second": 60}
LONG = 1_000
ANSWER = {"same": "the same call", "error": "a refusal", "second": "a second call"}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("repeated", ["same", "error", "second"])
async def test_a_storm_of_kills_copies_and_faults_loses_and_doubles_nothing(
    database_url: str,
    repeated: Literal["same", "error", "second"],
    record_property: Callable[[str, object], None],
    *,
    is_long: bool,
) -> None:
    """Every acknowledged command has its effect once, and all is at rest within a minute of the last fault.

    This holds whether Slack answers a repeated external_unique_id with the same call, with a refusal, or with a second
    call, which its documentation does not say.
    """
    sent, per_s = (LONG, 10.0) if is_long else (SHORT[repeated], 8.0)
    processes = 2 if is_postgres(database_url) else 1
    result = await run_storm(database_url, sent=sent, per_s=per_s, processes=processes, repeated=repeated)

    record_property("measured", f"a repeated id gives {ANSWER[repeated]}: {result}")
    assert result.acked >= sent * 0.5, result
    assert [] == [*result.lost, *result.doubled, *result.orphans, *result.differing], result
    assert result.settled_s is not None, result
    if repeated == "same":
        assert [] == result.unseen, result
