"""A Web API on a loopback port with a small workspace behind it, and a clock that tests can move."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.manifest import parse_manifest
from sandbox.webapi.dispatch import routes
from sandbox.webapi.faults import Faults
from sandbox.webapi.switches import Switches
from sandbox.workspace import Channel, Installation, Json, User, Workspace

ALICE, BOB, CAROL, BOT = "U0ALICE0001", "U0BOB000001", "U0CAROL0001", "U0BOT000001"
GENERAL, RANDOM, SECRET, OLD = "C0GENERAL01", "C0RANDOM001", "G0SECRET001", "C0OLDNEWS01"
DM_ALICE, DM_PEOPLE = "D0ALICEBOT1", "D0ALICEBOB1"
BOT_TOKEN, APP_TOKEN = "xoxb-bot", "xapp-app"
ALL_SCOPES = frozenset(
    [
        *("calls:read", "calls:write", "channels:history", "channels:join", "channels:read", "chat:write", "commands"),
        *("groups:history", "groups:read", "im:history", "im:read", "im:write", "mpim:history", "mpim:read"),
        *("mpim:write", "reactions:read", "reactions:write", "team:read", "usergroups:read", "users.profile:read"),
        *("users:read", "users:read.email", "files:read", "files:write"),
    ]
)
MANIFEST: Json = {
    "display_information": {"name": "Calls", "background_color": "#1b3a57"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "calls"},
        "slash_commands": [{"command": "/startcall", "description": "Start a call"}],
    },
    "oauth_config": {"scopes": {"bot": sorted(ALL_SCOPES)}},
    "settings": {"interactivity": {"is_enabled": True}, "socket_mode_enabled": True},
}


@dataclass(slots=True)
class Rig:
    """A running Web API and everything a test wants to look at."""

    workspace: Workspace
    faults: Faults
    switches: Switches
    session: aiohttp.ClientSession
    url: str
    time_s: list[float]
    events: list[Json]

    async def call(self, method: str, /, token: str | None = BOT_TOKEN, **arguments: object) -> Json:
        """Call a method with a JSON body and return the answer's body, which must come with HTTP 200."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        async with self.session.post(self.url + method, json=arguments, headers=headers) as response:
            assert response.status == 200, await response.text()
            body: Json = await response.json()
            return body

    async def ok(self, method: str, /, **arguments: Any) -> Json:  # noqa: ANN401 -- Slack's arguments
        """Call a method that has to succeed."""
        body = await self.call(method, **arguments)
        assert body["ok"] is True, body
        assert "error" not in body, body
        return body

    async def error(self, method: str, /, **arguments: Any) -> str:  # noqa: ANN401 -- same
        """Call a method that has to be refused, and return the code."""
        body = await self.call(method, **arguments)
        assert body["ok"] is False, body
        return str(body["error"])

    async def new_call(self, **arguments: Any) -> str:  # noqa: ANN401 -- same
        """Register a call and return its id."""
        given = {"external_unique_id": "e-1", "join_url": "https://meet.example/1", "created_by": ALICE, **arguments}
        return str((await self.ok("calls.add", **given))["call"]["id"])

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        self.time_s[0] += seconds


@contextlib.asynccontextmanager
async def running(*, scopes: frozenset[str] = ALL_SCOPES, manifest: Json | None = None) -> AsyncIterator[Rig]:
    """Run a Web API on a free port of 127.0.0.1 until the block ends."""
    time_s = [1_790_000_000.0]
    workspace = _workspace(time_s, scopes, manifest or MANIFEST)
    events: list[Json] = []
    workspace.tell = lambda event, _channel_id: events.append(event)
    faults, switches = Faults(), Switches()
    app = web.Application()
    app.add_routes(routes(workspace, faults=faults, switches=switches))
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    workspace.base_url = f"http://{host}:{port}"
    async with aiohttp.ClientSession() as session:
        yield Rig(workspace, faults, switches, session, f"{workspace.base_url}/api/", time_s, events)
    faults.clear()
    await runner.cleanup()


def button(action_id: str = "end_call", **more: Any) -> Json:  # noqa: ANN401 -- keys of Block Kit JSON
    """Return a button."""
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "End"}, **more}


def plain(text: str) -> Json:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def modal(**more: Any) -> Json:  # noqa: ANN401 -- keys of a view
    """Return a small valid modal."""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}
    return {"type": "modal", "title": plain("Start a call"), "blocks": [section], **more}


def _workspace(time_s: list[float], scopes: frozenset[str], manifest: Json) -> Workspace:
    installation = Installation(
        manifest=parse_manifest(manifest),
        app_id="A0CALLS0001",
        bot_id="B0CALLS0001",
        bot_user_id=BOT,
        bot_token=BOT_TOKEN,
        app_token=APP_TOKEN,
        signing_secret="secret",
        scopes=set(scopes),
    )
    workspace = Workspace(installation, now=lambda: time_s[0])
    people = [User(ALICE, "alice", "Alice Archer"), User(BOB, "bob", "Bob Baker", "Asia/Tokyo")]
    people += [User(CAROL, "carol", "Carol Cole", "America/New_York"), User(BOT, "calls", "calls", is_bot=True)]
    workspace.users = {user.id: user for user in people}
    channels = [
        Channel(GENERAL, "general", "channel", {ALICE, BOB, CAROL, BOT}),
        Channel(RANDOM, "random", "channel", {ALICE, BOB, CAROL}),
        Channel(SECRET, "project-x", "private", {ALICE, BOB}),
        Channel(OLD, "old-news", "channel", {ALICE, BOT}, is_archived=True),
        Channel(DM_ALICE, "", "im", {ALICE, BOT}),
        Channel(DM_PEOPLE, "", "im", {ALICE, BOB}),
    ]
    workspace.channels = {channel.id: channel for channel in channels}
    return workspace
