"""Understand what follows `/startcall`.

A word is a command when it is the first whole word and what follows is only what that command takes; everything
else is a title. So `end` ends the call, and `end of sprint`, `helpdesk` and `list of things` are titles.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from calls.ids import parse_display_id
from calls.model import UserId
from calls.preferences import OWN_ROOM


class Command(StrEnum):
    """The words that are commands when they stand first."""

    LIST = "list"
    JOIN = "join"
    LEAVE = "leave"
    END = "end"
    INVITE = "invite"
    RENAME = "rename"
    SETTINGS = "settings"
    HISTORY = "history"
    HELP = "help"


CSV = "csv"
"""What can follow `history`: the same as a file."""

KEPT_FOR_LATER = frozenset({"schedule"})
"""Words that later versions take as commands; alone on the line they are no titles today either."""


@dataclass(frozen=True, slots=True)
class Start:
    """Start a call.

    Args:
        title: as typed, still in Slack's escaped form; may be empty.
        provider: the meeting system that was named, or None.
    """

    title: str
    invited: tuple[UserId, ...] = ()
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class OnCall:
    """Do something with a running call.

    Args:
        display_id: the call that was named, or None.
        title: the new title for `rename`, still in Slack's escaped form; for `history`, `CSV` or nothing.
        people: whom to `invite`: people, and user groups.
    """

    command: Command
    display_id: str | None = None
    title: str = ""
    people: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A command that lacks what it takes."""

    command: Command


@dataclass(frozen=True, slots=True)
class KeptForLater:
    """A word that is no command yet."""

    word: str


Line = Start | OnCall | Incomplete | KeptForLater

_WORD = re.compile(r"<[^<>]*>|\"([^\"]*)\"|“([^“”]*)”|[^\s\"“”<]+|\S")
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_MY_ROOM = ["with", "my", "room"]
_GROUP = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^<>]*)?>")
_DANGLING = frozenset({"with", "and", "&amp;", ","})


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    quoted: bool

    @property
    def person(self) -> UserId | None:
        match = None if self.quoted else _PERSON.fullmatch(self.text)
        return None if match is None else UserId(match[1])

    @property
    def invited(self) -> UserId | None:
        """Return the person or the user group that is named."""
        match = None if self.quoted else _GROUP.fullmatch(self.text)
        return self.person if match is None else UserId(match[1])


def parse_line(typed: str, providers: Collection[str] = ()) -> Line:
    """Return what a line asks for.

    Args:
        typed: the text after `/startcall`, as Slack sends it with `should_escape`.
        providers: the meeting systems that can be named after `with`; every other word there is part of the title.
    """
    words = [_word(match) for match in _WORD.finditer(typed)]
    if not words:
        return Start("")
    first, rest = words[0], words[1:]
    if not first.quoted:
        line = _command_line(first.text.lower(), rest, typed)
        if line is not None:
            return line
    return _start(words, typed, providers)


def _command_line(first: str, rest: list[_Word], typed: str) -> Line | None:
    """Return the command a first word is, or None when the line is a title."""
    if first in KEPT_FOR_LATER:
        return None if rest else KeptForLater(first)
    return _with_command(Command(first), rest, typed) if first in set(Command) else None


def _with_command(command: Command, rest: list[_Word], typed: str) -> Line | None:
    """Return what a command asks for, or None when it is followed by something it does not take."""
    if command is Command.RENAME:
        return _rename(rest, typed)
    if command is Command.INVITE:
        return _invite(rest)
    if not rest:
        return OnCall(command)
    if command is Command.HISTORY:
        is_csv = len(rest) == 1 and not rest[0].quoted and rest[0].text.lower() == CSV
        return OnCall(command, title=CSV) if is_csv else None
    display_id = parse_display_id(rest[0].text)
    takes_id = command not in {Command.LIST, Command.SETTINGS, Command.HELP}
    return OnCall(command, display_id) if takes_id and len(rest) == 1 and display_id else None


def _invite(rest: list[_Word]) -> Line | None:
    """Return an invitation: an id may come before the people, and anything else makes the line a title."""
    display_id = parse_display_id(rest[0].text) if rest and not rest[0].quoted else None
    named = rest[1:] if display_id else rest
    people = tuple(dict.fromkeys(word.invited for word in named if word.invited is not None))
    if any(word.invited is None and not _dangles(word) for word in named):
        return None
    return OnCall(Command.INVITE, display_id, people=people) if people else Incomplete(Command.INVITE)


def _rename(rest: list[_Word], typed: str) -> Line:
    """Return a rename: an id may come before the new title."""
    if not rest:
        return Incomplete(Command.RENAME)
    title = typed.strip()[len(Command.RENAME) :].strip()
    display_id = None if rest[0].quoted else parse_display_id(rest[0].text)
    if display_id is None:
        return OnCall(Command.RENAME, title=_unquoted(title))
    title = title[len(display_id) :].strip()
    return OnCall(Command.RENAME, display_id, _unquoted(title)) if title else Incomplete(Command.RENAME)


def _start(words: list[_Word], typed: str, providers: Collection[str]) -> Start:
    """Return a start: the people and the meeting system named last belong to it, the rest is the title."""
    invited = tuple(dict.fromkeys(word.person for word in words if word.person is not None))
    provider = None
    kept = list(words)
    while kept:
        named = _provider_named(kept, providers)
        if named is not None and provider is None:
            provider, taken = named
            del kept[-taken:]
        elif (invited or provider) and (kept[-1].person is not None or _dangles(kept[-1])):
            kept.pop()
        else:
            break
    if not invited and provider is None:
        return Start(_unquoted(typed.strip()))
    return Start(" ".join(word.text for word in kept), invited, provider)


def _provider_named(words: list[_Word], providers: Collection[str]) -> tuple[str, int] | None:
    """Return the meeting system that the last words name, such as `with zoom`, and how many words these are."""
    last = words[-len(_MY_ROOM) :]
    if [word.text.lower() for word in last] == _MY_ROOM and not any(word.quoted for word in last):
        return OWN_ROOM, len(_MY_ROOM)
    if len(words) < len(("with", "zoom")) or words[-1].quoted or words[-2].quoted:
        return None
    name = words[-1].text.lower()
    return (name, 2) if words[-2].text.lower() == "with" and name in providers else None


def _dangles(word: _Word) -> bool:
    return not word.quoted and word.text.lower() in _DANGLING


def _word(match: re.Match[str]) -> _Word:
    quoted = match[1] if match[1] is not None else match[2]
    return _Word(match[0] if quoted is None else quoted, quoted is not None)


def _unquoted(text: str) -> str:
    """Return text without the quotes around the whole of it."""
    match = re.fullmatch(r"\"([^\"]*)\"|“([^“”]*)”", text)
    return text if match is None else match[1] or match[2] or ""
