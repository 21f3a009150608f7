"""What whoever starts a call is asked first, as people find it in the local Slack."""

from __future__ import annotations

from sandbox.person import Person
from sandbox.server import Sandbox
from sandbox.testing import wait_for
from sandbox.workspace import Message
from tests.world import World


def questions(world: World, channel_id: str) -> list[Message]:
    """Return the messages of a conversation that ask whoever starts a call something."""
    return asked_in(world.slack, channel_id)


def asked_in(slack: Sandbox, channel_id: str) -> list[Message]:
    """Return the same of a local Slack."""
    messages = slack.workspace.messages.get(channel_id, [])
    return [one for one in messages if any(block.get("block_id") == "question" for block in one.blocks)]


async def question(world: World, channel_id: str, number: int = 1) -> Message:
    """Return the newest question in a conversation once there are `number` of them."""
    await wait_for(lambda: len(questions(world, channel_id)) >= number)
    return questions(world, channel_id)[-1]


def buttons(asked: Message) -> list[str]:
    """Return the labels of the buttons below a question."""
    return [element["text"]["text"] for element in asked.blocks[-1]["elements"]]


async def press(person: Person, asked: Message, action_id: str) -> None:
    """Press a button below a question."""
    ack = await person.click(asked.channel_id, asked.ts, action_id)
    assert ack.is_ok, ack


async def start_another(world: World, person: Person, channel_id: str, title: str) -> None:
    """Start a call beside the one that is running in a conversation."""
    await person.command(channel_id, "/startcall", title)
    await press(person, await question(world, channel_id), "confirm_start_call")
