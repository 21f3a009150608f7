"""Of a call that is changed, the store keeps every change, and touches nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from calls.errors import StaleCallError
from calls.model import (
    Artifact,
    ArtifactKind,
    Call,
    CallState,
    EndReason,
    ResponseUrl,
    Room,
)
from calls.ports import Transaction
from calls.question import Question, Why
from calls.recap import Recap, RecapState
from calls.sequel import Sequel
from calls.unfurl import Unfurl
from calls.watch import Watch
from storage.database import Database
from tests.contract.storing import NOW
from tests.contract.test_storage import ALICE, BOB, a_call

URL = ResponseUrl("https://hooks.slack.com/x", NOW + timedelta(minutes=29))
CHANGES: dict[str, object] = {
    "title": "Other",
    "thread_ts": "1.1",
    "invited": (ALICE, BOB),
    "provider": "jitsi",
    "state": CallState.ENDING,
    "live_at": NOW + timedelta(microseconds=1),
    "ended_at": NOW + timedelta(hours=1),
    "ended_by": BOB,
    "end_reason": EndReason.ENDED_BY_PERSON,
    "error_code": "none",
    "room": Room("room", "https://meet.example.com/room", "123", "meet://room", "memo"),
    "join_url": "https://meet.example.com/room",
    "join_token": "token",
    "watch": Watch(came_at=NOW, turn_out=("device",)),
    "slack_call_id": "R1",
    "title_told": "Old",
    "posted": True,
    "message_ts": "2.2",
    "slack_ended": True,
    "end_shown": True,
    "start_url": URL,
    "card_url": URL,
    "due_at": None,
    "tries": 3,
    "registrations": 1,
    "wait_told": True,
    "claims_offered": True,
    "invited_told": "a1",
    "invited_tell_at": NOW,
    "sequel": Sequel("b", BOB, "a", is_offered=True, is_begun=True),
    "artifacts": (Artifact(ArtifactKind.RECORDING, "https://meet.example.com/r.mp4"),),
    "stuck_code": "defect",
    "language": "de",
    "unfurl": Unfurl("1.1", "https://meet.example.com/room"),
    "recap": Recap(RecapState.POSTED, "https://hooks.slack.com/y", "3.3", 1),
    "live_key": "C1",
    "silent": True,
    "question": Question(Why.MANY, members=60),
}
"""One change of each field of a call that can change; its ids, its place and its beginning cannot."""


def test_every_field_that_can_change_is_tried() -> None:
    """A field that is forgotten here could be forgotten by the store, too."""
    fixed = {"id", "display_id", "team_id", "channel_id", "started_by", "created_at", "version"}
    assert set(Call.__slots__) - fixed == set(CHANGES)


async def test_what_was_changed_is_stored_and_nothing_else(storage: Database) -> None:
    """Field by field, there and back, and all at once, when it is told what the call was before."""

    def work(transaction: Transaction) -> None:
        stored = a_call()
        transaction.add_call(stored)
        for name, value in CHANGES.items():
            changed = transaction.save_call(replace(stored, **{name: value}), since=stored)  # type: ignore[arg-type]
            assert changed == transaction.call(stored.id), name
            back = replace(stored, version=changed.version)
            stored = transaction.save_call(back, since=changed)
            assert stored == transaction.call(stored.id), name
        changed = transaction.save_call(replace(stored, **CHANGES), since=stored)  # type: ignore[arg-type]
        assert changed == transaction.call(stored.id)

    await storage.write(work)


async def test_a_change_of_an_old_version_is_refused(storage: Database) -> None:
    """Also when only what was changed is stored."""
    call = a_call()
    await storage.write(lambda transaction: transaction.add_call(call))
    await storage.write(lambda transaction: transaction.save_call(replace(call, title="first"), since=call))

    with pytest.raises(StaleCallError):
        await storage.write(lambda transaction: transaction.save_call(replace(call, tries=1), since=call))
