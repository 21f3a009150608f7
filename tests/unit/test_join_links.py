"""Which pasted links lead to a meeting, as each meeting system says it without asking anybody."""

from __future__ import annotations

from datetime import UTC, datetime

import aiohttp
import pytest

from calls.meetings import Surroundings
from providers.registry import find_kind

VALUES = {
    "link": {"STARTCALL_LINK_TEMPLATE": "https://meet.example.com/{room}?about={title}"},
    "jitsi": {"STARTCALL_JITSI_URL": "https://meet.jit.si"},
    "zoom": {
        "STARTCALL_ZOOM_ACCOUNT_ID": "account",
        "STARTCALL_ZOOM_CLIENT_ID": "client",
        "STARTCALL_ZOOM_CLIENT_SECRET": "secret",
        "STARTCALL_ZOOM_HOST": "meetings@example.com",
    },
    "whereby": {"STARTCALL_WHEREBY_API_KEY": "a-key-for-tests"},
}


async def is_join_link(name: str, url: str) -> bool:
    """Ask a meeting system about a link."""
    async with aiohttp.ClientSession() as session:
        surroundings = Surroundings(b"k" * 32, session, VALUES[name], now=lambda: datetime(2026, 11, 21, tzinfo=UTC))
        provider = find_kind(name).build(surroundings)
        try:
            return provider.is_join_link(url)
        finally:
            await provider.aclose()


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("link", "https://meet.example.com/abc-def?about=retro"),
        ("jitsi", "https://meet.jit.si/WeeklySync42"),
        ("zoom", "https://zoom.us/j/81234567890?pwd=c2VjcmV0"),
        ("zoom", "https://us02web.zoom.us/my/alice.arnold"),
        ("whereby", "https://acme.whereby.com/standup"),
    ],
)
async def test_a_link_to_a_meeting_is_recognised(name: str, url: str) -> None:
    """With whatever it carries along."""
    assert await is_join_link(name, url)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("link", "https://meet.example.com/"),
        ("link", "https://meet.example.com.evil.example/abc?about=retro"),
        ("jitsi", "https://meet.jit.si/"),
        ("jitsi", "https://meet.jit.si/static/close.html"),
        ("zoom", "https://zoom.us/pricing"),
        ("zoom", "https://zoom.us.evil.example/j/81234567890"),
        ("zoom", "https://evilzoom.us/j/81234567890"),
        ("zoom", "http://zoom.us/j/81234567890"),
        ("zoom", "https://[zoom.us/j/1"),
        ("whereby", "https://whereby.com/information/pricing"),
    ],
)
async def test_any_other_link_stays_a_link(name: str, url: str) -> None:
    """Also one that only looks like the meeting system's."""
    assert not await is_join_link(name, url)
