"""Pausing notifications at the local Slack: as Slack documents it, and as strict."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.server import Options, Sandbox
from tests.contract.delivery_rig import MANIFEST

SCOPES = ("dnd:read", "dnd:write")
NOW_S = 1_800_000_000
YEAR_MIN = 525_600


@pytest.fixture
async def clock() -> list[float]:
    """Return the local Slack's time, which tests can move."""
    return [float(NOW_S)]


@pytest.fixture
async def slack(clock: list[float]) -> AsyncIterator[Sandbox]:
    """Run a local Slack with a clock of the test's."""
    running = await Sandbox.start(options=Options(manifest=MANIFEST, now=lambda: clock[0]))
    yield running
    await running.stop()


def token_of(slack: Sandbox, *scopes: str) -> str:
    """Return a token of Alice's."""
    return slack.installs.allow(slack.workspace.team.id, slack.person("alice").user_id, scopes or SCOPES).token


async def call(slack: Sandbox, token: str, method: str, **arguments: object) -> dict[str, Any]:
    """Call a method."""
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.api_url}{method}", json=arguments, headers=headers) as answer,
    ):
        found: dict[str, Any] = await answer.json()
        return found


async def test_a_pause_is_set_changed_and_ended(slack: Sandbox, clock: list[float]) -> None:
    """Its end is counted from when it was asked for."""
    token = token_of(slack)
    assert False is (await call(slack, token, "dnd.info"))["snooze_enabled"]
    first = await call(slack, token, "dnd.setSnooze", num_minutes=1)
    assert (NOW_S + 60, 60) == (first["snooze_endtime"], first["snooze_remaining"])
    clock[0] += 30
    second = await call(slack, token, "dnd.setSnooze", num_minutes="60")
    assert NOW_S + 30 + 3600 == second["snooze_endtime"]
    assert NOW_S + 30 + 3600 == (await call(slack, token, "dnd.info"))["snooze_endtime"]
    assert False is (await call(slack, token, "dnd.endSnooze"))["snooze_enabled"]
    assert False is (await call(slack, token, "dnd.info"))["snooze_enabled"]


async def test_a_pause_is_over_at_its_end(slack: Sandbox, clock: list[float]) -> None:
    """It cannot be ended then."""
    token = token_of(slack)
    await call(slack, token, "dnd.setSnooze", num_minutes=1)
    clock[0] += 60
    assert False is (await call(slack, token, "dnd.info"))["snooze_enabled"]
    assert "snooze_end_failed" == (await call(slack, token, "dnd.endSnooze"))["error"]


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("dnd.info", {"user": "U0NOBODY"}, "user_not_found"),
        ("dnd.setSnooze", {"num_minutes": 0}, "snooze_failed"),
        ("dnd.setSnooze", {"num_minutes": ""}, "missing_duration"),
        ("dnd.setSnooze", {"num_minutes": YEAR_MIN + 1}, "too_long"),
        ("dnd.endSnooze", {}, "snooze_end_failed"),
    ],
)
async def test_what_slack_documents_is_refused(
    slack: Sandbox, method: str, arguments: dict[str, object], code: str
) -> None:
    """Each with the code of its page."""
    assert code == (await call(slack, token_of(slack), method, **arguments))["error"]


async def test_only_a_person_with_the_scope_pauses_their_own(slack: Sandbox) -> None:
    """A bot has no notifications."""
    bot = slack.installation.bot_token
    assert "not_allowed_token_type" == (await call(slack, bot, "dnd.setSnooze", num_minutes=1))["error"]
    assert "not_allowed_token_type" == (await call(slack, bot, "dnd.endSnooze"))["error"]
    refused = await call(slack, token_of(slack, "dnd:read"), "dnd.setSnooze", num_minutes=1)
    assert ("missing_scope", "dnd:write") == (refused["error"], refused["needed"])
