"""Invitations and calls that go on are stored as they are, also where an older version kept none of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from calls.errors import StorageError
from calls.invitation import Invitation, InvitationState
from calls.model import ChannelId, UserId
from calls.sequel import Sequel
from storage import schema
from storage.database import Database
from storage.opening import open_engine
from tests.contract.storing import NOW
from tests.contract.test_storage import BOB, TEAM, a_call

CAROL = UserId("U3")


async def test_an_invitation_comes_back_as_it_was_stored_and_makes_a_call_the_persons_own(storage: Database) -> None:
    """New and changed; whoever is invited finds the call from anywhere."""
    call = a_call()
    wanted = Invitation(call.id, CAROL, BOB)
    rung = replace(
        wanted,
        state=InvitationState.RINGING,
        rung_at=NOW,
        rings=2,
        dm_channel_id=ChannelId("D1"),
        dm_ts="1.1",
        shown=InvitationState.MISSED,
    )
    await storage.write(lambda transaction: transaction.add_call(call))
    await storage.write(lambda transaction: transaction.save_invitation(wanted))
    assert [wanted] == await storage.read(lambda transaction: transaction.invitations(call.id))
    await storage.write(lambda transaction: transaction.save_invitation(rung))

    assert [rung] == await storage.read(lambda transaction: transaction.invitations(call.id))
    assert [call.id] == [one.id for one in await storage.read(lambda transaction: transaction.calls_of(TEAM, CAROL))]


async def test_an_ended_call_goes_on_as_one_other_at_most(storage: Database) -> None:
    """The database refuses a second one, whoever asks."""
    ended = "0" * 32
    await storage.write(lambda transaction: transaction.add_call(a_call(sequel=Sequel(ended))))

    with pytest.raises(StorageError):
        await storage.write(lambda transaction: transaction.add_call(a_call(sequel=Sequel(ended))))


def test_people_invited_before_the_update_are_not_rung_after_it(database_url: str) -> None:
    """They were told in the conversation already."""
    engine = open_engine(database_url)
    _upgrade_to(engine, "0006")
    call = {"id": "c", "started_by": "U1", "state": "live", "invited": json.dumps(["U2", "U2"]), "version": 1}
    others = ("display_id", "team_id", "channel_id", "title", "provider", "join_token")
    numbers = ("created_at", "tries", "registrations")
    flags = ("posted", "slack_ended", "end_shown", "wait_told", "claims_offered")
    call |= dict.fromkeys(others, "x") | dict.fromkeys(numbers, 0) | dict.fromkeys(flags, False)
    call |= {"watch_turn_out": "[]", "artifacts": "[]"}
    names = ", ".join(call)
    with engine.execution_options(writes=True).begin() as connection:
        values = ", ".join(f":{name}" for name in call)
        connection.execute(text(f"INSERT INTO calls ({names}) VALUES ({values})"), call)  # noqa: S608 - our own names
    schema.upgrade(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT user_id, invited_by, state FROM invitations")).all()
    engine.dispose()

    assert [("U2", "U1", "quiet")] == [tuple(row) for row in found]


def _upgrade_to(engine: Engine, revision: str) -> None:
    """Bring a database to an older shape, as an older version left it."""
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
