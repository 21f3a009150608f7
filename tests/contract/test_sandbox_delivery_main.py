"""`python -m sandbox` as people and scripts use it: what it prints, what its child gets, and how it ends."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from sandbox.child import child_environment
from sandbox.server import install
from tests.contract.delivery_rig import MANIFEST

ROOT = Path(__file__).parents[2]
MANIFEST_YAML = """
display_information: {name: Probe}
features:
  slash_commands: [{command: /plain, description: A command}]
  bot_user: {display_name: Probe}
oauth_config: {scopes: {bot: [commands]}}
settings: {socket_mode_enabled: true, interactivity: {is_enabled: true}}
"""
SOCKET_APP = """
import asyncio, json, os, signal, urllib.request, aiohttp
print("ENV " + json.dumps(dict(os.environ)), flush=True)
async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": "Bearer " + os.environ["SLACK_APP_TOKEN"]}
        async with session.post(os.environ["SLACK_API_URL"] + "apps.connections.open", headers=headers) as answer:
            url = (await answer.json())["url"]
        async with session.ws_connect(url):
            await stop.wait()
    print("CHILD STOPPED", flush=True)
asyncio.run(main())
"""

Start = Callable[..., AbstractAsyncContextManager[Process]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Return a way to start the program in a folder with a manifest, which ends it whatever happens."""
    (tmp_path / "manifest.yml").write_text(MANIFEST_YAML)

    @asynccontextmanager
    async def started(*arguments: str, app: str = SOCKET_APP, **environment: str) -> AsyncIterator[Process]:
        (tmp_path / "app.py").write_text(app)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox", *arguments),
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment},
            stdout=PIPE,
            stderr=PIPE,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.communicate(), 15)

    return started


async def lines_until(process: Process, word: str) -> list[str]:
    """Read what the program prints up to the line with a word."""
    assert process.stdout is not None
    lines: list[str] = []
    while not lines or word not in lines[-1]:
        line = await asyncio.wait_for(process.stdout.readline(), 20)
        assert line, f"it ended before it printed {word}: {lines}"
        lines.append(line.decode().rstrip("\n"))
    return lines


async def test_alone_it_prints_its_page_and_what_an_app_needs(start: Start) -> None:
    """Five lines, the page first; the token works; SIGTERM ends it with 0 and without a traceback."""
    async with start("--no-app", "--port", "0") as process:
        page, *settings = await lines_until(process, "SLACK_SIGNING_SECRET=")
        values = dict(line.split("=", 1) for line in settings)
        async with aiohttp.ClientSession() as session:
            headers = {"Authorization": f"Bearer {values['SLACK_BOT_TOKEN']}"}
            async with session.post(f"{values['SLACK_API_URL']}auth.test", headers=headers) as answer:
                assert (await answer.json())["ok"]
            async with session.get(page) as answer:
                assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(process.communicate(), 10)

    assert list(values) == ["SLACK_API_URL", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"]
    assert values["SLACK_API_URL"] == f"{page}api/"
    assert (process.returncode, errors) == (0, b"")


async def test_with_sign_in_it_prints_the_apps_id_and_secret_besides(start: Start) -> None:
    """Two more lines, only when asked for: a Bolt app that finds them in its environment drops its token."""
    async with start("--no-app", "--sign-in", "--port", "0") as process:
        _, *settings = await lines_until(process, "SLACK_CLIENT_SECRET=")
    values = dict(line.split("=", 1) for line in settings)

    assert ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"] == list(values)[4:]
    assert all(values.values())


async def test_with_sign_in_the_app_gets_its_id_and_secret(start: Start) -> None:
    """So that it can send people to sign in; what the command line sets besides stays as it is."""
    async with start("--port", "0", "--sign-in", "--env", "SLACK_CLIENT_ID=9.9") as process:
        lines = await lines_until(process, "Stop   Ctrl+C")
    environment = json.loads(next(line for line in lines if line.startswith("ENV ")).removeprefix("ENV "))

    assert "9.9" == environment["SLACK_CLIENT_ID"]
    assert 32 == len(environment["SLACK_CLIENT_SECRET"])


async def test_a_taken_port_is_one_sentence(start: Start) -> None:
    """The sentence names the port and the cure, and the status is 1."""
    async with start("--no-app", "--port", "0") as first:
        page = (await lines_until(first, "http://"))[0]
        port = page.rstrip("/").rsplit(":", 1)[1]
        async with start("--no-app", "--port", port) as second:
            printed, errors = await asyncio.wait_for(second.communicate(), 20)

    assert (second.returncode, printed) == (1, b"")
    other = int(port) + 1
    assert errors.decode() == (
        f"Port {port} on this computer is taken by another program. "
        f'Stop that program, or choose another port: --port {other}, or make run ARGS="--port {other}".\n'
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_it_runs_the_app_and_stops_it(start: Start, number: signal.Signals) -> None:
    """The page's address appears once the app is connected; Ctrl+C, a stop or a closed terminal end both with 0."""
    async with start("--port", "0") as process:
        lines = await lines_until(process, "Stop   Ctrl+C")
        process.send_signal(number)
        printed, errors = await asyncio.wait_for(process.communicate(), 10)

    assert any(line.startswith("  Open   http://127.0.0.1:") for line in lines)
    assert b"CHILD STOPPED" in printed
    assert (process.returncode, errors) == (0, b"")


async def test_the_app_gets_a_clean_environment(start: Start) -> None:
    """No proxy, and none of the developer's Slack settings; not even an empty client id: Bolt would drop its token."""
    theirs = {"SLACK_BOT_TOKEN": "xoxb-real", "SLACK_CLIENT_ID": "1", "HTTPS_PROXY": "http://proxy/", "PORT": "4000"}
    async with start("--port", "0", "--env", "MEETINGS={url}meet/{room}", **theirs) as process:
        lines = await lines_until(process, "Stop   Ctrl+C")
    printed = next(line for line in lines if line.startswith("ENV "))
    environment = json.loads(printed.removeprefix("ENV "))

    assert environment["SLACK_BOT_TOKEN"].startswith("xoxb-sandbox-")
    assert environment["SLACK_APP_TOKEN"].startswith("xapp-")
    assert environment["SLACK_SIGNING_SECRET"] == ""
    assert not {"SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"} & environment.keys()
    assert environment["MEETINGS"] == environment["SLACK_API_URL"].replace("api/", "meet/{room}")
    assert environment["PORT"] == "4000"
    assert not {name for name in environment if "proxy" in name.lower()}


def test_over_http_the_app_gets_the_signing_secret_and_no_app_token() -> None:
    """An app that is given an app token as well would open Socket Mode, too."""
    installation = install(MANIFEST)
    environment = child_environment({}, installation, "http://127.0.0.1:1/", http=True, extra={})

    assert environment["SLACK_SIGNING_SECRET"] == installation.signing_secret
    assert environment["SLACK_APP_TOKEN"] == ""


@pytest.mark.parametrize(("app", "status"), [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)])
async def test_the_apps_end_is_its_own(start: Start, app: str, status: int) -> None:
    """When the app ends by itself, so does the local Slack, with its status and a sentence."""
    async with start("--port", "0", app=app) as process:
        _, errors = await asyncio.wait_for(process.communicate(), 20)

    assert process.returncode == status
    assert errors.decode().startswith("The app has ended with status ")
    assert "Traceback" not in errors.decode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--manifest", "nowhere.yml"], "nowhere.yml cannot be used"),
        (["--http", "https://example.com/slack/events"], "is not on this computer"),
        (["--port", "99999"], "is not a port"),
        (["--env", "NAME"], "is not of the form NAME=VALUE"),
    ],
)
async def test_wrong_use_is_status_2_and_says_what(start: Start, arguments: list[str], words: str) -> None:
    """Nothing starts, and the sentence names what was wrong."""
    async with start(*arguments) as process:
        _, errors = await asyncio.wait_for(process.communicate(), 20)

    assert process.returncode == 2
    assert words in errors.decode()


async def test_a_slow_http_app_is_announced_when_it_answers(start: Start) -> None:
    """Over HTTP the page's address appears once the request URL returns the challenge."""
    app = """
import os, asyncio, json
from aiohttp import web
async def events(request):
    print("CHALLENGED", flush=True)
    return web.Response(text=json.loads(await request.text())["challenge"])
app = web.Application()
app.router.add_post("/slack/events", events)
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
"""
    with_port = str(unused_port())
    url = f"http://127.0.0.1:{with_port}/slack/events"
    async with start("--port", "0", "--http", url, app=app, PORT=with_port) as process:
        lines = await lines_until(process, "Stop   Ctrl+C")
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), 10)

    assert "CHALLENGED" in lines
    assert process.returncode == 0
