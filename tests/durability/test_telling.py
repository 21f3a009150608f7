"""What people have to know reaches them, also when Slack does not take it at first."""

from __future__ import annotations

from pathlib import Path

from tests.durability.life import Life
from tests.durability.process import sqlite_url

ALICE = "U0ALICE0001"


def test_a_sentence_that_could_not_be_told_is_told_a_moment_later(tmp_path: Path) -> None:
    """A running call has something to do much later, and the sentence does not wait for that."""
    life = Life(sqlite_url(tmp_path))
    alice = life.person(ALICE)
    call_id = life.act("start", alice, None, "Weekly", life.delivery()).call_id
    life.advance_due()
    life.act("rename", alice, call_id, "Never taken", life.delivery())
    life.slack.faults.add("calls.update", "error", error="not_allowed_token_type")
    life.slack.faults.add("chat.postEphemeral", "500")
    life.advance_due()
    for _ in range(5):
        life.pass_s(2)
        life.advance_due()
    messages = [one for some in life.slack.workspace.messages.values() for one in some]
    told = [one.text for one in messages if one.ephemeral_for == ALICE]
    life.close()

    assert 1 == len(told)
