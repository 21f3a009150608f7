"""An address inside a request, even a signed one, makes the app ask nobody but Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlencode

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.testing import wait_for
from tests.scenario.test_hostile_http import post, signed
from tests.world import World

pytestmark = pytest.mark.parametrize("world", ["http"], indirect=True)


@asynccontextmanager
async def service_inside() -> AsyncIterator[tuple[str, list[str]]]:
    """Run a service that only this computer reaches; give its address, and what it was asked."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        return web.Response(text="ok")

    site = web.Application()
    site.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(site, host="127.0.0.1") as server:
        yield str(server.make_url("/latest/meta-data")), asked


async def test_a_response_url_of_elsewhere_gets_nothing(world: World) -> None:
    """Where a card can only come by response_url, a call with a forged one fails, and the service is never asked."""
    async with service_inside() as (url, asked):
        form = {
            "command": "/startcall",
            "text": "Forged",
            "team_id": world.slack.workspace.team.id,
            "channel_id": world.channel("project-x"),
            "channel_name": "project-x",
            "user_id": world.alice.user_id,
            "user_name": "alice",
            "trigger_id": "1.2.forged",
            "response_url": url,
        }
        body = urlencode(form)
        assert 200 == await post(world, body.encode(), signed(world, body))
        await wait_for(lambda: "calls.end" in world.methods())
        await world.settled()

    assert [] == asked
    assert [] == world.cards(world.channel("project-x"))


@pytest.mark.parametrize("link", ["http://169.254.169.254/latest", "http://127.0.0.1:6379/", "https://zoom.us/j/1"])
async def test_a_pasted_link_is_never_fetched(world: World, link: str) -> None:
    """What it leads to is told from its letters alone."""
    async with service_inside() as (url, asked):
        for posted in (link, url):
            await world.alice.say(world.channel("general"), f"see {posted}")
        await world.settled()

    assert [] == asked
    assert set() == {name for name in world.methods() if not name.startswith(("chat.", "calls.", "users."))}
