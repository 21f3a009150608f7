"""Find interactive elements in what an app sent, and say what using one means.

Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sandbox.workspace import Json

State = dict[str, Json]
"""`state.values`: block id -> action id -> type and value."""


class NoSuchElementError(Exception):
    """Nobody can use an element that the app did not send."""


def find_element(blocks: Sequence[Json], action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """Return the block and the element of an action id.

    Args:
        block_id: narrows the search where an action id stands in several blocks.

    Raises:
        NoSuchElementError: when there is none.
    """
    for block, element in elements_of(blocks):
        if element.get("action_id") == action_id and block_id in {None, block.get("block_id")}:
            return block, element
    raise NoSuchElementError(f"No element has the action id {action_id}.")


def elements_of(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every interactive element with its block."""
    for block in blocks:
        for element in (block.get("accessory"), block.get("element"), *(block.get("elements") or [])):
            if isinstance(element, dict) and "action_id" in element:
                yield block, element


def build_action(block: Json, element: Json, entered: Json | None, action_ts: str) -> Json:
    """Return what a press on a button, or a choice in a menu, tells the app.

    Args:
        entered: the element's value in the form of `state.values`; None for a button.
    """
    action: Json = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
    if element["type"] == "button":
        action["text"] = element["text"]
        action |= {key: element[key] for key in ("value", "style", "url") if key in element}
    else:
        action |= {key: value for key, value in (entered or {}).items() if key != "type"}
    return {**action, "action_ts": action_ts}


def complete_state(blocks: Sequence[Json], given: Json) -> State:
    """Return `state.values` with every input of the surface, also those left as the app filled them in.

    Args:
        given: in the form of `state.values`; or, shorter, block id -> plain value for a block's only input.
    """
    state: State = {}
    for block, element in elements_of(blocks):
        if element["type"] == "button":
            continue
        value = given.get(block["block_id"])
        entered = value.get(element["action_id"]) if isinstance(value, dict) else None
        if entered is None:
            entered = _typed(element, value) if value is not None and not isinstance(value, dict) else _initial(element)
        state.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], **entered}
    return state


_VALUE_KEY = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
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
    "multi_static_select": "selected_options",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
}

_INITIAL_KEY = {
    "value": "initial_value",
    **{key: key.replace("selected", "initial") for key in set(_VALUE_KEY.values()) if key.startswith("selected")},
}


def _typed(element: Json, value: object) -> Json:
    return {_VALUE_KEY.get(element["type"], "value"): value}


def _initial(element: Json) -> Json:
    """Return the value an element has before anybody touches it."""
    key = _VALUE_KEY.get(element["type"])
    if key is None:
        return {}
    empty: list[str] | None = [] if key.endswith("s") else None
    return {key: element.get(_INITIAL_KEY[key], empty)}
