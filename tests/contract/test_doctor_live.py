"""`python app.py doctor --provider NAME --live` tries a meeting system for real; here, a server in its place."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

import doctor
from config import read_settings
from tests import bigbluebutton_double, livekit_double
from tests.daily_double import DailyDouble
from tests.googlemeet_double import GoogleMeetDouble
from tests.jaas_double import JaasDouble
from tests.nextcloud_double import NextcloudDouble
from tests.teams_double import TeamsDouble
from tests.vendor import VendorDouble
from tests.webex_double import WebexDouble
from tests.whereby_double import WherebyDouble
from tests.zoom_double import CLIENT_SECRET, ZoomDouble

LINK = "make a link for one person"
LOOK = "look who is in"
END = "end the meeting"

VENDORS: dict[str, tuple[type[VendorDouble], set[str]]] = {
    "bigbluebutton": (bigbluebutton_double.Double, {LINK, LOOK, END}),
    "daily": (DailyDouble, {LINK, END}),
    "googlemeet": (GoogleMeetDouble, {LOOK, END}),
    "jaas": (JaasDouble, {LINK}),
    "livekit": (livekit_double.Double, {LINK, LOOK, END}),
    "nextcloud": (NextcloudDouble, {LOOK, END}),
    "teams": (TeamsDouble, set()),
    "webex": (WebexDouble, {LOOK, END}),
    "whereby": (WherebyDouble, {LINK, END}),
    "zoom": (ZoomDouble, {END}),
}
"""Each with what it offers beside making a meeting; Daily and Whereby report by themselves who is in."""


def environment(name: str, vendor: VendorDouble, folder: Path) -> dict[str, str]:
    """Return the environment of an app whose calls meet there; nobody asks its Slack anything."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-1-2-abc",
        "SLACK_APP_TOKEN": "xapp-1-A1-2-def",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "DATABASE_URL": f"sqlite:///{folder}/calls.sqlite3",
        "PUBLIC_URL": "https://startcall.example.com",
        "STARTCALL_PROVIDER": name,
        **vendor.settings,
    }


@pytest.mark.parametrize("name", sorted(VENDORS))
async def test_everything_that_is_offered_is_tried_and_nothing_is_left_behind(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A meeting is made, and each step is said; what a meeting system does not offer is not tried."""
    kind, offered = VENDORS[name]
    async with kind().running() as vendor:
        settings = read_settings(environment(name, vendor, tmp_path))
        assert 0 == await doctor.run_provider(settings, name, live=True)
    printed = " ".join(capsys.readouterr().out.split())
    assert f"{name}: made a meeting at " in printed
    assert offered == {step for step in (LINK, LOOK, END) if f"{name} could {step}." in printed}


@pytest.mark.parametrize("name", sorted(VENDORS.keys() - {"jaas"}))
async def test_a_credential_that_is_no_longer_good_is_said_with_where_to_look(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit status is 1, and no setting is printed. JaaS says that only to somebody who enters."""
    async with VENDORS[name][0]().running() as vendor:
        vendor.fault = "retired"
        settings = read_settings(environment(name, vendor, tmp_path))
        assert 1 == await doctor.run_provider(settings, name, live=True)
    secrets = [value for key, value in vendor.settings.items() if key.endswith(("SECRET", "KEY", "PASSWORD", "TOKEN"))]
    printed = " ".join(capsys.readouterr().out.split())
    assert f"{name} could not make a meeting: " in printed
    assert "docs/providers.md" in printed
    assert [] == [secret for secret in secrets if secret in printed]


async def test_the_command_itself_makes_a_meeting_and_ends_it(tmp_path: Path) -> None:
    """As whoever runs Startcall types it; without --live nothing is made."""
    async with ZoomDouble().running() as zoom:
        for more, made in (((), 0), (("--live",), 1)):
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "app.py",
                "doctor",
                "--provider",
                "zoom",
                *more,
                env=environment("zoom", zoom, tmp_path),
                stdout=asyncio.subprocess.PIPE,
            )
            printed, _ = await child.communicate()
            assert (0, made) == (child.returncode, len(zoom.requests("POST", "/v2/users/")))
            assert CLIENT_SECRET not in printed.decode()
        assert {} == zoom.meetings
