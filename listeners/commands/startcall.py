"""`/startcall`: start a call, or do something with one that is running."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncAck

from calls.history import History
from calls.model import ChannelId, Reply
from calls.preferences import OWN_ROOM
from calls.service import CallRef, CallService, StartRequest
from calls.use_cases import UseCases
from calls.words import answers
from listeners.answer import answer_command, answer_join
from listeners.commands.grammar import CSV, Command, Incomplete, KeptForLater, OnCall, Start, parse_line
from listeners.payload import Body, command_delivery, command_person
from listeners.views.settings import open_settings


def startcall(use: UseCases) -> Callable[..., Awaitable[None]]:
    """Return the listener of `/startcall`."""
    calls = use.calls

    async def handle_startcall(ack: AsyncAck, body: Body) -> None:
        match parse_line(body.get("text") or "", (*calls.choices, OWN_ROOM)):
            case Start() as start:
                await answer_command(ack, _start(calls, body, start))
            case OnCall(command=Command.HELP):
                await ack(text=answers.help_text())
            case OnCall(command=Command.SETTINGS):
                await ack()
                open_settings(use.settings, command_person(body), body["trigger_id"], ChannelId(body["channel_id"]))
            case OnCall(command=Command.JOIN) as on_call:
                await answer_join(ack, use.joining, command_person(body), _on_call(calls, body, on_call))
            case OnCall() as on_call:
                asked_history = on_call.command is Command.HISTORY
                work = _history(use.history, body, on_call) if asked_history else _on_call(calls, body, on_call)
                await answer_command(ack, work)
            case Incomplete() | KeptForLater() as line:
                text = answers.usage(line.command) if isinstance(line, Incomplete) else answers.not_yet(line.word)
                await ack(text=text)

    return handle_startcall


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


def _on_call(calls: CallService, body: Body, line: OnCall) -> Awaitable[Reply]:
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
        case Command.RENAME:
            return calls.rename(ref, line.title, person, delivery)
        case _:
            return calls.running(person, channel_id)


def _history(history: History, body: Body, line: OnCall) -> Awaitable[Reply]:
    person, channel_id = command_person(body), ChannelId(body["channel_id"])
    if line.title == CSV:
        return history.export(person, channel_id, command_delivery(body))
    return history.look(person, channel_id)
