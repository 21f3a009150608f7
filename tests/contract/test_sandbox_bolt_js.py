"""An ordinary Bolt for JavaScript app, not changed for the local Slack, over Socket Mode and over signed HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from aiohttp.test_utils import unused_port

from sandbox.messages import NewMessage, post
from sandbox.server import Options, Sandbox
from sandbox.testing import wait_for
from sandbox.workspace import Message
from tests.contract.delivery_rig import GENERAL, MANIFEST, RANDOM
from tests.contract.node import needs_node, running_program

pytestmark = [needs_node, pytest.mark.timeout(360)]  # the first one installs the packages

COLOUR = {
    "type": "actions",
    "block_id": "row",
    "elements": [{"type": "external_select", "action_id": "colour", "min_query_length": 1}],
}


@pytest.fixture(params=["socket_mode", "http"])
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """Run the app and the local Slack together, with each way of delivery."""
    port = unused_port()
    http_url = f"http://127.0.0.1:{port}/slack/events" if request.param == "http" else None
    async with AsyncExitStack() as stack:
        running = await Sandbox.start(options=Options(manifest=MANIFEST, http_url=http_url))
        stack.push_async_callback(running.stop)
        installation = running.installation
        variables = {"SLACK_API_URL": running.api_url, "SLACK_BOT_TOKEN": installation.bot_token, "PORT": str(port)}
        if http_url is None:
            variables["SLACK_APP_TOKEN"] = installation.app_token
        else:
            variables["SLACK_SIGNING_SECRET"] = installation.signing_secret
        await stack.enter_async_context(running_program("app.js", variables))
        yield running


async def new_card(slack: Sandbox, title: str = "Weekly sync") -> Message:
    """Let Alice run the command, and return the message with the call."""
    assert (await slack.person("alice").command(GENERAL, "/plain", title)).is_ok
    stored = slack.workspace.messages[GENERAL]

    def cards() -> list[Message]:
        return [message for message in stored if any(block["type"] == "call" for block in message.blocks)]

    await wait_for(cards)
    return cards()[-1]


async def new_dialog(slack: Sandbox) -> str:
    """Let Alice open the dialog of a new call, and return its id."""
    alice = slack.person("alice")
    card = await new_card(slack)
    assert (await alice.click(GENERAL, card.ts, "ask")).is_ok
    await wait_for(lambda: slack.workspace.modals.get(alice.user_id))
    return slack.workspace.modals[alice.user_id][-1]


async def test_from_a_command_to_a_renamed_call(slack: Sandbox) -> None:
    """Command, answer, card, button, dialog, an error in it, an update, and a call of another name."""
    alice, workspace = slack.person("alice"), slack.workspace
    view_id = await new_dialog(slack)
    whispered = [m.text for m in workspace.messages[GENERAL] if m.ephemeral_for == alice.user_id]
    assert "Starting …" in whispered

    assert await alice.submit(view_id, {"title": "Taken"}) == {"title": "This title is taken."}
    assert await alice.submit(view_id, {"title": "Update"}) is None
    assert workspace.views[view_id].payload["title"]["text"] == "Updated"
    assert await alice.submit(view_id, {"title": "Retro"}) is None

    (call,) = workspace.calls.values()
    await wait_for(lambda: call.title == "Retro")
    assert not workspace.modals[alice.user_id]
    assert (call.created_by, call.channels) == (alice.user_id, [GENERAL])
    assert [one["slack_id"] for one in call.active] == [alice.user_id]


async def test_dialogs_are_pushed_and_changed(slack: Sandbox) -> None:
    """A button in the dialog changes it by its hash; an answer pushes a second one on top."""
    alice, workspace = slack.person("alice"), slack.workspace
    view_id = await new_dialog(slack)

    assert (await alice.click_in_view(view_id, "refresh")).is_ok
    await wait_for(lambda: workspace.views[view_id].payload["title"]["text"] == "Refreshed")
    assert await alice.submit(view_id, {"title": "Push"}) is None

    assert len(workspace.modals[alice.user_id]) == 2
    assert workspace.views[workspace.modals[alice.user_id][-1]].payload["title"]["text"] == "Pushed"


async def test_a_closed_dialog_is_told(slack: Sandbox) -> None:
    """The app writes to the person alone about the call it did not rename."""
    alice, workspace = slack.person("alice"), slack.workspace
    view_id = await new_dialog(slack)

    await alice.close_view(view_id)

    (call,) = workspace.calls.values()
    direct = next(c.id for c in workspace.channels.values() if c.id.startswith("D0APP") and alice.user_id in c.members)
    await wait_for(lambda: workspace.messages.get(direct))
    assert workspace.messages[direct][-1].text == f"Not renamed: {call.id}"


async def test_shortcuts_and_the_response_url(slack: Sandbox) -> None:
    """A shortcut everywhere opens a dialog; one on a message answers where the bot is no member."""
    alice, workspace = slack.person("alice"), slack.workspace
    assert (await alice.global_shortcut("everywhere")).is_ok
    await wait_for(lambda: workspace.modals.get(alice.user_id))

    message = await alice.say(RANDOM, "Good idea")
    assert message is not None
    assert (await alice.message_shortcut("on_this", RANDOM, message.ts)).is_ok
    stored = workspace.messages[RANDOM]
    await wait_for(lambda: len(stored) == 2)

    assert (stored[-1].text, stored[-1].ephemeral_for) == ("You said Good idea", alice.user_id)


async def test_an_external_select_is_filled_by_the_app(slack: Sandbox) -> None:
    """What is typed reaches the app, and its options come back."""
    bot = slack.installation.bot_user_id
    message = post(slack.workspace, NewMessage(GENERAL, bot, "Choose", [COLOUR], by_app=True))

    offered = await slack.person("bob").suggestions(GENERAL, message.ts, "colour", "r")

    assert [option["value"] for option in offered] == ["Red", "Green"]


async def test_events_reach_the_app(slack: Sandbox) -> None:
    """Home, mention in a thread, and a call that was declined."""
    bob, workspace = slack.person("bob"), slack.workspace
    await bob.open_home()
    await wait_for(lambda: workspace.homes.get(bob.user_id))
    assert workspace.views[workspace.homes[bob.user_id]].payload["blocks"][0]["text"]["text"] == "Welcome"

    asked = await bob.say(GENERAL, "@probe are you there?")
    assert asked is not None
    await wait_for(lambda: workspace.messages[GENERAL][-1].thread_ts == asked.ts)
    assert workspace.messages[GENERAL][-1].text == f"At your service, <@{bob.user_id}>"

    direct = next(c.id for c in workspace.channels.values() if c.id.startswith("D0APP") and bob.user_id in c.members)
    await bob.command(direct, "/plain", "Just us")
    await wait_for(lambda: any(direct in call.channels for call in workspace.calls.values()))
    (call,) = workspace.calls.values()
    await bob.decline_call(call.id, direct)
    await wait_for(lambda: call.date_end)
