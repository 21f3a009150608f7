"""The queries that somebody waits for, and what the database says about how it answers them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine, event, select

from benchmarks.figures import Figure, at_most
from benchmarks.filling import tables_read_whole
from calls.clock import now
from calls.model import Call, CallState
from calls.ports import Transaction
from storage import rows
from storage.backlog import read_backlog
from storage.database import Database
from storage.keeping import Keeping
from storage.opening import open_engine
from storage.tables import calls

SLOW_MS = 50.0


@dataclass(slots=True)
class Heard:
    """What was sent to the database."""

    queries: list[tuple[str, Any]] = field(default_factory=list)

    def note(self, *of_event: Any) -> None:  # noqa: ANN401 - SQLAlchemy's event signature
        """Note a query that reads."""
        _connection, _cursor, statement, parameters, _context, _many = of_event
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            self.queries.append((statement, parameters))


@contextmanager
def listening(engine: Engine) -> Iterator[Heard]:
    """Note every query while the block runs."""
    heard = Heard()
    event.listen(engine, "before_cursor_execute", heard.note)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", heard.note)


def of_calls(call: Call) -> Mapping[str, Callable[[Transaction], object]]:
    """Return what is asked on the paths of commands, presses, reports, events and looks back."""
    team_id, channel_id, user_id = call.team_id, call.channel_id, call.started_by
    ids = [call.id]
    return {
        "whether a call is live in a conversation": lambda asked: asked.live_call(team_id, call.live_key or ""),
        "the open calls of a conversation": lambda asked: asked.open_calls(team_id, channel_id),
        "the open calls of a person": lambda asked: asked.calls_of(team_id, user_id),
        "a call by id": lambda asked: asked.call(call.id),
        "a call by its id at Slack": lambda asked: asked.call_at_slack(call.slack_call_id or ""),
        "a call by its room": lambda asked: asked.call_in_room(call.provider, call.room.id if call.room else ""),
        "a call by its link": lambda asked: asked.call_of_join_token(call.join_token),
        "the people of a call": lambda asked: asked.participants(call.id),
        "the devices of a call": lambda asked: asked.sessions_of(call.id, ids, ids),
        "what is still to be told": lambda asked: asked.notices(call.id),
        "the past of a conversation": lambda asked: asked.past_calls(team_id, channel_id, 20),
        "the past of a person": lambda asked: asked.past_calls_of(team_id, user_id, 20),
        "the calls on Home": lambda asked: asked.open_calls_for(team_id, user_id),
    }


def of_work() -> Mapping[str, Callable[[Database], Awaitable[object]]]:
    """Return what is asked again and again while nobody waits."""
    kept = timedelta(days=365)
    return {
        "what is due": lambda database: database.due(now(), 200),
        "what is due next": lambda database: database.next_due_at(),
        "how much there is to do": lambda database: read_backlog(database, now()),
        "what is old enough to be deleted": lambda database: Keeping(database, now, kept, kept).prune(),
    }


async def explain(benchmark: str, name: str, url: str) -> Figure:
    """Return how many of the queries read a whole table, and which.

    Args:
        name: of the database, for people.
    """
    engine = open_engine(url)
    database = Database(engine, now)
    asks: dict[str, Callable[[], Awaitable[object]]] = {}
    asks |= {what: partial(database.read, ask) for what, ask in of_calls(_some_call(engine)).items()}
    asks |= {what: partial(ask, database) for what, ask in of_work().items()}
    whole, slow = [], []
    try:
        for what, ask in asks.items():
            took_ms, read = await _asked(engine, ask)
            whole += [f"{what} ({', '.join(read)}, {took_ms:.0f} ms)"] if read else []
            slow += [f"{what} ({took_ms:.0f} ms)"] if took_ms > SLOW_MS and not read else []
    finally:
        database.close()
    said = [f"read a whole table: {', '.join(whole)}"] if whole else []
    said += [f"longer than {SLOW_MS:.0f} ms: {', '.join(slow)}"] if slow else []
    what = f"{name}, of {len(asks)} queries read a whole table"
    return Figure(benchmark, what, len(whole), "of them", at_most(0), note="; ".join(said))


async def _asked(engine: Engine, ask: Callable[[], Awaitable[object]]) -> tuple[float, list[str]]:
    """Return how long a question takes the second time, and which tables it reads whole."""
    await ask()
    with listening(engine) as heard:
        began_s = time.perf_counter()
        await ask()
        took_ms = 1_000 * (time.perf_counter() - began_s)
    with engine.connect() as connection:
        read = [
            table
            for statement, parameters in heard.queries
            for table in tables_read_whole(connection, statement, parameters)
        ]
    return took_ms, sorted(set(read))


def _some_call(engine: Engine) -> Call:
    with engine.connect() as connection:
        query = select(calls).where(calls.c.state == CallState.ENDED.value).limit(1).offset(5)
        return rows.call_of(connection.execute(query).one())
