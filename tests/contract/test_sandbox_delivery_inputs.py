"""The inputs of a dialog: what is sent for each kind, and what Slack's client would not let through."""

from __future__ import annotations

import pytest

from sandbox.elements import NoSuchElementError, complete_state
from sandbox.inputs import REQUIRED, input_problems
from sandbox.workspace import Json

OPTIONS = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("red", "blue")]
GROUPS = [{"label": {"type": "plain_text", "text": "All"}, "options": OPTIONS}]


def input_block(kind: str, **settings: object) -> Json:
    """Return an input block with one element."""
    element = {"type": kind, "action_id": "action", **settings}
    return {"type": "input", "block_id": "block", "label": {"type": "plain_text", "text": "Label"}, "element": element}


def state_of(block: Json, *given: object) -> Json:
    """Return the state of the block's only element for one value, or for an untouched one."""
    state: Json = complete_state([block], {"block": given[0]} if given else {})["block"]["action"]
    return state


@pytest.mark.parametrize(
    ("kind", "settings", "key", "empty"),
    [
        ("plain_text_input", {}, "value", None),
        ("number_input", {"is_decimal_allowed": False}, "value", None),
        ("email_text_input", {}, "value", None),
        ("url_text_input", {}, "value", None),
        ("rich_text_input", {}, "rich_text_value", None),
        ("datepicker", {}, "selected_date", None),
        ("timepicker", {}, "selected_time", None),
        ("datetimepicker", {}, "selected_date_time", None),
        ("users_select", {}, "selected_user", None),
        ("multi_users_select", {}, "selected_users", []),
        ("conversations_select", {}, "selected_conversation", None),
        ("multi_conversations_select", {}, "selected_conversations", []),
        ("channels_select", {}, "selected_channel", None),
        ("multi_channels_select", {}, "selected_channels", []),
        ("static_select", {"options": OPTIONS}, "selected_option", None),
        ("static_select", {"option_groups": GROUPS}, "selected_option", None),
        ("multi_static_select", {"options": OPTIONS}, "selected_options", []),
        ("radio_buttons", {"options": OPTIONS}, "selected_option", None),
        ("checkboxes", {"options": OPTIONS}, "selected_options", []),
        ("external_select", {}, "selected_option", None),
    ],
)
def test_an_untouched_input_is_empty_and_a_required_one_is_asked_for(
    kind: str, settings: Json, key: str, empty: object
) -> None:
    """Each kind has its own key, empty as Slack sends it, and stops the dialog unless it is optional."""
    block = input_block(kind, **settings)
    state = {"block": {"action": state_of(block)}}

    assert state["block"]["action"] == {"type": kind, key: empty}
    assert input_problems([block], state) == {"block": REQUIRED}
    assert input_problems([{**block, "optional": True}], state) == {}


@pytest.mark.parametrize(
    ("kind", "settings", "key", "value"),
    [
        ("plain_text_input", {"initial_value": "As it was"}, "value", "As it was"),
        ("datepicker", {"initial_date": "2026-11-21"}, "selected_date", "2026-11-21"),
        ("datetimepicker", {"initial_date_time": 1_790_000_000}, "selected_date_time", 1_790_000_000),
        ("multi_users_select", {"initial_users": ["U0BOB000001"]}, "selected_users", ["U0BOB000001"]),
        ("static_select", {"options": OPTIONS, "initial_option": OPTIONS[1]}, "selected_option", OPTIONS[1]),
        ("checkboxes", {"options": OPTIONS, "initial_options": OPTIONS}, "selected_options", OPTIONS),
    ],
)
def test_an_untouched_input_keeps_what_the_app_put_there(kind: str, settings: Json, key: str, value: object) -> None:
    """The initial value is sent when nobody changes it."""
    assert state_of(input_block(kind, **settings)) == {"type": kind, key: value}


def test_options_are_chosen_by_value_and_only_those_there_are() -> None:
    """A test names options by their values; one that the app did not offer cannot be chosen."""
    block = input_block("checkboxes", options=OPTIONS)

    assert state_of(block, ["blue", "red"])["selected_options"] == [OPTIONS[1], OPTIONS[0]]
    with pytest.raises(NoSuchElementError, match="no option green"):
        state_of(block, ["green"])


@pytest.mark.parametrize(
    ("kind", "settings", "value", "problem"),
    [
        ("plain_text_input", {"min_length": 3}, "ab", "Please enter at least 3 characters."),
        ("plain_text_input", {"max_length": 3}, "abcd", "Please enter at most 3 characters."),
        ("plain_text_input", {"min_length": 3, "max_length": 3}, "abc", None),
        ("plain_text_input", {}, "x" * 3001, "Please enter at most 3000 characters."),
        ("number_input", {"is_decimal_allowed": False}, "1.5", "Please enter a whole number."),
        ("number_input", {"is_decimal_allowed": False}, "-12", None),
        ("number_input", {"is_decimal_allowed": True}, "1.5", None),
        ("number_input", {"is_decimal_allowed": True}, "one", "Please enter a number."),
        ("number_input", {"is_decimal_allowed": False, "min_value": "5"}, "4", "Please enter at least 5."),
        ("number_input", {"is_decimal_allowed": False, "max_value": "5"}, "6", "Please enter at most 5."),
        ("number_input", {"is_decimal_allowed": False, "min_value": "5", "max_value": "5"}, "5", None),
        ("email_text_input", {}, "bob", "Please enter a valid email address."),
        ("email_text_input", {}, "bob@example.com", None),
        ("url_text_input", {}, "example.com", "Please enter a valid URL."),
        ("url_text_input", {}, "http://[", "Please enter a valid URL."),
        ("url_text_input", {}, "https://example.com/a", None),
        ("timepicker", {}, "09:30", None),
    ],
)
def test_malformed_values_are_stopped_with_a_sentence(
    kind: str, settings: Json, value: str, problem: str | None
) -> None:
    """Lengths, ranges and forms are checked before the app hears of them."""
    block = input_block(kind, **settings)
    problems = input_problems([block], {"block": {"action": state_of(block, value)}})

    assert problems.get("block") == problem
