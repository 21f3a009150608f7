"""Give blocks and interactive elements the ids their author left out, as Slack does when it stores them."""

from __future__ import annotations

import copy
import secrets
import string
from collections.abc import Iterable

from sandbox.workspace import Json

_LETTERS = string.ascii_letters + string.digits
_NO_ACTION_ID = frozenset({"image", "mrkdwn", "plain_text"})


def fill_in_ids(blocks: Iterable[Json]) -> list[Json]:
    """Copy blocks and add a random `block_id` of five characters, and `action_id`s, where they are missing."""
    return [_filled(copy.deepcopy(block)) for block in blocks]


def _filled(block: Json) -> Json:
    block.setdefault("block_id", _random_id())
    if not block["block_id"]:
        block["block_id"] = _random_id()
    for element in elements_of(block):
        if element.get("type") not in _NO_ACTION_ID and not element.get("action_id"):
            element["action_id"] = _random_id()
    return block


def elements_of(block: Json) -> list[Json]:
    """List the elements of a section, actions, context or input block."""
    if block.get("type") == "section":
        found = [block.get("accessory")]
    elif block.get("type") == "input":
        found = [block.get("element")]
    elif block.get("type") in {"actions", "context", "context_actions"}:
        found = list(block.get("elements") or [])
    else:
        found = []
    return [element for element in found if isinstance(element, dict)]


def _random_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(5))
