"""What `/startcall` makes of a line."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.model import UserId
from calls.words import usage
from listeners.commands.grammar import Command, Incomplete, Line, OnCall, Schedule, Start, parse_line


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


BOB, CAROL, GROUP = UserId("U0BOB"), UserId("W0CAROL"), "S0SALES"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("invite", OnCall(Command.INVITE)),
        ("invite <@U0BOB|bob>", OnCall(Command.INVITE, people=(BOB,))),
        ("invite 4K7-9QM <@U0BOB> and <@W0CAROL>", OnCall(Command.INVITE, "4K7-9QM", people=(BOB, CAROL))),
        ("invite <!subteam^S0SALES|@sales>", OnCall(Command.INVITE, groups=(GROUP,))),
        ("invite 4K7-9QM", OnCall(Command.INVITE, "4K7-9QM")),
        ("invite and", Start("invite and")),
        ("history", OnCall(Command.HISTORY)),
        ("settings", OnCall(Command.SETTINGS)),
        ("schedule", Schedule()),
        ("schedule Retro at 15:00", Schedule(Start("Retro", plan="at 15:00"))),
        ("Schedule at 3pm for 1h", Schedule(Start("", plan="at 3pm", lasts="1h"))),
        ("schedule review", Start("schedule review")),
    ],
)
def test_commands_about_people_and_plans_take_nothing_else(typed: str, line: Line) -> None:
    """People for `invite`, a time for `schedule`; with anything else behind them the words are a title."""
    assert line == parse_line(typed)


@pytest.mark.parametrize(
    ("typed", "plan"),
    [
        ("Retro at 15:00", "at 15:00"),
        ("Retro at 3pm", "at 3pm"),
        ("Retro at 3 pm", "at 3 pm"),
        ("Retro at noon", "at noon"),
        ("Retro tomorrow at 9:30", "tomorrow at 9:30"),
        ("Retro at 9:30 tomorrow", "at 9:30 tomorrow"),
        ("Retro on Monday at 10", "on Monday at 10"),
        ("Retro next friday at 10am", "next friday at 10am"),
        ("Retro 2026-12-01 at 09:30", "2026-12-01 at 09:30"),
        ("Retro on 3 December at 9", "on 3 December at 9"),
        ("Retro on the 3rd of December 2026 at 9:30 pm", "on the 3rd of December 2026 at 9:30 pm"),
        ("Retro in 20 minutes", "in 20 minutes"),
        ("Retro in 20m", "in 20m"),
        ("Retro in 1h30", "in 1h30"),
        ("Retro in 1 hour 30 minutes", "in 1 hour 30 minutes"),
        ("Retro in an hour", "in an hour"),
        ("Retro in half an hour", "in half an hour"),
        ("Retro in 2 days at 9:30", "in 2 days at 9:30"),
    ],
)
def test_a_time_at_the_end_is_when_the_call_is_to_be(typed: str, plan: str) -> None:
    """It is handed over as typed: whose clock is meant is not the grammar's to know."""
    assert Start("Retro", plan=plan) == parse_line(typed)


@pytest.mark.parametrize(
    "title",
    [
        "All hands in sales",
        "Party at the office",
        "Lunch at 25:00",
        "Lunch at 12:60",
        "Meet at 7 Main Street",
        "Look at 5",
        "Songs for everybody",
        "Table for 2",
        "Top 10 in 2026",
        "Retro tomorrow",
        "Casual friday",
        "at",
        "in",
        "for",
        "Silent night",
        "The silence",
    ],
)
def test_words_that_only_look_like_a_clause_are_a_title(title: str) -> None:
    """A clause stands last, and has a number or the name of a time in it."""
    assert Start(title) == parse_line(title)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("Retro for 30 minutes", Start("Retro", lasts="30 minutes")),
        ("Retro at 15:00 for 1h", Start("Retro", plan="at 15:00", lasts="1h")),
        ("Retro for 1h at 15:00", Start("Retro", plan="at 15:00", lasts="1h")),
        ("Retro silent", Start("Retro", silent=True)),
        ("silent", Start("", silent=True)),
        ("Retro SILENT with zoom", Start("Retro", provider="zoom", silent=True)),
        ('Retro "silent"', Start('Retro "silent"')),
        ('"at 15:00"', Start("at 15:00")),
        ("Retro at 9:00 at 10:00", Start("Retro at 9:00", plan="at 10:00")),
        (
            "Q3 plan <@U0BOB> <!subteam^S0SALES|@sales> with zoom tomorrow at 9:30 for 45 min silent",
            Start("Q3 plan", (BOB,), "zoom", (GROUP,), "tomorrow at 9:30", "45 min", silent=True),
        ),
        ('"end of sprint" <!subteam^S0SALES>', Start("end of sprint", groups=(GROUP,))),
    ],
)
def test_everything_at_the_end_is_understood_in_any_order_once(typed: str, line: Line) -> None:
    """What is said a second time, or in quotes, is part of the title."""
    assert line == parse_line(typed, ("zoom",))


WORDS = st.sampled_from(
    [
        "end",
        "list",
        "help",
        "helpdesk",
        "server-migration",
        "with",
        "zoom",
        "at",
        "15:00",
        "in",
        "20",
        "minutes",
        "for",
        "an",
        "hour",
        "silent",
        "and",
        "invite",
        "<@U0BOB|bob>",
        "<!subteam^S1>",
        "<!channel>",
        '"',
        "“",
        "4K7-9QM",
        "é",
    ]
)


@given(st.text(max_size=200))
def test_any_text_at_all_is_understood_as_something(typed: str) -> None:
    """Nothing that can be typed is an error, and nothing is invented: a title is a part of what was typed."""
    line = parse_line(typed, ("zoom",))
    if isinstance(line, Start):
        assert line.title in typed


@given(st.lists(WORDS, max_size=10))
def test_any_words_are_understood_alike_in_any_case_and_spacing(words: list[str]) -> None:
    """Commands and clauses are decided on whole words, not on how they are spaced or written."""
    line = parse_line(" ".join(words), ("zoom",))
    spaced = parse_line("  " + "   ".join(words) + " ", ("zoom",))

    assert type(line) is type(spaced)
    if isinstance(line, Start) and isinstance(spaced, Start):
        assert (line.invited, line.groups, line.provider) == (spaced.invited, spaced.groups, spaced.provider)
        assert (line.plan, line.lasts, line.silent) == (spaced.plan, spaced.lasts, spaced.silent)
        assert line.title.split() == spaced.title.split()


@given(
    st.sampled_from(["end", "list", "help", "join", "leave", "history", "settings"]),
    st.text("abcxyz-", min_size=1, max_size=8),
)
def test_a_word_that_only_begins_with_a_command_is_a_title(command: str, more: str) -> None:
    """`helpdesk` is no `help`, however it goes on."""
    word = command + more
    assert Start(word) == parse_line(word)


@given(st.text(st.characters(exclude_characters='"“”', exclude_categories=["Cs"]), min_size=1, max_size=50))
def test_whatever_stands_in_quotes_is_the_title(title: str) -> None:
    """Quotes keep every word from meaning anything but itself."""
    assert Start(title) == parse_line(f'"{title}"')


@pytest.mark.parametrize("providers", [("builtin",), ("builtin", "zoom")])
def test_every_line_that_help_prints_is_parsed_as_what_it_says(providers: tuple[str, ...]) -> None:
    """Each can be typed as printed; Slack turns a handle into a mention on the way."""
    printed = [line.replace("@bob", "<@U0BOB|bob>") for line, _ in usage.starts(providers)]
    lines = [parse_line(line, providers) for line in printed]

    assert all(isinstance(line, Start) for line in lines)
    for part in ("invited", "lasts", "silent", *(["provider"] if len(providers) > 1 else [])):
        assert 1 == sum(bool(getattr(line, part)) for line in lines), part
    for typed, _ in usage.commands():
        line = parse_line(typed.replace("@bob", "<@U0BOB|bob>"))
        assert isinstance(line, OnCall | Schedule)
        assert typed.split()[0] == (line.command if isinstance(line, OnCall) else Command.SCHEDULE)


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
        ("invite ideas <@U0BOB|bob>", Start("invite ideas", (BOB,))),
        ("invite-only", Start("invite-only")),
        ('"invite" <@U0BOB|bob>', Start("invite", (BOB,))),
    ],
)
def test_invite_takes_people_and_nothing_else(typed: str, line: Line) -> None:
    """With any other word it is a title."""
    assert line == parse_line(typed)


@pytest.mark.parametrize("first", ["", "help ", "schedule "])
@pytest.mark.parametrize("last", ["", " and" * 2_000])
def test_thousands_of_names_take_no_time(first: str, last: str) -> None:
    """Everybody waits for who understands a line: this took a quarter of a second, and takes a hundredth."""
    began_s = time.thread_time()
    line = parse_line(f"{first}{'<@U0BOB|bob> ' * 2_000}{last}")

    assert time.thread_time() - began_s < 0.1
    assert Start(first.strip(), (BOB,)) == line
