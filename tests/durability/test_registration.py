"""A process that dies once Slack has registered a call leaves nothing that the next one could stumble over."""

from __future__ import annotations

from pathlib import Path

from tests.durability.life import Life
from tests.durability.process import sqlite_url
from tests.world import cards


def test_a_call_that_was_registered_in_vain_starts_under_another_id(tmp_path: Path) -> None:
    """Where Slack takes no id twice: nothing was stored of the first registration, and it is no reason to give up."""
    life = Life(sqlite_url(tmp_path))
    life.slack.switches.repeated_external_unique_id = "error"
    life.act("start", life.person("U0ALICE0001"), None, "Weekly", life.delivery())
    life.slack.faults.add("calls.add", "hang_after")
    life.advance_and_die()
    life.settle()
    registered, shown = len(life.slack.workspace.calls), len(cards(life.slack))
    life.close()

    assert 2 == registered
    assert 1 == shown
