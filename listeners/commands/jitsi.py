"""`/jitsi`: an alias for people who are used to it; it does something where the app's manifest has it."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.jitsi_server import Asked
from calls.model import ChannelId
from calls.starts import StartRequest
from calls.use_cases import UseCases
from calls.words import jitsi as words
from listeners.answer import answer_command, words_for
from listeners.commands.jitsi_line import DEFAULT, Help, Meet, Server, parse_jitsi_line
from listeners.payload import command_delivery, command_person, typed_line
from listeners.request_body import Body
from listeners.routes import Listener

PROVIDER = "jitsi"


def jitsi(use: UseCases) -> Listener:
    """Return the listener of `/jitsi`."""

    async def handle_jitsi(ack: AsyncAck, body: Body) -> None:
        asked = Asked(command_person(body), ChannelId(body["channel_id"]), body.get("response_url"))
        match parse_jitsi_line(typed_line(body)):
            case Help():
                await ack(text=words.help_text())
            case Server(url=None):
                await ack()
                use.jitsi_servers.tell(asked)
            case Server(url=url):
                await ack()
                use.jitsi_servers.choose(asked, None if url == DEFAULT else url)
            case Meet() as meet:
                await _meet(ack, use, body, meet)

    return handle_jitsi


async def _meet(ack: AsyncAck, use: UseCases, body: Body, meet: Meet) -> None:
    """Start a call: at the workspace's Jitsi server, else at ours, else where calls usually take place."""
    person = command_person(body)
    try:
        room_url = await use.jitsi_servers.room_for(person.team_id, meet.room)
    except CallsError as error:
        await ack(text=words_for(error))
        return
    request = StartRequest(
        person=person,
        channel_id=ChannelId(body["channel_id"]),
        channel_name=body.get("channel_name", ""),
        title=meet.room,
        invited=meet.invited,
        provider=PROVIDER if PROVIDER in use.calls.choices else None,
        response_url=body.get("response_url"),
        room_url=room_url,
    )
    await answer_command(ack, use.starts.start(request, command_delivery(body)))
