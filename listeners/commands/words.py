"""Take a line apart into words: mentions, quoted passages, and everything between spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calls.model import UserId

_WORD = re.compile(r"<[^<>]*>|\"([^\"]*)\"|“([^“”]*)”|[^\s\"“”<]+|\S")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^<>]*)?>")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a line.

    Args:
        text: as typed, without the quotes around it.
        end: where it ends in the line.
    """

    text: str
    quoted: bool
    end: int

    @property
    def plain(self) -> str | None:
        """Return the word in lower case where it may mean something; None for a quoted one."""
        return None if self.quoted else self.text.lower()

    @property
    def person(self) -> UserId | None:
        """Return the person it names, or None."""
        match = None if self.quoted else _PERSON.fullmatch(self.text)
        return None if match is None else UserId(match[1])

    @property
    def group(self) -> str | None:
        """Return the id of the user group it names, or None."""
        match = None if self.quoted else _GROUP.fullmatch(self.text)
        return None if match is None else match[1]


def words_of(typed: str) -> list[Word]:
    """Return the words of a line, as Slack sends it with `should_escape`."""
    return [_word(match) for match in _WORD.finditer(typed)]


def people_in(words: Sequence[Word]) -> tuple[UserId, ...]:
    """Return everybody who is named, once each."""
    return tuple(dict.fromkeys(word.person for word in words if word.person is not None))


def groups_in(words: Sequence[Word]) -> tuple[str, ...]:
    """Return the ids of all user groups that are named, once each."""
    return tuple(dict.fromkeys(word.group for word in words if word.group is not None))


def unquoted(text: str) -> str:
    """Return text without the quotes around the whole of it."""
    match = re.fullmatch(r"\"([^\"]*)\"|“([^“”]*)”", text)
    return text if match is None else match[1] or match[2] or ""


def _word(match: re.Match[str]) -> Word:
    quoted = match[1] if match[1] is not None else match[2]
    return Word(match[0] if quoted is None else quoted, quoted is not None, match.end())
