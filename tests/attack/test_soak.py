"""Starts and ends at a steady rate leave nothing behind; the figures of an hour are `make soak`'s.

The long form runs for that hour, at 50 starts a second in 50 workspaces, and holds it to what must not grow.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attack.soak import lines_of, p99, per_hour, soaking

HOUR_S, PER_S = 3_600.0, 50.0
SHORT_S, SHORT_PER_S, SHORT_CALL_S = 3.0, 10.0, 0.5

MEMORY_MIB_PER_HOUR, DESCRIPTORS_PER_HOUR, P99_RATIO = 8.0, 4.0, 1.2


async def test_every_start_of_a_steady_rate_becomes_a_card(tmp_path: Path) -> None:
    """None is refused and none is lost."""
    async with soaking(tmp_path, SHORT_PER_S) as soak:
        soak.call_lasts_s = SHORT_CALL_S
        await soak.run(SHORT_S)
        assert SHORT_S * SHORT_PER_S - 1 <= soak.started
        assert (0, 0) == (soak.refused, soak.lost)


@pytest.mark.long
@pytest.mark.timeout(HOUR_S + 300)
async def test_an_hour_leaves_nothing_behind(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Memory and descriptors do not grow in its second half, and acknowledgements do not get slower."""
    async with soaking(tmp_path, PER_S) as soak:
        await soak.run(HOUR_S)
    record_property("measured", "; ".join(lines_of(soak)))
    samples = soak.samples
    third = len(samples) // 3
    early, late = ([ms for one in part for ms in one.ack_ms] for part in (samples[:third], samples[-third:]))
    assert (0, 0) == (soak.refused, soak.lost)
    assert per_hour(samples, [one.memory_mib for one in samples]) <= MEMORY_MIB_PER_HOUR
    assert per_hour(samples, [float(one.descriptors) for one in samples]) <= DESCRIPTORS_PER_HOUR
    assert p99(late) <= P99_RATIO * p99(early)
