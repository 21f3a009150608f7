"""A database that takes no writes: nothing is acknowledged that is not stored, and all goes on by itself afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from calls.clock import now
from calls.errors import StorageError
from sandbox.delivery.ack import Ack
from sandbox.server import Sandbox
from sandbox.testing import wait_for
from storage.database import Database
from storage.opening import open_engine
from storage.schema import upgrade
from tests.durability.postgres_trouble import POSTGRES_TROUBLES, PostgresTrouble
from tests.durability.process import AppProcess, app_and_slack, sqlite_url
from tests.durability.storm import call_of
from tests.durability.trouble import TROUBLES, Trouble, trouble_for
from tests.postgres import PostgresServer
from tests.world import cards, new_channel

SORRY = "Startcall could not save that just now, so nothing was done. Please try again in a moment."
LASTS_S = {"locked": 10.0}
SHORT_S = 4.0
ANSWER_S = 3.0
PAUSE_S = 0.6
AT_ONCE = 20
RECOVER_S = 10.0


async def ask(slack: Sandbox, title: str) -> tuple[Ack, float]:
    """Ask for a call; return the answer and how long it took, in seconds."""
    loop = asyncio.get_running_loop()
    asked_at = loop.time()
    ack = await slack.person("alice").command(new_channel(slack), "/startcall", title)
    return ack, loop.time() - asked_at


async def ask_meanwhile(app: AppProcess, slack: Sandbox, lasts_s: float) -> tuple[list[tuple[Ack, float]], list[bool]]:
    """Ask for many calls at once and then at a steady pace; return the answers, and whether the app was ready."""
    asking = [asyncio.create_task(ask(slack, f"At once {number}")) for number in range(AT_ONCE)]
    looking: list[asyncio.Task[bool]] = []
    loop = asyncio.get_running_loop()
    stop_at = loop.time() + lasts_s
    while loop.time() < stop_at:
        asking.append(asyncio.create_task(ask(slack, f"Refused {len(asking)}")))
        await asyncio.sleep(PAUSE_S)
        if len(asking) in {AT_ONCE + 2, AT_ONCE + 4}:
            looking.append(asyncio.create_task(app.is_ready()))
    return await asyncio.gather(*asking), await asyncio.gather(*looking)


def titles(slack: Sandbox) -> list[str]:
    """Return the titles of all cards."""
    return sorted(str(call_of(slack, card).title) for card in cards(slack))


async def live_through(app: AppProcess, slack: Sandbox, trouble: AbstractContextManager[None], lasts_s: float) -> str:
    """Ask for calls before, during and after trouble, assert what must hold, and say what was measured."""
    slack.faults.add("calls.add", "delay", delay_s=0.5)
    await ask(slack, "Before")
    await wait_for(lambda: slack.faults.planned == 0)
    with trouble:
        answers, ready = await ask_meanwhile(app, slack, lasts_s)
    over_at = asyncio.get_running_loop().time()
    while not await app.is_ready():
        assert asyncio.get_running_loop().time() < over_at + RECOVER_S, "It did not become ready again."
    ack, _ = await ask(slack, "After")
    await wait_for(lambda: len(cards(slack)) == 2, RECOVER_S)
    recovered_s = asyncio.get_running_loop().time() - over_at

    slowest_s = max(took_s for _, took_s in answers)
    assert [SORRY] * len(answers) == [answer.payload.get("text", answer.failure) for answer, _ in answers]
    assert slowest_s < ANSWER_S
    assert True not in ready
    assert ack.is_ok
    assert ["After", "Before"] == titles(slack)
    # One request a second for the call whose state could not be saved, and not one in every turn of a loop.
    assert len(slack.api_calls("calls.add")) < 2 * lasts_s
    return (
        f"{len(answers)} of {len(answers)} commands refused in words, the slowest after {slowest_s:.1f} s; "
        f"all well {recovered_s:.1f} s afterwards"
    )


@pytest.mark.timeout(90)
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name.replace(" ", "_"))
async def test_what_cannot_be_stored_is_not_acknowledged_and_all_goes_on_afterwards(
    tmp_path: Path, trouble: Trouble, record_property: Callable[[str, object], None]
) -> None:
    """People read within 3 s that nothing was done, the app says that it is not ready, and then it is again."""
    reason = trouble.missing()
    if reason is not None:
        pytest.skip(reason)
    file = tmp_path / "calls.sqlite3"
    async with app_and_slack(sqlite_url(tmp_path), wrapper=trouble.wrapper(tmp_path)) as (app, slack):
        lasts_s = LASTS_S.get(trouble.name, SHORT_S)
        measured = await live_through(app, slack, trouble_for(trouble, app, file), lasts_s)
    record_property("measured", f"{trouble.name}: {measured}")


@pytest.mark.postgres
@pytest.mark.timeout(90)
@pytest.mark.parametrize("trouble", POSTGRES_TROUBLES, ids=lambda trouble: trouble.__name__)
async def test_what_postgresql_does_not_store_is_not_acknowledged_and_all_goes_on_afterwards(
    postgres_server: PostgresServer,
    postgres_url: str,
    trouble: PostgresTrouble,
    record_property: Callable[[str, object], None],
) -> None:
    """People read within 3 s that nothing was done, the app says that it is not ready, and then it is again."""
    name = trouble.__name__.replace("_", " ")
    async with app_and_slack(postgres_url) as (app, slack):
        lasting = contextmanager(trouble)(postgres_server, postgres_url)
        measured = await live_through(app, slack, lasting, LASTS_S.get(name, SHORT_S))
    record_property("measured", f"{name}: {measured}")


async def test_a_connection_made_while_files_were_read_only_is_not_kept(tmp_path: Path) -> None:
    """SQLite never writes through such a connection again, so those made in a bad hour must not outlive it."""
    trouble = next(one for one in TROUBLES if one.name == "read-only")
    reason = trouble.missing()
    if reason is not None:
        pytest.skip(reason)
    engine = open_engine(sqlite_url(tmp_path))
    upgrade(engine)
    database = Database(engine, now)
    with trouble_for(trouble, AppProcess({}, ""), tmp_path / "calls.sqlite3"):
        # As if every connection were in use: the write has to make one.
        engine.dispose()
        with pytest.raises(StorageError):
            await database.check_writable()

    await database.check_writable()
    database.close()
