"""What a call's start leaves in the log: lines that can be found by its call, and by the delivery that asked for it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from logs import SubjectFilter
from sandbox.testing import wait_for
from tests.world import GENERAL, World, cards, new_channel


class Kept(logging.Handler):
    """Keeps records."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.records.append(record)


@pytest.fixture
def kept() -> Iterator[Kept]:
    """Keep every record of ours."""
    handler = Kept()
    handler.addFilter(SubjectFilter())
    loggers = [logging.getLogger(name) for name in ("calls", "listeners", "storage")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield handler
    for logger, level in zip(loggers, before, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def steps(records: list[logging.LogRecord]) -> list[logging.LogRecord]:
    """Return the lines of steps."""
    return [record for record in records if record.getMessage().startswith("step ")]


async def test_every_line_of_a_start_has_its_call_and_its_delivery(world: World, kept: Kept) -> None:
    """From the acknowledgement to the card, one id finds all of it."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))
    taken = next(record for record in kept.records if record.getMessage().startswith("command: taken"))
    done = steps(kept.records)

    assert ["make_room", "register", "post"] == [record.getMessage().split()[1].rstrip(":") for record in done]
    assert {call.external_unique_id} == {vars(record)["call"] for record in [taken, *done]}
    assert {vars(taken)["delivery"]} == {vars(record)["delivery"] for record in done}
    assert vars(taken)["delivery"]


async def test_two_calls_do_not_share_lines(world: World, kept: Kept) -> None:
    """Deliveries over one connection are told apart, and what one leaves behind is not taken for the next's."""
    for number in (1, 2):
        await world.alice.command(new_channel(world.slack), "/startcall", f"Call {number}")
        await wait_for(lambda number=number: len(cards(world.slack)) == number)  # type: ignore[misc]
        await world.settled()
    pairs = {(vars(record)["call"], vars(record)["delivery"]) for record in steps(kept.records)}

    assert 2 == len(pairs)
    assert 2 == len({call for call, _ in pairs}) == len({delivery for _, delivery in pairs})


async def test_what_is_not_about_a_call_names_none(world: World, kept: Kept) -> None:
    """A delivery that concerns no call has only an id of its own."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    kept.records.clear()
    await world.alice.command(GENERAL, "/startcall", "help")
    lines = [record for record in kept.records if record.getMessage().startswith("command: taken")]

    assert [("", True)] == [(vars(record)["call"], bool(vars(record)["delivery"])) for record in lines]
