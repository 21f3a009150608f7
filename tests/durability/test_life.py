"""A call's life against a model: whatever order things happen in, our rows, the model and Slack agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from calls.model import Call, CallId, CallState, Delivery, Participant, Reply
from sandbox.workspace import Message
from tests.durability.life import Life

PEOPLE = ("U0ALICE0001", "U0BOB000001", "U0CAROL0001")
PASSING = ("429", "500", "drop_before", "drop_after")
METHODS = ("calls.*", "chat.*", "calls.participants.*", "*")
CALLS_MAX = 6
SHORT, LONG = (12, 30), (200, 50)

people = st.sampled_from(PEOPLE)
titles = st.sampled_from(("Retro", "Weekly sync", "Planning", "1:1"))
which = st.integers(0, CALLS_MAX - 1)
actions = st.sampled_from(("join", "leave", "rename", "end"))


@dataclass(slots=True)
class Expected:
    """What should be true of one call."""

    title: str
    present: set[str] = field(default_factory=set)
    is_open: bool = True
    has_failed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Something a person asked for, and the answer."""

    action: str
    person: str
    call_id: CallId | None
    title: str
    delivery: Delivery
    reply: Reply


counted: Counter[str] = Counter()


class CallLife(RuleBasedStateMachine):
    """Does to some calls whatever people, Slack and crashes can do, in any order."""

    def __init__(self, database_url: str) -> None:
        """Begin with no call."""
        super().__init__()
        self.life = Life(database_url)
        self.calls: dict[CallId, Expected] = {}
        self.asked: list[Asked] = []

    def teardown(self) -> None:
        """Compare once more and stop."""
        try:
            self.compare()
        finally:
            self.life.close()

    @precondition(lambda self: len(self.calls) < CALLS_MAX)
    @rule(person=people, title=titles)
    def start(self, person: str, title: str) -> None:
        """Somebody starts a call."""
        reply = self._ask("start", person, None, title)
        assert reply.call_id is not None
        self.calls[reply.call_id] = Expected(title)

    @precondition(lambda self: self.calls)
    @rule(action=actions, person=people, number=which, title=titles)
    def ask(self, action: str, person: str, number: int, title: str) -> None:
        """Somebody asks something of a call, open or over."""
        call_id = self._pick(number)
        self._expect(self._ask(action, person, call_id, title), action, person, call_id, title)

    @precondition(lambda self: self.calls)
    @rule(action=actions, person=people, number=which, title=titles)
    def ask_during_a_request(self, action: str, person: str, number: int, title: str) -> None:
        """Somebody asks something while Slack has not answered yet."""
        counted["steps"] += 1
        call_id = self._pick(number)
        reply = self.life.run(self.life.act_meanwhile(action, self.life.person(person), call_id, title))
        self._expect(reply, action, person, call_id, title)

    @precondition(lambda self: self.asked)
    @rule(number=st.integers(0, 1_000))
    def copy(self, number: int) -> None:
        """A delivery comes again, and gets the answer it got before."""
        asked = self.asked[number % len(self.asked)]
        counted["steps"] += 1
        person = self.life.person(asked.person)
        assert asked.reply == self.life.act(asked.action, person, asked.call_id, asked.title, asked.delivery)

    @rule(method=st.sampled_from(METHODS), kind=st.sampled_from(PASSING), times=st.integers(1, 3))
    def fault(self, method: str, kind: str, times: int) -> None:
        """Slack will misbehave for a while."""
        counted["steps"] += 1
        self.life.slack.faults.add(method, kind, times=times)  # type: ignore[arg-type]

    @rule(seconds=st.sampled_from((0.0, 1.0, 3.0)))
    def advance(self, seconds: float) -> None:
        """Time passes, and what is due is done."""
        counted["steps"] += 1
        self.life.pass_s(seconds)
        self.life.advance_due()

    @rule(method=st.sampled_from(METHODS), skip=st.integers(0, 2), is_done=st.booleans())
    def crash(self, method: str, skip: int, is_done: bool) -> None:  # noqa: FBT001 - Hypothesis's own way
        """The process dies while a request is at Slack, which has done it, or not."""
        counted["steps"] += 1
        faults = self.life.slack.faults
        faults.clear()
        # What Slack has not done when the process dies, it never does here; docs/durability.md says why.
        fault = faults.add(method, "hang_after" if is_done else "drop_before", delay_s=0.0 if is_done else 0.02)
        fault.skip = skip
        self.life.advance_and_die()

    @precondition(lambda self: len(self.calls) < CALLS_MAX)
    @rule(person=people, title=titles, method=st.sampled_from(("calls.add", "chat.postMessage")))
    def refused_start(self, person: str, title: str, method: str) -> None:
        """Slack refuses a start for good: the call is closed on both sides."""
        self.compare()
        reply = self._ask("start", person, None, title)
        assert reply.call_id is not None
        self.life.slack.faults.add(method, "error", error="not_allowed_token_type")
        self.life.advance_due()
        self.calls[reply.call_id] = Expected(title, is_open=False, has_failed=True)

    @precondition(lambda self: self.calls)
    @rule(person=people, number=which)
    def refused_rename(self, person: str, number: int) -> None:
        """Slack refuses a new title for good: the old one stays."""
        self.compare()
        self._ask("rename", person, self._pick(number), "Never taken")
        self.life.slack.faults.add("calls.update", "error", error="not_allowed_token_type")
        self.life.advance_due()

    @precondition(lambda self: self.calls)
    @rule(number=which, person=people)
    def ended_in_slack(self, number: int, person: str) -> None:
        """Slack ends a call by itself; we learn it at the next joining or leaving."""
        self.compare()
        call_id = self._pick(number)
        expected = self.calls[call_id]
        stored = self._stored(call_id)[0]
        if not expected.is_open or stored.slack_call_id is None or person in expected.present:
            return
        self.life.slack.workspace.calls[stored.slack_call_id].date_end = int(self.life.now.timestamp())
        self._ask("join", person, call_id, "")
        expected.present.add(person)
        expected.is_open = False
        self.life.advance_due()

    @rule()
    def compare(self) -> None:
        """When all is at rest, our rows, the model and Slack say the same."""
        counted["steps"] += 1
        self.life.settle()
        for call_id, expected in self.calls.items():
            stored, roster = self._stored(call_id)
            assert (expected.title, expected.is_open) == (stored.title, stored.state.is_open)
            assert expected.has_failed == (stored.state is CallState.FAILED)
            assert expected.present == {one.slack_id for one in roster if one.present}
            self._compare_slack(stored, expected)
        known = {self._stored(call_id)[0].slack_call_id for call_id in self.calls}
        assert set() == set(self.life.slack.workspace.calls) - known

    def _compare_slack(self, stored: Call, expected: Expected) -> None:
        """Compare a call of ours with what Slack has of it."""
        cards = [card for card in self._cards() if card.blocks[0]["call_id"] == stored.slack_call_id]
        # A call that is ended before its card was posted may never get one.
        allowed = {0} if expected.has_failed else {1} if expected.is_open else {0, 1}
        assert len(cards) in allowed
        if stored.slack_call_id is None:
            return
        at_slack = self.life.slack.workspace.calls[stored.slack_call_id]
        assert expected.is_open == (not at_slack.date_end)
        assert expected.title == at_slack.title
        if expected.is_open:
            assert expected.present == {user["slack_id"] for user in at_slack.active}

    def _cards(self) -> list[Message]:
        messages = [one for some in self.life.slack.workspace.messages.values() for one in some]
        return [message for message in messages if message.blocks and message.blocks[0]["type"] == "call"]

    def _stored(self, call_id: CallId) -> tuple[Call, list[Participant]]:
        def look(transaction: object) -> tuple[Call | None, list[Participant]]:
            return transaction.call(call_id), list(transaction.participants(call_id))  # type: ignore[attr-defined]

        call, roster = self.life.run(self.life.database.read(look))
        assert call is not None
        return call, roster

    def _pick(self, number: int) -> CallId:
        return list(self.calls)[number % len(self.calls)]

    def _ask(self, action: str, person: str, call_id: CallId | None, title: str) -> Reply:
        counted["steps"] += 1
        delivery = self.life.delivery()
        reply = self.life.act(action, self.life.person(person), call_id, title, delivery)
        self.asked.append(Asked(action, person, call_id, title, delivery, reply))
        return reply

    def _expect(self, reply: Reply, action: str, person: str, call_id: CallId, title: str) -> None:
        """Change the model as the answer promised."""
        expected = self.calls[call_id]
        is_taken = expected.is_open and not (action == "leave" and person not in expected.present)
        assert is_taken == reply.is_done
        if not is_taken:
            return
        if action == "rename":
            expected.title = title
        elif action == "join":
            expected.present.add(person)
        elif action == "leave":
            expected.present.discard(person)
        else:
            expected.is_open = False


@pytest.mark.timeout(1800)
def test_our_rows_the_model_and_slack_agree_whatever_happens(
    database_url: str, record_property: Callable[[str, object], None], *, is_long: bool
) -> None:
    """No order of requests, copies, refusals, lost answers and crashes makes the three differ."""
    counted.clear()
    examples, steps = LONG if is_long else SHORT
    run_state_machine_as_test(
        partial(CallLife, database_url),  # type: ignore[arg-type]
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            database=None,
            derandomize=not is_long,
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("measured", f"{counted['steps']} steps in {examples} lives, 0 divergences")
