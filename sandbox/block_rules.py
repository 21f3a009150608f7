"""What each kind of block may hold, with the place of every problem.

Source: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from slack_sdk.models.blocks import Block

from sandbox.element_rules import check_element, check_unique_action_ids
from sandbox.findings import Findings
from sandbox.workspace import Json


def any_image(_: Json) -> bool:
    """Take every `slack_file` for one that may be shown."""
    return True


@dataclass(frozen=True, slots=True)
class Surface:
    """Where blocks are shown, and which calls and which of Slack's files may be shown there."""

    kind: Literal["message", "modal", "home"]
    known_call: Callable[[str], bool]
    known_image: Callable[[Json], bool] = any_image


_BOTH = ("plain_text", "mrkdwn")
_ONLY_IN_MESSAGES = frozenset({"call", "file", "table"})


def _known_keys() -> dict[str, frozenset[str]]:
    """Read the keys of every block type from the constructors of slack_sdk's models."""
    found: dict[str, frozenset[str]] = {}
    for model in Block.__subclasses__():
        kind = getattr(model, "type", None)
        if isinstance(kind, str):
            found[kind] = frozenset(inspect.signature(model).parameters) | {"type", "block_id"}
    return found


_KEYS = _known_keys()


def check_block(block: object, surface: Surface, here: Findings) -> None:
    """Note everything our own rules find wrong with one block."""
    if not isinstance(block, dict):
        here.add("must provide an object")
        return
    kind = block.get("type")
    if kind is None:
        here.add("missing required field: type")
        return
    if not isinstance(kind, str) or kind not in _KEYS or (kind in _ONLY_IN_MESSAGES and surface.kind != "message"):
        here.at("type").add(f"unsupported type: {kind}")
        return
    here.only(block, _KEYS[kind])
    here.string(block, "block_id", longest=255)
    rule = _RULES.get(kind)
    if rule is not None:
        rule(block, surface, here)


def _section(block: Json, surface: Surface, here: Findings) -> None:
    if not block.get("text") and not block.get("fields"):
        here.add("must define either `text` or `fields`")
    here.text(block, "text", longest=3000, kinds=_BOTH)
    for index, item in enumerate(_items(block, "fields", 10, here)):
        here.at("fields").at(index).text_object(item, longest=2000, kinds=_BOTH)
    if block.get("accessory") is not None:
        check_element(block["accessory"], ("section", surface.kind), here.at("accessory"))


def _header(block: Json, _surface: Surface, here: Findings) -> None:
    here.plain_text(block, "text", longest=150, required=True)


def _image(block: Json, surface: Surface, here: Findings) -> None:
    if not block.get("image_url") and not block.get("slack_file"):
        here.add("must define either `image_url` or `slack_file`")
    slack_file = block.get("slack_file")
    if isinstance(slack_file, dict) and not surface.known_image(slack_file):
        here.at("slack_file").add("invalid slack file")
    here.string(block, "image_url", longest=3000)
    here.string(block, "alt_text", longest=2000, required=True)
    here.plain_text(block, "title", longest=2000)


def _actions(block: Json, surface: Surface, here: Findings) -> None:
    if not block.get("elements"):
        here.add("missing required field: elements")
        return
    elements = _items(block, "elements", 25, here)
    for index, element in enumerate(elements):
        check_element(element, ("actions", surface.kind), here.at("elements").at(index))
    check_unique_action_ids(elements, here.at("elements"))


def _context(block: Json, surface: Surface, here: Findings) -> None:
    if not block.get("elements"):
        here.add("missing required field: elements")
        return
    for index, element in enumerate(_items(block, "elements", 10, here)):
        place = here.at("elements").at(index)
        if isinstance(element, dict) and element.get("type") in _BOTH:
            place.text_object(element, longest=3000, kinds=_BOTH)
        else:
            check_element(element, ("context", surface.kind), place)


def _input(block: Json, surface: Surface, here: Findings) -> None:
    here.plain_text(block, "label", longest=2000, required=True)
    here.plain_text(block, "hint", longest=2000)
    if block.get("element") is None:
        here.add("missing required field: element")
    else:
        check_element(block["element"], ("input", surface.kind), here.at("element"))


def _call(block: Json, surface: Surface, here: Findings) -> None:
    here.string(block, "call_id", longest=255, required=True)
    call_id = block.get("call_id")
    if isinstance(call_id, str) and call_id and not surface.known_call(call_id):
        here.at("call_id").add(f"invalid call_id: {call_id}")


_RULES: dict[str, Callable[[Json, Surface, Findings], None]] = {
    "section": _section,
    "header": _header,
    "image": _image,
    "actions": _actions,
    "context": _context,
    "input": _input,
    "call": _call,
}


def _items(block: Json, name: str, most: int, here: Findings) -> list[Any]:
    """Read a list of at most `most` items; a null counts as absent."""
    value = block.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        here.at(name).add("must provide an array")
        return []
    if len(value) > most:
        here.at(name).add(f"no more than {most} items allowed")
    return value
