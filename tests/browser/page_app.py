"""A small Bolt app that does everything the page has to show: cards, modals, menus, a Home."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.manifest import Manifest, parse_manifest
from sandbox.server import Sandbox

Json = dict[str, Any]


def manifest() -> Manifest:
    """Return the app's registration."""
    shortcuts = [
        {"name": "Begin a call", "type": "global", "callback_id": "begin", "description": "Opens the form"},
        {"name": "Note this", "type": "message", "callback_id": "note", "description": "Notes a message"},
    ]
    commands = [
        {"command": "/call", "description": "Start a call", "usage_hint": "[title]"},
        {"command": "/card", "description": "Post a card", "usage_hint": "[join address]"},
        {"command": "/menus", "description": "Post menus"},
    ]
    scopes = ["calls:read", "calls:write", "chat:write", "commands", "im:write"]
    home = {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False}
    return parse_manifest(
        {
            "display_information": {"name": "Caller"},
            "features": {
                "app_home": home,
                "bot_user": {"display_name": "caller"},
                "slash_commands": commands,
                "shortcuts": shortcuts,
            },
            "oauth_config": {"scopes": {"bot": scopes}},
            "settings": {
                "event_subscriptions": {"bot_events": ["app_home_opened", "call_rejected"]},
                "interactivity": {"is_enabled": True},
                "socket_mode_enabled": True,
            },
        }
    )


class PageApp:
    """The app, running in the test's own event loop; `heard` keeps what it was told."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Build the app against a local Slack."""
        self.heard: list[tuple[str, Json]] = []
        self.client = AsyncWebClient(sandbox.installation.bot_token, base_url=sandbox.api_url)
        self._app = AsyncApp(client=self.client)
        self._handler = AsyncSocketModeHandler(self._app, sandbox.installation.app_token)
        self._listen()

    async def start(self) -> None:
        """Connect."""
        await self._handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no annotation here

    async def stop(self) -> None:
        """Disconnect."""
        await self._handler.close_async()  # type: ignore[no-untyped-call]  # nor here

    def actions(self) -> list[str]:
        """Return the action ids heard so far."""
        return [body["actions"][0]["action_id"] for kind, body in self.heard if kind == "action"]

    def _listen(self) -> None:
        app = self._app
        app.command("/call")(self._open)
        app.shortcut("begin")(self._open)
        app.shortcut("note")(self._note)
        app.command("/card")(self._card)
        app.command("/menus")(self._menus)
        app.view("form")(self._submitted)
        app.action(re.compile(".*"))(self._acted)
        app.event("app_home_opened")(self._home)
        app.event("call_rejected")(self._rejected)

    async def _open(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    async def _note(self, ack: AsyncAck, body: Json) -> None:
        self.heard.append(("note", body))
        await ack()

    async def _card(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        url = body["text"] or "https://meet.example.com/room"
        fields = {"external_unique_id": body["trigger_id"], "join_url": url, "created_by": body["user_id"]}
        call = await client.api_call("calls.add", json={**fields, "title": "Planning", "external_display_id": "owl-1"})
        blocks = [{"type": "call", "call_id": call["call"]["id"]}, {"type": "actions", "elements": card_buttons()}]
        if body["channel_id"].startswith("D"):
            await client.chat_postMessage(channel=body["user_id"], text="A call", blocks=blocks)
        else:
            await client.chat_postMessage(channel=body["channel_id"], text="A call", blocks=blocks)

    async def _menus(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(channel=body["channel_id"], text="Menus", blocks=menus())

    async def _submitted(self, ack: AsyncAck, body: Json) -> None:
        self.heard.append(("submission", body))
        title = body["view"]["state"]["values"]["title"]["title"]["value"]
        if title == "taken":
            await ack(response_action="errors", errors={"title": "This name is taken."})
        elif title == "more":
            await ack(response_action="push", view={**form(), "callback_id": "second", "title": plain("Second form")})
        else:
            await ack()

    async def _acted(self, ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        self.heard.append(("action", body))
        await ack()
        if body["actions"][0]["action_id"] == "refresh_form":
            await client.views_update(view_id=body["view"]["id"], view={**form(), "title": plain("Fresh form")})

    async def _home(self, event: Json, client: AsyncWebClient) -> None:
        self.heard.append(("home", event))
        greeting = {"type": "section", "text": {"type": "mrkdwn", "text": f"Hello <@{event['user']}>"}}
        blocks = [greeting, {"type": "actions", "elements": [button("from_home", "Press me")]}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    async def _rejected(self, event: Json) -> None:
        self.heard.append(("rejected", event))


def plain(text: str) -> Json:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def button(action_id: str, text: str, **more: object) -> Json:
    """Return a button."""
    return {"type": "button", "action_id": action_id, "text": plain(text), **more}


def card_buttons() -> list[Json]:
    """Return the buttons under a card: one with an address, one that asks first."""
    confirm = {
        "title": plain("End this call?"),
        "text": plain("It ends for everybody."),
        "confirm": plain("End call"),
        "deny": plain("Keep it"),
        "style": "danger",
    }
    return [button("map", "Open the map", url="https://map.example.com/"), button("end", "End", confirm=confirm)]


def form() -> Json:
    """Return a modal with a required title, people, a note and a button."""
    options = [{"text": plain(name), "value": name.lower()} for name in ("Built-in", "Jitsi")]
    title = {"type": "plain_text_input", "action_id": "title"}
    note = {"type": "plain_text_input", "action_id": "note", "multiline": True}
    system = {"type": "static_select", "action_id": "system", "options": options, "initial_option": options[0]}
    people = {"type": "multi_users_select", "action_id": "people"}
    when = {"type": "datetimepicker", "action_id": "when"}
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("New call"),
        "submit": plain("Start"),
        "close": plain("Cancel"),
        "blocks": [
            {"type": "input", "block_id": "title", "label": plain("Title"), "element": title},
            {"type": "input", "block_id": "system", "label": plain("Meeting system"), "element": system},
            _optional("people", "People", people),
            _optional("when", "When", when),
            _optional("note", "Note", note),
            {"type": "actions", "block_id": "more", "elements": [button("refresh_form", "Refresh")]},
        ],
    }


def menus() -> list[Json]:
    """Return blocks with menus and pickers that tell the app at once."""
    options = [{"text": plain(name), "value": name.lower()} for name in ("Red", "Green")]
    select = {"type": "static_select", "action_id": "colour", "placeholder": plain("Pick a colour"), "options": options}
    overflow = {"type": "overflow", "action_id": "more", "options": options}
    boxes = {"type": "checkboxes", "action_id": "boxes", "options": options}
    return [
        {"type": "section", "block_id": "one", "text": plain("Colour"), "accessory": select},
        {"type": "section", "block_id": "two", "text": plain("More"), "accessory": overflow},
        {"type": "actions", "block_id": "three", "elements": [boxes, {"type": "datepicker", "action_id": "day"}]},
    ]


def _optional(block_id: str, label: str, element: Json) -> Json:
    return {"type": "input", "block_id": block_id, "optional": True, "label": plain(label), "element": element}
