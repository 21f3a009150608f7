"""What people type after `/jitsi` means what it meant before, decided on whole words."""

from __future__ import annotations

import pytest

from calls.model import UserId
from listeners.commands.jitsi_line import Help, Meet, Server, parse_jitsi_line


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", Meet()),
        ("Sprint planning", Meet("Sprint planning")),
        ("<@U1|ann> <@U2|bob>", Meet("", (UserId("U1"), UserId("U2")))),
        ("daily <@U1>", Meet("daily", (UserId("U1"),))),
        ("help", Help()),
        ("helpdesk room", Meet("helpdesk room")),
        ("server", Server()),
        ("server default", Server("default")),
        ("server https://meet.example.com/", Server("https://meet.example.com/")),
        ("server <https://meet.example.com|meet.example.com>", Server("https://meet.example.com")),
        ("server http://meet.example.com", Server("http://meet.example.com")),
        ("server-migration sync", Meet("server-migration sync")),
        ("server room two", Meet("server room two")),
        ("end", Meet("end")),
        ("list", Meet("list")),
    ],
)
def test_a_line_is_understood(typed: str, expected: object) -> None:
    """A command of `/startcall` is the name of a room here."""
    assert expected == parse_jitsi_line(typed)
