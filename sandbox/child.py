"""Start the app under development as a child, with nothing in its environment that points elsewhere."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping

from sandbox.workspace import Installation

STOP_WAIT_S = 10.0

_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy", "no_proxy"}
# Not the client id and secret: Bolt takes even empty ones for its OAuth mode, and drops the token it was given.
_EMPTIED = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")


def child_environment(
    ours: Mapping[str, str], installation: Installation, url: str, *, http: bool, extra: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment of the app.

    Proxies are left out, because not every Socket Mode client of Slack's SDKs leaves loopback out of them. Slack's
    names that are not needed are set to nothing, so that no `.env` can fill them in.

    Args:
        ours: our own environment.
        url: of the local Slack, with a slash at its end.
        http: whether the app is reached over signed HTTP instead of Socket Mode.
        extra: set as given.
    """
    environment = {
        name: value for name, value in ours.items() if not name.startswith("SLACK_") and name.lower() not in _PROXIES
    }
    environment |= dict.fromkeys(_EMPTIED, "")
    environment |= {"SLACK_API_URL": f"{url}api/", "SLACK_BOT_TOKEN": installation.bot_token, "PYTHONUNBUFFERED": "1"}
    if http:
        environment["SLACK_SIGNING_SECRET"] = installation.signing_secret
    else:
        environment["SLACK_APP_TOKEN"] = installation.app_token
    return environment | dict(extra)


async def start_child(environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    """Start `app.py` of the present folder; what it prints goes where ours goes."""
    # A group of its own: Ctrl+C reaches us alone, and we stop the app in order.
    return await asyncio.create_subprocess_exec(sys.executable, "app.py", env=dict(environment), start_new_session=True)


async def stop_child(child: asyncio.subprocess.Process) -> None:
    """Ask the app to stop, and insist when it does not."""
    if child.returncode is not None:
        return
    child.terminate()
    try:
        await asyncio.wait_for(child.wait(), STOP_WAIT_S)
    except TimeoutError:
        child.kill()
        await child.wait()
