"""The panes of the local Slack's page without a browser: what goes wrong on demand, and what the inspector tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import get_args

import aiohttp
import pytest

from sandbox.delivery.faults import DeliveryFaultKind
from sandbox.manifest import parse_manifest
from sandbox.page.fault_pane import DELIVERY_WORDS, FAULT_WORDS, choices_of, show_faults
from sandbox.page.inspected import newest_lines
from sandbox.page.place import Place
from sandbox.page.when import zone
from sandbox.people import ALICE, GENERAL
from sandbox.server import Options, Sandbox
from sandbox.webapi.faults import FaultKind
from sandbox.webapi.switches import Switches

Set = Callable[..., Awaitable[tuple[int, str]]]
CALL_RECORD = {"external_unique_id": "one", "join_url": "https://meet.example.com/x"}


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """Run a furnished local Slack without an app."""
    manifest = parse_manifest(
        {
            "display_information": {"name": "Caller"},
            "features": {"bot_user": {"display_name": "caller"}},
            "oauth_config": {"scopes": {"bot": ["calls:write", "calls:read"]}},
            "settings": {"socket_mode_enabled": True},
        }
    )
    running = await Sandbox.start(options=Options(manifest=manifest))
    yield running
    await running.stop()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    """Open a session that stands for both the page and the app."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def send(slack: Sandbox, client: aiohttp.ClientSession) -> Set:
    """Return what sends one form of the pane, as the page does."""

    async def sent(**form: str) -> tuple[int, str]:
        headers = {"Origin": slack.url.rstrip("/")}
        async with client.post(f"{slack.url}page/faults", data=form, headers=headers) as answer:
            return answer.status, await answer.text()

    return sent


async def call(slack: Sandbox, client: aiohttp.ClientSession, method: str, **arguments: str) -> tuple[int, object]:
    """Call a method as the app and return the status and the answer."""
    headers = {"Authorization": f"Bearer {slack.installation.bot_token}"}
    async with client.post(f"{slack.api_url}{method}", data=arguments, headers=headers) as answer:
        return answer.status, (await answer.json())


async def test_a_fault_of_the_web_api_is_planned_and_forgotten(
    slack: Sandbox, client: aiohttp.ClientSession, send: Set
) -> None:
    """A 429 hits the methods named, with its Retry-After, and is listed until then; forgetting ends it."""
    version = slack.workspace.version
    assert (await send(do="api", name="calls.*", kind="429", times="2", wait_s="7"))[0] == 204
    assert slack.workspace.version > version
    assert ("calls.*: Rate limited (429), 2 times",) == show_faults(slack).planned
    assert await call(slack, client, "calls.add", **CALL_RECORD) == (429, {"ok": False, "error": "ratelimited"})
    assert slack.workspace.traffic[-1].retry_after_s == 7
    assert (await call(slack, client, "api.test"))[0] == 200
    assert (await send(do="delivery", name="/call", kind="twice"))[0] == 204
    assert ("calls.*: Rate limited (429), once", "/call: Delivered twice, once") == show_faults(slack).planned
    assert (await send(do="forget"))[0] == 204
    assert show_faults(slack).planned == ()
    assert (await call(slack, client, "calls.add", **CALL_RECORD))[0] == 200


async def test_switches_limits_and_the_clock_are_set(slack: Sandbox, client: aiohttp.ClientSession, send: Set) -> None:
    """What Slack leaves open is chosen, limits count, and the clock goes ahead."""
    assert (await send(do="switch", name="repeated_external_unique_id", value="error"))[0] == 204
    assert (await send(do="switch", name="created_by_required", value="on"))[0] == 204
    assert (await send(do="switch", name="participants_atomic"))[0] == 204
    assert slack.switches == Switches(
        repeated_external_unique_id="error", created_by_required=True, participants_atomic=False
    )
    assert (await send(do="limits", value="on"))[0] == 204
    assert slack.faults.rate_limits
    for _ in range(50):
        await call(slack, client, "calls.info", id="R0")
    assert (await call(slack, client, "calls.info", id="R0"))[0] == 429
    assert (await send(do="advance", seconds="60"))[0] == 204
    assert show_faults(slack).ahead == "1 minute ahead of this computer"
    assert (await call(slack, client, "calls.info", id="R0"))[0] == 200


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Nothing was chosen"),
        ({"do": "explode"}, "Nothing was chosen"),
        ({"do": "api", "kind": "nonsense"}, "Choose what goes wrong"),
        ({"do": "delivery", "kind": "429"}, "Choose what goes wrong"),
        ({"do": "api", "kind": "429", "times": "0"}, "whole number"),
        ({"do": "api", "kind": "429", "times": "²"}, "whole number"),
        ({"do": "delivery", "kind": "lost", "times": "-1"}, "whole number"),
        ({"do": "api", "kind": "delay", "wait_s": "inf"}, "from 0 to 60"),
        ({"do": "api", "kind": "delay", "wait_s": "nan"}, "from 0 to 60"),
        ({"do": "advance", "seconds": "-1"}, "number of seconds"),
        ({"do": "advance"}, "number of seconds"),
        ({"do": "switch", "name": "__class__", "value": "on"}, "no such choice"),
        ({"do": "switch", "name": "expired_trigger_error", "value": "nonsense"}, "no such choice"),
    ],
)
async def test_nonsense_is_refused_in_words(slack: Sandbox, send: Set, form: dict[str, str], said: str) -> None:
    """What the pane does not offer changes nothing, and the person reads what to give."""
    status, text = await send(**form)
    assert status == 400
    assert said in text
    assert (slack.switches, show_faults(slack).planned, slack.clock.ahead_s) == (Switches(), (), 0.0)


async def test_the_app_is_told_why_its_connection_ends(
    slack: Sandbox, client: aiohttp.ClientSession, send: Set
) -> None:
    """Each of Slack's reasons can be sent; a warning leaves the connection open, a cut says nothing."""
    headers = {"Authorization": f"Bearer {slack.installation.app_token}"}
    for reason in ("warning", "refresh_requested", "link_disabled", "too_many_websockets", ""):
        async with client.post(f"{slack.api_url}apps.connections.open", headers=headers) as answer:
            url = (await answer.json())["url"]
        async with client.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
            assert show_faults(slack).connections == 1
            told = asyncio.create_task(socket.receive())
            assert (await send(do="leave", reason=reason))[0] == 204
            frame = await told
            assert (frame.json()["reason"] if reason else "") == reason
            assert show_faults(slack).connections == (1 if reason == "warning" else 0)
        slack.socket_mode.drop()


def test_everything_that_can_be_chosen_has_words() -> None:
    """No fault and no switch is missing in the pane."""
    assert set(get_args(FaultKind)) == set(FAULT_WORDS)
    assert set(get_args(DeliveryFaultKind)) == set(DELIVERY_WORDS)
    assert {choice.name for choice in choices_of(Switches())} == set(Switches.__dataclass_fields__)
    assert all(choice.words for choice in choices_of(Switches()))


async def test_the_inspector_filters_and_says_why_something_was_not_sent(
    slack: Sandbox, client: aiohttp.ClientSession
) -> None:
    """Lines can be chosen by kind and name; what was not sent has a reason; all that fits comes as JSON."""
    await slack.person("bob").say(GENERAL, "hello")
    slack.faults.add("calls.add", "drop_after")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await call(slack, client, "calls.add", **CALL_RECORD)
    await call(slack, client, "calls.info", id="R0NONE")
    lines = newest_lines(slack.workspace, Place(ALICE, GENERAL), zone("UTC"))
    assert [("calls.info", False), ("calls.add", False), ("message", True)] == [(one.name, one.good) for one in lines]
    assert "answer lost" == lines[1].outcome
    assert "message.channels is not among the manifest's bot_events." == lines[2].reason
    assert lines[2].sent_words == "Would have been sent to the app"
    only_add = newest_lines(slack.workspace, Place(ALICE, GENERAL, kind="bad", find="ADD"), zone("UTC"))
    assert ["calls.add"] == [one.name for one in only_add]
    async with client.get(f"{slack.url}page/traffic?kind=api&find=info") as answer:
        (line,) = await answer.json()
    assert ("calls.info", 200, 0, {"id": "R0NONE"}) == (line["name"], line["status"], line["attempt"], line["request"])
    assert line["took_ms"] > 0
    assert line["answer"]["ok"] is False
