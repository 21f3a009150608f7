"""The Web API's transport: tokens, bodies, warnings, headers, planned faults, limits and the inspector."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.webapi.auth import redeem_ticket
from sandbox.webapi.registry import built_methods, known_methods
from tests.contract.webapi_rig import ALICE, APP_TOKEN, BOT, BOT_TOKEN, GENERAL, running


async def test_every_built_method_is_one_of_slacks() -> None:
    """No method is invented, and those the project needs are all there."""
    async with running():
        assert set(built_methods()) <= set(known_methods())
    assert {"calls.add", "chat.postMessage", "views.open", "apps.connections.open"} <= set(built_methods())
    assert len(known_methods()) > 250


async def test_tokens_are_told_apart() -> None:
    """No token, a wrong one, a revoked one and one of the wrong kind each have their error."""
    async with running() as slack:
        assert await slack.error("auth.test", token=None) == "not_authed"
        assert await slack.error("auth.test", token="xoxb-other") == "invalid_auth"
        assert await slack.error("team.info", token=APP_TOKEN) == "not_allowed_token_type"
        assert await slack.error("apps.connections.open") == "not_allowed_token_type"
        assert (await slack.ok("auth.test"))["user_id"] == BOT
        assert await slack.ok("auth.revoke") == {"ok": True, "revoked": True}
        assert await slack.error("auth.test") == "token_revoked"


async def test_a_token_may_be_a_form_or_query_parameter_but_not_json() -> None:
    """Slack reads tokens from the header, the query and forms; in JSON they do not count."""
    async with running() as slack:
        async with slack.session.post(slack.url + "auth.test", data={"token": BOT_TOKEN}) as response:
            assert (await response.json())["ok"] is True
        async with slack.session.get(slack.url + "auth.test", params={"token": BOT_TOKEN}) as response:
            assert (await response.json())["ok"] is True
        async with slack.session.post(slack.url + "auth.test", json={"token": BOT_TOKEN}) as response:
            assert (await response.json())["error"] == "not_authed"


async def test_unknown_and_unbuilt_methods_differ() -> None:
    """What Slack does not have is unknown_method; what only the sandbox lacks says so loudly."""
    async with running() as slack:
        assert await slack.error("calls.dance") == "unknown_method"
        unbuilt = await slack.call("stars.add")
    assert unbuilt["error"] == "sandbox_not_implemented"
    assert "stars.add" in unbuilt["response_metadata"]["messages"][0]


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"{", "application/json; charset=utf-8", "invalid_json"),
        (b"[]", "application/json; charset=utf-8", "json_not_object"),
        (b"\xff", "application/json; charset=utf-8", "invalid_charset"),
        (b"{}", "application/json; charset=klingon", "invalid_charset"),
        (b"x=1", "text/plain", "invalid_post_type"),
    ],
)
async def test_unreadable_bodies_are_named(body: bytes, content_type: str, code: str) -> None:
    """A body that cannot be read is refused with the reason, not with a crash."""
    headers = {"Authorization": f"Bearer {BOT_TOKEN}", "Content-Type": content_type}
    async with running() as slack, slack.session.post(slack.url + "auth.test", data=body, headers=headers) as response:
        assert (response.status, (await response.json())["error"]) == (200, code)


async def test_an_empty_json_body_is_fine() -> None:
    """slack_sdk sends auth.test as JSON without a body."""
    headers = {"Authorization": f"Bearer {BOT_TOKEN}", "Content-Type": "application/json"}
    async with running() as slack, slack.session.post(slack.url + "auth.test", data=b"", headers=headers) as response:
        assert (await response.json())["ok"] is True


async def test_json_without_charset_is_warned_of() -> None:
    """The call succeeds, with the warning missing_charset."""
    headers = {"Authorization": f"Bearer {BOT_TOKEN}", "Content-Type": "application/json"}
    async with running() as slack, slack.session.post(slack.url + "api.test", data=b"{}", headers=headers) as response:
        body = await response.json()
    expected = {"ok": True, "warning": "missing_charset", "response_metadata": {"warnings": ["missing_charset"]}}
    assert body == expected


async def test_answers_carry_slacks_headers() -> None:
    """Scopes and a request id come with every answer."""
    headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
    async with running() as slack, slack.session.post(slack.url + "team.info", headers=headers) as response:
        assert response.headers["x-accepted-oauth-scopes"] == "team:read"
        assert "calls:write" in response.headers["x-oauth-scopes"].split(",")
        assert len(response.headers["x-slack-req-id"]) == 32


async def test_the_inspector_sees_parsed_arguments_and_no_token() -> None:
    """Every call leaves a line with its arguments as values and its answer."""
    async with running() as slack:
        form = {"token": BOT_TOKEN, "channel": GENERAL, "blocks": '[{"type":"divider"}]', "text": "x"}
        async with slack.session.post(slack.url + "chat.postMessage", data=form):
            pass
        line = slack.workspace.traffic[-1]
    assert (line.kind, line.name, line.status) == ("api", "chat.postMessage", 200)
    assert line.request == {"channel": GENERAL, "blocks": [{"type": "divider"}], "text": "x"}
    assert line.answer["ok"] is True


async def test_socket_addresses_are_good_once() -> None:
    """apps.connections.open gives a ws address whose ticket can be redeemed one time, and not for ever."""
    async with running() as slack:
        url = (await slack.ok("apps.connections.open", token=APP_TOKEN))["url"]
        ticket = url.partition("ticket=")[2].partition("&")[0]
        assert url == f"{slack.workspace.base_url.replace('http', 'ws')}/link/?ticket={ticket}&app_id=A0CALLS0001"
        assert redeem_ticket(slack.workspace, ticket) is True
        assert redeem_ticket(slack.workspace, ticket) is False
        url = (await slack.ok("apps.connections.open", token=APP_TOKEN))["url"]
        slack.advance(31)
        assert redeem_ticket(slack.workspace, url.partition("ticket=")[2].partition("&")[0]) is False


async def test_errors_can_be_planned() -> None:
    """Planned errors hit as often as planned, the right methods, and do nothing."""
    async with running() as slack:
        slack.faults.add("chat.*", "error", error="fatal_error", times=2).skip = 1
        assert await slack.error("calls.info", id="R0") == "invalid_call_id"
        post = {"channel": GENERAL, "text": "x"}
        await slack.ok("chat.postMessage", **post)
        assert await slack.error("chat.postMessage", **post) == "fatal_error"
        assert await slack.error("chat.update", **post, ts="1") == "fatal_error"
        await slack.ok("chat.postMessage", **post)
        assert (len(slack.workspace.messages[GENERAL]), slack.faults.planned) == (2, 0)


async def test_an_error_with_ok_true_is_done_all_the_same() -> None:
    """ok_with_error answers with both after doing the work."""
    async with running() as slack:
        slack.faults.add("chat.postMessage", "ok_with_error", error="bad_users")
        answer = await slack.call("chat.postMessage", channel=GENERAL, text="x")
        assert answer == {"ok": True, "error": "bad_users"}
        assert len(slack.workspace.messages[GENERAL]) == 1


async def test_limits_and_breakdowns_look_like_slacks_to_the_sdk() -> None:
    """A planned 429 carries Retry-After, a planned 500 is no JSON."""
    async with running() as slack:
        client = AsyncWebClient(BOT_TOKEN, base_url=slack.url)
        slack.faults.add("team.info", "429", retry_after_s=7)
        with pytest.raises(SlackApiError) as limited:
            await client.team_info()
        slack.faults.add("team.info", "500")
        with pytest.raises(SlackApiError) as broken:
            await client.team_info()
    assert (limited.value.response.status_code, limited.value.response["error"]) == (429, "ratelimited")
    assert limited.value.response.headers["Retry-After"] == "7"
    assert broken.value.response.status_code == 500


@pytest.mark.parametrize(("kind", "stored"), [("drop_before", 0), ("drop_after", 1), ("hang_after", 1)])
async def test_answers_can_be_lost_before_and_after_the_effect(kind: str, stored: int) -> None:
    """The caller cannot tell whether the message was posted; the test can."""
    async with running() as slack:
        slack.faults.add("chat.postMessage", kind)  # type: ignore[arg-type]
        asyncio.get_running_loop().call_later(0.3, slack.faults.clear)
        with pytest.raises(aiohttp.ClientConnectionError):
            await slack.call("chat.postMessage", channel=GENERAL, text="x")
        assert len(slack.workspace.messages.get(GENERAL, [])) == stored
        assert slack.workspace.traffic[-1].status == 0


async def test_answers_can_be_late() -> None:
    """A delay holds the answer back, not the success."""
    async with running() as slack:
        slack.faults.add("auth.test", "delay", delay_s=0.2)
        loop = asyncio.get_running_loop()
        begun_s = loop.time()
        await slack.ok("auth.test")
        assert loop.time() - begun_s >= 0.2


async def test_rate_limits_are_off_until_asked_for() -> None:
    """Tier 3 lets 50 calls a minute pass, and posting about one a second for each channel, only when switched on."""
    async with running() as slack:
        slack.faults.rate_limits = True
        for _ in range(50):
            await slack.ok("team.info")
        assert await status(slack.session, slack.url + "team.info") == (429, "60")
        for _ in range(5):
            await slack.ok("chat.postMessage", channel=GENERAL, text="x")
        post = slack.url + f"chat.postMessage?channel={GENERAL}&text=x"
        assert await status(slack.session, post) == (429, "1")
        assert (await slack.ok("chat.postMessage", channel=ALICE, text="x"))["ok"] is True
        slack.advance(60)
        assert await status(slack.session, slack.url + "team.info") == (200, None)
        assert await status(slack.session, post) == (200, None)


async def status(session: aiohttp.ClientSession, url: str) -> tuple[int, str | None]:
    """Return the HTTP status of a call and its Retry-After."""
    async with session.post(url, headers={"Authorization": f"Bearer {BOT_TOKEN}"}) as response:
        return response.status, response.headers.get("Retry-After")


async def test_the_async_sdk_works_unchanged() -> None:
    """slack_sdk's own way of sending each family of methods is understood."""
    async with running() as slack:
        client = AsyncWebClient(BOT_TOKEN, base_url=slack.url)
        assert (await client.auth_test())["bot_id"] == "B0CALLS0001"
        added = await client.calls_add(
            external_unique_id="1", join_url="https://x.example", users=[{"slack_id": ALICE}], date_start=1_790_000_000
        )
        call_id = added["call"]["id"]
        blocks = [{"type": "call", "call_id": call_id}]
        posted = await client.chat_postMessage(channel=GENERAL, text="A call", blocks=blocks)
        await client.chat_update(channel=GENERAL, ts=posted["ts"], text="Still a call", blocks=blocks)
        info = await client.calls_info(id=call_id)
        opened = await client.conversations_open(users=[ALICE])
        home = await client.views_publish(user_id=ALICE, view={"type": "home", "blocks": [{"type": "divider"}]})
        pages = [len(page["members"]) async for page in await client.users_list(limit=3)]
        await AsyncWebClient(base_url=slack.url).apps_connections_open(app_token=APP_TOKEN)
    assert info["call"]["channels"] == [GENERAL]
    assert opened["channel"]["id"] == "D0ALICEBOT1"
    assert home["view"]["type"] == "home"
    assert pages == [3, 1]
