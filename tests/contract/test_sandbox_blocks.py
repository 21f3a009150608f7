"""Block Kit checks of the local Slack: what Slack takes passes, what it refuses is found, with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.block_ids import elements_of, fill_in_ids
from sandbox.blocks import validate_message_blocks, validate_view
from tests.contract.webapi_rig import button, modal, plain, running

MRKDWN = {"type": "mrkdwn", "text": "Hello"}
OPTION = {"text": plain("One"), "value": "1"}
SELECT = {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick"), "options": [OPTION]}
CONFIRM = {"title": plain("Sure?"), "text": MRKDWN, "confirm": plain("Yes"), "deny": plain("No"), "style": "danger"}
TEXT_INPUT = {"type": "plain_text_input", "action_id": "title"}


def section(**more: Any) -> dict[str, Any]:  # noqa: ANN401 -- keys of Block Kit JSON
    """Return a section."""
    return {"type": "section", "text": MRKDWN, **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    """Return an actions block."""
    return {"type": "actions", "elements": list(elements)}


def labelled(element: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- same
    """Return an input block."""
    return {"type": "input", "label": plain("Label"), "element": element, **more}


GOOD = [
    section(fields=[MRKDWN] * 10),
    section(accessory=button(style="primary", confirm=CONFIRM, url="https://x.example", value="v" * 2000)),
    section(accessory={"type": "image", "image_url": "https://x.example/a.png", "alt_text": "A"}),
    section(accessory={"type": "multi_users_select", "action_id": "who", "initial_users": ["U1"]}),
    section(accessory={"type": "overflow", "action_id": "more", "options": [{**OPTION, "url": "https://x.example"}]}),
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider", "block_id": "d"},
    {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "A", "title": plain("T")},
    actions(*[button(f"a{n}") for n in range(25)]),
    actions(SELECT, {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-21"}),
    actions({"type": "conversations_select", "action_id": "c", "default_to_current_conversation": True}),
    actions({"type": "checkboxes", "action_id": "c", "options": [{"text": MRKDWN, "value": "1"}]}),
    {"type": "context", "elements": [MRKDWN, plain("x")]},
    labelled(TEXT_INPUT, optional=True, hint=plain("Hint"), dispatch_action=True),
    labelled({**SELECT, "options": None, "option_groups": [{"label": plain("G"), "options": [OPTION]}]}),
    {"type": "call", "call_id": "R1"},
    {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]},
    {"type": "markdown", "text": "**x**"},
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: str(block["type"]))
def test_good_blocks_pass(block: dict[str, Any]) -> None:
    """What Slack's reference shows is taken."""
    assert validate_message_blocks([block], known) == []


def known(call_id: str) -> bool:
    """Know one call."""
    return call_id == "R1"


BAD = [
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters", "/text/text"),
    ({"type": "header", "text": MRKDWN}, "must be plain_text", "/text/type"),
    ({"type": "section"}, "must define either `text` or `fields`", ""),
    (section(text={**MRKDWN, "text": "x" * 3001}), "must be less than 3001 characters", "/text/text"),
    (section(text={**MRKDWN, "text": ""}), "must be more than 0 characters", "/text/text"),
    (section(text="Hello"), "must provide an object", "/text"),
    (section(text={**MRKDWN, "emoji": True}), "invalid additional property: emoji", "/text"),
    (section(fields=[MRKDWN] * 11), "no more than 10 items allowed", "/fields"),
    (section(color="red"), "invalid additional property: color", ""),
    (section(accessory={"type": "datetimepicker"}), "unsupported type: datetimepicker", "/accessory/type"),
    (section(block_id="x" * 256), "must be less than 256 characters", "/block_id"),
    ({"type": "sektion"}, "unsupported type: sektion", "/type"),
    ({"text": MRKDWN}, "missing required field: type", ""),
    ({"type": "actions", "elements": []}, "missing required field: elements", ""),
    (actions(*[button(f"a{n}") for n in range(26)]), "no more than 25 items allowed", "/elements"),
    (actions(button(), button()), "`action_id` end_call already exists", "/elements/1/action_id"),
    (actions(button(text=plain("x" * 76))), "must be less than 76 characters", "/elements/0/text/text"),
    (actions(button(text=MRKDWN)), "must be plain_text", "/elements/0/text/type"),
    (actions(button(value="x" * 2001)), "must be less than 2001 characters", "/elements/0/value"),
    (actions(button(style="big")), "must be one of: default, primary, danger", "/elements/0/style"),
    (actions(button(confirm={"title": plain("x")})), "missing required field: text", "/elements/0/confirm"),
    (actions({"type": "knob"}), "unsupported type: knob", "/elements/0/type"),
    (actions(TEXT_INPUT), "unsupported type: plain_text_input", "/elements/0/type"),
    (actions({**SELECT, "options": [OPTION] * 101}), "no more than 100 items allowed", "/elements/0/options"),
    (actions({**SELECT, "options": []}), "missing required field: options", "/elements/0"),
    (
        actions({**SELECT, "options": [{**OPTION, "text": plain("x" * 76)}]}),
        "must be less than 76 characters",
        "/elements/0/options/0/text/text",
    ),
    ({"type": "context", "elements": [MRKDWN] * 11}, "no more than 10 items allowed", "/elements"),
    ({"type": "image", "image_url": "https://x.example"}, "missing required field: alt_text", ""),
    ({"type": "input", "element": TEXT_INPUT}, "missing required field: label", ""),
    (
        labelled({"type": "number_input", "is_decimal_allowed": False}),
        "unsupported type: number_input",
        "/element/type",
    ),
    ({"type": "call"}, "missing required field: call_id", ""),
    ({"type": "call", "call_id": "R2"}, "invalid call_id: R2", "/call_id"),
    ("divider", "must provide an object", ""),
]


@pytest.mark.parametrize(("block", "problem", "place"), BAD)
def test_bad_blocks_are_found_with_their_place(block: Any, problem: str, place: str) -> None:  # noqa: ANN401 -- anything
    """The problem is the only one, and points to where it is."""
    assert validate_message_blocks([block], known) == [f"{problem} [json-pointer:/blocks/0{place}]"]


def test_a_message_has_at_most_fifty_blocks_with_ids_of_their_own() -> None:
    """One block too many, a block id twice, and something that is no list are found."""
    assert validate_message_blocks([{"type": "divider"}] * 50, known) == []
    too_many = validate_message_blocks([{"type": "divider"}] * 51, known)
    twice = validate_message_blocks([{"type": "divider", "block_id": "a"}] * 2, known)
    assert too_many == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert twice == ['`block_id` "a" already exists [json-pointer:/blocks/1/block_id]']
    assert validate_message_blocks({}, known) == ["must provide an array [json-pointer:/blocks]"]


HOME = {"type": "home", "blocks": [{"type": "divider"}]}


@pytest.mark.parametrize(
    "view",
    [modal(), modal(submit=plain("Go"), blocks=[labelled(TEXT_INPUT)], private_metadata="x" * 3000), HOME],
)
def test_good_views_pass(view: dict[str, Any]) -> None:
    """A modal without inputs needs no submit button; a Home tab needs only blocks."""
    assert validate_view(view) == []


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        ("modal", "must provide an object [json-pointer:/view]"),
        ({}, "missing required field: type [json-pointer:/view/type]"),
        (modal(type="popup"), "unsupported type: popup [json-pointer:/view/type]"),
        (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
        ({"type": "modal", "blocks": HOME["blocks"]}, "missing required field: title [json-pointer:/view]"),
        ({"type": "modal", "title": plain("x")}, "missing required field: blocks [json-pointer:/view]"),
        (modal(blocks=[labelled(TEXT_INPUT)]), "missing required field: submit [json-pointer:/view]"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        (modal(id="V1"), "invalid additional property: id [json-pointer:/view]"),
        (modal(blocks=[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
        (
            modal(blocks=[{"type": "call", "call_id": "R1"}]),
            "unsupported type: call [json-pointer:/view/blocks/0/type]",
        ),
        ({**HOME, "submit": plain("Go")}, "invalid additional property: submit [json-pointer:/view]"),
        ({**HOME, "blocks": []}, "views must contain between 1 and 100 blocks [json-pointer:/view]"),
    ],
)
def test_bad_views_are_found(view: Any, problem: str) -> None:  # noqa: ANN401 -- anything
    """The problem is the only one, and points to where it is."""
    assert validate_view(view) == [problem]


def test_ids_left_out_are_filled_in() -> None:
    """Blocks and interactive elements get ids; given ones stay; what was sent is not touched."""
    sent = [actions({"type": "button", "text": plain("x")}, button()), {"type": "context", "elements": [MRKDWN]}]
    stored = fill_in_ids(sent)
    assert [len(block["block_id"]) for block in stored] == [5, 5]
    assert [len(element["action_id"]) for element in elements_of(stored[0])] == [5, 8]
    assert "action_id" not in stored[1]["elements"][0]
    assert "block_id" not in sent[0]


@pytest.mark.parametrize(
    ("arguments", "code", "pointer"),
    [
        ({"blocks": [{"type": "header", "text": MRKDWN}]}, "invalid_blocks", "/0/text/type"),
        ({"message": {"blocks": [{"type": "zap"}]}}, "invalid_message", "/blocks/0/type"),
        ({"view": modal(title=None)}, "invalid_view", ""),
    ],
)
async def test_blocks_validate_points_to_problems(arguments: dict[str, Any], code: str, pointer: str) -> None:
    """The method blocks.validate lists problems with pointers relative to its argument."""
    async with running() as slack:
        answer = await slack.call("blocks.validate", **arguments)
    assert (answer["error"], answer["errors"][0]["pointer"]) == (code, pointer)
    assert set(answer["errors"][0]) == {"pointer", "code", "message"}


async def test_blocks_validate_takes_exactly_one_thing() -> None:
    """Good Block Kit is answered with ok alone; nothing, or two things, are invalid_arguments."""
    async with running() as slack:
        assert await slack.ok("blocks.validate", blocks=[{"type": "divider"}]) == {"ok": True}
        assert await slack.error("blocks.validate") == "invalid_arguments"
        assert await slack.error("blocks.validate", blocks=[{"type": "divider"}], view=modal()) == "invalid_arguments"


def test_the_check_for_known_calls_is_the_callers() -> None:
    """Whether a call exists is asked, not assumed."""
    everything: Callable[[str], bool] = bool
    assert validate_message_blocks([{"type": "call", "call_id": "R2"}], everything) == []
