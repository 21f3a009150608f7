"""An ordinary Bolt app, not changed in any way for the local Slack, over Socket Mode and over signed HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Options, Sandbox
from sandbox.testing import wait_for
from sandbox.workspace import Message
from tests.contract.delivery_rig import GENERAL, MANIFEST, MODAL

Given = dict[str, Any]
JOIN_URL = "https://meet.example.com/weekly"


def build_app(slack: Sandbox) -> AsyncApp:
    """Return the app: a command posts a call, its button opens a dialog, which renames the call or objects."""
    client = AsyncWebClient(slack.installation.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.installation.signing_secret)

    @app.command("/plain")
    async def start(ack: Any, say: Any, command: Given, client: AsyncWebClient) -> None:  # noqa: ANN401 - Bolt's own
        await ack("Starting …")
        arguments: Given = {"external_unique_id": command["trigger_id"], "join_url": JOIN_URL, "title": command["text"]}
        answer = await client.api_call("calls.add", json={**arguments, "created_by": command["user_id"]})
        call_id = answer["call"]["id"]
        button = {"type": "button", "action_id": "rename", "value": call_id, "text": _plain("Rename")}
        blocks = [{"type": "call", "call_id": call_id}, {"type": "actions", "elements": [button]}]
        await say(text=command["text"], blocks=blocks)

    @app.action("rename")
    async def ask(ack: Any, body: Given, client: AsyncWebClient) -> None:  # noqa: ANN401 - Bolt's own
        await ack()
        view = {**MODAL, "private_metadata": body["actions"][0]["value"]}
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("probe")
    async def rename(ack: Any, view: Given, client: AsyncWebClient) -> None:  # noqa: ANN401 - Bolt's own
        title = view["state"]["values"]["title"]["title"]["value"]
        if title == "Taken":
            await ack(response_action="errors", errors={"title": "This title is taken."})
            return
        await ack()
        await client.api_call("calls.update", json={"id": view["private_metadata"], "title": title})

    @app.shortcut("on_this")
    async def on_this(ack: Any, respond: Any, shortcut: Given) -> None:  # noqa: ANN401 - Bolt's own
        await ack()
        await respond(f"You said {shortcut['message']['text']}")

    @app.event("app_home_opened")
    async def home(event: Given, client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": [{"type": "section", "text": _plain("Welcome")}]}
        await client.views_publish(user_id=event["user"], view=view)

    return app


def _plain(text: str) -> Given:
    return {"type": "plain_text", "text": text}


@pytest.fixture(params=["socket_mode", "http"])
async def slack(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """Run the app and the local Slack together, with each way of delivery."""
    port = unused_port()
    http_url = f"http://127.0.0.1:{port}/slack/events" if request.param == "http" else None
    running = await Sandbox.start(options=Options(manifest=MANIFEST, http_url=http_url))
    app = build_app(running)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(running.stop)
        if http_url is None:
            handler = AsyncSocketModeHandler(app, running.installation.app_token)
            await handler.connect_async()  # type: ignore[no-untyped-call]
            stack.push_async_callback(handler.close_async)
        else:
            runner = web.AppRunner(app.web_app("/slack/events"))
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", port).start()
            assert running.signed_http is not None
            assert await running.signed_http.verify()
        yield running


async def test_from_a_command_to_a_renamed_call(slack: Sandbox) -> None:
    """Command, answer, card, button, dialog, an error in it, and a call of another name."""
    alice, workspace = slack.person("alice"), slack.workspace
    assert (await alice.command(GENERAL, "/plain", "Weekly sync")).is_ok
    card = await _card(slack)
    assert "Starting …" in [m.text for m in workspace.messages[GENERAL] if m.ephemeral_for == alice.user_id]

    assert (await alice.click(GENERAL, card.ts, "rename")).is_ok
    await wait_for(lambda: workspace.modals.get(alice.user_id))
    view_id = workspace.modals[alice.user_id][-1]
    assert await alice.submit(view_id, {"title": "Taken"}) == {"title": "This title is taken."}
    assert await alice.submit(view_id, {"title": "Retro"}) is None

    (call,) = workspace.calls.values()
    await wait_for(lambda: call.title == "Retro")
    assert not workspace.modals[alice.user_id]
    assert (call.created_by, call.channels, call.join_url) == (alice.user_id, [GENERAL], JOIN_URL)


async def test_a_message_shortcut_and_its_response_url(slack: Sandbox) -> None:
    """`respond` reaches the person alone, in a channel the bot is no member of."""
    alice = slack.person("alice")
    message = await alice.say("C0RANDOM001", "Good idea")
    assert message is not None
    assert (await alice.message_shortcut("on_this", "C0RANDOM001", message.ts)).is_ok
    stored = slack.workspace.messages["C0RANDOM001"]
    await wait_for(lambda: len(stored) == 2)

    assert (stored[-1].text, stored[-1].ephemeral_for) == ("You said Good idea", alice.user_id)


async def test_opening_the_home_draws_it(slack: Sandbox) -> None:
    """The event arrives once and its view is published."""
    await slack.person("bob").open_home()
    await wait_for(lambda: slack.workspace.homes.get("U0BOB000001"))

    view = slack.workspace.views[slack.workspace.homes["U0BOB000001"]]
    assert view.payload["blocks"][0]["text"]["text"] == "Welcome"
    assert len(slack.api_calls("views.publish")) == 1


async def _card(slack: Sandbox) -> Message:
    def found() -> list[Message]:
        return [m for m in slack.workspace.messages[GENERAL] if any(b["type"] == "call" for b in m.blocks)]

    await wait_for(found)
    return found()[0]
