"""calls.* of the local Slack: the recorded answers, the documented errors, and both sides of every switch."""

from __future__ import annotations

import json

import pytest

from tests.contract.webapi_rig import ALICE, BOB, BOT, GENERAL, Rig, running

GUEST = {"external_id": "guest-42", "display_name": "Guest Forty-Two", "avatar_url": "https://meet.example/42.png"}
RECORDED_KEYS = {
    *("id", "date_start", "external_unique_id", "join_url", "desktop_app_join_url", "external_display_id", "title"),
    "users",
}


async def test_add_answers_with_the_recorded_keys_and_without_channels() -> None:
    """calls.add answers with the whole call, an id that starts with R, and no channels."""
    async with running() as slack:
        answer = await slack.ok("calls.add", **full_call())
    call = answer["call"]
    assert set(call) == RECORDED_KEYS
    assert call["id"].startswith("R")
    assert call["users"] == [{"slack_id": ALICE}, GUEST]


def full_call() -> dict[str, object]:
    """Return every argument of calls.add."""
    return {
        "external_unique_id": "0f9b6a52",
        "join_url": "https://meet.example/abc",
        "desktop_app_join_url": "examplemeet://join/abc",
        "external_display_id": "abc",
        "title": "Weekly sync",
        "date_start": 1_790_000_000,
        "created_by": ALICE,
        "users": [{"slack_id": ALICE}, GUEST],
    }


async def test_users_are_read_from_query_form_and_json() -> None:
    """slack_sdk sends users as a JSON string in the query or in a form; both must count."""
    users = json.dumps([{"slack_id": ALICE}])
    arguments = {"external_unique_id": "1", "join_url": "https://x.example", "users": users, "token": "xoxb-bot"}
    async with running() as slack:
        async with slack.session.post(slack.url + "calls.add", params=arguments) as response:
            from_query = await response.json()
        async with slack.session.post(
            slack.url + "calls.add", data={**arguments, "external_unique_id": "2"}
        ) as response:
            from_form = await response.json()
    assert from_query["call"]["users"] == [{"slack_id": ALICE}]
    assert from_form["call"]["users"] == [{"slack_id": ALICE}]


async def test_add_refuses_what_slack_documents() -> None:
    """Every documented error of calls.add can be reached."""
    async with running() as slack:
        base = {"external_unique_id": "e", "join_url": "https://x.example"}
        assert await slack.error("calls.add") == "invalid_arguments"
        assert await slack.error("calls.add", **base, created_by="U0NOBODY") == "invalid_created_by"
        assert await slack.error("calls.add", **base, date_start="soon") == "invalid_start_time"
        assert await slack.error("calls.add", **base, users=[{"slack_id": "U123"}]) == "user_not_found"
        assert await slack.error("calls.add", **base, users=[{}]) == "invalid_arguments"
        assert await slack.error("calls.add", **base, users="{") == "invalid_arguments"
        assert slack.workspace.calls == {}


async def test_missing_arguments_are_named() -> None:
    """invalid_arguments says which argument is missing, and a null one gets Slack's recorded sentence."""
    async with running() as slack:
        missing = await slack.call("calls.add")
        null = await slack.call("calls.info", id=None)
    expected = ["[ERROR] missing required field: external_unique_id", "[ERROR] missing required field: join_url"]
    assert missing["response_metadata"]["messages"] == expected
    assert null["response_metadata"]["messages"] == ["[ERROR] must provide a string [json-pointer:/id]"]


async def test_created_by_falls_back_to_the_bot_or_is_required() -> None:
    """A call without created_by is the bot's, unless the switch says it is refused."""
    async with running() as slack:
        call_id = await slack.new_call(created_by=None)
        assert slack.workspace.calls[call_id].created_by == BOT
        slack.switches.created_by_required = True
        arguments = {"external_unique_id": "2", "join_url": "https://x.example"}
        assert await slack.error("calls.add", **arguments) == "invalid_created_by"


async def test_repeated_external_ids_follow_the_switch() -> None:
    """The same external id gives the same call, an error, or a second call."""
    async with running() as slack:
        first = await slack.new_call()
        assert await slack.new_call() == first
        slack.switches.repeated_external_unique_id = "second"
        assert await slack.new_call() != first
        slack.switches.repeated_external_unique_id = "error"
        arguments = {"external_unique_id": "e-1", "join_url": "https://meet.example/1"}
        assert await slack.error("calls.add", **arguments) == "invalid_arguments"


async def test_update_changes_only_what_it_is_given() -> None:
    """calls.update changes title and addresses, and refuses a call without a change."""
    async with running() as slack:
        call_id = await slack.new_call(title="Before")
        answer = await slack.ok("calls.update", id=call_id, title="After")
        assert answer["call"]["title"] == "After"
        assert answer["call"]["join_url"] == "https://meet.example/1"
        assert answer["call"]["channels"] == []
        assert await slack.error("calls.update", id=call_id) == "invalid_arguments"
        assert await slack.error("calls.update", id="R0NONE", title="x") == "invalid_call_id"


async def test_end_is_final_and_keeps_who_was_there() -> None:
    """Ending sets date_end from the duration, empties the call, and happens once."""
    async with running() as slack:
        call_id = await slack.new_call(date_start=1_790_000_000, users=[{"slack_id": ALICE}])
        answer = await slack.ok("calls.end", id=call_id, duration=234)
        record = slack.workspace.calls[call_id]
        assert answer["call"]["date_end"] == 1_790_000_234
        assert (record.active, record.everyone) == ([], [{"slack_id": ALICE}])
        assert await slack.error("calls.end", id=call_id) == "inactive_call"
        assert await slack.error("calls.end", id="inivalid", duration=-1) == "invalid_call_id"
        assert await slack.error("calls.participants.add", id=call_id, users=[{"slack_id": BOB}]) == "inactive_call"


async def test_an_ended_call_takes_updates_or_not() -> None:
    """Whether an ended call can be renamed is a switch."""
    async with running() as slack:
        call_id = await slack.new_call()
        await slack.ok("calls.end", id=call_id)
        await slack.ok("calls.update", id=call_id, title="Late name")
        slack.switches.ended_call_accepts_update = False
        assert await slack.error("calls.update", id=call_id, title="Too late") == "inactive_call"


async def test_participants_join_leave_and_rejoin() -> None:
    """Who is in now and who ever was are kept apart."""
    async with running() as slack:
        call_id = await slack.new_call()
        joined = await slack.ok("calls.participants.add", id=call_id, users=[{"slack_id": BOB}, GUEST])
        left = await slack.ok("calls.participants.remove", id=call_id, users=[GUEST])
        await slack.ok("calls.participants.add", id=call_id, users=[{**GUEST, "display_name": "New name"}])
        record = slack.workspace.calls[call_id]
    assert joined["call"]["users"] == [{"slack_id": BOB}, GUEST]
    assert left["call"]["users"] == [{"slack_id": BOB}]
    assert [user.get("display_name") for user in record.everyone] == [None, "New name"]


@pytest.mark.parametrize("atomic", [True, False])
async def test_bad_users_refuse_all_or_only_the_bad_ones(atomic: bool) -> None:  # noqa: FBT001 -- a parameter
    """One person who is in already makes the answer bad_users, whoever else was named."""
    async with running() as slack:
        slack.switches.participants_atomic = atomic
        call_id = await slack.new_call(users=[{"slack_id": ALICE}])
        users = [{"slack_id": ALICE}, {"slack_id": BOB}]
        assert await slack.error("calls.participants.add", id=call_id, users=users) == "bad_users"
        assert len(slack.workspace.calls[call_id].active) == (1 if atomic else 2)


async def test_documented_errors_can_come_with_ok_true() -> None:
    """Slack's pages print bad_users and inactive_call with ok true; the switch does the same."""
    async with running() as slack:
        slack.switches.errors_with_ok_true = True
        call_id = await slack.new_call()
        bad = await slack.call("calls.participants.remove", id=call_id, users=[{"slack_id": BOB}])
        await slack.ok("calls.end", id=call_id)
        inactive = await slack.call("calls.end", id=call_id)
    assert bad == {"ok": True, "error": "bad_users"}
    assert inactive == {"ok": True, "error": "inactive_call"}


async def test_participants_need_people() -> None:
    """An empty list is missing_argument, a stranger user_not_found."""
    async with running() as slack:
        call_id = await slack.new_call()
        assert await slack.error("calls.participants.add", id=call_id, users=[]) == "missing_argument"
        assert await slack.error("calls.participants.add", id=call_id, users=[{"slack_id": "U1"}]) == "user_not_found"


async def test_short_answers_are_a_switch() -> None:
    """calls.end and participants can answer with ok alone, as documented."""
    async with running() as slack:
        slack.switches.end_answers_with_call = slack.switches.participants_answer_with_call = False
        call_id = await slack.new_call()
        assert await slack.ok("calls.participants.add", id=call_id, users=[{"slack_id": BOB}]) == {"ok": True}
        assert await slack.ok("calls.end", id=call_id) == {"ok": True}


async def test_info_needs_its_own_scope() -> None:
    """calls:write does not let a token read calls."""
    async with running(scopes=frozenset({"calls:write", "chat:write"})) as slack:
        call_id = await slack.new_call()
        answer = await slack.call("calls.info", id=call_id)
    expected = {"ok": False, "error": "missing_scope", "needed": "calls:read", "provided": "calls:write,chat:write"}
    assert answer == expected


async def test_posted_calls_know_their_channels_and_every_card_follows_the_call() -> None:
    """The block comes back filled in, in all its messages, and changes with the call."""
    async with running() as slack:
        call_id = await slack.new_call(title="Sync", external_display_id="abc", users=[{"slack_id": ALICE}])
        block = {"type": "call", "call_id": call_id}
        for _ in range(2):
            await slack.ok("chat.postMessage", channel=GENERAL, text="A call", blocks=[block])
        assert (await slack.ok("calls.info", id=call_id))["call"]["channels"] == [GENERAL]
        live = await cards(slack)
        await slack.ok("calls.end", id=call_id)
        ended = await cards(slack)
    assert [card["active_participants"] for card in live] == [[{"slack_id": ALICE}]] * 2
    assert {(card["name"], card["display_id"], card["date_end"], card["has_ended"]) for card in live} == {
        ("Sync", "abc", 0, False)
    }
    assert [(card["active_participants"], card["has_ended"]) for card in ended] == [([], True)] * 2
    assert ended[0]["all_participants"] == [{"slack_id": ALICE}]


async def cards(slack: Rig) -> list[dict[str, object]]:
    """Return the contents of all call blocks in #general."""
    history = await slack.ok("conversations.history", channel=GENERAL)
    blocks = [message["blocks"][0] for message in history["messages"]]
    recorded = {"type", "call_id", "block_id", "api_decoration_available", "call"}
    assert all(set(block) == recorded for block in blocks)
    return [block["call"]["v1"] for block in blocks]
