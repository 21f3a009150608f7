"""The app and a local Slack, running together in one event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from calls.model import TeamId
from config import read_settings
from sandbox.person import Person
from sandbox.server import Options, Sandbox
from sandbox.testing import wait_for
from sandbox.workspace import Channel, Message, Traffic
from serve import running
from server import Server
from tests.ports import free_port

GENERAL = "C0GENERAL01"
NO_EXTRA: Mapping[str, str] = MappingProxyType({})
USUAL: Mapping[str, str] = MappingProxyType({"STARTCALL_LINK_TEMPLATE": "{slack}meet/{room}"})
OF_THE_START = {"auth.test", "apps.connections.open", "conversations.list"}


@dataclass(slots=True)
class World:
    """An app, the Slack it is installed in, and the people there."""

    slack: Sandbox
    server: Server

    @property
    def alice(self) -> Person:
        """Return Alice."""
        return self.slack.person("alice")

    @property
    def bob(self) -> Person:
        """Return Bob."""
        return self.slack.person("bob")

    def channel(self, name: str) -> str:
        """Return the id of a conversation by its name."""
        return next(channel.id for channel in self.slack.workspace.channels.values() if channel.name == name)

    def cards(self, channel_id: str) -> list[Message]:
        """Return the cards of calls in a conversation."""
        return cards(self.slack, channel_id)

    async def card(self, channel_id: str, number: int = 1) -> Message:
        """Return the newest card once there are `number` of them and the app has noted it."""
        await wait_for(lambda: len(self.cards(channel_id)) == number)
        await self.settled()
        return self.cards(channel_id)[-1]

    async def settled(self) -> None:
        """Wait until no call needs anything."""
        await wait_for(self.server.wakeups.is_idle)

    async def set_aside(self) -> list[str | None]:
        """Return why calls were set aside, oldest call first."""
        calls = await self.server.database.read(lambda transaction: transaction.stuck_calls())
        return [call.stuck_code for call in calls]

    def buttons(self, message: Message) -> list[str]:
        """Return the action ids of a message's buttons."""
        return buttons(message)

    def told(self, channel_id: str, user_id: str) -> list[str]:
        """Return what was shown to one person alone in a conversation."""
        messages = self.slack.workspace.messages.get(channel_id, [])
        return [message.text for message in messages if message.ephemeral_for == user_id]

    def api_calls(self) -> list[Traffic]:
        """Return the app's Web API calls since its start, without those of the start itself."""
        return [call for call in self.slack.api_calls() if call.name not in OF_THE_START]

    def methods(self) -> list[str]:
        """Return the names of the app's Web API calls, in order."""
        return [call.name for call in self.api_calls()]


def new_channel(slack: Sandbox) -> str:
    """Add a channel that everybody is in, and return its id: a call can be started there, as none is running."""
    channels = slack.workspace.channels
    channel_id = f"C0PLACE{len(channels):05}"
    channels[channel_id] = Channel(channel_id, channel_id.lower(), "channel", set(slack.workspace.users))
    return channel_id


def cards(slack: Sandbox, channel_id: str | None = None) -> list[Message]:
    """Return the cards of calls in a conversation, or in all of them."""
    ids = list(slack.workspace.messages) if channel_id is None else [channel_id]
    messages = [message for one in ids for message in slack.workspace.messages.get(one, [])]
    return [message for message in messages if any(block["type"] == "call" for block in message.blocks)]


def buttons(message: Message) -> list[str]:
    """Return the action ids of a message's buttons."""
    rows = (block["elements"] for block in message.blocks if block["type"] == "actions")
    return [str(button["action_id"]) for row in rows for button in row]


@asynccontextmanager
async def running_world(
    folder: Path,
    *,
    http: bool,
    database_url: str = "",
    extra: Mapping[str, str] = NO_EXTRA,
    signs_in: bool = False,
    furnish: Callable[[Sandbox], None] | None = None,
) -> AsyncIterator[World]:
    """Run the app against a furnished local Slack.

    Args:
        folder: where the database goes, when no address is given.
        http: deliver over signed HTTP instead of Socket Mode.
        extra: instead of the usual meeting system's settings; `{slack}` in them is the local Slack's address, with a
            slash at its end.
        signs_in: let people sign in with Slack.
        furnish: changes the local Slack before the app starts.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}/slack/events" if http else None
    slack = await Sandbox.start(options=Options(http_url=url))
    if furnish is not None:
        furnish(slack)
    credentials = slack.installation
    settings = read_settings(
        {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": credentials.bot_token,
            "SLACK_SIGNING_SECRET" if http else "SLACK_APP_TOKEN": (
                credentials.signing_secret if http else credentials.app_token
            ),
            "PORT": str(port),
            "DATABASE_URL": database_url or f"sqlite:///{folder}/calls.sqlite3",
            "SLACK_CLIENT_ID": credentials.client_id if signs_in else "",
            "SLACK_CLIENT_SECRET": credentials.client_secret if signs_in else "",
            **{name: value.replace("{slack}", slack.url) for name, value in (extra or USUAL).items()},
        }
    )
    try:
        async with running(settings) as server:
            await wait_for(lambda: server.connection.identity is not None)
            await wait_for(lambda: server.socket_mode is None or server.socket_mode.connections > 0)
            await server.sizes.learn_general(TeamId(slack.workspace.team.id))
            yield World(slack, server)
    finally:
        await slack.stop()
