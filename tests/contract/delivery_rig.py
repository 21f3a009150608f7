"""A local Slack with an app at the other end that records what reaches it and answers as a test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web
from slack_sdk.signature import Clock, SignatureVerifier

from sandbox.manifest import Manifest, parse_manifest
from sandbox.messages import NewMessage, post
from sandbox.person import Person
from sandbox.server import Options, Sandbox
from sandbox.workspace import Json, Message

GENERAL, RANDOM, PROJECT, OLD_NEWS = "C0GENERAL01", "C0RANDOM001", "C0PROJECT01", "C0OLDNEWS01"
PEOPLE_DM = "D0ALICEBOB1"
PAST_RETRIES_SCALE = 0.001

MANIFEST = parse_manifest(
    {
        "display_information": {"name": "Probe"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "Probe"},
            "slash_commands": [
                {"command": "/plain", "description": "Text as typed"},
                {"command": "/escaped", "description": "Text with ids", "should_escape": True},
            ],
            "shortcuts": [
                {"name": "Everywhere", "type": "global", "callback_id": "everywhere", "description": "Anywhere"},
                {"name": "On this", "type": "message", "callback_id": "on_this", "description": "On a message"},
            ],
        },
        "oauth_config": {"scopes": {"bot": ["calls:read", "calls:write", "chat:write", "commands", "im:history"]}},
        "settings": {
            "event_subscriptions": {
                "bot_events": ["app_home_opened", "app_mention", "call_rejected", "message.channels", "message.im"]
            },
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }
)

MODAL: Json = {
    "type": "modal",
    "callback_id": "probe",
    "title": {"type": "plain_text", "text": "Probe"},
    "submit": {"type": "plain_text", "text": "Send"},
    "notify_on_close": True,
    "private_metadata": "kept",
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "title", "max_length": 10},
        },
        {
            "type": "input",
            "block_id": "where",
            "optional": True,
            "label": {"type": "plain_text", "text": "Where"},
            "element": {"type": "conversations_select", "action_id": "where", "response_url_enabled": True},
        },
        {
            "type": "actions",
            "block_id": "row",
            "elements": [{"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}}],
        },
    ],
}

_OPTIONS: list[Json] = [
    {"text": {"type": "plain_text", "text": "Red"}, "value": "red"},
    {"text": {"type": "plain_text", "text": "Blue"}, "value": "blue"},
]

BLOCKS: list[Json] = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {
                "type": "button",
                "action_id": "press",
                "text": {"type": "plain_text", "text": "Press"},
                "value": "pressed",
                "style": "danger",
            },
            {"type": "overflow", "action_id": "menu", "options": _OPTIONS},
        ],
    },
    {
        "type": "section",
        "block_id": "choice",
        "text": {"type": "mrkdwn", "text": "Choose"},
        "accessory": {
            "type": "static_select",
            "action_id": "colour",
            "options": _OPTIONS,
            "initial_option": _OPTIONS[0],
        },
    },
]


class MovableClock(Clock):
    """The tests' clock in the form the SDK wants."""

    def __init__(self, time_s: list[float]) -> None:
        """Show this list's only item."""
        self._time_s = time_s

    def now(self) -> float:
        """Return the time."""
        return self._time_s[0]


@dataclass(frozen=True, slots=True)
class Received:
    """One request that reached the app, already found to be signed right."""

    body: Json
    headers: Mapping[str, str]
    query: str = ""


@dataclass(slots=True)
class Answer:
    """How the app answers a request."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class App:
    """The app's side: what it got, and what it will answer, the last answer for ever."""

    url: str = ""
    secret: str = ""
    answers_after_s: float = 0.0
    echo_challenge: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=lambda: [Answer()])

    def will_answer(self, *answers: Answer | Json) -> None:
        """Set the answers to come; an object is sent as JSON."""
        self.answers = [one if isinstance(one, Answer) else Answer(body=json.dumps(one)) for one in answers]

    @property
    def bodies(self) -> list[Json]:
        """Return the bodies received so far."""
        return [one.body for one in self.received]


@dataclass(frozen=True, slots=True)
class Rig:
    """A local Slack that delivers to `app` over signed HTTP, a client, and a clock that tests can move."""

    slack: Sandbox
    app: App
    session: aiohttp.ClientSession
    time_s: list[float]

    @property
    def alice(self) -> Person:
        """Return Alice."""
        return self.slack.person("alice")

    @property
    def bob(self) -> Person:
        """Return Bob."""
        return self.slack.person("bob")

    def app_posts(self, channel_id: str = GENERAL, *, only_for: Person | None = None) -> Message:
        """Store a message of the app with a button, a menu and a select."""
        bot = self.slack.installation.bot_user_id
        ephemeral_for = only_for.user_id if only_for else None
        new = NewMessage(channel_id, bot, "Card", BLOCKS, by_app=True, ephemeral_for=ephemeral_for)
        return post(self.slack.workspace, new)

    def whispers(self, person: Person, channel_id: str = GENERAL) -> list[str]:
        """Return what only this person reads in a conversation."""
        stored = self.slack.workspace.messages.get(channel_id, [])
        return [message.text for message in stored if message.ephemeral_for == person.user_id]

    async def respond(self, url: str, body: object) -> tuple[int, str]:
        """Post to a response_url, without any token."""
        async with self.session.post(url, json=body) as response:
            return response.status, await response.text()


@asynccontextmanager
async def running_rig(
    manifest: Manifest = MANIFEST, *, ack_timeout_s: float = 3.0, time_scale: float = PAST_RETRIES_SCALE
) -> AsyncIterator[Rig]:
    """Run the local Slack and the app."""
    time_s = [1_790_000_000.0]
    app = App()
    runner = web.AppRunner(web.Application(), shutdown_timeout=0.1)

    async def handle(request: web.Request) -> web.Response:
        raw = await request.text()
        assert SignatureVerifier(app.secret, MovableClock(time_s)).is_valid_request(raw, dict(request.headers))
        body = _parse(raw, request.content_type)
        if body.get("type") == "url_verification":
            return web.Response(text=app.echo_challenge.format(challenge=body["challenge"]))
        app.received.append(Received(body, request.headers.copy(), request.query_string))
        await asyncio.sleep(app.answers_after_s)
        answer = app.answers.pop(0) if len(app.answers) > 1 else app.answers[0]
        return web.Response(status=answer.status, text=answer.body, headers=answer.headers)

    runner.app.router.add_post("/slack/events", handle)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    options = Options(manifest, app.url, lambda: time_s[0], ack_timeout_s, time_scale)
    slack = await Sandbox.start(options=options)
    app.secret = slack.installation.signing_secret
    async with aiohttp.ClientSession() as session:
        yield Rig(slack, app, session, time_s)
    await slack.stop()
    await runner.cleanup()


def _parse(raw: str, content_type: str) -> Json:
    if content_type == "application/json":
        body: Json = json.loads(raw)
        return body
    form = dict(parse_qsl(raw, keep_blank_values=True))
    if "payload" not in form:
        return form
    payload: Json = json.loads(form["payload"])
    return payload
