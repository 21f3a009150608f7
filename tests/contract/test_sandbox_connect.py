"""Slack Connect: people of another workspace in a channel that both share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import connect
from sandbox.people import ERIN
from sandbox.testing import wait_for
from tests.contract.delivery_rig import GENERAL, MANIFEST, RANDOM, Rig, running_rig

OTHER = "T0OTHER0001"
SCOPES = (*MANIFEST.bot_scopes, "channels:read", "channels:history", "users:read", "users:read.email")


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """Run a local Slack and an app that may read people and channels."""
    events = MANIFEST.bot_events | {"channel_shared", "channel_unshared"}
    async with running_rig(replace(MANIFEST, bot_scopes=SCOPES, bot_events=events)) as running:
        yield running


def client(rig: Rig) -> AsyncWebClient:
    """Return a client of the app."""
    return AsyncWebClient(rig.slack.installation.bot_token, base_url=rig.slack.api_url)


async def test_a_shared_channel_says_with_whom(rig: Rig) -> None:
    """The app is told when it is shared and when that ends."""
    connect.share_channel(rig.slack.workspace, GENERAL, ERIN)
    shared = (await client(rig).conversations_info(channel=GENERAL))["channel"]
    connect.unshare_channel(rig.slack.workspace, GENERAL)
    alone = (await client(rig).conversations_info(channel=GENERAL))["channel"]
    await wait_for(lambda: len(rig.app.bodies) == 2)

    keys = ("is_shared", "is_ext_shared", "shared_team_ids")
    assert [shared[key] for key in keys] == [True, True, ["T0SANDBOX01", OTHER]]
    assert [alone[key] for key in keys] == [False, False, ["T0SANDBOX01"]]
    assert [body["event"]["type"] for body in rig.app.bodies] == ["channel_shared", "channel_unshared"]
    assert ERIN not in rig.slack.workspace.channels[GENERAL].members


async def test_what_they_say_names_their_workspace(rig: Rig) -> None:
    """The event says that the channel is shared, and its message whose its author is."""
    connect.share_channel(rig.slack.workspace, GENERAL, ERIN)
    await rig.slack.person("erin").say(GENERAL, "Hello from outside")
    await wait_for(lambda: len(rig.app.bodies) == 2)
    body = rig.app.bodies[-1]

    assert (body["team_id"], body["is_ext_shared_channel"]) == ("T0SANDBOX01", True)
    assert [body["event"][key] for key in ("user", "team", "user_team", "source_team")] == [ERIN, *[OTHER] * 3]
    await rig.slack.person("bob").say(GENERAL, "Hello from inside")
    await wait_for(lambda: len(rig.app.bodies) == 3)
    assert rig.app.bodies[-1]["event"]["user_team"] == "T0SANDBOX01"


async def test_they_are_known_only_where_the_bot_meets_them(rig: Rig) -> None:
    """Their workspace is named; without a common channel they are strangers, and their address is never told."""
    connect.share_channel(rig.slack.workspace, RANDOM, ERIN)
    apart = (await client(rig).users_info(user=ERIN))["user"]
    listed = [user["id"] for user in (await client(rig).users_list())["members"]]
    connect.share_channel(rig.slack.workspace, GENERAL, ERIN)
    together = (await client(rig).users_info(user=ERIN))["user"]

    assert (apart["is_stranger"], apart["team_id"], ERIN in listed) == (True, OTHER, False)
    assert ("is_stranger" in together, together["profile"]["team"], "email" in together["profile"]) == (
        False,
        OTHER,
        False,
    )


async def test_they_press_buttons_but_have_no_commands(rig: Rig) -> None:
    """A press names their workspace beside the one the app is installed in."""
    connect.share_channel(rig.slack.workspace, GENERAL, ERIN)
    erin, message = rig.slack.person("erin"), rig.app_posts()
    assert (await erin.click(GENERAL, message.ts, "press")).is_ok
    pressed = next(body for body in rig.app.bodies if body["type"] == "block_actions")

    assert (pressed["user"]["team_id"], pressed["team"]["id"]) == (OTHER, "T0SANDBOX01")
    assert (await erin.command(GENERAL, "/plain", "x")).failure == "invalid_command"
