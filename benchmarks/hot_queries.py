"""The queries that somebody waits for, and what the database says about how it answers them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event, select

from benchmarks.figures import Figure, at_most
from benchmarks.filling import tables_read_whole
from calls.model import Call, CallState
from storage import rows
from storage.opening import open_engine
from storage.tables import calls
from storage.transaction import SqlTransaction

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


def questions(call: Call) -> Mapping[str, Callable[[SqlTransaction], object]]:
    """Return what is asked on the paths of commands, presses, reports, events and looks back."""
    team_id, channel_id, user_id = call.team_id, call.channel_id, call.started_by
    ids = [call.id]
    return {
        "whether a call is live in a conversation": lambda asked: asked.live_call(team_id, call.live_key or ""),
        "the open calls of a conversation": lambda asked: asked.open_calls(team_id, channel_id),
        "the open calls of a person": lambda asked: asked.calls_of(team_id, user_id),
        "a call by id": lambda asked: asked.call(call.id),
        "a call by its id at Slack": lambda asked: asked.call_named(call.slack_call_id or ""),
        "a call by the id on its card": lambda asked: asked.call_named(call.display_id),
        "a call by its room": lambda asked: asked.call_in_room(call.provider, call.room.id if call.room else ""),
        "a call by its link": lambda asked: asked.call_of_join_token(call.join_token),
        "the people of a call": lambda asked: asked.participants(call.id),
        "the devices of a call": lambda asked: asked.sessions_of(call.id, ids, ids),
        "what is still to be told": lambda asked: asked.notices(call.id),
        "the past of a conversation": lambda asked: asked.past_calls(team_id, channel_id, 20),
        "the past of a person": lambda asked: asked.past_calls_of(team_id, user_id, 20),
        "the calls on Home": lambda asked: asked.open_calls_for(team_id, user_id),
    }


def explain(benchmark: str, name: str, url: str) -> Figure:
    """Return how many of the queries read a whole table, and which.

    Args:
        name: of the database, for people.
    """
    engine = open_engine(url)
    whole, slow = [], []
    try:
        for question, ask in questions(_some_call(engine)).items():
            took_ms, read = _asked(engine, ask)
            whole += [f"{question} ({', '.join(read)}, {took_ms:.0f} ms)"] if read else []
            slow += [f"{question} ({took_ms:.0f} ms)"] if took_ms > SLOW_MS and not read else []
    finally:
        engine.dispose()
    said = [f"read a whole table: {', '.join(whole)}"] if whole else []
    said += [f"slow: {', '.join(slow)}"] if slow else []
    return Figure(
        benchmark, f"{name}, queries that read a whole table", len(whole), "", at_most(0), note="; ".join(said)
    )


def _asked(engine: Engine, ask: Callable[[SqlTransaction], object]) -> tuple[float, list[str]]:
    """Return how long a question takes the second time, and which tables it reads whole."""
    with engine.connect() as connection, listening(engine) as heard:
        asked = SqlTransaction(connection, writes=False)
        ask(asked)
        began_s = time.perf_counter()
        ask(asked)
        took_ms = 1_000 * (time.perf_counter() - began_s)
        queries = heard.queries[: len(heard.queries) // 2]
    with engine.connect() as connection:
        read = [
            table for statement, parameters in queries for table in tables_read_whole(connection, statement, parameters)
        ]
    return took_ms, sorted(set(read))


def _some_call(engine: Engine) -> Call:
    with engine.connect() as connection:
        query = select(calls).where(calls.c.state == CallState.ENDED.value).limit(1).offset(5)
        return rows.call_of(connection.execute(query).one())
