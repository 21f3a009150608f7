"""Slack's side of the benchmarks over Socket Mode is Slack enough for the app."""

from __future__ import annotations

from benchmarks.socket_acks import ours


async def test_what_is_acknowledged_was_stored() -> None:
    """The benchmark counts what the app acknowledges, and finds all of it in the app's database."""
    found = await ours(4, 0.2, does_job=True)

    assert found.count >= 4
    assert found.a_second > 0
