"""Find interactive elements in what an app sent, and say what using one means.

Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sandbox.block_ids import elements_of
from sandbox.workspace import Json

State = dict[str, Json]
"""`state.values`: block id -> action id -> type and value."""

VALUE_KEYS = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "overflow": "selected_option",
}
"""Under which key a payload carries the value of an element of each type."""

_LISTS = frozenset(key for key in VALUE_KEYS.values() if key.endswith("s"))
_STATELESS = frozenset({"overflow"})
_REPEATED = ("text", "value", "style", "url", "placeholder", "confirm", "initial_option", "initial_options")
"""What Slack repeats of an element in the action."""


class NoSuchElementError(Exception):
    """Nobody can use an element, or choose an option, that the app did not send."""


def find_element(blocks: Sequence[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """Return the block and the element of an action id.

    Args:
        block_id: narrows the search where an action id stands in several blocks.

    Raises:
        NoSuchElementError: when there is none.
    """
    for block, element in interactive_elements(blocks):
        if element["action_id"] == action_id and block_id in {None, block["block_id"]}:
            return block, element
    raise NoSuchElementError(f"No element has the action id {action_id}.")


def interactive_elements(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every interactive element with its block."""
    for block in blocks:
        for element in elements_of(block):
            if "action_id" in element:
                yield block, element


def all_options(element: Json) -> list[Json]:
    """Return an element's options, those in groups included."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group.get("options") or [])]


def build_action(block: Json, element: Json, values: Mapping[str, object], action_ts: str) -> Json:
    """Return what a press on a button, or a choice in a menu, tells the app.

    Args:
        values: what the surface's elements hold, as for `complete_state`.

    Raises:
        NoSuchElementError: when an option was chosen that the element does not have.
    """
    action: Json = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
    action |= {key: element[key] for key in _REPEATED if key in element}
    if element["type"] in VALUE_KEYS:
        action |= _state_of(block, element, values.get(block["block_id"]))
    return {**action, "action_ts": action_ts}


def complete_state(blocks: Sequence[Json], values: Mapping[str, object], *, channel_id: str | None = None) -> State:
    """Return `state.values` with every input of the surface, also those left as the app filled them in.

    Args:
        values: in the form of `state.values`; or, shorter, block id -> plain value for a block's only input, where an
            option is given by its value.
        channel_id: the conversation the surface belongs to, which some inputs start with.

    Raises:
        NoSuchElementError: when a value is for a block without inputs, or an option is not among the element's.
    """
    state: State = {}
    for block, element in interactive_elements(blocks):
        if element["type"] in VALUE_KEYS and element["type"] not in _STATELESS:
            entered = _state_of(block, element, values.get(block["block_id"]), channel_id)
            state.setdefault(block["block_id"], {})[element["action_id"]] = entered
    unknown = values.keys() - {block["block_id"] for block, _ in interactive_elements(blocks)}
    if unknown:
        raise NoSuchElementError(f"No block with inputs has the id {', '.join(sorted(unknown))}.")
    return state


def _state_of(block: Json, element: Json, entered: object, channel_id: str | None = None) -> Json:
    """Return one element's state, from whichever form its value was given in."""
    key = VALUE_KEYS[element["type"]]
    if isinstance(entered, dict):
        entered = entered.get(element["action_id"])
    if isinstance(entered, dict) and "type" in entered:
        entered = entered.get(key)
    elif entered is None:
        entered = _initial(element, key, channel_id)
    if key.startswith("selected_option") and not element["type"].endswith("external_select"):
        entered = _options(block, element, entered)
    return {"type": element["type"], key: entered if entered not in ("", None) else _empty(key)}


def _empty(key: str) -> list[object] | None:
    return [] if key in _LISTS else None


def _initial(element: Json, key: str, channel_id: str | None) -> object:
    """Return the value an element has before anybody touches it."""
    name = "initial_value" if key.endswith("value") else key.replace("selected", "initial")
    if name in element:
        return element[name]
    if element.get("default_to_current_conversation") and channel_id is not None:
        return [channel_id] if key in _LISTS else channel_id
    return None


def _options(block: Json, element: Json, entered: object) -> object:
    """Return the element's own options for what was chosen, given as options or as their values."""
    if isinstance(entered, list):
        return [_options(block, element, one) for one in entered]
    if entered is None:
        return None
    value = entered.get("value") if isinstance(entered, dict) else entered
    for option in all_options(element):
        if option.get("value") == value:
            return option
    raise NoSuchElementError(f"{element['action_id']} in {block['block_id']} has no option {value}.")
