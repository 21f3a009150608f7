"""Name the form fields of Block Kit elements, and read what a browser sent back.

The browser sends a block id, an action id and plain values. What kind of element that is, and which
options it has, is looked up in what the app stored, never believed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from sandbox.elements import VALUE_KEYS, all_options, interactive_elements
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


def read_values(blocks: Sequence[Json], form: Mapping[str, Sequence[str]], tz: ZoneInfo) -> dict[str, Json]:
    """Return `state.values` of a surface: block id, then action id, then the element's state.

    Args:
        blocks: the surface's blocks as stored.
        form: every value the browser sent, by field name.
        tz: the zone in which the person picks a date and time.
    """
    values: dict[str, Json] = {}
    for block, element in interactive_elements(blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        state = element_state(element, list(form.get(field_name(block_id, action_id), ())), tz)
        if state is not None:
            values.setdefault(block_id, {})[action_id] = state
    return values


_WITHOUT_FIELD = frozenset({"overflow", "rich_text_input", "file_input"})
"""Have a value, but not one that a form field of the page carries."""


def element_state(element: Json, raw: list[str], tz: ZoneInfo) -> Json | None:
    """Return one element's state as Slack reports it, or None for an element that holds no value."""
    kind = str(element.get("type"))
    key = VALUE_KEYS.get(kind)
    if key is None or kind in _WITHOUT_FIELD:
        return None
    first = raw[0] if raw and raw[0] != "" else None
    value: object
    if key == "selected_option":
        value = next((o for o in all_options(element) if o.get("value") == first), None)
    elif key == "selected_options":
        value = [o for o in all_options(element) if o.get("value") in raw]
    elif key == "selected_date_time":
        value = _unix(first, tz)
    elif key.endswith("s"):
        value = [value for value in raw if value]
    else:
        value = first.replace("\r\n", "\n") if first else None
    return {"type": kind, key: value}


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
