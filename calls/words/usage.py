"""What can be typed after `/startcall`, every line so that it can be typed as it is printed."""

from __future__ import annotations

from collections.abc import Sequence

from calls.words.language import _

Line = tuple[str, str]
"""What is typed after `/startcall`, and what it does."""

AN_ID = "4K7-9QM"


def starts(providers: Sequence[str]) -> Sequence[Line]:
    """Return the lines that start a call.

    Args:
        providers: the meeting systems there are, the usual one first.
    """
    lines = [
        ("", _("start a call here")),
        ("Weekly sync", _("start a call with a title; whatever is no command is the title")),
        ("Weekly sync @bob", _("invite people and user groups, as many as you name")),
        ("Weekly sync silent", _("ring and mention nobody")),
        ("Weekly sync for 30 minutes", _("say how long it is meant to last")),
        ("Weekly sync at 15:00", _("plan it for later; `on Friday at 10` and `in 20 minutes` do too")),
        ('"list"', _("put a title in quotes to keep it from being read as a command")),
    ]
    if len(providers) > 1:
        lines.insert(3, (f"Weekly sync with {providers[-1]}", _("choose the meeting system")))
    return lines


def commands() -> Sequence[Line]:
    """Return the lines that do something with a call that is running."""
    return [
        ("list", _("show the running and planned calls of this conversation and your own")),
        ("join", _("be shown as in the call, and get its link")),
        ("leave", _("no longer be shown as in the call")),
        ("invite @bob", _("have people and user groups rung and asked to join")),
        ("rename Retro", _("change the call's title")),
        ("end", _("end the call for everybody")),
        (
            f"end {AN_ID}",
            _("end the call with this id, which its card shows; `join`, `leave` and `rename` take one too"),
        ),
        ("schedule", _("plan a call in a dialog, once or again and again")),
        ("history", _("show the last calls of this conversation")),
        ("history csv", _("get the last 1,000 as a file")),
        ("settings", _("choose the meeting system, and more, for you and for this conversation")),
        ("help", _("show this")),
    ]


def help_text(providers: Sequence[str]) -> str:
    """Return everything that can be typed."""
    parts = [f"*{_('Start a call')}*", *map(_shown, starts(providers))]
    parts += [f"*{_('Do something else')}*", *map(_shown, commands())]
    return "\n".join(parts)


def example(command: str) -> str:
    """Say how a command is typed that came without what it takes."""
    typed, does = next(line for line in commands() if line[0].split(" ")[0] == command)
    return _("Type `/startcall {typed}`, for example, to {does}.").format(typed=typed, does=does)


def _shown(line: Line) -> str:
    typed, does = line
    return f"• `{f'/startcall {typed}'.strip()}`: {does}"
