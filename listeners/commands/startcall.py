"""`/startcall`: start a call now or later, or do something with one that is running."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace

from slack_bolt.async_app import AsyncAck

from calls.durations import parse_duration
from calls.finding import CallRef
from calls.history import History
from calls.model import ChannelId, Reply, UserId
from calls.plan import PlanRequest
from calls.preferences import OWN_ROOM
from calls.starts import StartRequest, Starts
from calls.use_cases import UseCases
from calls.words import usage
from listeners.answer import answer_command, answer_join, answer_start
from listeners.commands.grammar import CSV, Command, Incomplete, OnCall, Schedule, Start, parse_line
from listeners.payload import command_delivery, command_person, typed_line
from listeners.request_body import Body
from listeners.routes import Listener
from listeners.views.schedule_call import show_schedule_call
from listeners.views.settings import open_settings


def startcall(use: UseCases) -> Listener:
    """Return the listener of `/startcall`."""

    async def handle_startcall(ack: AsyncAck, body: Body) -> None:
        match parse_line(typed_line(body), (*use.calls.choices, OWN_ROOM)):
            case Schedule(start=Start(plan="")):
                await ack()
                person = command_person(body)
                show_schedule_call(use.calls, use.scheduling, person, body["trigger_id"], body["channel_id"])
            case Schedule(start=start):
                await answer_command(ack, _plan(use, body, start))
            case Start(plan="") as start:
                await answer_start(ack, use.starts, _start(use.starts, body, start))
            case Start() as start:
                await answer_command(ack, _plan(use, body, start))
            case Incomplete(command=command) | OnCall(command=Command.INVITE as command, people=(), groups=()):
                await ack(text=usage.example(command))
            case OnCall() as on_call:
                await _do(ack, use, body, on_call)

    return handle_startcall


async def _do(ack: AsyncAck, use: UseCases, body: Body, line: OnCall) -> None:
    """Do what a command asks for, and answer it."""
    match line.command:
        case Command.HELP:
            await ack(text=usage.help_text(use.calls.choices))
        case Command.SETTINGS:
            await ack()
            open_settings(use.settings, command_person(body), body["trigger_id"], ChannelId(body["channel_id"]))
        case Command.HISTORY:
            await answer_command(ack, _history(use.history, body, line))
        case Command.JOIN:
            await answer_join(ack, use.joining, command_person(body), _on_call(use, body, line))
        case _:
            await answer_command(ack, _on_call(use, body, line))


def _start(starts: Starts, body: Body, start: Start) -> Awaitable[Reply]:
    request = StartRequest(
        person=command_person(body),
        channel_id=ChannelId(body["channel_id"]),
        channel_name=body.get("channel_name", ""),
        title=start.title,
        invited=_named(start),
        provider=start.provider,
        lasts=start.lasts,
        silent=start.silent,
        response_url=body.get("response_url"),
    )
    return starts.start(request, command_delivery(body))


def _plan(use: UseCases, body: Body, start: Start) -> Awaitable[Reply]:
    request = PlanRequest(
        person=command_person(body),
        channel_id=ChannelId(body["channel_id"]),
        title=start.title,
        typed=start.plan,
        invited=_named(start),
        provider=start.provider,
        response_url=body.get("response_url"),
    )
    lasts = parse_duration(start.lasts)
    if lasts is not None:
        request = replace(request, duration=lasts)
    return use.scheduling.schedule(request, command_delivery(body), body.get("channel_name", ""))


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
            return use.inviting.invite(ref, _named(line), person, delivery)
        case Command.RENAME:
            return calls.rename(ref, line.title, person, delivery)
        case _:
            return calls.running(person, channel_id)


def _named(line: Start | OnCall) -> tuple[UserId, ...]:
    """Return who is named: people, and user groups, whose ids begin with an S."""
    people = line.invited if isinstance(line, Start) else line.people
    return (*people, *(UserId(group) for group in line.groups))


def _history(history: History, body: Body, line: OnCall) -> Awaitable[Reply]:
    person, channel_id = command_person(body), ChannelId(body["channel_id"])
    if line.title == CSV:
        return history.export(person, channel_id, command_delivery(body))
    return history.look(person, channel_id)
