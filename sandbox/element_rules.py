"""What each block element may hold and where it may stand, with the place of every problem.

Source: https://docs.slack.dev/reference/block-kit/block-elements (the table of elements, blocks and surfaces)
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from slack_sdk.models import blocks as models

from sandbox.findings import Findings
from sandbox.workspace import Json

_SELECTS = ("static", "external", "users", "conversations", "channels")
_ANYWHERE = frozenset({"section", "actions", "input"})
_BLOCKS_OF: dict[str, frozenset[str]] = {
    **{f"{kind}_select": _ANYWHERE for kind in _SELECTS},
    **{f"multi_{kind}_select": _ANYWHERE for kind in _SELECTS},
    **dict.fromkeys(("checkboxes", "radio_buttons", "datepicker", "timepicker"), _ANYWHERE),
    "datetimepicker": frozenset({"actions", "input"}),
    "button": frozenset({"section", "actions"}),
    "workflow_button": frozenset({"section", "actions"}),
    "overflow": frozenset({"section", "actions"}),
    "image": frozenset({"section", "context"}),
    **{
        kind: frozenset({"input"})
        for kind in (
            *("plain_text_input", "email_text_input", "url_text_input", "number_input"),
            *("file_input", "rich_text_input"),
        )
    },
}
_ONLY_IN_MODALS = frozenset({"email_text_input", "url_text_input", "number_input", "file_input"})
_NOT_IN = {"datetimepicker": "home", "rich_text_input": "message"}
_MOST_OPTIONS = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}
_MARKED_UP_OPTIONS = frozenset({"checkboxes", "radio_buttons"})


def _known_keys() -> dict[str, frozenset[str]]:
    """Read the keys of every element type from the constructors of slack_sdk's models."""
    found: dict[str, frozenset[str]] = {}
    for name in dir(models):
        model = getattr(models, name)
        kind = getattr(model, "type", None)
        if inspect.isclass(model) and issubclass(model, models.BlockElement) and isinstance(kind, str):
            keys = frozenset(inspect.signature(model).parameters) | {"type"}
            found[kind] = found.get(kind, frozenset()) | keys
    return found


_KEYS = _known_keys()


def check_element(element: object, place: tuple[str, str], here: Findings) -> None:
    """Note everything our own rules find wrong with one element.

    Args:
        element: the element as sent.
        place: the block type it stands in, and the surface (`message`, `modal` or `home`).
        here: where it is in the document.
    """
    if not isinstance(element, dict):
        here.add("must provide an object")
        return
    kind = element.get("type")
    if kind is None:
        here.add("missing required field: type")
        return
    if not isinstance(kind, str) or not _allowed(kind, place):
        here.at("type").add(f"unsupported type: {kind}")
        return
    here.only(element, _KEYS.get(kind, frozenset()))
    here.string(element, "action_id", longest=255)
    here.plain_text(element, "placeholder", longest=150)
    _check_kind(kind, element, here)
    if element.get("confirm") is not None:
        _check_confirm(element["confirm"], here.at("confirm"))


def check_unique_action_ids(elements: Sequence[Any], here: Findings) -> None:
    """Note every action id that occurs twice in one block."""
    seen: set[str] = set()
    for index, element in enumerate(elements):
        action_id = element.get("action_id") if isinstance(element, dict) else None
        if not isinstance(action_id, str):
            continue
        if action_id in seen:
            here.at(index).at("action_id").add(f"`action_id` {action_id} already exists")
        seen.add(action_id)


def _allowed(kind: str, place: tuple[str, str]) -> bool:
    block, surface = place
    if block not in _BLOCKS_OF.get(kind, frozenset()) or _NOT_IN.get(kind) == surface:
        return False
    return kind not in _ONLY_IN_MODALS or surface == "modal"


def _check_kind(kind: str, element: Json, here: Findings) -> None:
    if kind == "button":
        here.plain_text(element, "text", longest=75, required=True)
        here.string(element, "url", longest=3000)
        here.string(element, "value", longest=2000)
        _check_style(element, here)
    elif kind == "image":
        if not element.get("image_url") and not element.get("slack_file"):
            here.add("must define either `image_url` or `slack_file`")
        here.string(element, "alt_text", longest=2000, required=True)
    elif kind in _MOST_OPTIONS or kind in {"static_select", "multi_static_select"}:
        _check_options(kind, element, here)


def _check_options(kind: str, element: Json, here: Findings) -> None:
    if not element.get("options") and not element.get("option_groups"):
        here.add("missing required field: options")
        return
    _check_option_list(kind, element.get("options"), here.at("options"))
    groups = element.get("option_groups")
    for index, group in enumerate(groups if isinstance(groups, list) else []):
        place = here.at("option_groups").at(index)
        if not isinstance(group, dict):
            place.add("must provide an object")
            continue
        place.plain_text(group, "label", longest=75, required=True)
        _check_option_list(kind, group.get("options"), place.at("options"))


def _check_option_list(kind: str, options: object, here: Findings) -> None:
    if options is None:
        return
    if not isinstance(options, list):
        here.add("must provide an array")
        return
    most = _MOST_OPTIONS.get(kind, 100)
    if len(options) > most:
        here.add(f"no more than {most} items allowed")
    kinds = ("plain_text", "mrkdwn") if kind in _MARKED_UP_OPTIONS else ("plain_text",)
    for index, option in enumerate(options):
        if not isinstance(option, dict):
            here.at(index).add("must provide an object")
            continue
        here.at(index).text(option, "text", longest=75, kinds=kinds, required=True)
        here.at(index).string(option, "value", longest=150, required=kind != "overflow")
        here.at(index).text(option, "description", longest=75, kinds=kinds)


def _check_confirm(confirm: object, here: Findings) -> None:
    if not isinstance(confirm, dict):
        here.add("must provide an object")
        return
    here.only(confirm, ("title", "text", "confirm", "deny", "style"))
    here.plain_text(confirm, "title", longest=100, required=True)
    here.text(confirm, "text", longest=300, kinds=("plain_text", "mrkdwn"), required=True)
    here.plain_text(confirm, "confirm", longest=30)
    here.plain_text(confirm, "deny", longest=30)
    _check_style(confirm, here)


def _check_style(value: Json, here: Findings) -> None:
    if value.get("style") not in (None, "default", "primary", "danger"):
        here.at("style").add("must be one of: default, primary, danger")
