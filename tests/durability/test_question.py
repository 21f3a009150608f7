"""A question that comes before a start outlives the process that was about to ask it."""

from __future__ import annotations

from pathlib import Path

import pytest

from calls.model import Call, CallId, CallState
from calls.preferences import Holder, WorkspacePreferences
from calls.starts import Choice
from tests.choosing import Choosing
from tests.durability.life import Life
from tests.durability.process import sqlite_url
from tests.scenario.asking import asked_in

ALICE = "U0ALICE0001"


@pytest.mark.parametrize("method", ["conversations.info", "chat.postEphemeral"])
def test_a_crash_before_the_question_is_put_loses_and_starts_nothing(tmp_path: Path, method: str) -> None:
    """The next process asks; only the answer starts the call, once, however often the answer comes."""
    life = Life(sqlite_url(tmp_path))
    alice = life.person(ALICE)
    few = WorkspacePreferences(asks_above=2)
    life.run(Choosing(life.database, lambda: life.now).choose(alice, Holder.WORKSPACE, alice.team_id, few))
    call_id = life.act("start", alice, None, "Oops", life.delivery()).call_id
    assert call_id is not None
    life.slack.faults.add(method, "hang_after")
    life.advance_and_die()
    for _ in range(3):
        life.pass_s(2)
        life.advance_due()
    call = stored(life, call_id)
    asked = asked_in(life.slack, call.channel_id)
    calls_before = len(life.slack.workspace.calls)
    answers = [life.run(life.starts.answer(call_id, Choice.START, alice, life.delivery())) for _ in range(2)]
    life.settle()
    at_slack = list(life.slack.workspace.calls.values())
    started = stored(life, call_id)
    life.close()

    assert CallState.WAITING is call.state
    assert 1 <= len(asked) <= 2
    assert 0 == calls_before
    assert [True, False] == [answer.is_done for answer in answers]
    assert ["Oops"] == [one.title for one in at_slack]
    assert CallState.LIVE is started.state


def stored(life: Life, call_id: CallId) -> Call:
    """Return a call as it is stored."""
    call = life.run(life.database.read(lambda transaction: transaction.call(call_id)))
    assert call is not None
    return call
