"""`/startcall`: start a call, or do something with one that is running."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from slack_bolt.async_app import AsyncAck

from calls.history import History
from calls.model import ChannelId, Reply
from calls.plan import PlanRequest
from calls.preferences import OWN_ROOM
from calls.scheduling import Scheduling
from calls.service import CallRef, CallService, StartRequest
from calls.use_cases import UseCases
from calls.words import answers
from listeners.answer import answer_command, answer_join
from listeners.commands.grammar import CSV, Command, Incomplete, KeptForLater, OnCall, Start, parse_line
from listeners.commands.plan_line import PlanDialog, PlanLine, parse_plan_line
from listeners.payload import Body, command_delivery, command_person
from listeners.views.schedule_call import show_schedule_call
from listeners.views.settings import open_settings


def startcall(use: UseCases) -> Callable[..., Awaitable[None]]:
    """Return the listener of `/startcall`."""
    calls = use.calls

    async def handle_startcall(ack: AsyncAck, body: Body) -> None:
        match parse_plan_line(body.get("text") or ""):
            case PlanDialog():
                await ack()
                show_schedule_call(calls, use.scheduling, command_person(body), body["trigger_id"], body["channel_id"])
            case PlanLine() as line:
                await answer_command(ack, _plan(calls, use.scheduling, body, line))
            case None:
                await _handle_line(ack, body, use)

    return handle_startcall


async def _handle_line(ack: AsyncAck, body: Body, use: UseCases) -> None:
    calls = use.calls
    match parse_line(body.get("text") or "", (*calls.choices, OWN_ROOM)):
        case Start() as start:
            await answer_command(ack, _start(calls, body, start))
        case OnCall(command=Command.HELP):
            await ack(text=answers.help_text())
        case OnCall(command=Command.SETTINGS):
            await ack()
            open_settings(use.settings, command_person(body), body["trigger_id"], ChannelId(body["channel_id"]))
        case OnCall(command=Command.JOIN) as on_call:
            await answer_join(ack, use.joining, command_person(body), _on_call(use, body, on_call))
        case OnCall() as on_call:
            asked_history = on_call.command is Command.HISTORY
            work = _history(use.history, body, on_call) if asked_history else _on_call(use, body, on_call)
            await answer_command(ack, work)
        case Incomplete() | KeptForLater() as line:
            text = answers.usage(line.command) if isinstance(line, Incomplete) else answers.not_yet(line.word)
            await ack(text=text)


def _start(calls: CallService, body: Body, start: Start) -> Awaitable[Reply]:
    request = StartRequest(
        person=command_person(body),
        channel_id=ChannelId(body["channel_id"]),
        channel_name=body.get("channel_name", ""),
        title=start.title,
        invited=start.invited,
        provider=start.provider,
        response_url=body.get("response_url"),
    )
    return calls.start(request, command_delivery(body))


def _plan(calls: CallService, scheduling: Scheduling, body: Body, line: PlanLine) -> Awaitable[Reply]:
    start = parse_line(line.rest, (*calls.choices, OWN_ROOM))
    # A word that would be a command on a line of its own is a title where a time follows.
    named = start if isinstance(start, Start) else Start(line.rest)
    request = PlanRequest(
        person=command_person(body),
        channel_id=ChannelId(body["channel_id"]),
        title=named.title,
        typed=line.typed,
        invited=named.invited,
        provider=named.provider,
        response_url=body.get("response_url"),
    )
    if line.duration is not None:
        request = replace(request, duration=line.duration)
    return scheduling.schedule(request, command_delivery(body), body.get("channel_name", ""))


def _on_call(use: UseCases, body: Body, line: OnCall) -> Awaitable[Reply]:
    calls = use.calls
    person, delivery = command_person(body), command_delivery(body)
    channel_id = ChannelId(body["channel_id"])
    ref = CallRef(channel_id=channel_id, display_id=line.display_id)
    match line.command:
        case Command.JOIN:
            return calls.join(ref, person, delivery)
        case Command.LEAVE:
            return calls.leave(ref, person, delivery)
        case Command.END:
            return calls.end(ref, person, delivery)
        case Command.INVITE:
            return use.inviting.invite(ref, line.people, person, delivery)
        case Command.RENAME:
            return calls.rename(ref, line.title, person, delivery)
        case _:
            return calls.running(person, channel_id)


def _history(history: History, body: Body, line: OnCall) -> Awaitable[Reply]:
    person, channel_id = command_person(body), ChannelId(body["channel_id"])
    if line.title == CSV:
        return history.export(person, channel_id, command_delivery(body))
    return history.look(person, channel_id)
