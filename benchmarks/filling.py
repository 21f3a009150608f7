"""Fill a database as years of use do, in a few statements: every row is a copy of one that Startcall itself wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Row,
    Table,
    Text,
    cast,
    func,
    insert,
    literal,
    select,
    text,
)

from calls.clock import now
from calls.model import CallState, ChannelId, EndReason, TeamId, UserId
from calls.plan import Plan, PlanState, new_plan_id
from calls.ports import Transaction
from storage.database import Database
from storage.tables import calls, participants

CHANNELS = 5_000
PEOPLE = 10_000
PEOPLE_A_CALL = 2
AT_ONCE = 100_000
"""How many calls go into one transaction."""

CACHE_KIB = 400_000
"""What SQLite keeps of the indexes meanwhile."""

SPREAD = timedelta(days=330)
"""How far back the finished calls go; they are kept for 365 days unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Fill:
    """How many calls there are.

    Args:
        finished: spread evenly over `SPREAD`, in 5,000 conversations, with two people each.
        live: each in a conversation of its own.
    """

    finished: int
    live: int


def fill_calls(engine: Engine, fill: Fill) -> None:
    """Add copies of the one call that is in the database, which is live."""
    with engine.connect() as connection:
        template = connection.execute(select(calls).where(calls.c.state == CallState.LIVE.value)).one()
    indexes = sorted(calls.indexes | participants.indexes, key=lambda index: str(index.name))
    with _long_transaction(engine) as connection:
        # Made at the end they take a fraction of the time, and are the same.
        for index in indexes:
            index.drop(connection)
    for count, varied in ((fill.finished, _finished(template, fill)), (fill.live, _live())):
        for first in range(0, count, AT_ONCE):
            with _long_transaction(engine) as connection:
                _copy(connection, template, range(first, min(count, first + AT_ONCE)), varied)
    for number in range(PEOPLE_A_CALL):
        with _long_transaction(engine) as connection:
            _put_in(connection, number)
    with _long_transaction(engine) as connection:
        for index in indexes:
            index.create(connection)
    _gather_statistics(engine)


async def fill_plans(database: Database, count: int, team_id: str) -> None:
    """Add scheduled calls for next month whose cards are up, each in a conversation of its own."""
    await add_plans(database, [pending_plan(number, team_id) for number in range(count)])


async def add_plans(database: Database, plans: Sequence[Plan]) -> None:
    """Add scheduled calls."""

    def work(transaction: Transaction) -> None:
        for plan in plans:
            transaction.add_plan(plan)

    await database.write(work)


def pending_plan(number: int, team_id: str) -> Plan:
    """Return a scheduled call for next month whose card is up, in a conversation of its own."""
    at = now() + timedelta(days=30)
    return Plan(
        id=new_plan_id(),
        display_id=f"P{number}",
        team_id=TeamId(team_id),
        channel_id=ChannelId(f"C{number:010}"),
        title="Standup",
        planned_by=UserId(f"U{number % PEOPLE}"),
        created_at=now(),
        zone="Europe/Berlin",
        begins_at=at,
        next_at=at,
        state=PlanState.PLANNED,
        posted=True,
        message_ts="1.1",
        due_at=at - timedelta(minutes=10),
    )


@contextmanager
def _long_transaction(engine: Engine) -> Iterator[Connection]:
    with engine.execution_options(writes=True).begin() as connection:
        is_postgres = connection.dialect.name == "postgresql"
        connection.execute(
            text("SET LOCAL statement_timeout = 0" if is_postgres else f"PRAGMA cache_size=-{CACHE_KIB}")
        )
        yield connection


def _numbers(numbers: range) -> ColumnElement[int]:
    """Return a column with these numbers."""
    series = select(literal(numbers.start, Integer).label("number")).cte("series", recursive=True)
    series = series.union_all(select(series.c.number + 1).where(series.c.number < numbers.stop - 1))
    return series.c.number


Varied = Mapping[str, Any]
"""What differs from the template: by column, a value, or a function of the row's number."""


def _copy(connection: Connection, template: Row[Any], numbers: range, varied: Varied) -> None:
    number = _numbers(numbers)
    is_postgres = connection.dialect.name == "postgresql"
    own: Varied = {
        "id": lambda _: _random_id(is_postgres=is_postgres),
        "join_token": lambda _: _random_id(is_postgres=is_postgres),
        "room_id": lambda _: _random_id(is_postgres=is_postgres),
        "display_id": lambda _: func.upper(func.substr(_random_id(is_postgres=is_postgres), 1, 6)),
        "slack_call_id": lambda each: "R" + _random_id(is_postgres=is_postgres) + cast(each, Text),
        **varied,
    }

    def value(name: str) -> ColumnElement[Any]:
        chosen = own.get(name, getattr(template, name))
        return chosen(number) if callable(chosen) else literal(chosen, calls.c[name].type)

    names = [column.name for column in calls.columns]
    connection.execute(insert(calls).from_select(names, select(*(value(name) for name in names))))


def _random_id(*, is_postgres: bool) -> ColumnElement[str]:
    """Return 32 hexadecimal digits that the database throws anew for each row."""
    if is_postgres:
        return func.replace(cast(func.gen_random_uuid(), Text), "-", "", type_=Text)
    return func.lower(func.hex(func.randomblob(16)), type_=Text)


def _finished(template: Row[Any], fill: Fill) -> Varied:
    newest_us = round(template.created_at.timestamp() * 1_000_000)
    step_us = round(SPREAD.total_seconds() * 1_000_000) // max(1, fill.finished)

    def before(minutes: int) -> Any:  # noqa: ANN401 - a function for `Varied`
        shift_us = newest_us - (60 - minutes) * 60_000_000
        return lambda number: literal(shift_us, BigInteger) - cast(number, BigInteger) * step_us

    return {
        "state": CallState.ENDED.value,
        "end_reason": EndReason.ENDED_BY_PERSON.value,
        "channel_id": lambda number: "C" + cast(number % CHANNELS, Text),
        "started_by": lambda number: "U" + cast(number % PEOPLE, Text),
        "created_at": before(0),
        "live_at": before(0),
        "ended_at": before(30),
        "live_key": None,
        "due_at": None,
        "slack_ended": True,
        "end_shown": True,
        **{column.name: None for column in calls.columns if column.name.startswith("watch_") and column.nullable},
    }


def _live() -> Varied:
    return {
        "channel_id": lambda number: "CL" + cast(number, Text),
        "live_key": lambda number: "CL" + cast(number, Text),
        "started_by": lambda number: "U" + cast(number % PEOPLE, Text),
    }


def _put_in(connection: Connection, number: int) -> None:
    """Put one person into every call."""
    user_id = calls.c.started_by + cast(literal(number), Text)
    is_over = calls.c.ended_at.is_not(None)
    values: dict[str, ColumnElement[Any]] = {
        "call_id": calls.c.id,
        "key": "slack:" + user_id,
        "present": ~is_over,
        "told": ~is_over,
        "joined_at": calls.c.created_at,
        "left_at": calls.c.ended_at,
        "slack_id": user_id,
    }
    connection.execute(insert(participants).from_select(list(values), select(*values.values())))


def _gather_statistics(engine: Engine) -> None:
    """Let the database know what it holds, as it finds out by itself in use."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        is_postgres = connection.dialect.name == "postgresql"
        for statement in ("SET statement_timeout = 0", "ANALYZE", "CHECKPOINT") if is_postgres else ("ANALYZE",):
            connection.execute(text(statement))


def tables_read_whole(connection: Connection, statement: str, parameters: Any) -> list[str]:  # noqa: ANN401 - the driver's own
    """Return which big tables a query reads from end to end."""
    big = (calls, participants)
    if connection.dialect.name == "postgresql":
        found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
        plan = found if isinstance(found, list) else json.loads(found)
        return [name for name in _scanned(plan[0]["Plan"]) if name in {table.name for table in big}]
    steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    return [table.name for table in big for step in steps if _is_scan(step[3], table)]


def _is_scan(step: str, table: Table) -> bool:
    """Say whether a step of SQLite's reads a table itself; the entries of a partial index are few."""
    return step.startswith(f"SCAN {table.name}") and "USING" not in step


def _scanned(plan: Mapping[str, Any]) -> list[str]:
    own = [str(plan["Relation Name"])] if plan["Node Type"].endswith("Seq Scan") else []
    return own + [name for inner in plan.get("Plans", ()) for name in _scanned(inner)]
