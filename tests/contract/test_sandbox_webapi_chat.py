"""chat.* of the local Slack: where the app may post, what it may say, and what may be changed afterwards."""

from __future__ import annotations

import pytest

from sandbox import messages
from tests.contract.webapi_rig import (
    ALICE,
    ALL_SCOPES,
    BOT,
    CAROL,
    DM_ALICE,
    DM_PEOPLE,
    GENERAL,
    MANIFEST,
    OLD,
    RANDOM,
    SECRET,
    button,
    running,
)

METADATA = {"event_type": "startcall_call", "event_payload": {"id": "1"}}


async def test_a_post_answers_with_the_stored_message() -> None:
    """The answer holds channel, ts and the message with the app's own keys, and the app hears of it as an event."""
    async with running() as slack:
        answer = await slack.ok("chat.postMessage", channel=GENERAL, text="Hello", blocks=[{"type": "divider"}])
        message = answer["message"]
        event = slack.events[0]
    assert (message["ts"], message["user"], message["bot_id"], message["app_id"]) == (
        answer["ts"],
        BOT,
        "B0CALLS0001",
        "A0CALLS0001",
    )
    assert len(message["blocks"][0]["block_id"]) == 5
    assert (event["type"], event["channel"], event["channel_type"], event["ts"]) == (
        "message",
        GENERAL,
        "channel",
        answer["ts"],
    )


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        (RANDOM, "not_in_channel"),
        (SECRET, "channel_not_found"),
        (DM_PEOPLE, "channel_not_found"),
        (OLD, "is_archived"),
        ("C0NOWHERE01", "channel_not_found"),
        (BOT, "channel_not_found"),
        ("", "channel_not_found"),
    ],
)
async def test_the_app_posts_only_where_it_may(channel: str, code: str) -> None:
    """Public channels need membership, and conversations the bot is not in do not exist for it."""
    async with running() as slack:
        assert await slack.error("chat.postMessage", channel=channel, text="Hello") == code


async def test_chat_write_public_opens_public_channels_only() -> None:
    """With chat:write.public the bot posts where it is no member, but still not in private."""
    async with running(scopes=ALL_SCOPES | {"chat:write.public"}) as slack:
        await slack.ok("chat.postMessage", channel=RANDOM, text="Hello")
        assert await slack.error("chat.postMessage", channel=SECRET, text="Hello") == "channel_not_found"


async def test_names_and_people_are_places_too() -> None:
    """#name is a public channel, and a person's id is their DM with the app, opened when there is none."""
    async with running() as slack:
        assert (await slack.ok("chat.postMessage", channel="#general", text="a"))["channel"] == GENERAL
        assert (await slack.ok("chat.postMessage", channel=ALICE, text="b"))["channel"] == DM_ALICE
        opened = (await slack.ok("chat.postMessage", channel=CAROL, text="c"))["channel"]
        assert slack.workspace.channels[opened].members == {CAROL, BOT}


async def test_a_closed_messages_tab_takes_no_messages() -> None:
    """Without a Messages tab in the manifest nobody can be written to."""
    features = {**MANIFEST["features"], "app_home": {"messages_tab_enabled": False}}
    async with running(manifest={**MANIFEST, "features": features}) as slack:
        assert await slack.error("chat.postMessage", channel=ALICE, text="a") == "messages_tab_disabled"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"blocks": "[{"}, "invalid_blocks_format"),
        ({"blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"blocks": [{"type": "call", "call_id": "R0NONE"}], "text": "x"}, "invalid_blocks"),
        ({"attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
        ({"text": "x", "metadata": "{"}, "invalid_metadata_format"),
        ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_schema"),
        ({"text": "x", "markdown_text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "thread_ts": "1.000001"}, "cannot_reply_to_message"),
    ],
)
async def test_contents_are_checked(arguments: dict[str, object], code: str) -> None:
    """Every refusal has Slack's code, and nothing is stored."""
    async with running() as slack:
        assert await slack.error("chat.postMessage", channel=GENERAL, **arguments) == code
        assert slack.workspace.messages == {}


async def test_invalid_blocks_say_where() -> None:
    """invalid_blocks comes with pointers, twice, as Slack's does."""
    async with running() as slack:
        blocks = [{"type": "actions", "elements": [button()] * 26}]
        answer = await slack.call("chat.postMessage", channel=GENERAL, text="x", blocks=blocks)
    assert "no more than 25 items allowed [json-pointer:/blocks/0/elements]" in answer["errors"]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {problem}" for problem in answer["errors"]]


async def test_replies_form_threads() -> None:
    """A reply to a reply joins the thread; history shows only its beginning, replies show all."""
    async with running() as slack:
        first = (await slack.ok("chat.postMessage", channel=GENERAL, text="1"))["ts"]
        second = (await slack.ok("chat.postMessage", channel=GENERAL, text="2", thread_ts=first))["ts"]
        await slack.ok("chat.postMessage", channel=GENERAL, text="3", thread_ts=second)
        history = (await slack.ok("conversations.history", channel=GENERAL))["messages"]
        replies = (await slack.ok("conversations.replies", channel=GENERAL, ts=second))["messages"]
    assert [(message["text"], message["reply_count"]) for message in history] == [("1", 2)]
    assert [(message["text"], message["thread_ts"]) for message in replies] == [
        ("1", first),
        ("2", first),
        ("3", first),
    ]


async def test_a_broadcast_reply_shows_in_the_channel_too() -> None:
    """reply_broadcast makes a reply part of the history."""
    async with running() as slack:
        first = (await slack.ok("chat.postMessage", channel=GENERAL, text="1"))["ts"]
        await slack.ok("chat.postMessage", channel=GENERAL, text="2", thread_ts=first, reply_broadcast=True)
        history = (await slack.ok("conversations.history", channel=GENERAL))["messages"]
    assert [(message["text"], message.get("subtype")) for message in history] == [
        ("2", "thread_broadcast"),
        ("1", None),
    ]


async def test_metadata_is_kept_for_who_asks() -> None:
    """History holds metadata only with include_all_metadata."""
    async with running() as slack:
        await slack.ok("chat.postMessage", channel=GENERAL, text="x", metadata=METADATA)
        plain = (await slack.ok("conversations.history", channel=GENERAL))["messages"][0]
        full = (await slack.ok("conversations.history", channel=GENERAL, include_all_metadata=True))["messages"][0]
    assert "metadata" not in plain
    assert full["metadata"] == METADATA


async def test_ephemeral_messages_reach_one_person() -> None:
    """Only the named person sees an ephemeral message, and no method finds it again."""
    async with running() as slack:
        ts = (await slack.ok("chat.postEphemeral", channel=GENERAL, user=ALICE, text="psst"))["message_ts"]
        assert [m.text for m in messages.visible_messages(slack.workspace, GENERAL, ALICE)] == ["psst"]
        assert messages.visible_messages(slack.workspace, GENERAL, CAROL) == []
        assert (await slack.ok("conversations.history", channel=GENERAL))["messages"] == []
        assert await slack.error("chat.update", channel=GENERAL, ts=ts, text="x") == "message_not_found"
        assert await slack.error("chat.postEphemeral", channel=DM_ALICE, user=CAROL, text="x") == "user_not_in_channel"


async def test_update_replaces_and_marks_as_edited() -> None:
    """A new text alone removes the old blocks; the message keeps its ts and shows that it was edited."""
    async with running() as slack:
        posted = await slack.ok("chat.postMessage", channel=GENERAL, text="1", blocks=[{"type": "divider"}])
        answer = await slack.ok("chat.update", channel=GENERAL, ts=posted["ts"], text="2")
        changed = slack.events[-1]
    assert (answer["ts"], answer["text"], answer["message"].get("blocks")) == (posted["ts"], "2", None)
    assert answer["message"]["edited"]["user"] == BOT
    assert (changed["subtype"], changed["previous_message"]["text"], changed["message"]["text"]) == (
        "message_changed",
        "1",
        "2",
    )


async def test_update_refuses_what_slack_documents() -> None:
    """Others' messages, missing ones, long texts and empty ones cannot be had."""
    async with running() as slack:
        theirs = messages.post(slack.workspace, messages.NewMessage(GENERAL, ALICE, "mine")).ts
        ours = (await slack.ok("chat.postMessage", channel=GENERAL, text="1"))["ts"]
        place = {"channel": GENERAL, "text": "x"}
        assert await slack.error("chat.update", **place, ts=theirs) == "cant_update_message"
        assert await slack.error("chat.update", **place, ts="1.000001") == "message_not_found"
        assert await slack.error("chat.update", channel=GENERAL, ts=ours, text="x" * 4001) == "msg_too_long"
        assert await slack.error("chat.update", channel=GENERAL, ts=ours, text="") == "no_text"
        assert await slack.error("chat.update", channel=SECRET, ts=ours, text="x") == "channel_not_found"
        slack.workspace.channels[GENERAL].is_archived = True
        assert await slack.error("chat.update", **place, ts=ours) == "is_inactive"


async def test_delete_leaves_a_tombstone_only_for_threads() -> None:
    """A message goes; the first message of a thread stays as a tombstone that cannot be changed."""
    async with running() as slack:
        first = (await slack.ok("chat.postMessage", channel=GENERAL, text="1"))["ts"]
        reply = (await slack.ok("chat.postMessage", channel=GENERAL, text="2", thread_ts=first))["ts"]
        await slack.ok("chat.delete", channel=GENERAL, ts=first)
        tombstone = (await slack.ok("conversations.history", channel=GENERAL))["messages"][0]
        assert (tombstone["subtype"], tombstone["text"]) == ("tombstone", "This message was deleted.")
        assert await slack.error("chat.delete", channel=GENERAL, ts=first) == "message_not_found"
        await slack.ok("chat.delete", channel=GENERAL, ts=reply)
        assert slack.events[-1]["subtype"] == "message_deleted"


async def test_permalinks_lead_to_the_page() -> None:
    """A permalink has Slack's form and is answered with a way to the conversation."""
    async with running() as slack:
        first = (await slack.ok("chat.postMessage", channel=GENERAL, text="1"))["ts"]
        reply = (await slack.ok("chat.postMessage", channel=GENERAL, text="2", thread_ts=first))["ts"]
        link = (await slack.ok("chat.getPermalink", channel=GENERAL, message_ts=reply))["permalink"]
        assert link.endswith(f"/archives/{GENERAL}/p{reply.replace('.', '')}?thread_ts={first}&cid={GENERAL}")
        async with slack.session.get(link, allow_redirects=False) as response:
            assert response.headers["Location"] == f"/?channel={GENERAL}&thread_ts={first}"
        code = await slack.error("chat.getPermalink", channel=GENERAL, message_ts="1.000001")
        assert code == "message_not_found"


async def test_reactions_come_and_go() -> None:
    """The bot reacts once, takes it back once, and the message shows it in between."""
    async with running() as slack:
        ts = (await slack.ok("chat.postMessage", channel=GENERAL, text="1"))["ts"]
        target = {"channel": GENERAL, "timestamp": ts, "name": "wave"}
        await slack.ok("reactions.add", **target)
        assert await slack.error("reactions.add", **target) == "already_reacted"
        shown = (await slack.ok("reactions.get", channel=GENERAL, timestamp=ts))["message"]["reactions"]
        assert shown == [{"name": "wave", "users": [BOT], "count": 1}]
        await slack.ok("reactions.remove", **target)
        assert await slack.error("reactions.remove", **target) == "no_reaction"
        assert [event["type"] for event in slack.events[1:]] == ["reaction_added", "reaction_removed"]
