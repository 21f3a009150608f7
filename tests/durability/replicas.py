"""Several processes of the app on one database, and between them and a local Slack somebody who copies deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from sandbox.server import Options, Sandbox
from tests.durability.process import AppProcess
from tests.ports import free_port


@dataclass(slots=True)
class Front:
    """Takes Slack's deliveries and hands them on.

    Args:
        copies: how often each process gets each delivery; 0 gives each delivery to one process, in turn.
        answers: status and text of all copies, one set for each delivery.
    """

    apps: list[AppProcess]
    copies: int
    session: aiohttp.ClientSession
    answers: list[set[tuple[int, str]]] = field(default_factory=list)
    taken: int = 0

    async def handle(self, request: web.Request) -> web.Response:
        """Pass one delivery on and answer what all copies were answered."""
        raw = await request.read()
        headers = {name: value for name, value in request.headers.items() if name not in {"Host", "Content-Length"}}
        self.taken += 1
        apps = [app for app in self.apps for _ in range(self.copies)] or [self.apps[self.taken % len(self.apps)]]
        targets = [f"{app.url}/slack/events" for app in apps]
        answers = await asyncio.gather(*(self._pass_on(target, headers, raw) for target in targets))
        self.answers.append({(status, text) for status, text, _ in answers})
        status, text, content_type = answers[0]
        return web.Response(status=status, text=text, content_type=content_type)

    async def _pass_on(self, url: str, headers: dict[str, str], raw: bytes) -> tuple[int, str, str]:
        async with self.session.post(url, headers=headers, data=raw) as response:
            return response.status, await response.text(), response.content_type


@dataclass(slots=True)
class Replicas:
    """The processes, not started yet, with the Slack they belong to."""

    slack: Sandbox
    front: Front
    database_url: str

    def add(self, *arguments: str, takes_in: bool = True) -> AppProcess:
        """Return one more process.

        Args:
            arguments: what follows `app.py`.
            takes_in: whether deliveries go to it.
        """
        port = free_port()
        settings = {
            "SLACK_API_URL": self.slack.api_url,
            "SLACK_BOT_TOKEN": self.slack.installation.bot_token,
            "SLACK_SIGNING_SECRET": self.slack.installation.signing_secret,
            "SLACK_APP_TOKEN": "",
            "PORT": str(port),
            "DATABASE_URL": self.database_url,
            "STARTCALL_LINK_TEMPLATE": "https://meet.example.com/{room}",
        }
        app = AppProcess(settings, f"http://127.0.0.1:{port}", arguments)
        if takes_in:
            self.front.apps.append(app)
        return app


@asynccontextmanager
async def replicas(database_url: str, *, copies: int = 1, kind: type[Front] = Front) -> AsyncIterator[Replicas]:
    """Run a local Slack whose deliveries go through a front.

    Args:
        copies: how often each process gets each delivery; 0 gives each delivery to one process, in turn.
        kind: who hands the deliveries on.
    """
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        front = kind([], copies, session)
        site = web.Application()
        site.router.add_post("/slack/events", front.handle)
        runner = web.AppRunner(site, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        url = f"http://127.0.0.1:{port}/slack/events"
        slack = await Sandbox.start(options=Options(http_url=url, time_scale=0.01))
        stack.push_async_callback(slack.stop)
        stack.callback(slack.faults.clear)
        yield Replicas(slack, front, database_url)
