"""Read the fields of an app manifest one by one and collect, in words, everything that is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_WEB_ADDRESS = re.compile(r"https?://")


@dataclass(slots=True)
class Fields:
    """One JSON object of a manifest: its place, its values, and the list of problems shared by the whole manifest."""

    path: str
    values: dict[str, Any]
    problems: list[str] = field(default_factory=list)

    def complain(self, name: str, problem: str) -> None:
        """Note a problem with one field, naming the field by its full path."""
        self.problems.append(f"{self._place(name)}: {problem}")

    def only(self, known: frozenset[str]) -> None:
        """Complain about every key that Slack's manifest schema does not know at this place."""
        for name in sorted(str(key) for key in self.values if key not in known):
            self.complain(name, "unknown key (Slack refuses a manifest with keys it does not know)")

    def text(self, name: str, *, longest: int, required: bool = False, pattern: str = "", hint: str = "") -> str:
        """Read a string.

        Args:
            name: the key.
            longest: the longest allowed length in characters.
            required: whether its absence, or an empty value, is a problem.
            pattern: a regular expression the whole value must match.
            hint: what a good value looks like, for the message.
        """
        value = self.values.get(name)
        if value is None or value == "":
            if required or value == "":
                self.complain(name, "is required" if value is None else "must not be empty")
            return ""
        if not isinstance(value, str):
            self.complain(name, f"must be a string, not {type(value).__name__}")
            return ""
        if len(value) > longest:
            self.complain(name, f"has {len(value)} characters, at most {longest} are allowed")
        if pattern and not re.fullmatch(pattern, value):
            self.complain(name, f"{value!r} is not valid: {hint}")
        return value

    def address(self, name: str, *, longest: int = 3500) -> str:
        """Read an optional http or https URL of at most `longest` characters."""
        value = self.text(name, longest=longest)
        if value and not _WEB_ADDRESS.match(value):
            self.complain(name, f"{value!r} must begin with https:// or http://")
        return value

    def flag(self, name: str, *, default: bool = False, required: bool = False) -> bool:
        """Read true or false; anything else is a problem."""
        value = self.values.get(name)
        if value is None:
            if required:
                self.complain(name, "is required")
            return default
        if not isinstance(value, bool):
            self.complain(name, f"must be true or false, not {value!r}")
            return default
        return value

    def strings(self, name: str, *, most: int, longest: int = 50, unique: bool = False) -> tuple[str, ...]:
        """Read a list of at most `most` strings of at most `longest` characters each."""
        found: list[str] = []
        for index, value in enumerate(self._list(name, most=most)):
            if not isinstance(value, str):
                self.complain(f"{name}[{index}]", f"must be a string, not {type(value).__name__}")
            elif len(value) > longest:
                self.complain(f"{name}[{index}]", f"has {len(value)} characters, at most {longest} are allowed")
            elif unique and value in found:
                self.complain(f"{name}[{index}]", f"{value!r} is listed twice")
            else:
                found.append(value)
        return tuple(found)

    def section(self, name: str, known: frozenset[str] | None = None) -> Fields:
        """Read a nested object, empty when absent; `known` are the keys it may have."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, dict):
            self.complain(name, f"must be an object, not {type(value).__name__}")
        inner = Fields(self._place(name), value if isinstance(value, dict) else {}, self.problems)
        if known is not None:
            inner.only(known)
        return inner

    def sections(self, name: str, *, most: int, known: frozenset[str]) -> list[Fields]:
        """Read a list of at most `most` objects, each with the keys `known`."""
        found: list[Fields] = []
        for index, value in enumerate(self._list(name, most=most)):
            if not isinstance(value, dict):
                self.complain(f"{name}[{index}]", f"must be an object, not {type(value).__name__}")
                continue
            inner = Fields(self._place(f"{name}[{index}]"), value, self.problems)
            inner.only(known)
            found.append(inner)
        return found

    def _list(self, name: str, *, most: int) -> list[Any]:
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.complain(name, f"must be a list, not {type(value).__name__}")
            return []
        if len(value) > most:
            self.complain(name, f"has {len(value)} entries, at most {most} are allowed")
        return value

    def _place(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name
