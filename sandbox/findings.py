"""Collect what is wrong with a JSON document, each problem with the JSON pointer of its place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sandbox.workspace import Json

_TEXT_KEYS = {
    "plain_text": frozenset({"type", "text", "emoji"}),
    "mrkdwn": frozenset({"type", "text", "verbatim"}),
}


@dataclass(slots=True)
class Findings:
    """A place in the document and the list of problems, which all places of one document share.

    The sentences are Slack's own as seen in published error answers, for example
    `no more than 25 items allowed [json-pointer:/blocks/1/elements]`.

    Source: https://github.com/adobe/spacecat-api-service/issues/176
    """

    pointer: str = ""
    problems: list[str] = field(default_factory=list)

    def at(self, step: str | int) -> Findings:
        """Return the place one step further down."""
        return Findings(f"{self.pointer}/{step}", self.problems)

    def add(self, problem: str) -> None:
        """Note a problem at this place."""
        self.problems.append(f"{problem} [json-pointer:{self.pointer}]")

    def only(self, value: Json, known: Collection[str]) -> None:
        """Complain about keys that do not belong here."""
        for name in value:
            if name not in known:
                self.add(f"invalid additional property: {name}")

    def string(self, value: Json, name: str, *, longest: int, required: bool = False) -> None:
        """Check a string of at most `longest` characters; null counts as absent unless it is required."""
        text = value.get(name)
        if text is None:
            if required:
                self.add(f"missing required field: {name}")
        elif not isinstance(text, str):
            self.at(name).add("must provide a string")
        elif required and not text:
            self.at(name).add("must be more than 0 characters")
        elif len(text) > longest:
            self.at(name).add(f"must be less than {longest + 1} characters")

    def text(self, value: Json, name: str, *, longest: int, kinds: Collection[str], required: bool = False) -> None:
        """Check a text object of one of the `kinds` with 1 to `longest` characters."""
        text = value.get(name)
        if text is None:
            if required:
                self.add(f"missing required field: {name}")
            return
        self.at(name).text_object(text, longest=longest, kinds=kinds)

    def plain_text(self, value: Json, name: str, *, longest: int, required: bool = False) -> None:
        """Check a text object that must be plain text."""
        self.text(value, name, longest=longest, kinds=("plain_text",), required=required)

    def text_object(self, text: object, *, longest: int, kinds: Collection[str]) -> None:
        """Check that this place holds a text object."""
        if not isinstance(text, dict):
            self.add("must provide an object")
        elif "type" not in text:
            self.add("missing required field: type")
        elif text["type"] not in kinds:
            self.at("type").add(
                f"must be one of: {', '.join(kinds)}" if len(kinds) > 1 else f"must be {next(iter(kinds))}"
            )
        else:
            self.only(text, _TEXT_KEYS[text["type"]])
            self.string(text, "text", longest=longest, required=True)
