"""What people can do, what they cannot, and what an app's answers do to their screens."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from sandbox import views
from sandbox.elements import NoSuchElementError
from sandbox.messages import MessageError
from sandbox.workspace import Json, View
from tests.contract.delivery_rig import BLOCKS, GENERAL, MANIFEST, MODAL, OLD_NEWS, PEOPLE_DM, PROJECT, Answer, Rig
from tests.contract.delivery_rig import running_rig as running

REQUIRED = "Please complete this required field."
TROUBLE = "We had some trouble connecting. Please try again."


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """Run the local Slack with an app that can be told what to answer."""
    async with running() as running_rig:
        yield running_rig


def modal_of_alice(rig: Rig) -> View:
    """Open the test dialog for Alice."""
    return views.open_view(rig.slack.workspace, rig.alice.user_id, MODAL)


async def test_what_is_said_is_stored_with_ids_and_without_handles(rig: Rig) -> None:
    """A message keeps mentions as ids and escapes what could look like one."""
    message = await rig.alice.say(GENERAL, "Hi @bob <!here> & co")

    assert message is not None
    assert message.text == "Hi <@U0BOB000001> &lt;!here&gt; &amp; co"


async def test_a_slash_at_the_beginning_runs_a_command(rig: Rig) -> None:
    """Typed text that begins with a slash is a command and no message."""
    assert await rig.alice.say(GENERAL, "/plain  with words ") is None

    assert rig.app.bodies[0]["text"] == "with words"


async def test_an_unknown_command_is_explained_to_its_author_alone(rig: Rig) -> None:
    """A command that the manifest does not have never reaches the app."""
    await rig.alice.say(GENERAL, "/nope now")

    (told,) = rig.whispers(rig.alice)
    assert told.startswith("/nope is not a valid command.")
    assert not rig.app.received


async def test_commands_do_not_work_in_threads(rig: Rig) -> None:
    """As in Slack, a command typed in a thread is refused there."""
    message = await rig.alice.say(GENERAL, "Topic")
    assert message is not None
    await rig.bob.say(GENERAL, "/plain", thread_ts=message.ts)

    stored = rig.slack.workspace.messages[GENERAL][-1]
    assert (stored.text, stored.thread_ts) == ("/plain is not supported in threads. Sorry!", message.ts)
    assert not rig.app.received


@pytest.mark.parametrize(
    ("answer", "seen_by_bob"),
    [
        (Answer(body="Done"), False),
        ({"text": "Done"}, False),
        ({"text": "Done", "response_type": "ephemeral"}, False),
        ({"text": "Done", "response_type": "in_channel"}, True),
    ],
)
async def test_an_answer_to_a_command_is_ephemeral_unless_it_says_otherwise(
    rig: Rig, answer: Answer | Json, *, seen_by_bob: bool
) -> None:
    """The text of an answer is shown to the person alone; `in_channel` shows it to all."""
    rig.app.will_answer(answer)
    await rig.alice.command(GENERAL, "/plain")

    message = rig.slack.workspace.messages[GENERAL][-1]
    assert (message.text, message.by_app) == ("Done", True)
    assert (message.ephemeral_for is None) is seen_by_bob


@pytest.mark.parametrize(("answer", "code"), [({"attachments": ["x"]}, "attachments"), ({"blocks": "[{"}, "blocks")])
async def test_an_answer_whose_parts_are_no_objects_is_a_failed_command(rig: Rig, answer: Json, code: str) -> None:
    """The person reads which part it was."""
    rig.app.will_answer(answer)
    await rig.alice.command(GENERAL, "/plain")

    assert [f"/plain failed with the error “invalid_{code}”."] == rig.whispers(rig.alice)


async def test_an_empty_answer_shows_nothing(rig: Rig) -> None:
    """A bare acknowledgement leaves the conversation alone."""
    before = list(rig.slack.workspace.messages[GENERAL])
    await rig.alice.command(GENERAL, "/plain")

    assert rig.slack.workspace.messages[GENERAL] == before


async def test_an_answer_slack_would_not_take_is_a_failed_command(rig: Rig) -> None:
    """Blocks that break a rule are not shown; the person reads the code, the inspector every problem."""
    rig.app.will_answer({"blocks": [{"type": "call", "call_id": "R0NOBODY"}]})
    await rig.alice.command(GENERAL, "/plain")

    assert rig.whispers(rig.alice) == ["/plain failed with the error “invalid_blocks”."]
    assert rig.slack.workspace.traffic[-1].answer["problems"]


@pytest.mark.parametrize(
    ("channel_id", "code"),
    [
        (PROJECT, "channel_not_found"),
        (PEOPLE_DM, "channel_not_found"),
        (OLD_NEWS, "is_archived"),
        ("C0", "channel_not_found"),
    ],
)
async def test_nobody_talks_where_they_cannot_be(rig: Rig, channel_id: str, code: str) -> None:
    """Private conversations of others do not exist for Carol, and archived ones take no messages."""
    with pytest.raises(MessageError, match=code):
        await rig.slack.person("carol").say(channel_id, "Hello")


async def test_only_what_the_app_posted_can_be_pressed(rig: Rig) -> None:
    """Unknown elements, options, blocks and messages are refused, and nothing is delivered."""
    message = rig.app_posts()
    for action_id, block_id, values in [
        ("forged", None, {}),
        ("press", "choice", {}),
        ("colour", None, {"choice": "green"}),
        ("press", None, {"elsewhere": "red"}),
    ]:
        with pytest.raises(NoSuchElementError):
            await rig.alice.click(GENERAL, message.ts, action_id, block_id=block_id, values=values)
    with pytest.raises(MessageError, match="message_not_found"):
        await rig.alice.click(GENERAL, "1.000001", "press")

    assert not rig.app.received


async def test_only_the_person_who_sees_something_can_use_it(rig: Rig) -> None:
    """Ephemeral messages and dialogs belong to one person."""
    message, view = rig.app_posts(only_for=rig.alice), modal_of_alice(rig)
    with pytest.raises(MessageError, match="message_not_found"):
        await rig.bob.click(GENERAL, message.ts, "press")
    with pytest.raises(NoSuchElementError):
        await rig.bob.submit(view.id, {"title": "Mine"})
    with pytest.raises(NoSuchElementError):
        await rig.bob.close_view(view.id)

    assert view.id in rig.slack.workspace.views


async def test_only_shortcuts_of_the_manifest_can_be_used(rig: Rig) -> None:
    """A global shortcut is no message shortcut, and an unknown one is neither."""
    with pytest.raises(NoSuchElementError):
        await rig.alice.global_shortcut("on_this")
    with pytest.raises(NoSuchElementError):
        await rig.alice.message_shortcut("everywhere", GENERAL, "1.000001")


async def test_a_press_the_app_does_not_take_is_told_to_the_person(rig: Rig) -> None:
    """A failed press leaves the message as it is, and Slackbot says so to the person alone."""
    rig.app.will_answer(Answer(status=500))
    message = rig.app_posts()
    ack = await rig.alice.click(GENERAL, message.ts, "press")

    assert ack.failure == "http_service_error"
    assert rig.whispers(rig.alice) == ["This app could not take that (http_service_error)."]


async def test_without_interactivity_nothing_is_pressed() -> None:
    """An app whose manifest turns interactivity off gets no interactions."""
    async with running(replace(MANIFEST, interactivity_enabled=False)) as rig:
        ack = await rig.alice.click(GENERAL, rig.app_posts().ts, "press")

        assert ack.failure == "interactivity_disabled"
        assert not rig.app.received


@pytest.mark.parametrize(
    ("values", "problem"),
    [({}, REQUIRED), ({"title": ""}, REQUIRED), ({"title": "Eleven char"}, "Please enter at most 10 characters.")],
)
async def test_an_incomplete_dialog_is_stopped_before_the_app(rig: Rig, values: Json, problem: str) -> None:
    """What Slack's client would not send is not sent, and the error stands at its input."""
    view = modal_of_alice(rig)

    assert await rig.alice.submit(view.id, values) == {"title": problem}
    assert view.errors == {"title": problem}
    assert not rig.app.received


async def test_an_empty_answer_closes_the_dialog(rig: Rig) -> None:
    """A bare acknowledgement closes the submitted dialog and shows the one below."""
    below, top = modal_of_alice(rig), views.push_view(rig.slack.workspace, rig.alice.user_id, MODAL)
    assert await rig.alice.submit(top.id, {"title": "Sync"}) is None

    assert rig.slack.workspace.modals[rig.alice.user_id] == [below.id]


async def test_errors_are_shown_until_the_next_submission(rig: Rig) -> None:
    """`errors` keeps the dialog open with the app's words; a later success closes it."""
    rig.app.will_answer({"response_action": "errors", "errors": {"title": "Taken"}}, {})
    view = modal_of_alice(rig)

    assert await rig.alice.submit(view.id, {"title": "Sync"}) == {"title": "Taken"}
    assert view.errors == {"title": "Taken"}
    assert await rig.alice.submit(view.id, {"title": "Other"}) is None
    assert not rig.slack.workspace.views


async def test_update_push_and_clear_do_what_they_say(rig: Rig) -> None:
    """`update` changes the dialog in place, `push` opens one on top, `clear` closes all."""
    changed = {**copy.deepcopy(MODAL), "title": {"type": "plain_text", "text": "Changed"}}
    rig.app.will_answer(
        {"response_action": "update", "view": changed},
        {"response_action": "push", "view": MODAL},
        {"response_action": "clear"},
    )
    view, stack = modal_of_alice(rig), rig.slack.workspace.modals
    old_hash = view.hash

    await rig.alice.submit(view.id, {"title": "Sync"})
    assert view.payload["title"]["text"] == "Changed"
    assert view.hash != old_hash
    await rig.alice.submit(view.id, {"title": "Sync"})
    assert len(stack[rig.alice.user_id]) == 2
    await rig.alice.submit(stack[rig.alice.user_id][-1], {"title": "Sync"})
    assert not stack[rig.alice.user_id]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "push"},
        {"response_action": "dance"},
        {"response_action": "errors", "errors": {"no_such_block": "Lost"}},
        {"response_action": "errors", "errors": {"row": "No input"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors"},
    ],
)
async def test_an_answer_slack_cannot_use_is_trouble_and_keeps_the_dialog(rig: Rig, answer: Answer | Json) -> None:
    """The dialog stays as it was with Slack's own sentence, whatever the app did wrong."""
    rig.app.will_answer(answer)
    view = modal_of_alice(rig)
    errors = await rig.alice.submit(view.id, {"title": "Sync"})

    assert list((errors or {}).values()) == [TROUBLE]
    assert rig.slack.workspace.modals[rig.alice.user_id] == [view.id]


async def test_a_dialog_that_clears_on_close_takes_all_below_with_it(rig: Rig) -> None:
    """`clear_on_close` makes the close button of the top dialog close the stack."""
    modal_of_alice(rig)
    top = views.push_view(rig.slack.workspace, rig.alice.user_id, {**MODAL, "clear_on_close": True})
    await rig.alice.close_view(top.id)

    assert not rig.slack.workspace.views
    assert [body["is_cleared"] for body in rig.app.bodies] == [True, True]


async def test_inputs_start_as_the_app_filled_them_in(rig: Rig) -> None:
    """What nobody touched is sent as it was shown; what was emptied is sent empty."""
    view = copy.deepcopy(MODAL)
    view["blocks"][0]["element"]["initial_value"] = "Sync"
    view["blocks"][1]["element"]["default_to_current_conversation"] = True
    opened = views.open_view(rig.slack.workspace, rig.alice.user_id, view, channel_id=GENERAL)
    await rig.alice.click_in_view(opened.id, "more")
    emptied = {"title": {"title": {"type": "plain_text_input", "value": None}}, "where": ""}
    await rig.alice.click_in_view(opened.id, "more", values=emptied)

    states = [body["view"]["state"]["values"] for body in rig.app.bodies]
    assert [state["title"]["title"]["value"] for state in states] == ["Sync", None]
    assert [state["where"]["where"]["selected_conversation"] for state in states] == [GENERAL, None]


async def test_everybody_knows_their_messages_from_those_of_others(rig: Rig) -> None:
    """People are found by handle or id, and by nothing else."""
    assert rig.slack.person("U0BOB000001").user_id == rig.bob.user_id
    with pytest.raises(KeyError):
        rig.slack.person("nobody")


def test_the_probe_blocks_are_not_shared_between_messages() -> None:
    """The rig's blocks are data for all tests; storing them must not have changed them."""
    assert [block["block_id"] for block in BLOCKS] == ["row", "choice"]
