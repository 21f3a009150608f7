"""The arguments of one Web API call, wherever they came from: query, form or JSON body."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from sandbox.webapi.errors import invalid_argument
from sandbox.workspace import Json

_INTEGER = re.compile(r"[-+]?\d{1,18}")
_TRUE = frozenset({"1", "true", "True", "yes"})
_FALSE = frozenset({"", "0", "false", "False", "no", "null"})
_SECRETS = frozenset({"token", "client_secret", "code_verifier"})
_STRUCTURED = frozenset({"attachments", "blocks", "files", "message", "metadata", "unfurls", "users", "view"})


@dataclass(frozen=True, slots=True)
class Arguments:
    """Named values; a JSON body may hold real arrays, objects, numbers and booleans where a form holds strings."""

    values: Json

    def text(self, name: str) -> str | None:
        """Read a string; absent, null and empty are all None.

        Raises:
            SlackError: `invalid_arguments` when a JSON body holds something that is neither string nor number.
        """
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise invalid_argument(name, "must provide a string")
        return str(value)

    def needed(self, name: str) -> str:
        """Read a string that has to be there.

        Raises:
            SlackError: `invalid_arguments` when it is missing or no string.
        """
        value = self.text(name)
        if value is None:
            raise invalid_argument(name, "must provide a string")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Read a boolean in any of its spellings.

        Raises:
            SlackError: `invalid_arguments` when it is none.
        """
        value = self.values.get(name)
        if value is None:
            return default
        if str(value) in _TRUE:
            return True
        if str(value) in _FALSE:
            return False
        raise invalid_argument(name, "must provide a boolean")

    def integer(self, name: str) -> int | None:
        """Read a whole number.

        Raises:
            SlackError: `invalid_arguments` when it is something else.
        """
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not _INTEGER.fullmatch(str(value)):
            raise invalid_argument(name, "must provide an integer")
        return int(value)

    def structure(self, name: str) -> Any:  # noqa: ANN401 -- JSON of any shape; the caller checks it
        """Read an argument that is JSON in a form's string and a real value in a JSON body; None when absent.

        Raises:
            ValueError: when the string is not JSON.
        """
        value = self.values.get(name)
        if isinstance(value, str):
            return json.loads(value) if value.strip() else None
        return value

    def shown(self) -> Json:
        """Return the arguments for the inspector: JSON strings read, nothing hidden but secrets."""
        shown = {name: value for name, value in self.values.items() if name not in _SECRETS}
        for name in _STRUCTURED & shown.keys():
            value = shown[name]
            if isinstance(value, str) and value[:1] in {"[", "{"}:
                shown[name] = _read(value)
        return shown


def _read(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return value
