"""Start calls: take what somebody asks for, ask back where a start would be an accident, and take the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from calls.accepting import accept
from calls.choosing import choices
from calls.ending import end_for_everybody
from calls.finding import CallRef
from calls.fresh import Fresh
from calls.ids import new_call_id, new_display_id, new_join_token
from calls.limits import too_much, too_much_here
from calls.model import Call, CallId, CallState, ChannelId, Delivery, Person, Reply, UserId
from calls.outside import Outside
from calls.permissions import Deed, Permissions, Standing, refused
from calls.place import place_of
from calls.placing import Placing
from calls.ports import Storage, Transaction, WakeUps
from calls.question import Question
from calls.question_message import build_question, question_text
from calls.response_url import usable_url
from calls.room_left import RoomLeft
from calls.settling import Known, Refused, about_running, settled, started
from calls.slack.messages_api import OutgoingMessage
from calls.text import plain_title
from calls.weighing import withdrawn
from calls.words import answers, starting
from calls.words.language import spoken
from calls.workflows import WAITS_FOR


class Origin(Enum):
    """By what a call was asked for, which decides where its starter is asked back."""

    COMMAND = auto()
    SHORTCUT = auto()
    DIALOG = auto()


class Choice(Enum):
    """What the starter of a waiting call answers."""

    START = auto()
    REPLACE = auto()
    CANCEL = auto()


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A call somebody wants to start.

    Args:
        title: as typed; empty for a title made from the channel's name.
        channel_name: as Slack sends it along with a command; may be empty.
        invited: people, and user groups.
        thread_ts: the message in whose thread the card goes, or None.
        provider: the meeting system that was asked for; None, or one that is not set up, for the usual one.
        lasts: how long it is meant to last, as typed; empty for nothing said.
        silent: whether nobody is to be rung or mentioned.
        room_url: a room that nobody has to make, checked by whoever names it; it counts more than the meeting system.
    """

    person: Person
    channel_id: ChannelId
    channel_name: str = ""
    title: str = ""
    invited: tuple[UserId, ...] = ()
    thread_ts: str | None = None
    response_url: str | None = None
    provider: str | None = None
    lasts: str = ""
    silent: bool = False
    origin: Origin = Origin.COMMAND
    room_url: str | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What somebody answers to a question.

    Args:
        standing: what was found out about whether they may end the running call; None when that is not wanted.
    """

    choice: Choice
    person: Person
    standing: Standing | None

    def refusal(self, transaction: Transaction, running: Call) -> str | None:
        """Return what to say when they may not end a call, or None when they may."""
        standing = self.standing or Standing()
        return refused(transaction, Deed.END, running, self.person, standing)


class Starts:
    """The starts of calls. Each method answers as soon as the request is stored."""

    def __init__(
        self,
        storage: Storage,
        wakeups: WakeUps,
        outside: Outside,
        allowed: Permissions,
        *,
        default_provider: str,
        fresh: Fresh | None = None,
    ) -> None:
        """Take where calls are kept, who is to be woken, and who may end a call that is replaced.

        Args:
            default_provider: the name of the provider that calls are usually started with.
            fresh: where whoever is woken finds what was just stored; None where that may be another process.
        """
        self._storage = storage
        self._wakeups = wakeups
        self._outside = outside
        self._allowed = allowed
        self._now = outside.now
        self._placing = Placing(outside.providers, default_provider)
        self._fresh = fresh
        self._room_left = RoomLeft()

    async def start(self, request: StartRequest, delivery: Delivery) -> Reply:
        """Start a call, or ask whoever wants it first.

        Raises:
            StorageError: when the request could not be stored; no call was started then.
        """
        call = self.new_call(request)
        known = Known(call.created_at, self._outside.opens)
        begun: list[Call] = []

        def work(transaction: Transaction) -> Reply:
            refusal = too_much(transaction, call, self._outside.limits, self._room_left)
            if refusal is not None:
                return Reply(refusal, is_done=False)
            chose = choices(transaction, call.team_id, call.channel_id, call.started_by)
            placed = self._placing.place(transaction, call, chose, request.provider, request.room_url)
            decided = settled(transaction, placed.call, chose.counting, known)
            if isinstance(decided, Refused):
                return Reply(decided.text, is_done=False)
            stored = _asked_in(request.origin, decided)
            transaction.add_call(stored)
            begun.append(stored)
            if stored.question is not None and stored.question.told:
                return Reply(question_text(stored), call.id, is_done=False, asks=True)
            if question_text(stored) is not None:
                return Reply(None, call.id)
            is_as_asked = request.provider is not None and not placed.said
            understood = starting.understood(stored, request.invited, chosen=is_as_asked, lasts=request.lasts)
            return Reply("\n".join((*([understood] if understood else ()), *placed.said)) or None, call.id)

        self._outside.sizes.refresh(call.team_id)
        reply = await accept(self._storage, self._wakeups, delivery, work)
        # A copy of a request gets the reply that was given, with the call of then. Nobody is working on ours yet: who
        # was woken has its turn after this.
        if self._fresh is not None and begun and begun[-1].id == reply.call_id:
            self._fresh.keep(begun[-1])
        return reply

    async def answer(self, call_id: CallId, choice: Choice, person: Person, delivery: Delivery) -> Reply:
        """Do what the starter of a waiting call answers to its question.

        Raises:
            StorageError: when the answer could not be stored; nothing was changed then.
        """
        waiting = await self._storage.read(lambda transaction: transaction.call(call_id))
        running = None if waiting is None or waiting.question is None else waiting.question.running
        standing = None
        if choice is Choice.REPLACE and running is not None:
            standing = await self._allowed.standing(Deed.END, CallRef(call_id=CallId(running.id)), person)

        def work(transaction: Transaction) -> Reply:
            call = transaction.call(call_id)
            if call is None or (call.team_id, call.started_by) != (person.team_id, person.user_id):
                return Reply(starting.answered_before(), is_done=False)
            if call.state is not CallState.WAITING or call.question is None:
                return Reply(starting.answered_before(), is_done=False)
            return self._answered(transaction, call, call.question, _Answer(choice, person, standing))

        reply = await accept(self._storage, self._wakeups, delivery, work)
        if standing is not None and running is not None:
            self._wakeups.wake(CallId(running.id))
        return reply

    async def question(self, call_id: CallId) -> OutgoingMessage | None:
        """Return what the starter of a waiting call is asked; None when that was answered.

        Raises:
            StorageError: when it cannot be read now.
        """
        call = await self._storage.read(lambda transaction: transaction.call(call_id))
        return None if call is None else build_question(call)

    def new_call(self, request: StartRequest) -> Call:
        """Return the call a request asks for, not yet stored and not yet at the meeting system that was chosen."""
        now = self._now()
        return Call(
            id=new_call_id(),
            display_id=new_display_id(),
            join_token=new_join_token(),
            team_id=request.person.team_id,
            channel_id=request.channel_id,
            title=plain_title(request.title) or answers.default_title(plain_title(request.channel_name)),
            started_by=request.person.user_id,
            provider=self._placing.usual,
            created_at=now,
            thread_ts=request.thread_ts,
            # Whoever names people in a silent start wants them to be neither rung nor mentioned.
            invited=() if request.silent else request.invited,
            start_url=usable_url(request.response_url, now),
            due_at=now,
            language=spoken(),
            silent=request.silent,
        )

    def add_call(self, transaction: Transaction, request: StartRequest, call_id: CallId) -> Call:
        """Store the call a request asks for under an id, unless it is stored already, and return it.

        It was planned, so nobody is asked: where a call is running, it begins beside it.
        """
        call = replace(self.new_call(request), id=call_id)
        chose = choices(transaction, call.team_id, call.channel_id, call.started_by)
        placed = self._placing.place(transaction, call, chose, request.provider)
        is_taken = transaction.live_call(call.team_id, place_of(call)) is not None
        begun = started(placed.call, call.created_at, beside=is_taken)
        if transaction.call(call_id) is None:
            transaction.add_call(begun)
        return begun

    def _answered(self, transaction: Transaction, call: Call, question: Question, answer: _Answer) -> Reply:
        if answer.choice is Choice.CANCEL:
            transaction.save_call(withdrawn(transaction, call))
            return Reply(starting.not_started(call))
        now = self._now()
        too_many = too_much_here(transaction, call, self._outside.limits, now)
        if too_many is not None:
            return Reply(too_many, is_done=False)
        running = transaction.live_call(call.team_id, place_of(call))
        if running is not None and not question.is_about(running.id):
            # Nobody ends a call, or starts one beside it, that they were not told of.
            about = replace(about_running(running, self._outside.opens), told=True, direct=question.direct)
            asked = replace(call, question=about)
            transaction.save_call(asked)
            return Reply(question_text(asked), call.id, is_done=False, asks=True)
        replaced = running if answer.choice is Choice.REPLACE else None
        if replaced is not None:
            refusal = answer.refusal(transaction, replaced)
            if refusal is not None:
                return Reply(refusal, is_done=False)
            end_for_everybody(transaction, replaced, answer.person, now)
            running = None
        # A room that was named for this call is still meant.
        room_url = None if call.room is None else call.room.join_url
        chose = choices(transaction, call.team_id, call.channel_id, call.started_by)
        placed = self._placing.place(transaction, call, chose, call.provider, room_url)
        transaction.save_call(started(placed.call, now, beside=running is not None))
        text = starting.going_ahead(call) if replaced is None else starting.replacing(call, replaced)
        return Reply("\n".join((text, *placed.said)), call.id)


def _asked_in(origin: Origin, call: Call) -> Call:
    """Return a call whose question, if it has one, is put where its starter looks."""
    if call.question is None:
        return call
    if origin is Origin.DIALOG:
        return replace(call, question=replace(call.question, direct=True))
    if origin is Origin.COMMAND and question_text(call) is not None:
        # The answer to the command is the question.
        return replace(call, question=replace(call.question, told=True), due_at=call.created_at + WAITS_FOR)
    return call
