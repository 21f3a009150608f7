"""Slack's Web API as far as an hour of starts and ends needs it: real HTTP, and nothing is kept but what is live."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Json = dict[str, Any]


class LightSlack:
    """Answers every request at once, and counts.

    Args:
        live: the calls whose cards were posted and that were not ended yet: the ids in their buttons.
    """

    def __init__(self) -> None:
        self.live: dict[str, str] = {}
        self.posted = 0
        self.ended = 0
        self._numbers = itertools.count(1)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a method of the Web API."""
        sent: Json = await request.json() if request.content_type == "application/json" else dict(await request.post())
        return web.json_response({"ok": True, **self._answer(request.match_info["method"], sent)})

    def _answer(self, method: str, sent: Json) -> Json:
        number = next(self._numbers)
        if method == "calls.add":
            return {"call": {"id": f"R{number:010}", "external_unique_id": sent.get("external_unique_id")}}
        if method == "calls.end":
            self.ended += 1
        if method == "chat.postMessage":
            self._note_card(sent)
            return {"channel": sent.get("channel"), "ts": f"{1_700_000_000 + number}.000100", "message": {}}
        if method == "auth.test":
            return {"team_id": "T0SANDBOX01", "team": "x", "user_id": "U0BOT", "bot_id": "B0BOT", "url": "https://x/"}
        if method == "users.info":
            return {
                "user": {"id": sent.get("user"), "name": "p", "tz": "Europe/Berlin", "locale": "en-US", "profile": {}}
            }
        return {"channels": [], "members": [], "usergroups": [], "calls": [], "channel": {}, "call": {}, "messages": []}

    def _note_card(self, sent: Json) -> None:
        self.posted += 1
        buttons = [button for block in sent.get("blocks", ()) for button in block.get("elements", ())]
        ends = next((button["value"] for button in buttons if button.get("action_id") == "end_call"), None)
        if ends is not None:
            self.live[str(sent["channel"])] = ends


@asynccontextmanager
async def light_slack() -> AsyncIterator[tuple[LightSlack, str]]:
    """Listen while the block runs; return what answers, and the base of its addresses."""
    slack = LightSlack()
    site = web.Application(client_max_size=1 << 20)
    site.add_routes([web.post("/api/{method}", slack.answer)])
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        host, port = runner.addresses[0][:2]
        yield slack, f"http://{host}:{port}/api/"
    finally:
        await runner.cleanup()
