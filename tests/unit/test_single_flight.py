"""Of each thing one question at a time is under way, whoever asks and whoever stops waiting."""

from __future__ import annotations

import asyncio

import pytest

from calls.single_flight import SingleFlight


class Answers:
    """Answers questions when it is told to, and notes which were begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.may_answer = asyncio.Event()

    async def answer(self, key: str) -> str:
        """Answer one question."""
        self.begun.append(key)
        await self.may_answer.wait()
        return key.upper()


async def test_all_who_ask_at_once_get_the_same_answer() -> None:
    """Another key is another question, and a later one is asked anew."""
    answers = Answers()
    asking = SingleFlight(answers.answer)
    waiting = [asyncio.create_task(asking.result(key)) for key in ("a", "a", "b")]
    await asyncio.sleep(0)
    answers.may_answer.set()
    assert ["A", "A", "B"] == await asyncio.gather(*waiting)
    assert asking.is_idle
    assert "A" == await asking.result("a")
    assert ["a", "b", "a"] == answers.begun


async def test_whoever_stops_waiting_stops_nobody_else() -> None:
    """The question goes on for those who still wait."""
    answers = Answers()
    asking = SingleFlight(answers.answer)
    impatient, patient = (asyncio.create_task(asking.result("a")) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    answers.may_answer.set()
    assert "A" == await patient
    assert ["a"] == answers.begun


async def test_nothing_goes_on_after_a_stop() -> None:
    """Whoever waits is let go."""
    answers = Answers()
    asking = SingleFlight(answers.answer)
    waiting = asyncio.create_task(asking.result("a"))
    await asyncio.sleep(0)
    await asking.stop()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert asking.is_idle
