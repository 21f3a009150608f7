"""Bolt's own OAuth, in JavaScript and in synchronous Python, installs an app in workspaces and in an organisation."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from slack_bolt import App, BoltResponse
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from yarl import URL

from sandbox.manifest import parse_manifest
from sandbox.server import Options, Sandbox
from sandbox.testing import wait_for
from sandbox.workspace import Workspace
from tests.contract.node import needs_node, running_program

SCOPES, USER_SCOPES = ["chat:write", "commands"], ["users.profile:write"]
MANIFEST = {
    "display_information": {"name": "Where am I"},
    "features": {
        "bot_user": {"display_name": "whereami"},
        "slash_commands": [{"command": "/whereami", "description": "Say which workspace this is"}],
    },
    "settings": {"org_deploy_enabled": True},
}
Start = Callable[[Sandbox, int, Path], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def in_javascript(slack: Sandbox, port: int, _: Path) -> AsyncIterator[None]:
    """Run the app with Bolt for JavaScript."""
    installation = slack.installation
    variables = {
        "SLACK_API_URL": slack.api_url,
        "SLACK_SIGNING_SECRET": installation.signing_secret,
        "SLACK_CLIENT_ID": installation.client_id,
        "SLACK_CLIENT_SECRET": installation.client_secret,
        "AUTHORIZE_URL": f"{slack.url}oauth/v2/authorize",
        "REDIRECT_URI": f"http://127.0.0.1:{port}/slack/oauth_redirect",
        "PORT": str(port),
    }
    async with running_program("installable.js", variables):
        yield


@asynccontextmanager
async def in_python(slack: Sandbox, port: int, folder: Path) -> AsyncIterator[None]:
    """Run the app with Bolt for Python in threads, behind its adapter for WSGI."""
    with served(SlackRequestHandler(python_app(slack, port, folder)), port):
        yield


def python_app(slack: Sandbox, port: int, folder: Path) -> App:
    """Return the app; it keeps what it learns in files."""
    installation = slack.installation
    settings = OAuthSettings(
        client_id=installation.client_id,
        client_secret=installation.client_secret,
        scopes=SCOPES,
        user_scopes=USER_SCOPES,
        redirect_uri=f"http://127.0.0.1:{port}/slack/oauth_redirect",
        authorization_url=f"{slack.url}oauth/v2/authorize",
        install_page_rendering_enabled=False,
        installation_store=FileInstallationStore(base_dir=str(folder)),
        state_store=FileOAuthStateStore(expiration_seconds=600, base_dir=str(folder)),
        callback_options=CallbackOptions(success=_installed, failure=_refused),
    )
    client = WebClient(base_url=slack.api_url)
    app = App(client=client, signing_secret=installation.signing_secret, oauth_settings=settings)

    @app.command("/whereami")
    def say_where(ack: Any, say: Any, context: Any) -> None:  # noqa: ANN401 - Bolt's own
        ack()
        say(f"team {context.team_id or 'none'}, enterprise {context.enterprise_id or 'none'}")

    return app


def _installed(success: SuccessArgs) -> BoltResponse:
    got = success.installation
    said = {"team": got.team_id, "enterprise": got.enterprise_id, "isEnterpriseInstall": got.is_enterprise_install}
    return BoltResponse(status=200, body=json.dumps({**said, "user": got.user_token}))


def _refused(failure: FailureArgs) -> BoltResponse:
    return BoltResponse(status=failure.suggested_status_code, body=json.dumps({"error": failure.reason}))


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(handler: SlackRequestHandler, port: int) -> Iterator[None]:
    """Serve an app on a port until the block ends."""
    server = make_server("127.0.0.1", port, handler, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(
    params=[
        pytest.param(in_javascript, marks=[needs_node, pytest.mark.timeout(360)], id="javascript"),
        pytest.param(in_python, id="python"),
    ]
)
async def installable(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Sandbox, str]]:
    """Run a local Slack and the app, which is installed nowhere yet; also return where to install it."""
    port = unused_port()
    url = f"http://127.0.0.1:{port}/slack"
    oauth = {"scopes": {"bot": SCOPES, "user": USER_SCOPES}, "redirect_urls": [f"{url}/oauth_redirect"]}
    manifest = {**MANIFEST, "oauth_config": oauth}
    slack = await Sandbox.start(options=Options(manifest=parse_manifest(manifest), http_url=f"{url}/events"))
    start: Start = request.param
    async with start(slack, port, tmp_path):
        yield slack, f"{url}/install"
    await slack.stop()


async def install(slack: Sandbox, url: str, place: str, *, allow: bool = True) -> tuple[int, dict[str, Any]]:
    """Go through the installation as a browser does, and return the status and the answer of the app at its end."""
    # Bolt keeps its state in a Secure cookie, which browsers send to this computer's own address without TLS, too.
    cookies = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=URL(url).origin())
    async with aiohttp.ClientSession(cookie_jar=cookies) as browser:
        async with browser.get(url, allow_redirects=False) as answer:
            asks_at = answer.headers["Location"]
        assert asks_at.startswith(f"{slack.url}oauth/v2/authorize?")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(asks_at).query).items()}
        async with browser.get(asks_at) as answer:
            assert answer.status == 200
        form = {**asked, "place": place, ("allow" if allow else "deny"): "1"}
        headers = {"Origin": slack.url.rstrip("/")}
        async with browser.post(asks_at.partition("?")[0], data=form, headers=headers, allow_redirects=False) as answer:
            back_at = answer.headers["Location"]
        async with browser.get(back_at) as answer:
            text = await answer.text()
    return answer.status, json.loads(text) if text.startswith("{") else {}


async def where(slack: Sandbox, workspace: Workspace) -> str:
    """Let Alice ask in a workspace, and return what the app posts there."""
    alice = slack.person_of(workspace, "alice")
    general = next(channel.id for channel in workspace.channels.values() if channel.name == "general")
    stored = workspace.messages[general]
    before = len(stored)
    assert (await alice.command(general, "/whereami")).is_ok
    await wait_for(lambda: len(stored) > before)
    return stored[-1].text


async def test_several_workspaces_are_told_apart(installable: tuple[Sandbox, str]) -> None:
    """Each gets its own token, and the app answers in each with that."""
    slack, url = installable
    other = slack.add_workspace("Other")
    for workspace in (slack.workspace, other):
        status, got = await install(slack, url, workspace.team.id)
        assert (status, got["team"], got["isEnterpriseInstall"]) == (200, workspace.team.id, False)
        assert got["user"].startswith("xoxp-")

    for workspace in (slack.workspace, other):
        assert await where(slack, workspace) == f"team {workspace.team.id}, enterprise none"


async def test_an_organisation_is_installed_once_for_all_its_workspaces(installable: tuple[Sandbox, str]) -> None:
    """The app is told no team; one token works in both workspaces."""
    slack, url = installable
    organisation = slack.installs.add_organisation("Acme")
    north, south = slack.add_workspace("North", organisation), slack.add_workspace("South", organisation)

    status, got = await install(slack, url, organisation.team.id)

    assert (status, got.get("team"), got["enterprise"]) == (200, None, organisation.team.id)
    assert got["isEnterpriseInstall"] is True
    for workspace in (north, south):
        assert await where(slack, workspace) == f"team {workspace.team.id}, enterprise {organisation.team.id}"


async def test_who_does_not_allow_it_installs_nothing(installable: tuple[Sandbox, str]) -> None:
    """The app hears of it and goes on without."""
    slack, url = installable
    other = slack.add_workspace("Other")

    _, got = await install(slack, url, other.team.id, allow=False)

    assert "team" not in got
    assert not other.installation.is_installed
