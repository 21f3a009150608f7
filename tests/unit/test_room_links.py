"""Whatever a meeting system answers, people are sent to https addresses and to desktop programs of its own alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from calls.errors import ProviderRefused
from calls.meetings import Capability, Health, Provider, RoomSpec
from calls.model import Room
from calls.room_links import checked_room, is_web_link


@dataclass(frozen=True)
class Meet(Provider):
    """A meeting system with a desktop program."""

    name: str = "meet"
    capabilities: Capability = Capability.DESKTOP_LINK
    notice: str | None = None

    @property
    def desktop_schemes(self) -> frozenset[str]:
        """The one of its program."""
        return frozenset({"zoommtg"})

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make a room."""
        return Room(spec.call_id, "https://meet.example.com/1")

    async def probe(self) -> Health:
        """Be well."""
        return Health(ok=True, sentence="")

    async def aclose(self) -> None:
        """Hold nothing."""


BAD: Sequence[str] = (
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "http://meet.example.com/1",
    "http://169.254.169.254/latest",
    "http://10.0.0.7/1",
    "//meet.example.com/1",
    "https://",
    "https:///1",
    "https://user:secret@meet.example.com/1",
    "https://meet.example.com\\@attacker.example/1",
    "https://meet.example.com/1|*free money*>",
    "https://meet.example.com/1><!channel>",
    "https://meet.example.com/a b",
    "https://meet.example.com/\n1",
    "https://[meet.example.com/1",
    "https://meet.example.com/" + "a" * 4_000,
    "",
)


@pytest.mark.parametrize("link", BAD)
def test_a_room_without_an_https_address_is_refused(link: str) -> None:
    """Nobody is sent to a script, a file, an unprotected server, or to what could break out of a message."""
    with pytest.raises(ProviderRefused) as refused:
        checked_room(Meet(), Room("1", link))
    assert "room_link_not_usable" == refused.value.code


@pytest.mark.parametrize(
    "link",
    [
        "https://meet.example.com/1?pwd=a%20b&x=[1]#jwt=a.b-c_d~e",
        "https://meet.example.com:8443/1",
        "http://127.0.0.1:8910/meet/1",
        "http://localhost:3000/room/1",
        "http://[::1]:3000/room/1",
    ],
)
def test_https_addresses_and_this_computer_are_taken(link: str) -> None:
    """The local Slack and a try on one's own computer work without a certificate."""
    assert is_web_link(link)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "msteams://call", "https://a.example/1", "zoommtg", "", ":"])
def test_a_desktop_link_of_another_scheme_is_left_out(url: str) -> None:
    """The call goes on without it: whoever joins has the web page."""
    assert Room("1", "https://a.example/1") == checked_room(Meet(), Room("1", "https://a.example/1", desktop_url=url))


def test_a_desktop_link_of_its_own_scheme_is_kept() -> None:
    """Slack opens the meeting system's program with it."""
    room = Room("1", "https://a.example/1", desktop_url="zoommtg://a.example/join?confno=1")
    assert room == checked_room(Meet(), room)
