"""Understand what follows `/startcall`.

A word is a command when it is the first whole word and what follows is only what that command takes; everything
else is a title. So `end` ends the call, and `end of sprint`, `helpdesk` and `list of things` are titles.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from calls.ids import parse_display_id
from calls.model import UserId
from calls.preferences import OWN_ROOM
from listeners.commands.clauses import how_long_in, when_in
from listeners.commands.words import Word, groups_in, people_in, unquoted, words_of


class Command(StrEnum):
    """The words that are commands when they stand first."""

    LIST = "list"
    JOIN = "join"
    LEAVE = "leave"
    END = "end"
    INVITE = "invite"
    RENAME = "rename"
    SCHEDULE = "schedule"
    HISTORY = "history"
    SETTINGS = "settings"
    HELP = "help"


CSV = "csv"
"""What can follow `history`: the same as a file."""


@dataclass(frozen=True, slots=True)
class Start:
    """Start a call.

    Args:
        title: as typed, still in Slack's escaped form; may be empty.
        groups: ids of the user groups that are invited.
        provider: the meeting system that was named, or None.
        plan: when it is to start, as typed, such as `tomorrow at 9:30`; empty for now.
        lasts: how long it is to last, as typed, such as `30 minutes`; empty when that was left open.
    """

    title: str
    invited: tuple[UserId, ...] = ()
    provider: str | None = None
    groups: tuple[str, ...] = ()
    plan: str = ""
    lasts: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class OnCall:
    """Do something with a running call.

    Args:
        display_id: the call that was named, or None.
        title: the new title for `rename`, still in Slack's escaped form; for `history`, `CSV` or nothing.
        people: who is named for `invite`.
        groups: ids of the user groups that are named for `invite`.
    """

    command: Command
    display_id: str | None = None
    title: str = ""
    people: tuple[UserId, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """Plan a call: what was typed behind `schedule`, for the dialog."""

    start: Start = field(default_factory=lambda: Start(""))


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A command that lacks what it takes."""

    command: Command


Line = Start | OnCall | Schedule | Incomplete

_MY_ROOM = ["with", "my", "room"]
_DANGLING = frozenset({"with", "and", "&amp;", ","})
_TAKES_ID = frozenset({Command.JOIN, Command.LEAVE, Command.END})


def parse_line(typed: str, providers: Collection[str] = ()) -> Line:
    """Return what a line asks for.

    Args:
        typed: the text after `/startcall`, as Slack sends it with `should_escape`.
        providers: the meeting systems that can be named after `with`; every other word there is part of the title.
    """
    words = words_of(typed)
    if not words:
        return Start("")
    line = _command_line(words[0].plain or "", words[1:], typed, providers)
    return _start(words, typed, providers) if line is None else line


def _command_line(first: str, rest: list[Word], typed: str, providers: Collection[str]) -> Line | None:
    """Return the command a first word is, or None when the line is a title."""
    if first not in set(Command):
        return None
    command = Command(first)
    match command:
        case Command.RENAME:
            return _rename(rest, typed)
        case Command.INVITE:
            return _invite(rest)
        case Command.SCHEDULE:
            return _schedule(rest, typed, providers)
    return _named_alone(command, rest)


def _named_alone(command: Command, rest: list[Word]) -> Line | None:
    """Return a command that takes one word more at most."""
    if not rest:
        return OnCall(command)
    if command is Command.HISTORY:
        return OnCall(command, title=CSV) if len(rest) == 1 and rest[0].plain == CSV else None
    display_id = _id(rest[0])
    return OnCall(command, display_id) if command in _TAKES_ID and len(rest) == 1 and display_id else None


def _rename(rest: list[Word], typed: str) -> Line:
    """Return a rename: an id may come before the new title."""
    if not rest:
        return Incomplete(Command.RENAME)
    title = typed.strip()[len(Command.RENAME) :].strip()
    display_id = _id(rest[0])
    if display_id is None:
        return OnCall(Command.RENAME, title=unquoted(title))
    title = title[len(display_id) :].strip()
    return OnCall(Command.RENAME, display_id, unquoted(title)) if title else Incomplete(Command.RENAME)


def _invite(rest: list[Word]) -> Line | None:
    """Return an invitation: an id may come before the people; without people a dialog asks for them."""
    display_id = _id(rest[0]) if rest else None
    named = rest if display_id is None else rest[1:]
    line = OnCall(Command.INVITE, display_id, people=people_in(named), groups=groups_in(named))
    is_only_people = all(word.person or word.group or _dangles(word) for word in named)
    return line if not named or (is_only_people and (line.people or line.groups)) else None


def _schedule(rest: list[Word], typed: str, providers: Collection[str]) -> Line | None:
    """Return a plan; without a time, what follows the word makes it part of a title."""
    if not rest:
        return Schedule()
    start = _start(rest, typed, providers, begins=typed.lower().index(Command.SCHEDULE) + len(Command.SCHEDULE))
    return Schedule(start) if start.plan else None


def _id(word: Word) -> str | None:
    return None if word.quoted else parse_display_id(word.text)


def _start(words: list[Word], typed: str, providers: Collection[str], begins: int = 0) -> Start:
    """Return a start: what stands last and means something belongs to it, the rest is the title.

    Args:
        begins: where the words begin in what was typed.
    """
    found = Start("", people_in(words), groups=groups_in(words))
    kept = list(words)
    is_anything = bool(found.invited or found.groups)
    while kept:
        if is_anything and (kept[-1].person or kept[-1].group or _dangles(kept[-1])):
            # No clause ends so, and looking for one takes its time: somebody may name thousands of people.
            del kept[-1]
            continue
        further, taken = _last_clause(kept, found, providers)
        if not taken:
            break
        is_anything = True
        found = further
        del kept[-taken:]
    title = typed[begins : kept[-1].end] if kept else ""
    return replace(found, title=unquoted(title.strip()))


def _last_clause(words: Sequence[Word], found: Start, providers: Collection[str]) -> tuple[Start, int]:
    """Return what the last words add to a start, and how many they are; nothing is said twice."""
    if found.provider is None and (named := _provider_named(words, providers)) is not None:
        provider, taken = named
        return replace(found, provider=provider), taken
    if not found.plan and (taken := when_in(words)):
        return replace(found, plan=_text(words[-taken:])), taken
    if not found.lasts and (taken := how_long_in(words)):
        return replace(found, lasts=_text(words[-taken + 1 :])), taken
    if not found.silent and words[-1].plain == "silent":
        return replace(found, silent=True), 1
    return found, 0


def _provider_named(words: Sequence[Word], providers: Collection[str]) -> tuple[str, int] | None:
    """Return the meeting system that the last words name, such as `with zoom`, and how many words these are."""
    if [word.plain for word in words[-len(_MY_ROOM) :]] == _MY_ROOM:
        return OWN_ROOM, len(_MY_ROOM)
    if len(words) < len(("with", "zoom")) or words[-2].plain != "with":
        return None
    name = words[-1].plain
    return (name, 2) if name is not None and name in providers else None


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _dangles(word: Word) -> bool:
    return word.plain in _DANGLING
