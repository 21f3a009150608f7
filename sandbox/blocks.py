"""Check Block Kit: may these blocks be in a message, may this view be opened?

Two opinions are asked. Our own rules (`sandbox.block_rules`, `sandbox.element_rules`) know where a problem is and catch
what slack_sdk's models let through; the models know the limits of every block and element. Problems read as Slack's do:
what is wrong, then a JSON pointer.

Source: https://docs.slack.dev/reference/block-kit
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from sandbox.block_rules import Surface, any_image, check_block
from sandbox.findings import Findings
from sandbox.workspace import Json

_MOST_IN_MESSAGE = 50
_MOST_IN_VIEW = 100
_VIEW_KEYS = frozenset(
    [
        *("type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "external_id"),
        *("clear_on_close", "notify_on_close", "submit_disabled"),
    ]
)
_MODEL_ERRORS = (SlackObjectFormationError, TypeError, AttributeError, KeyError, ValueError)


def validate_message_blocks(
    blocks: object, known_call: Callable[[str], bool], known_image: Callable[[Json], bool] = any_image
) -> list[str]:
    """List what is wrong with the blocks of a message; an empty list means Slack would take them.

    Args:
        blocks: what the app sent, at most 50 blocks.
        known_call: tells whether a call id exists. That an unknown one makes the blocks invalid is the sandbox's
            choice; Slack's own answer is not documented.
        known_image: tells whether a `slack_file` is one that may be shown.
    """
    found = Findings()
    _check_blocks(blocks, Surface("message", known_call, known_image), _MOST_IN_MESSAGE, found.at("blocks"))
    return found.problems


def validate_view(view: object, known_image: Callable[[Json], bool] = any_image) -> list[str]:
    """List what is wrong with a modal or a Home tab; an empty list means Slack would take it.

    Args:
        view: the view as the app sent it, at most 100 blocks, with nothing in it that only Slack sets.
        known_image: tells whether a `slack_file` is one that may be shown.

    Source: https://docs.slack.dev/reference/views
    """
    found = Findings()
    here = found.at("view")
    if not isinstance(view, dict):
        here.add("must provide an object")
        return found.problems
    if view.get("type") not in ("modal", "home"):
        here.at("type").add(
            "missing required field: type" if "type" not in view else f"unsupported type: {view['type']}"
        )
        return found.problems
    _check_view_fields(view, here)
    if "blocks" not in view:
        here.add("missing required field: blocks")
    else:
        surface = Surface(view["type"], lambda _: False, known_image)
        _check_blocks(view["blocks"], surface, _MOST_IN_VIEW, here.at("blocks"))
    if not found.problems:
        _ask_view_model(view, here)
    return found.problems


def call_ids(blocks: Iterable[Json]) -> list[str]:
    """List the calls that a message's blocks show."""
    return [str(block["call_id"]) for block in blocks if block.get("type") == "call" and block.get("call_id")]


def _check_view_fields(view: Json, here: Findings) -> None:
    here.only(view, _VIEW_KEYS)
    if view["type"] == "modal":
        here.plain_text(view, "title", longest=24, required=True)
        if not view.get("submit") and any(_is_input(block) for block in _list(view.get("blocks"))):
            here.add("missing required field: submit")
    for name in ("submit", "close"):
        if view["type"] == "home" and view.get(name) is not None:
            here.add(f"invalid additional property: {name}")
        here.plain_text(view, name, longest=24)
    here.string(view, "private_metadata", longest=3000)
    here.string(view, "callback_id", longest=255)
    here.string(view, "external_id", longest=255)


def _check_blocks(blocks: object, surface: Surface, most: int, here: Findings) -> None:
    if not isinstance(blocks, list):
        here.add("must provide an array")
        return
    if len(blocks) > most:
        here.add(f"no more than {most} items allowed")
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        place = here.at(index)
        before = len(here.problems)
        check_block(block, surface, place)
        block_id = block.get("block_id") if isinstance(block, dict) else None
        if isinstance(block_id, str) and block_id in seen:
            place.at("block_id").add(f'`block_id` "{block_id}" already exists')
        elif isinstance(block_id, str) and block_id:
            seen.add(block_id)
        if len(here.problems) == before:
            _ask_block_model(block, place)


def _ask_block_model(block: Json, here: Findings) -> None:
    try:
        parsed = Block.parse(block)
        if parsed is not None:
            parsed.to_dict()
    except _MODEL_ERRORS as error:
        here.add(_in_words(error))


def _ask_view_model(view: Json, here: Findings) -> None:
    try:
        View(**view).to_dict()
    except _MODEL_ERRORS as error:
        here.add(_in_words(error))


def _in_words(error: Exception) -> str:
    return str(error).partition(".__init__() ")[2] or str(error)


def _is_input(block: object) -> bool:
    return isinstance(block, dict) and block.get("type") == "input"


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
