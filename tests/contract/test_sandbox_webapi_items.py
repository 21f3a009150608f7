"""Pins, bookmarks, scheduled messages, new channels, and methods about the app, as Slack documents them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from sandbox.schedule import post_due
from tests.contract.webapi_rig import (
    ALICE,
    ALL_SCOPES,
    APP_TOKEN,
    BOB,
    BOT,
    CAROL,
    DM_ALICE,
    GENERAL,
    MANIFEST,
    OLD,
    RANDOM,
    Rig,
    running,
)

MORE = {"bookmarks:read", "bookmarks:write", "pins:read", "pins:write", "emoji:read", "channels:manage", "groups:write"}
DAY_S = 86_400


@pytest.fixture
async def slack() -> AsyncIterator[Rig]:
    """Run a Web API whose app may do all of this."""
    async with running(scopes=ALL_SCOPES | MORE) as rig:
        yield rig


async def posted(slack: Rig, text: str = "Hello") -> str:
    """Post a message and return its timestamp."""
    return str((await slack.ok("chat.postMessage", channel=GENERAL, text=text))["ts"])


async def test_a_pin_is_listed_until_it_is_removed(slack: Rig) -> None:
    """The newest comes first, the message says where it is pinned, and the app is told."""
    first, second = await posted(slack), await posted(slack)
    for ts in (first, second):
        assert await slack.ok("pins.add", channel=GENERAL, timestamp=ts) == {"ok": True}
    items = (await slack.ok("pins.list", channel=GENERAL))["items"]

    assert [item["message"]["ts"] for item in items] == [second, first]
    assert items[0].keys() == {"type", "channel", "created", "created_by", "message"}
    assert items[0]["message"]["pinned_to"] == [GENERAL]
    assert await slack.error("pins.add", channel=GENERAL, timestamp=first) == "already_pinned"
    await slack.ok("pins.remove", channel=GENERAL, timestamp=first)
    assert await slack.error("pins.remove", channel=GENERAL, timestamp=first) == "no_pin"
    assert [event["type"] for event in slack.events if "pin" in event["type"]] == ["pin_added"] * 2 + ["pin_removed"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"channel": GENERAL}, "no_item_specified"),
        ({"channel": GENERAL, "timestamp": "soon"}, "bad_timestamp"),
        ({"channel": GENERAL, "timestamp": "1.1"}, "message_not_found"),
        ({"channel": RANDOM, "timestamp": "1.1"}, "not_in_channel"),
        ({"channel": "C404", "timestamp": "1.1"}, "channel_not_found"),
    ],
)
async def test_pins_refuse_what_slack_documents(slack: Rig, arguments: dict[str, str], code: str) -> None:
    """Each mistake has its code."""
    assert await slack.error("pins.add", **arguments) == code


async def test_bookmarks_are_added_changed_listed_and_removed(slack: Rig) -> None:
    """They keep Slack's keys, and what is not given stays."""
    link = {"title": "Call", "type": "link", "link": "https://meet.example/1", "emoji": ":phone:"}
    made = (await slack.ok("bookmarks.add", channel_id=GENERAL, **link))["bookmark"]
    place = {"channel_id": GENERAL, "bookmark_id": made["id"]}
    changed = (await slack.ok("bookmarks.edit", **place, title="Weekly"))["bookmark"]

    assert made["id"].startswith("Bk")
    assert changed == {**made, "title": "Weekly", "date_updated": changed["date_updated"]}
    assert (await slack.ok("bookmarks.list", channel_id=GENERAL))["bookmarks"] == [changed]
    await slack.ok("bookmarks.remove", **place)
    assert await slack.error("bookmarks.remove", **place) == "not_found"
    assert (await slack.ok("bookmarks.list", channel_id=GENERAL))["bookmarks"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "folder"}, "invalid_bookmark_type"),
        ({"link": "meet.example"}, "invalid_link"),
        ({"emoji": "phone"}, "invalid_emoji"),
        ({"channel_id": "C404"}, "channel_not_found"),
        ({"channel_id": RANDOM}, "access_denied"),
        ({"title": "x" * 257}, "invalid_arguments"),
    ],
)
async def test_bookmarks_refuse_what_slack_documents(slack: Rig, change: dict[str, str], code: str) -> None:
    """Each mistake has its code."""
    good = {"channel_id": GENERAL, "title": "Call", "type": "link", "link": "https://meet.example/1"}
    assert await slack.error("bookmarks.add", **{**good, **change}) == code


async def test_a_scheduled_message_is_posted_at_its_time(slack: Rig) -> None:
    """Not before, once, and as the app."""
    post_at = int(slack.time_s[0]) + 120
    answer = await slack.ok("chat.scheduleMessage", channel=GENERAL, post_at=post_at, text="Later")
    listed = await slack.ok("chat.scheduledMessages.list")
    stored = slack.workspace.messages.setdefault(GENERAL, [])
    before = len(stored)

    assert answer.keys() == {"ok", "channel", "scheduled_message_id", "post_at", "message"}
    assert listed["scheduled_messages"][0].keys() == {"id", "channel_id", "post_at", "date_created", "text"}
    post_due(slack.workspace)
    assert len(stored) == before
    slack.advance(121)
    post_due(slack.workspace)
    post_due(slack.workspace)
    assert [(m.text, m.user_id, m.by_app) for m in stored[before:]] == [("Later", BOT, True)]
    assert (await slack.ok("chat.scheduledMessages.list"))["scheduled_messages"] == []


async def test_a_scheduled_message_is_taken_back_until_a_minute_before(slack: Rig) -> None:
    """Later, or twice, its id is no longer good."""
    now_s = int(slack.time_s[0])
    ids = [
        (await slack.ok("chat.scheduleMessage", channel=GENERAL, post_at=now_s + s, text="x"))["scheduled_message_id"]
        for s in (30, 90)
    ]
    method, code = "chat.deleteScheduledMessage", "invalid_scheduled_message_id"

    assert await slack.error(method, channel=GENERAL, scheduled_message_id=ids[0]) == code
    await slack.ok(method, channel=GENERAL, scheduled_message_id=ids[1])
    assert await slack.error(method, channel=GENERAL, scheduled_message_id=ids[1]) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"post_at": "soon"}, "invalid_time"),
        ({"after_s": -1}, "time_in_past"),
        ({"after_s": 121 * DAY_S}, "time_too_far"),
        ({"text": ""}, "no_text"),
        ({"channel": OLD}, "is_archived"),
        ({"blocks": [{"type": "section"}]}, "invalid_blocks"),
    ],
)
async def test_scheduling_refuses_what_slack_documents(slack: Rig, change: dict[str, object], code: str) -> None:
    """Each mistake has its code, when it is scheduled and not when it is due."""
    after_s = change.pop("after_s", 600)
    assert isinstance(after_s, int)
    good = {"channel": GENERAL, "text": "x", "post_at": int(slack.time_s[0]) + after_s}
    assert await slack.error("chat.scheduleMessage", **{**good, **change}) == code


async def test_thirty_messages_in_five_minutes_are_enough(slack: Rig) -> None:
    """The next one is refused; another conversation is not."""
    post_at = int(slack.time_s[0]) + 600
    for _ in range(30):
        await slack.ok("chat.scheduleMessage", channel=GENERAL, post_at=post_at, text="x")

    assert (
        await slack.error("chat.scheduleMessage", channel=GENERAL, post_at=post_at, text="x") == "restricted_too_many"
    )
    await slack.ok("chat.scheduleMessage", channel=DM_ALICE, post_at=post_at, text="x")


async def test_a_channel_is_made_filled_and_left(slack: Rig) -> None:
    """The bot is its first member and cannot leave it alone."""
    made = (await slack.ok("conversations.create", name="incident-7", is_private=True))["channel"]
    channel = slack.workspace.channels[made["id"]]
    assert (made["is_private"], made["is_member"], channel.members) == (True, True, {BOT})
    assert await slack.error("conversations.leave", channel=channel.id) == "last_member"

    await slack.ok("conversations.invite", channel=channel.id, users=f"{ALICE},{BOB}")
    assert channel.members == {BOT, ALICE, BOB}
    await slack.ok("conversations.leave", channel=channel.id)
    assert channel.members == {ALICE, BOB}
    told = [(event["type"], event["user"]) for event in slack.events]
    assert told == [(kind, ALICE) for kind in ("member_joined_channel",)] + [
        ("member_joined_channel", BOB),
        ("member_left_channel", BOT),
    ]


async def test_inviting_is_all_or_none_unless_forced(slack: Rig) -> None:
    """Every person who cannot come is named with the reason."""
    slack.workspace.channels[GENERAL].members -= {CAROL}
    users = f"U404,{BOT},{CAROL}"
    refused = await slack.call("conversations.invite", channel=GENERAL, users=users)

    assert refused["error"] == "user_not_found"
    assert [(one["user"], one["error"]) for one in refused["errors"]] == [
        ("U404", "user_not_found"),
        (BOT, "cant_invite_self"),
    ]
    assert CAROL not in slack.workspace.channels[GENERAL].members
    await slack.call("conversations.invite", channel=GENERAL, users=users, force=True)
    assert CAROL in slack.workspace.channels[GENERAL].members
    assert await slack.error("conversations.invite", channel=GENERAL, users=CAROL) == "already_in_channel"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("---", "invalid_name_punctuation"),
        ("Big News", "invalid_name_specials"),
        ("general", "name_taken"),
    ],
)
async def test_names_of_channels_follow_slacks_rules(slack: Rig, name: str, code: str) -> None:
    """Each mistake has its code."""
    assert await slack.error("conversations.create", name=name) == code


async def test_leaving_has_its_limits(slack: Rig) -> None:
    """Nobody leaves #general or a direct message; who is not in a channel hears so."""
    assert await slack.error("conversations.leave", channel=GENERAL) == "cant_leave_general"
    assert await slack.error("conversations.leave", channel=DM_ALICE) == "method_not_supported_for_channel_type"
    assert await slack.ok("conversations.leave", channel=RANDOM) == {"ok": True, "not_in_channel": True}


async def test_presence_tells_more_of_oneself(slack: Rig) -> None:
    """Of others only whether they are there."""
    assert await slack.ok("users.getPresence", user=ALICE) == {"ok": True, "presence": "active"}
    own = await slack.ok("users.getPresence", user=BOT)
    assert own.keys() >= {"online", "auto_away", "manual_away", "connection_count", "last_activity"}
    assert await slack.error("users.getPresence", user="U404") == "user_not_found"


async def test_a_manifest_is_checked_with_pointers(slack: Rig) -> None:
    """A good one has no errors; of a bad one each place is named."""
    bad = {**MANIFEST, "settings": {"socket_mode_enabled": "yes"}, "surprise": 1}
    assert await slack.ok("apps.manifest.validate", manifest=json.dumps(MANIFEST)) == {"ok": True, "errors": []}
    answer = await slack.call("apps.manifest.validate", manifest=json.dumps(bad))

    assert answer["error"] == "invalid_manifest"
    pointers = {one["pointer"] for one in answer["errors"]}
    assert {"/surprise", "/settings/socket_mode_enabled"} == pointers
    assert await slack.error("apps.manifest.validate", manifest="{") == "invalid_manifest"


async def test_who_an_event_was_for_needs_its_context(slack: Rig) -> None:
    """The app-level token asks; an invented context is refused."""
    slack.workspace.event_contexts["c1"] = {"team_id": "T1"}
    answer = await slack.call("apps.event.authorizations.list", APP_TOKEN, event_context="c1")
    assert answer == {"ok": True, "authorizations": [{"team_id": "T1"}]}
    refused = await slack.call("apps.event.authorizations.list", APP_TOKEN, event_context="c2")
    assert refused["error"] == "invalid_event_context"
    assert await slack.error("apps.event.authorizations.list", event_context="c1") == "not_allowed_token_type"


async def test_there_are_no_emoji_of_the_workspaces_own(slack: Rig) -> None:
    """The list is empty and has its time."""
    assert (await slack.ok("emoji.list")).keys() == {"ok", "emoji", "cache_ts"}
