"""Name the form fields of Block Kit elements, and read what a browser sent back.

The browser sends a block id, an action id and plain values. What kind of element that is, and which
options it has, is looked up in what the app stored, never believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from sandbox.page.when import moment
from sandbox.workspace import Json

_VALUE = "value/"


@dataclass(frozen=True, slots=True)
class Act:
    """Which element somebody used, and for an overflow menu which of its options."""

    block_id: str
    action_id: str
    option: int | None = None


def field_name(block_id: str, action_id: str) -> str:
    """Return the form field that carries an element's value."""
    return _VALUE + act_name(block_id, action_id)


def act_name(block_id: str, action_id: str, option: int | None = None) -> str:
    """Return the value of the submit button that stands for using an element."""
    name = f"{quote(block_id, safe='')}/{quote(action_id, safe='')}"
    return name if option is None else f"{name}/{option}"


def read_act(name: str) -> Act | None:
    """Read what `act_name` wrote, or return None for anything else."""
    block_id, *rest = (unquote(part) for part in name.split("/"))
    if len(rest) == 1:
        return Act(block_id, rest[0])
    is_option = len(rest) == 2 and rest[1].isdecimal()  # noqa: PLR2004 - action id and option
    return Act(block_id, rest[0], int(rest[1])) if is_option else None


def elements(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Yield every interactive element of blocks with its block's id."""
    for block in blocks:
        block_id = str(block.get("block_id", ""))
        candidates = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
        for element in candidates:
            if isinstance(element, dict) and "action_id" in element:
                yield block_id, element


def read_values(blocks: Sequence[Json], form: Mapping[str, Sequence[str]], tz: ZoneInfo) -> dict[str, Json]:
    """Return `state.values` of a surface: block id, then action id, then the element's state.

    Args:
        blocks: the surface's blocks as stored.
        form: every value the browser sent, by field name.
        tz: the zone in which the person picks a date and time.
    """
    values: dict[str, Json] = {}
    for block_id, element in elements(blocks):
        raw = list(form.get(field_name(block_id, element["action_id"]), ()))
        state = element_state(element, raw, tz)
        if state is not None:
            values.setdefault(block_id, {})[element["action_id"]] = state
    return values


_PLAIN_KEYS = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
}
_LIST_KEYS = {
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
_ONE_OPTION = frozenset({"static_select", "radio_buttons", "external_select"})
_MANY_OPTIONS = frozenset({"multi_static_select", "checkboxes", "multi_external_select"})


def element_state(element: Json, raw: list[str], tz: ZoneInfo) -> Json | None:
    """Return one element's state as Slack reports it, or None for an element that holds no value."""
    kind = str(element.get("type"))
    first = raw[0] if raw and raw[0] != "" else None
    state: Json = {"type": kind}
    if kind in _PLAIN_KEYS:
        state[_PLAIN_KEYS[kind]] = first.replace("\r\n", "\n") if first else None
    elif kind in _LIST_KEYS:
        state[_LIST_KEYS[kind]] = [value for value in raw if value]
    elif kind in _ONE_OPTION:
        state["selected_option"] = next((o for o in all_options(element) if o.get("value") == first), None)
    elif kind in _MANY_OPTIONS:
        state["selected_options"] = [o for o in all_options(element) if o.get("value") in raw]
    elif kind == "datetimepicker":
        state["selected_date_time"] = _unix(first, tz)
    else:
        return None
    return state


def all_options(element: Json) -> list[Json]:
    """Return an element's options, those in groups included."""
    groups = element.get("option_groups") or []
    return [*(element.get("options") or []), *(option for group in groups for option in group.get("options", []))]


def local_input(at_s: int, tz: ZoneInfo) -> str:
    """Return Unix seconds as the value of a `datetime-local` input."""
    return f"{moment(at_s, tz):%Y-%m-%dT%H:%M}"


def _unix(value: str | None, tz: ZoneInfo) -> int | None:
    if value is None:
        return None
    try:
        return int(datetime.fromisoformat(value).replace(tzinfo=tz).timestamp())
    except ValueError:
        return None
