"""What the live tests of Slack's own SDKs assert of calls.* holds here, with the synchronous and asynchronous client.

Sources: https://github.com/slackapi/python-slack-sdk (integration_tests/web/test_calls.py),
https://github.com/slackapi/java-slack-sdk (test_with_remote_apis/methods/calls_Test.java)
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import CallBlock
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.people import ALICE, BOB
from sandbox.server import Options, Sandbox
from tests.contract.delivery_rig import MANIFEST

SCOPES = (*MANIFEST.bot_scopes, "channels:history", "channels:read", "channels:join", "users:read")
GUEST = {"external_id": "anon-1", "display_name": "anonymous user 1", "avatar_url": "https://meet.example/1.png"}
ADDED: dict[str, Any] = {"external_unique_id": "1", "join_url": "https://meet.example/1"}


class Client:
    """Either of the SDK's clients, awaited alike.

    Args:
        inner: the client.
    """

    def __init__(self, inner: WebClient | AsyncWebClient) -> None:
        """Remember the client."""
        self._inner = inner

    async def __call__(self, method: str, **arguments: Any) -> Any:  # noqa: ANN401 - Slack's answer
        """Call a method by the client's name for it."""
        called = await asyncio.to_thread(getattr(self._inner, method), **arguments)
        return await called if inspect.isawaitable(called) else called


@pytest.fixture(params=[WebClient, AsyncWebClient])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    """Run a local Slack with the app in #random, and return a client of it."""
    slack = await Sandbox.start(options=Options(manifest=replace(MANIFEST, bot_scopes=SCOPES)))
    made = Client(request.param(slack.installation.bot_token, base_url=slack.api_url))
    await made("conversations_join", channel="C0RANDOM001")
    yield made
    await slack.stop()


async def block_in_channel(client: Client) -> dict[str, Any]:
    """Return the block of the newest message as Slack fills it in."""
    messages = (await client("conversations_history", channel="C0RANDOM001", limit=1))["messages"]
    block: dict[str, Any] = messages[0]["blocks"][0]
    return block


@pytest.mark.filterwarnings("ignore:The top-level `text` argument is missing")
async def test_a_call_from_its_beginning_to_its_end(client: Client) -> None:
    """No `created_by`, a channel by its name, no text; the block is filled in after every change."""
    call_id = (await client("calls_add", **ADDED, users=[{"slack_id": ALICE}, GUEST]))["call"]["id"]
    for block in ({"type": "call", "call_id": call_id}, CallBlock(call_id=call_id)):
        await client("chat_postMessage", channel="#random", blocks=[block])
    assert (await block_in_channel(client))["call"]["v1"]["active_participants"] == [{"slack_id": ALICE}, GUEST]

    assert (await client("calls_info", id=call_id))["call"]["id"] == call_id
    await client("calls_update", id=call_id, join_url="https://meet.example/2", desktop_app_join_url="meet://2")
    assert (await block_in_channel(client))["call"]["v1"]["join_url"] == "https://meet.example/2"

    second = {**GUEST, "external_id": "anon-2"}
    await client("calls_participants_add", id=call_id, users=[{"slack_id": BOB}, second])
    await client("calls_participants_remove", id=call_id, users=[second])
    shown = (await block_in_channel(client))["call"]["v1"]
    assert (len(shown["active_participants"]), len(shown["all_participants"])) == (3, 4)

    await client("calls_end", id=call_id, duration=234)
    ended = (await block_in_channel(client))["call"]["v1"]
    assert (ended["has_ended"], ended["date_end"] - ended["date_start"]) == (True, 234)


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("calls_info", {"id": "dummy"}, "invalid_call_id"),
        ("calls_update", {"id": "dummy"}, "invalid_call_id"),
        ("calls_end", {"id": "dummy"}, "invalid_call_id"),
        ("calls_participants_add", {"id": "dummy", "users": [GUEST]}, "invalid_call_id"),
        ("calls_participants_remove", {"id": "dummy", "users": [GUEST]}, "invalid_call_id"),
    ],
)
async def test_what_is_wrong_is_an_error(client: Client, method: str, arguments: dict[str, Any], code: str) -> None:
    """The SDK raises for each, with Slack's code."""
    with pytest.raises(SlackApiError) as refused:
        await client(method, **arguments)

    assert refused.value.response["error"] == code


async def test_a_call_needs_an_id_and_an_address(client: Client) -> None:
    """A title alone makes no call."""
    with pytest.raises(SlackApiError) as refused:
        await client("api_call", api_method="calls.add", json={"title": "Test call"})

    assert refused.value.response["error"] == "invalid_arguments"
