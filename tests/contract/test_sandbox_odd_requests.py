"""Requests that no SDK makes but a hand-written client may: the local Slack says what is wrong with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.delivery.payloads import new_response_url
from sandbox.people import ALICE, GENERAL
from sandbox.server import Options, Sandbox
from tests.contract.delivery_rig import MANIFEST


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """Run a local Slack with a second workspace, in both of which the app is installed by OAuth."""
    running = await Sandbox.start(options=Options(manifest=MANIFEST))
    running.add_workspace("North")
    yield running
    await running.stop()


def token_in(slack: Sandbox, place: str, *scopes: str) -> str:
    """Install the app and return its token."""
    return slack.installs.install(place, scopes).token


async def answer(slack: Sandbox, url: str, token: str = "", **body: object) -> tuple[int, Any]:
    """Post JSON and return the status and the answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as session, session.post(url, json=body, headers=headers) as got:
        is_json = got.content_type == "application/json"
        return got.status, await got.json() if is_json else await got.text()


@pytest.mark.parametrize("name", ["channel", "id", "user", "trigger_id", "view_id"])
async def test_a_list_in_place_of_an_id_is_an_argument_like_any_other(slack: Sandbox, name: str) -> None:
    """With a token that was given by OAuth, too, where the ids say which workspace is meant."""
    token = token_in(slack, slack.workspace.team.id, "chat:write")
    body: dict[str, Any] = {"text": "x", name: ["x"]}
    status, said = await answer(slack, f"{slack.api_url}chat.postMessage", token, **body)

    assert (200, False) == (status, said["ok"])


@pytest.mark.parametrize(
    "body",
    [
        {"text": "x", "replace_original": ["true"]},
        {"text": "x", "delete_original": {"a": 1}},
        {"text": "x", "thread_ts": ["1.2"]},
    ],
)
async def test_a_response_url_takes_no_part_that_is_of_a_wrong_type(slack: Sandbox, body: dict[str, Any]) -> None:
    """What cannot be meant is as if it were not there, or refused; nothing breaks."""
    url = new_response_url(slack.workspace, GENERAL, ALICE)
    status, _ = await answer(slack, url, **body)

    assert status in {200, 400}


async def test_a_response_url_refuses_what_is_no_text(slack: Sandbox) -> None:
    """A body in a charset that it is not in, or that nobody knows, is no payload."""
    url = new_response_url(slack.workspace, GENERAL, ALICE)
    async with aiohttp.ClientSession() as session:
        for charset in ("utf-8", "klingon"):
            headers = {"Content-Type": f"application/json; charset={charset}"}
            async with session.post(url, data=b'{"text": "\xff"}', headers=headers) as got:
                assert (400, "invalid_payload") == (got.status, (await got.json())["error"])


async def test_a_persons_token_without_openid_tells_nothing_about_them(slack: Sandbox) -> None:
    """`openid.connect.userInfo` is for tokens of Sign in with Slack."""
    token = slack.installs.allow(slack.workspace.team.id, ALICE, ("dnd:read",)).token
    status, said = await answer(slack, f"{slack.api_url}openid.connect.userInfo", token)

    assert (200, "missing_scope") == (status, said.get("error"))


async def test_a_cursor_before_the_beginning_is_none(slack: Sandbox) -> None:
    """`next:-1` is nothing that Slack ever gave."""
    token = token_in(slack, slack.workspace.team.id, "users:read")
    status, said = await answer(slack, f"{slack.api_url}users.list", token, cursor="bmV4dDotMQ==")

    assert (200, "invalid_cursor") == (status, said.get("error"))


@pytest.mark.parametrize(
    "profile", [{"status_expiration": "soon"}, {"status_expiration": None}, {"status_text": None}, {"status_text": 5}]
)
async def test_a_status_of_a_wrong_type_is_an_invalid_profile(slack: Sandbox, profile: dict[str, object]) -> None:
    """And the status stays as it was."""
    token = slack.installs.allow(slack.workspace.team.id, ALICE, ("users.profile:write",)).token
    status, said = await answer(slack, f"{slack.api_url}users.profile.set", token, profile=profile)

    assert (200, "invalid_profile", "") == (status, said.get("error"), slack.workspace.users[ALICE].status_text)


async def test_each_workspace_has_rate_limits_of_its_own(slack: Sandbox) -> None:
    """What the app does in one takes nothing from another."""
    slack.faults.rate_limits = True
    tokens = [token_in(slack, place, "users:read") for place in slack.installs.workspaces]
    url = f"{slack.api_url}users.list"
    used = [(await answer(slack, url, tokens[0]))[0] for _ in range(21)]
    other, _ = await answer(slack, url, tokens[1])

    assert ([200] * 20 + [429], 200) == (used, other)
