"""What `/startcall` makes of a line."""

from __future__ import annotations

import pytest

from calls.model import UserId
from listeners.commands.grammar import Command, Incomplete, KeptForLater, Line, OnCall, Start, parse_line


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("", Start("")),
        ("   ", Start("")),
        ("list", OnCall(Command.LIST)),
        ("LIST", OnCall(Command.LIST)),
        ("  help  ", OnCall(Command.HELP)),
        ("join", OnCall(Command.JOIN)),
        ("join 4k7-9qm", OnCall(Command.JOIN, "4K7-9QM")),
        ("leave 4K7-9QM", OnCall(Command.LEAVE, "4K7-9QM")),
        ("end", OnCall(Command.END)),
        ("end 4K7-9QM", OnCall(Command.END, "4K7-9QM")),
        ("rename Retro", OnCall(Command.RENAME, title="Retro")),
        ("rename the big one", OnCall(Command.RENAME, title="the big one")),
        ('rename "the big one"', OnCall(Command.RENAME, title="the big one")),
        ("rename 4K7-9QM the big one", OnCall(Command.RENAME, "4K7-9QM", "the big one")),
        ("rename", Incomplete(Command.RENAME)),
        ("rename 4K7-9QM", Incomplete(Command.RENAME)),
    ],
)
def test_a_command_is_understood_with_what_it_takes(typed: str, line: Line) -> None:
    """A command word, alone or followed by what it takes, is that command."""
    assert line == parse_line(typed)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("with zoom", Start("", provider="zoom")),
        ("Retro with zoom", Start("Retro", provider="zoom")),
        ("Retro WITH Zoom", Start("Retro", provider="zoom")),
        ("Retro with <@U1> with zoom", Start("Retro", (UserId("U1"),), "zoom")),
        ("Retro with zoom <@U1>", Start("Retro", (UserId("U1"),), "zoom")),
        ("Retro with zoom and <@U1>", Start("Retro", (UserId("U1"),), "zoom")),
        ("end of sprint with zoom", Start("end of sprint", provider="zoom")),
        ("Talk with teams", Start("Talk with teams")),
        ("Lunch with Bob", Start("Lunch with Bob")),
        ("zoom with everybody", Start("zoom with everybody")),
        ('Retro "with zoom"', Start('Retro "with zoom"')),
        ('Retro with "zoom"', Start('Retro with "zoom"')),
        ("with", Start("with")),
        ("zoom", Start("zoom")),
    ],
)
def test_a_meeting_system_is_named_after_with(typed: str, line: Line) -> None:
    """At the end of the line, as whole words, and only one that can be chosen; everything else is a title."""
    assert line == parse_line(typed, ("zoom", "builtin"))


@pytest.mark.parametrize(
    "title",
    [
        "Weekly sync",
        "helpdesk",
        "help desk",
        "end of sprint",
        "ending soon",
        "list of things",
        "server-migration",
        "join us for lunch",
        "leave 4K7-9QM early",
        "end AAA-BBB",
        "settings review",
        "history of art",
        "invite everybody",
        "schedules",
    ],
)
def test_a_line_that_only_begins_like_a_command_is_a_title(title: str) -> None:
    """Commands are decided on whole words and on what follows, never on a prefix."""
    assert Start(title) == parse_line(title)


@pytest.mark.parametrize(("typed", "title"), [('"end"', "end"), ("“help”", "help"), ('"list of" all', '"list of" all')])
def test_quotes_make_a_title_of_a_command(typed: str, title: str) -> None:
    """A quoted word is never a command."""
    assert Start(title) == parse_line(typed)


@pytest.mark.parametrize("word", ["schedule"])
def test_words_of_later_versions_do_not_start_a_call(word: str) -> None:
    """Somebody who tries a command that does not exist yet must not ring a whole channel with it."""
    assert KeptForLater(word) == parse_line(word)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("Standup <@U0BOB|bob> <@W0CAROL>", "Standup"),
        ("<@U0BOB|bob> <@W0CAROL|carol>", ""),
        ("Lunch with <@U0BOB|bob> and <@W0CAROL|carol>", "Lunch"),
        ("<@U0BOB|bob> meets <@W0CAROL> today", "<@U0BOB|bob> meets <@W0CAROL> today"),
    ],
)
def test_people_who_are_named_are_invited_once_each(typed: str, title: str) -> None:
    """People named at the end leave the title; people named inside it stay readable there."""
    line = parse_line(typed)

    assert Start(title, (UserId("U0BOB"), UserId("W0CAROL"))) == line


@pytest.mark.parametrize("typed", ["Sync with my room", "Sync With My Room", "Sync with my-room"])
def test_a_room_of_ones_own_is_named_like_a_meeting_system(typed: str) -> None:
    """Quoted, or followed by more, it stays part of the title."""
    assert Start("Sync", provider="my-room") == parse_line(typed, ["my-room", "zoom"])
    assert Start('Sync with "my room"') == parse_line('Sync with "my room"', ["my-room"])
    assert Start("with my roommates") == parse_line("with my roommates", ["my-room"])


def test_settings_is_a_command_when_it_stands_alone() -> None:
    """`settings review` is a title."""
    assert OnCall(Command.SETTINGS) == parse_line("settings")
    assert Start("settings 4K7-9QM") == parse_line("settings 4K7-9QM")


@pytest.mark.parametrize(("typed", "form"), [("history", ""), ("History CSV", "csv")])
def test_history_takes_nothing_or_csv(typed: str, form: str) -> None:
    """Anything else after it makes the line a title."""
    assert OnCall(Command.HISTORY, title=form) == parse_line(typed)


@pytest.mark.parametrize("typed", ["history of art", "history csv now", 'history "csv"', "histories"])
def test_history_with_more_is_a_title(typed: str) -> None:
    """Only the command as it is printed is one."""
    assert isinstance(parse_line(typed), Start)


BOB, GROUP = UserId("U0BOB"), UserId("S0DEV")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("invite <@U0BOB|bob>", OnCall(Command.INVITE, people=(BOB,))),
        (
            "Invite 4K7-9QM <@U0BOB|bob> and <!subteam^S0DEV|@dev>",
            OnCall(Command.INVITE, "4K7-9QM", people=(BOB, GROUP)),
        ),
        ("invite", Incomplete(Command.INVITE)),
        ("invite 4K7-9QM", Incomplete(Command.INVITE)),
        ("invite ideas <@U0BOB|bob>", Start("invite ideas", (BOB,))),
        ("invite-only", Start("invite-only")),
        ('"invite" <@U0BOB|bob>', Start("invite", (BOB,))),
    ],
)
def test_invite_takes_people_and_nothing_else(typed: str, line: Line) -> None:
    """With any other word it is a title."""
    assert line == parse_line(typed)
