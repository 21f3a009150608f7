"""A secret shared with a meeting system that is too short is told of once and by name, and not by a library."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from calls.meetings import Hook
from calls.model import CallId, Room, Visitor
from config import read_settings
from doctor.configured import check_secrets
from doctor.report import State
from providers.bigbluebutton.reports import Reports
from providers.bigbluebutton.settings import BigBlueButtonSettings
from providers.jitsi.tokens import TokenSigner
from providers.weaknesses import weaknesses
from serve import running
from tests.ports import free_port

SHORT, LONG = "s" * 31, "s" * 32
NAME = "STARTCALL_BIGBLUEBUTTON_SECRET"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

CHOSEN = {
    "bigbluebutton": {"STARTCALL_BIGBLUEBUTTON_URL": "https://bbb.example.com/bigbluebutton", NAME: SHORT},
    "livekit": {
        "STARTCALL_LIVEKIT_URL": "wss://live.example.com",
        "STARTCALL_LIVEKIT_API_KEY": "API",
        "STARTCALL_LIVEKIT_API_SECRET": SHORT,
        "STARTCALL_LIVEKIT_PAGE": "https://live.example.com/custom?liveKitUrl={server}&token={token}",
    },
    "jitsi": {"STARTCALL_JITSI_APP_ID": "app", "STARTCALL_JITSI_APP_SECRET": SHORT},
}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": "http://127.0.0.1:9/api/"}


@pytest.mark.parametrize("provider", CHOSEN)
def test_a_short_secret_is_told_of_by_its_name_and_never_repeated(provider: str) -> None:
    """By the doctor, as a warning: it works, and whoever runs the meeting system may have no choice."""
    settings = read_settings({**SLACK, "STARTCALL_PROVIDER": provider, **CHOSEN[provider]})
    name = next(name for name, value in CHOSEN[provider].items() if value == SHORT)
    (finding,) = check_secrets(settings)

    assert State.WARN is finding.state
    assert finding.sentence.startswith(f"{name} is shorter than 32 characters")
    assert SHORT not in finding.sentence


@pytest.mark.parametrize("provider", CHOSEN)
def test_a_long_secret_and_one_that_is_not_used_are_not_told_of(provider: str) -> None:
    """Else nobody reads it."""
    long = {name: LONG if value == SHORT else value for name, value in CHOSEN[provider].items()}

    assert [] == list(weaknesses([provider], long))
    assert [] == list(weaknesses(["link"], CHOSEN[provider]))


async def test_a_short_secret_is_told_of_at_the_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Once."""
    database = {"PORT": str(free_port()), "DATABASE_URL": f"sqlite:///{tmp_path}/calls.sqlite3"}
    settings = read_settings({**SLACK, **database, "STARTCALL_PROVIDER": "bigbluebutton", **CHOSEN["bigbluebutton"]})
    with caplog.at_level(logging.WARNING, logger="startcall"):
        async with running(settings):
            pass

    assert 1 == sum(f"{NAME} is shorter" in line for line in caplog.messages)


def recording_reported(secret: str) -> int:
    """Return how a recording that a BigBlueButton server reports is answered."""
    told: dict[str, Any] = {"meeting_id": "room", "record_id": "1-2"}
    with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
        token = jwt.encode(told, secret, algorithm="HS256")
    settings = BigBlueButtonSettings("https://bbb.example.com/api", secret, b"k" * 32, hooks_url="https://a.example/h")
    body = f"signed_parameters={token}".encode()
    return Reports(settings).receive(Hook("POST", "recording", "", {}, body, NOON)).reply.status


def test_tokens_of_a_short_secret_are_made_and_read_without_a_warning_of_the_library() -> None:
    """Every warning is a failure in the tests."""
    signer = TokenSigner("app", SHORT, "meet.example.com")
    room = Room("room", "https://meet.example.com/room")
    token = signer.sign(room, Visitor("v" * 32, CallId("c1"), "guest:x", "Gina"), at=NOON, lasts=timedelta(minutes=5))

    assert 2 == token.count(".")
    assert 200 == recording_reported(SHORT)
