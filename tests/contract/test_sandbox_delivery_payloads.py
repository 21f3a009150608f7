"""What Slack sends, key for key, as in Slack's documentation and in the test data of Slack's own SDKs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox import views
from sandbox.delivery.payloads import VERIFICATION_TOKEN
from sandbox.messages import NewMessage, post
from sandbox.testing import wait_for
from sandbox.workspace import CallRecord, Json
from tests.contract.delivery_rig import BLOCKS, GENERAL, MODAL, PEOPLE_DM, PROJECT, Rig, running_rig

TEAM = {"id": "T0SANDBOX01", "domain": "sandbox"}
ALICE = {"id": "U0ALICE0001", "username": "alice", "name": "alice", "team_id": "T0SANDBOX01"}


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """Run the local Slack with an app that answers everything with an empty 200."""
    async with running_rig() as running:
        yield running


async def test_a_slash_command_is_a_form_of_thirteen_fields(rig: Rig) -> None:
    """A command carries exactly Slack's fields, all as text, with the text as typed."""
    await rig.alice.command(GENERAL, "/plain", "  Weekly sync  ")

    (body,) = rig.app.bodies
    assert body.pop("trigger_id") in rig.slack.workspace.triggers
    assert body.pop("response_url").startswith(f"{rig.slack.url}response/")
    assert body == {
        "token": VERIFICATION_TOKEN,
        "team_id": "T0SANDBOX01",
        "team_domain": "sandbox",
        "channel_id": GENERAL,
        "channel_name": "general",
        "user_id": "U0ALICE0001",
        "user_name": "alice",
        "command": "/plain",
        "text": "Weekly sync",
        "api_app_id": "A0SANDBOX01",
        "is_enterprise_install": "false",
    }
    assert rig.app.received[0].headers["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("channel_id", "name"), [(PEOPLE_DM, "directmessage"), (PROJECT, "privategroup"), (GENERAL, "general")]
)
async def test_private_conversations_have_no_name_of_their_own(rig: Rig, channel_id: str, name: str) -> None:
    """A command names direct messages and private channels by their kind, and works where the bot is no member."""
    await rig.alice.command(channel_id, "/plain")

    assert name == rig.app.bodies[0]["channel_name"]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("with @bob in #general", "with <@U0BOB000001|bob> in <#C0GENERAL01|general>"),
        ("with @Bob.", "with <@U0BOB000001|bob>."),
        ("mail bob@bob.test or @nobody", "mail bob@bob.test or @nobody"),
        ("see https://example.com/a?b=1&c=2.", "see <https://example.com/a?b=1&amp;c=2>."),
        ("(https://example.com/)", "(<https://example.com/>)"),
        ("a < b & c > <@U0BOB000001>", "a &lt; b &amp; c &gt; &lt;@U0BOB000001&gt;"),
        ("tell @here and @channel", "tell <!here> and <!channel>"),
        ("in #project-x", "in <#C0PROJECT01|project-x>"),
    ],
)
async def test_should_escape_turns_names_into_ids(rig: Rig, typed: str, sent: str) -> None:
    """With `should_escape` people, channels and links come in angle brackets, and nothing typed can imitate one."""
    await rig.alice.command(GENERAL, "/escaped", typed)

    assert sent == rig.app.bodies[0]["text"]


async def test_a_private_channel_is_a_plain_word_for_those_outside(rig: Rig) -> None:
    """Nobody learns the id of a channel they cannot see by typing its name."""
    await rig.slack.person("carol").command(GENERAL, "/escaped", "#project-x #alice--bob")

    assert rig.app.bodies[0]["text"] == "#project-x #alice--bob"


async def test_without_should_escape_names_stay_as_typed(rig: Rig) -> None:
    """Only the three special characters are escaped."""
    await rig.alice.command(GENERAL, "/plain", "@bob & <!channel>")

    assert rig.app.bodies[0]["text"] == "@bob &amp; &lt;!channel&gt;"


async def test_a_press_on_a_button_tells_all_about_it(rig: Rig) -> None:
    """The body of block_actions has Slack's keys, the message, the state of its menus, and the action."""
    message = rig.app_posts()
    await rig.alice.click(GENERAL, message.ts, "press")

    (body,) = rig.app.bodies
    assert body.pop("trigger_id") in rig.slack.workspace.triggers
    assert body.pop("response_url").startswith(f"{rig.slack.url}response/")
    assert message.ts == body["message"]["ts"]
    assert body.pop("message")["blocks"] == BLOCKS
    action = body.pop("actions")[0]
    assert action.pop("action_ts") > message.ts
    assert action == {
        "action_id": "press",
        "block_id": "row",
        "type": "button",
        "text": {"type": "plain_text", "text": "Press"},
        "value": "pressed",
        "style": "danger",
    }
    colour = {"type": "static_select", "selected_option": BLOCKS[1]["accessory"]["initial_option"]}
    assert {
        "type": "block_actions",
        "user": ALICE,
        "api_app_id": "A0SANDBOX01",
        "token": VERIFICATION_TOKEN,
        "container": {"type": "message", "message_ts": message.ts, "channel_id": GENERAL, "is_ephemeral": False},
        "team": TEAM,
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": GENERAL, "name": "general"},
        "state": {"values": {"choice": {"colour": colour}}},
    } == body


async def test_a_press_on_an_ephemeral_message_comes_without_the_message(rig: Rig) -> None:
    """Slack says where the message was and that it is ephemeral, and does not repeat it."""
    message = rig.app_posts(only_for=rig.alice)
    await rig.alice.click(GENERAL, message.ts, "press")

    (body,) = rig.app.bodies
    assert "message" not in body
    assert body["container"]["is_ephemeral"]
    assert "response_url" in body


@pytest.mark.parametrize("given", ["blue", {"colour": "blue"}, {"colour": {"type": "static_select"}}])
async def test_a_choice_is_one_of_the_elements_own_options(rig: Rig, given: str | Json) -> None:
    """A choice comes as the whole option in the action and in the state, however a test names it."""
    blue = BLOCKS[1]["accessory"]["options"][1]
    if isinstance(given, dict) and isinstance(given["colour"], dict):
        given = {"colour": {"type": "static_select", "selected_option": blue}}
    message = rig.app_posts()
    await rig.alice.click(GENERAL, message.ts, "colour", values={"choice": given})

    (body,) = rig.app.bodies
    assert blue == body["actions"][0]["selected_option"]
    assert {"type": "static_select", "selected_option": blue} == body["state"]["values"]["choice"]["colour"]


async def test_an_overflow_menu_is_an_action_without_state(rig: Rig) -> None:
    """What was chosen in an overflow menu is in the action only."""
    message = rig.app_posts()
    await rig.alice.click(GENERAL, message.ts, "menu", values={"row": {"menu": "red"}})

    (body,) = rig.app.bodies
    assert BLOCKS[0]["elements"][1]["options"][0] == body["actions"][0]["selected_option"]
    assert {"choice"} == body["state"]["values"].keys()


async def test_a_press_in_a_dialog_comes_with_the_dialog_and_no_response_url(rig: Rig) -> None:
    """The view holds what was typed so far, and there is no conversation to respond to."""
    view = views.open_view(rig.slack.workspace, rig.alice.user_id, MODAL)
    await rig.alice.click_in_view(view.id, "more", values={"title": "Half"})

    (body,) = rig.app.bodies
    assert {"type": "view", "view_id": view.id} == body["container"]
    assert body["view"]["state"]["values"]["title"]["title"] == {"type": "plain_text_input", "value": "Half"}
    assert not {"response_url", "channel", "message"} & body.keys()


async def test_a_global_shortcut_has_no_conversation(rig: Rig) -> None:
    """A global shortcut carries Slack's keys and no more."""
    await rig.alice.global_shortcut("everywhere")

    (body,) = rig.app.bodies
    assert body.pop("trigger_id") in rig.slack.workspace.triggers
    assert body.pop("action_ts")
    assert body == {
        "type": "shortcut",
        "token": VERIFICATION_TOKEN,
        "team": TEAM,
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {"id": "U0ALICE0001", "username": "alice", "team_id": "T0SANDBOX01"},
        "callback_id": "everywhere",
    }


async def test_a_message_shortcut_has_the_message(rig: Rig) -> None:
    """A message shortcut carries the message, its channel, and a response_url."""
    message = post(rig.slack.workspace, NewMessage(GENERAL, rig.bob.user_id, "Shall we talk?"))
    await rig.alice.message_shortcut("on_this", GENERAL, message.ts)

    (body,) = rig.app.bodies
    assert (body["type"], body["callback_id"]) == ("message_action", "on_this")
    assert body["channel"] == {"id": GENERAL, "name": "general"}
    assert message.ts == body["message_ts"] == body["message"]["ts"]
    assert body["message"]["text"] == "Shall we talk?"
    assert {"trigger_id", "response_url", "action_ts", "token", "team", "user"} <= body.keys()


async def test_a_submission_has_all_inputs_and_the_response_urls_asked_for(rig: Rig) -> None:
    """view_submission carries the view with its state, and a response_url for each input that asks for one."""
    view = views.open_view(rig.slack.workspace, rig.alice.user_id, MODAL)
    assert await rig.alice.submit(view.id, {"title": "Sync", "where": GENERAL}) is None

    (body,) = rig.app.bodies
    (url,) = body.pop("response_urls")
    assert url.pop("response_url").startswith(f"{rig.slack.url}response/")
    assert url == {"block_id": "where", "action_id": "where", "channel_id": GENERAL}
    assert body["view"]["state"]["values"] == {
        "title": {"title": {"type": "plain_text_input", "value": "Sync"}},
        "where": {"where": {"type": "conversations_select", "selected_conversation": GENERAL}},
    }
    assert {"probe", "kept"} == {body["view"]["callback_id"], body["view"]["private_metadata"]}
    assert view.hash == body["view"]["hash"]
    assert body["user"] == ALICE
    assert {
        "type",
        "team",
        "enterprise",
        "is_enterprise_install",
        "user",
        "api_app_id",
        "token",
        "trigger_id",
        "view",
    } == (body.keys())


async def test_closing_a_dialog_is_told_to_apps_that_asked(rig: Rig) -> None:
    """view_closed has no trigger_id, and says whether the whole stack went."""
    view = views.open_view(rig.slack.workspace, rig.alice.user_id, MODAL)
    await rig.alice.close_view(view.id)

    (body,) = rig.app.bodies
    assert (body["type"], body["is_cleared"]) == ("view_closed", False)
    assert view.id == body["view"]["id"]
    assert "trigger_id" not in body
    assert not rig.slack.workspace.views


async def test_the_cross_closes_the_whole_stack(rig: Rig) -> None:
    """Every dialog of the stack that asked is told to be closed, the topmost first, with `is_cleared`."""
    bottom = views.open_view(rig.slack.workspace, rig.alice.user_id, MODAL)
    top = views.push_view(rig.slack.workspace, rig.alice.user_id, MODAL)
    await rig.alice.close_view(top.id, clear=True)

    assert [(top.id, True), (bottom.id, True)] == [(body["view"]["id"], body["is_cleared"]) for body in rig.app.bodies]
    assert not rig.slack.workspace.views


async def test_an_event_is_wrapped_as_slack_wraps_it(rig: Rig) -> None:
    """Opening the Home sends app_home_opened inside an event_callback."""
    await rig.alice.open_home()
    await wait_for(lambda: rig.app.bodies)

    (body,) = rig.app.bodies
    event = body.pop("event")
    assert event.pop("event_ts")
    dm = next(c.id for c in rig.slack.workspace.channels.values() if c.members == {ALICE["id"], "U0APPBOT001"})
    assert {"type": "app_home_opened", "user": ALICE["id"], "channel": dm, "tab": "home"} == event
    assert body.pop("event_id").startswith("Ev")
    assert body.pop("event_context")
    assert body == {
        "token": VERIFICATION_TOKEN,
        "team_id": "T0SANDBOX01",
        "api_app_id": "A0SANDBOX01",
        "type": "event_callback",
        "event_time": 1_790_000_000,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": "T0SANDBOX01",
                "user_id": "U0APPBOT001",
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
    assert rig.app.received[0].headers["Content-Type"] == "application/json"


async def test_declining_a_call_in_a_direct_message_is_told_once(rig: Rig) -> None:
    """call_rejected has Slack's four fields, also where the bot is no member, and only the first time."""
    call = CallRecord("R0CALL00001", "A0SANDBOX01", "unique", "https://meet.example.com/", "U0ALICE0001", 1_790_000_000)
    rig.slack.workspace.calls[call.id] = call
    bot = rig.slack.installation.bot_user_id
    post(rig.slack.workspace, NewMessage(PEOPLE_DM, bot, "Call", [{"type": "call", "call_id": call.id}], by_app=True))
    await rig.bob.decline_call(call.id, PEOPLE_DM)
    await rig.bob.decline_call(call.id, PEOPLE_DM)
    await wait_for(lambda: rig.app.bodies)

    assert [body["event"] for body in rig.app.bodies] == [
        {
            "type": "call_rejected",
            "call_id": "R0CALL00001",
            "user_id": "U0BOB000001",
            "channel_id": PEOPLE_DM,
            "external_unique_id": "unique",
        }
    ]


async def test_a_message_is_told_where_the_bot_is_a_member(rig: Rig) -> None:
    """A message in #general comes as a message event, and a mention of the bot as app_mention, too."""
    await rig.alice.say(GENERAL, "Hello @probe and @bob")
    await wait_for(lambda: len(rig.app.bodies) == 2)

    events = sorted((body["event"] for body in rig.app.bodies), key=lambda event: str(event["type"]))
    assert [event["type"] for event in events] == ["app_mention", "message"]
    assert {"Hello <@U0APPBOT001> and <@U0BOB000001>"} == {event["text"] for event in events}
    assert events[1]["channel_type"] == "channel"
    assert events[1]["ts"] == events[1]["event_ts"]


@pytest.mark.parametrize("channel_id", [PEOPLE_DM, "C0RANDOM001", PROJECT])
async def test_what_the_app_may_not_see_is_not_told_and_the_inspector_says_why(rig: Rig, channel_id: str) -> None:
    """No event goes out for conversations without the bot, or of kinds the manifest does not name."""
    await rig.alice.say(channel_id, "Between us")
    await rig.alice.open_home()
    await wait_for(lambda: rig.app.bodies)

    assert [body["event"]["type"] for body in rig.app.bodies] == ["app_home_opened"]
    (line,) = [entry for entry in rig.slack.workspace.traffic if "not_sent" in entry.answer]
    assert line.answer["not_sent"].startswith(("The app is no member of ", "message.groups is not among"))
