"""Check the inputs of a dialog as Slack's own client does, before the app hears of them.

Source: https://docs.slack.dev/reference/block-kit/block-elements
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from sandbox.elements import VALUE_KEYS, State
from sandbox.workspace import Json

REQUIRED = "Please complete this required field."

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_INTEGER, _DECIMAL = re.compile(r"[+-]?\d+"), re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


def input_problems(blocks: Sequence[Json], state: State) -> dict[str, str]:
    """Return what a person has to correct before a dialog can be sent, by block id."""
    problems: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input" or block["element"]["type"] not in VALUE_KEYS:
            continue
        element = block["element"]
        value = state[block["block_id"]][element["action_id"]][VALUE_KEYS[element["type"]]]
        problem = _problem(element, value) if value else None if block.get("optional") else REQUIRED
        if problem is not None:
            problems[block["block_id"]] = problem
    return problems


def _problem(element: Json, value: object) -> str | None:
    """Return what is wrong with one value that is not empty."""
    if element["type"] == "plain_text_input":
        return _length_problem(element, str(value))
    if element["type"] == "number_input":
        return _number_problem(element, str(value))
    if element["type"] == "email_text_input" and not _ADDRESS.fullmatch(str(value)):
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and not _is_link(str(value)):
        return "Please enter a valid URL."
    return None


def _length_problem(element: Json, value: str) -> str | None:
    shortest, longest = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < shortest:
        return f"Please enter at least {shortest} characters."
    return f"Please enter at most {longest} characters." if len(value) > longest else None


def _number_problem(element: Json, value: str) -> str | None:
    if element.get("is_decimal_allowed"):
        if not _DECIMAL.fullmatch(value):
            return "Please enter a number."
    elif not _INTEGER.fullmatch(value):
        return "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter at most {element['max_value']}."
    return None


def _is_link(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
