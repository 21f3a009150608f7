"""conversations.*, users.*, team.* and bots.* of the local Slack: who may see what."""

from __future__ import annotations

import pytest

from sandbox.workspace import UserGroup
from tests.contract.webapi_rig import (
    ALICE,
    ALL_SCOPES,
    BOB,
    BOT,
    CAROL,
    DM_ALICE,
    DM_PEOPLE,
    GENERAL,
    OLD,
    RANDOM,
    SECRET,
    running,
)


async def test_list_shows_public_channels_and_what_the_bot_is_in() -> None:
    """By default public channels are listed; private ones only where the bot is a member."""
    async with running() as slack:
        public = (await slack.ok("conversations.list"))["channels"]
        everything = (await slack.ok("conversations.list", types="public_channel,private_channel,im,mpim"))["channels"]
        live = (await slack.ok("conversations.list", exclude_archived="true"))["channels"]
    assert [channel["id"] for channel in public] == [GENERAL, RANDOM, OLD]
    assert [channel["id"] for channel in everything] == [GENERAL, RANDOM, OLD, DM_ALICE]
    assert [channel["id"] for channel in live] == [GENERAL, RANDOM]
    assert (public[0]["num_members"], public[0]["is_member"], public[1]["is_member"]) == (4, True, False)


async def test_lists_come_in_pages() -> None:
    """A cursor leads to the next page, and the last one has none."""
    async with running() as slack:
        first = await slack.ok("conversations.list", limit=2)
        cursor = first["response_metadata"]["next_cursor"]
        second = await slack.ok("conversations.list", limit="2", cursor=cursor)
        assert [channel["id"] for channel in first["channels"] + second["channels"]] == [GENERAL, RANDOM, OLD]
        assert second["response_metadata"]["next_cursor"] == ""
        assert await slack.error("conversations.list", cursor="nonsense!") == "invalid_cursor"
        assert await slack.error("conversations.list", limit=1001) == "invalid_limit"
        assert await slack.error("conversations.list", types="public") == "invalid_types"


async def test_each_type_needs_its_scope() -> None:
    """A token that may read channels may not list DMs, and the answer says what is missing."""
    async with running(scopes=frozenset({"channels:read", "chat:write"})) as slack:
        listed = await slack.call("conversations.list", types="public_channel,im")
        info = await slack.call("conversations.info", channel=DM_ALICE)
    assert (listed["error"], listed["needed"]) == ("missing_scope", "channels:read,im:read")
    assert (info["error"], info["needed"]) == ("missing_scope", "im:read")


async def test_private_conversations_stay_secret() -> None:
    """A conversation the bot is not in is channel_not_found for every method."""
    async with running() as slack:
        for method in ("conversations.info", "conversations.members", "conversations.history", "conversations.join"):
            for channel in (SECRET, DM_PEOPLE):
                assert await slack.error(method, channel=channel) == "channel_not_found"


async def test_members_are_listed_and_dms_name_the_person() -> None:
    """Members come sorted; a DM's record names the other person."""
    async with running() as slack:
        assert (await slack.ok("conversations.members", channel=RANDOM))["members"] == [ALICE, BOB, CAROL]
        dm = (await slack.ok("conversations.info", channel=DM_ALICE, include_num_members=True))["channel"]
    assert (dm["is_im"], dm["user"], dm["num_members"]) == (True, ALICE, 2)


async def test_history_needs_membership_and_reads_backwards() -> None:
    """The newest message comes first; a public channel the bot is not in is not_in_channel."""
    async with running() as slack:
        stamps = [(await slack.ok("chat.postMessage", channel=GENERAL, text=str(n)))["ts"] for n in range(4)]
        page = await slack.ok("conversations.history", channel=GENERAL, limit=3)
        assert [message["text"] for message in page["messages"]] == ["3", "2", "1"]
        assert page["has_more"] is True
        rest = await slack.ok(
            "conversations.history", channel=GENERAL, limit=3, cursor=page["response_metadata"]["next_cursor"]
        )
        assert ([message["text"] for message in rest["messages"]], rest["has_more"]) == (["0"], False)
        window = {"oldest": stamps[1], "latest": stamps[2]}
        between = await slack.ok("conversations.history", channel=GENERAL, **window)
        inclusive = await slack.ok("conversations.history", channel=GENERAL, **window, inclusive=True)
        assert (len(between["messages"]), len(inclusive["messages"])) == (0, 2)
        assert await slack.error("conversations.history", channel=RANDOM) == "not_in_channel"
        assert await slack.error("conversations.history", channel=GENERAL, oldest="x") == "invalid_ts_oldest"
        assert await slack.error("conversations.replies", channel=GENERAL, ts="1.000001") == "thread_not_found"


async def test_joining_works_once_and_only_in_public() -> None:
    """The bot joins, is told when it is in already, and cannot join archives or DMs."""
    async with running() as slack:
        await slack.ok("conversations.join", channel=RANDOM)
        assert slack.events[0]["type"] == "member_joined_channel"
        again = await slack.ok("conversations.join", channel=RANDOM)
        assert (again["warning"], again["response_metadata"]["warnings"]) == (
            "already_in_channel",
            ["already_in_channel"],
        )
        assert await slack.error("conversations.join", channel=OLD) == "is_archived"
        assert await slack.error("conversations.join", channel=DM_ALICE) == "method_not_supported_for_channel_type"


async def test_open_finds_or_makes_dms_and_group_dms() -> None:
    """One person gives the DM, several a group DM, and the same people the same conversation."""
    async with running() as slack:
        known = await slack.ok("conversations.open", users=ALICE)
        group = await slack.ok("conversations.open", users=f"{ALICE},{BOB}")
        again = await slack.ok("conversations.open", users=[BOB, ALICE])
        assert (known["channel"], known["already_open"]) == ({"id": DM_ALICE}, True)
        assert again["channel"]["id"] == group["channel"]["id"]
        assert slack.workspace.channels[group["channel"]["id"]].members == {ALICE, BOB, BOT}
        full = await slack.ok("conversations.open", users=CAROL, return_im=True)
        assert full["channel"]["user"] == CAROL


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "users_list_not_supplied"),
        ({"users": BOT}, "not_enough_users"),
        ({"users": "U0NOBODY"}, "user_not_found"),
        ({"users": ",".join(f"U{n}" for n in range(9))}, "too_many_users"),
        ({"channel": GENERAL}, "method_not_supported_for_channel_type"),
    ],
)
async def test_open_refuses_what_slack_documents(arguments: dict[str, str], code: str) -> None:
    """Every documented error of conversations.open can be reached."""
    async with running() as slack:
        assert await slack.error("conversations.open", **arguments) == code


async def test_people_are_described_with_zone_and_perhaps_email() -> None:
    """The email address shows only with its scope; the zone's offset follows the clock."""
    async with running() as slack:
        bob = (await slack.ok("users.info", user=BOB, include_locale=True))["user"]
        assert (bob["real_name"], bob["tz_offset"], bob["locale"]) == ("Bob Baker", 9 * 3600, "en-US")
        assert bob["profile"]["email"] == "bob@sandbox.example"
        assert (await slack.ok("users.lookupByEmail", email="BOB@sandbox.example"))["user"]["id"] == BOB
        assert await slack.error("users.lookupByEmail", email="no@sandbox.example") == "users_not_found"
        assert await slack.error("users.info", user="U0NOBODY") == "user_not_found"
        assert len((await slack.ok("users.list"))["members"]) == 4
        assert (await slack.ok("users.profile.get", user=BOB))["profile"]["display_name"] == "bob"
        async with slack.session.get(bob["profile"]["image_48"]) as picture:
            assert (await picture.read())[:8] == b"\x89PNG\r\n\x1a\n"
    async with running(scopes=ALL_SCOPES - {"users:read.email"}) as slack:
        assert "email" not in (await slack.ok("users.info", user=BOB))["user"]["profile"]


async def test_users_conversations_shows_what_both_may_see() -> None:
    """Another person's private conversations do not show."""
    async with running() as slack:
        types = "public_channel,private_channel,im"
        mine = (await slack.ok("users.conversations", types=types))["channels"]
        alices = (await slack.ok("users.conversations", types=types, user=ALICE))["channels"]
        assert [channel["id"] for channel in mine] == [GENERAL, OLD, DM_ALICE]
        assert [channel["id"] for channel in alices] == [GENERAL, RANDOM, OLD, DM_ALICE]
        assert await slack.error("users.conversations", user="U0NOBODY") == "user_not_found"


async def test_team_bot_and_groups_are_described() -> None:
    """The workspace, the app's bot and the empty list of user groups."""
    async with running() as slack:
        assert (await slack.ok("team.info"))["team"]["id"] == "T0SANDBOX01"
        assert await slack.error("team.info", team="T0OTHER") == "team_not_found"
        assert (await slack.ok("bots.info", bot="B0CALLS0001"))["bot"]["user_id"] == BOT
        assert await slack.error("bots.info", bot="B0OTHER") == "bot_not_found"
        assert (await slack.ok("usergroups.list"))["usergroups"] == []
        slack.workspace.groups["S1"] = UserGroup("S1", "devs", "Developers", {ALICE})
        assert [(one["id"], one["user_count"]) for one in (await slack.ok("usergroups.list"))["usergroups"]] == [
            ("S1", 1)
        ]
        assert (await slack.ok("usergroups.users.list", usergroup="S1"))["users"] == [ALICE]
        slack.workspace.groups["S1"].is_disabled = True
        assert await slack.error("usergroups.users.list", usergroup="S1") == "no_such_subteam"
        assert await slack.error("usergroups.users.list", usergroup="S0") == "no_such_subteam"
