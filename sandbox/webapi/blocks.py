"""blocks.validate: check Block Kit without posting it."""

from __future__ import annotations

import re

from sandbox.blocks import validate_message_blocks, validate_view
from sandbox.webapi.errors import SlackError, invalid_argument, invalid_arguments
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json

_POINTER = re.compile(r"(?P<message>.*) \[json-pointer:(?P<pointer>.*)\]", re.DOTALL)
_CODES = {"blocks": "invalid_blocks", "message": "invalid_message", "view": "invalid_view"}


@method("blocks.validate", tier=0)
def blocks_validate(call: ApiCall) -> Json:
    """Check exactly one of `blocks`, `message` and `view`.

    The answer to bad Block Kit is an error with a list `errors`, each with `pointer`, `code` and `message`. Slack's
    optional `constraint` and `field` are left out, and the code is always `failed_constraint`. Pointers are relative to
    the argument.

    Source: https://docs.slack.dev/reference/methods/blocks.validate
    """
    given = [name for name in _CODES if call.arguments.values.get(name)]
    if len(given) != 1:
        raise invalid_arguments("must provide exactly one of blocks, message or view")
    name = given[0]
    problems = _problems(call, name)
    if problems:
        raise SlackError(_CODES[name], extra={"errors": [_error(name, problem) for problem in problems]})
    return {}


def _problems(call: ApiCall, name: str) -> list[str]:
    try:
        value = call.arguments.structure(name)
    except ValueError as error:
        raise invalid_argument(name, "must be valid JSON") from error
    if name == "view":
        return validate_view(value)
    if name == "message":
        if not isinstance(value, dict):
            raise invalid_argument(name, "must provide an object")
        value = value.get("blocks", [])
    return validate_message_blocks(value, call.workspace.calls.__contains__)


def _error(name: str, problem: str) -> Json:
    """Split a problem into pointer and sentence; for `blocks` and `view` the argument itself is the root."""
    match = _POINTER.fullmatch(problem)
    message, pointer = (match["message"], match["pointer"]) if match else (problem, "")
    root = "" if name == "message" else f"/{name}"
    return {"pointer": pointer.removeprefix(root), "code": "failed_constraint", "message": message}
