"""The doctor finds what is wrong, says what to do, and gives nothing away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from calls.errors import ProviderAuth
from calls.meetings import Capability, Health, Provider, RoomSpec
from calls.model import Room
from config import Settings, read_settings
from doctor import MANIFEST, run, run_doctor
from doctor.configured import check_sign_in
from doctor.report import Finding, Report, State

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SCOPES = (
    "calls:read,calls:write,channels:read,chat:write,chat:write.public,commands,files:write,groups:read,"
    "links:read,links:write,usergroups:read,users:read"
)
BOT_TOKEN = "xoxb-1-2-hunter2"
APP_TOKEN = "xapp-1-A1-2-hunter2"
SIGNING_SECRET = "hunter2hunter2hunter2"


@dataclass
class Slack:
    """A server that answers the two methods the doctor asks, as a test wants it to."""

    url: str = ""
    bot_answer: dict[str, Any] = field(
        default_factory=lambda: {"ok": True, "team_id": "T1", "team": "Acme", "user_id": "U1", "bot_id": "B1"}
    )
    app_answer: dict[str, Any] = field(default_factory=lambda: {"ok": True, "url": "ws://127.0.0.1:1/"})
    status: int = 200
    scopes: str = SCOPES
    date: str | None = "Sat, 21 Nov 2026 12:00:00 GMT"
    tokens: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        if self.status != 200:
            return web.Response(status=self.status, headers={"Retry-After": "7"})
        headers = {"x-oauth-scopes": self.scopes} if self.scopes else {}
        if self.date is not None:
            headers["Date"] = self.date
        is_bot = request.match_info["method"] == "auth.test"
        return web.json_response(self.bot_answer if is_bot else self.app_answer, headers=headers)


@dataclass
class Meetings(Provider):
    """A meeting system whose health a test decides."""

    health: Health = field(default_factory=lambda: Health(ok=True, sentence="Rooms are made."))
    capabilities: Capability = Capability.END
    notice: str | None = None
    name: str = "acme"
    error: ProviderAuth | None = None

    async def create_room(self, spec: RoomSpec) -> Room:
        """Make a room."""
        return Room(spec.call_id, "https://acme.example/r")

    async def end_room(self, room: Room) -> None:
        """End nothing."""

    async def probe(self) -> Health:
        """Say what the test wants."""
        if self.error is not None:
            raise self.error
        return self.health

    async def aclose(self) -> None:
        """Hold nothing."""


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    """Run a Slack that accepts everything."""
    slack = Slack()
    site = web.Application()
    site.router.add_post("/api/{method}", slack.answer)
    async with TestServer(site, host="127.0.0.1") as server:
        slack.url = str(server.make_url("/api/"))
        yield slack


def settings_for(slack: Slack, **environ: str) -> Settings:
    """Return settings that point at a Slack; an empty value leaves a name out."""
    names = {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, "SLACK_API_URL": slack.url}
    return read_settings({**names, **environ})


async def fine() -> Finding:
    """Find a database in order."""
    return Finding("database", State.OK, "Fine.")


async def examine(
    settings: Settings, meetings: Meetings | None = None, ahead_s: float = 0, manifest: Path = MANIFEST
) -> Report:
    """Run the doctor at noon, or `ahead_s` seconds later."""
    clock = lambda: NOON + timedelta(seconds=ahead_s)  # noqa: E731 - a clock is one expression
    return await run_doctor(settings, [meetings or Meetings()], fine, clock, manifest)


def by_name(report: Report) -> dict[str, Finding]:
    """Return the findings by name."""
    return {finding.name: finding for finding in report.findings}


async def test_everything_in_order_is_said_and_exits_0(slack: Slack) -> None:
    """Good tokens, all scopes, the right time: nothing to do."""
    report = await examine(settings_for(slack))
    assert [finding for finding in report.findings if finding.state is not State.OK] == []
    assert report.exit_status == 0
    assert report.text().endswith("\nEverything is in order. Start Startcall with: python app.py\n")
    assert "The bot token belongs to the workspace Acme." in report.text()
    assert sorted(slack.tokens) == sorted([BOT_TOKEN, APP_TOKEN])


async def test_no_secret_is_printed(slack: Slack) -> None:
    """The report may be pasted into a bug report, whatever went wrong."""
    settings = settings_for(slack, SLACK_SIGNING_SECRET=SIGNING_SECRET)
    assert "hunter2" not in (await examine(settings)).text()
    slack.bot_answer = slack.app_answer = {"ok": False, "error": "invalid_auth"}
    assert "hunter2" not in (await examine(settings)).text()
    slack.status = 500
    assert "hunter2" not in (await examine(settings)).text()


@pytest.mark.parametrize("code", ["invalid_auth", "account_inactive", "token_revoked", "not_authed"])
async def test_refused_bot_token_is_bad_and_the_rest_is_still_looked_at(slack: Slack, code: str) -> None:
    """One bad token does not hide what else is wrong."""
    slack.bot_answer = {"ok": False, "error": code}
    report = await examine(settings_for(slack), Meetings(Health(ok=False, sentence="Down.")))
    found = by_name(report)
    assert found["Slack"].state is State.BAD
    assert f"Slack does not accept the bot token ({code})." in found["Slack"].sentence
    assert "SLACK_BOT_TOKEN" in found["Slack"].cure
    assert found["scopes"].sentence == "Not looked at, because Slack did not accept the bot token."
    assert found["Socket Mode"].state is State.OK
    assert found["meetings"].state is State.BAD
    assert report.exit_status == 1
    assert "2 problems and 2 warnings." in report.text()


async def test_person_token_is_bad(slack: Slack) -> None:
    """Calls are posted by the bot, so its token is needed."""
    del slack.bot_answer["bot_id"]
    found = by_name(await examine(settings_for(slack)))
    assert found["Slack"].state is State.BAD
    assert "not a bot's" in found["Slack"].sentence


async def test_slack_out_of_reach_is_bad(slack: Slack) -> None:
    """A wrong address or no network is named, with the address."""
    settings = settings_for(slack, SLACK_API_URL="http://127.0.0.1:1/api/")
    found = by_name(await examine(settings))
    assert found["Slack"].state is State.BAD
    assert found["Slack"].sentence == "http://127.0.0.1:1/api/ cannot be reached: nothing answers there."
    assert found["clock"].sentence == "Not looked at, because Slack did not answer."


async def test_slack_in_trouble_is_bad(slack: Slack) -> None:
    """A server error is no verdict about the token."""
    slack.status = 503
    found = by_name(await examine(settings_for(slack)))
    assert found["Slack"].state is State.BAD
    assert "gave no usable answer" in found["Slack"].sentence


async def test_rate_limit_is_a_warning_with_the_wait(slack: Slack) -> None:
    """Asking too often says nothing about the token."""
    slack.status = 429
    found = by_name(await examine(settings_for(slack)))
    assert found["Slack"].state is State.WARN
    assert found["Slack"].cure == "Wait 7 seconds, and try again."


def scopes_without(*missing: str) -> str:
    """Return all scopes but some."""
    return ",".join(scope for scope in SCOPES.split(",") if scope not in missing)


@pytest.mark.parametrize("scope", ["calls:read", "calls:write", "chat:write", "chat:write.public", "commands"])
async def test_missing_scope_is_bad_and_named(slack: Slack, scope: str) -> None:
    """A token made before the app was given a new permission lacks it, and calls do not work without these."""
    slack.scopes = scopes_without(scope)
    report = await examine(settings_for(slack))
    found = by_name(report)["scopes"]
    assert State.BAD is found.state
    assert f"The token lacks {scope}." == found.sentence
    assert "Reinstall" in found.cure
    assert 1 == report.exit_status


@pytest.mark.parametrize(
    ("scope", "missed"),
    [
        ("channels:read", "large public channel"),
        ("groups:read", "large private channel"),
        ("files:write", "history"),
        ("links:read", "pasted links"),
        ("links:write", "pasted links"),
        ("usergroups:read", "user groups"),
        ("users:read", "languages, time zones"),
    ],
)
async def test_a_scope_that_only_a_feature_needs_is_a_warning_that_names_it(
    slack: Slack, scope: str, missed: str
) -> None:
    """Calls work as before, so whoever runs the app may take their time to have it installed again."""
    slack.scopes = scopes_without(scope)
    report = await examine(settings_for(slack))
    found = by_name(report)["scopes"]
    assert (State.WARN, 0) == (found.state, report.exit_status)
    assert found.sentence.startswith(f"The token lacks {scope}. Calls work without, but: ")
    assert missed in found.sentence
    assert "Reinstall" in found.cure


async def test_what_several_missing_scopes_take_away_is_said_once(slack: Slack) -> None:
    """And one that calls need makes it bad, whatever else is missing."""
    slack.scopes = scopes_without("links:read", "links:write")
    found = by_name(await examine(settings_for(slack)))["scopes"]
    assert 1 == found.sentence.count("pasted links")
    slack.scopes = scopes_without("links:read", "commands")
    found = by_name(await examine(settings_for(slack)))["scopes"]
    assert (State.BAD, "The token lacks commands, links:read.") == (found.state, found.sentence)


async def test_more_scopes_than_needed_are_fine(slack: Slack) -> None:
    """An app that can do more works."""
    slack.scopes = f"{SCOPES},users:read.email"
    assert by_name(await examine(settings_for(slack)))["scopes"].state is State.OK


async def test_unknown_scopes_are_a_warning(slack: Slack, tmp_path: Path) -> None:
    """What cannot be compared is not called good."""
    broken = tmp_path / "manifest.yml"
    broken.write_text("oauth_config: [", encoding="utf-8")
    for manifest in (broken, tmp_path / "missing.yml"):
        assert by_name(await examine(settings_for(slack), manifest=manifest))["scopes"].state is State.WARN
    slack.scopes = ""
    assert by_name(await examine(settings_for(slack)))["scopes"].state is State.WARN


@pytest.mark.parametrize(
    ("ahead_s", "state", "words"),
    [
        (0, State.OK, "agrees"),
        (60, State.OK, "agrees"),
        (-60, State.OK, "agrees"),
        (61, State.WARN, "61 seconds ahead of"),
        (-240, State.WARN, "240 seconds behind"),
        (241, State.BAD, "241 seconds ahead of"),
        (-86400, State.BAD, "86400 seconds behind"),
    ],
)
async def test_clock_is_compared_with_slacks(slack: Slack, ahead_s: float, state: State, words: str) -> None:
    """A wrong clock makes every signed request fail, which is hard to guess."""
    clock = by_name(await examine(settings_for(slack), ahead_s=ahead_s))["clock"]
    assert clock.state is state
    assert words in clock.sentence


async def test_unreadable_date_is_a_warning(slack: Slack) -> None:
    """Without Slack's time the clock is not called right."""
    slack.date = "soon"
    assert by_name(await examine(settings_for(slack)))["clock"].state is State.WARN


async def test_refused_app_token_is_bad(slack: Slack) -> None:
    """Without it nothing reaches the app in Socket Mode."""
    slack.app_answer = {"ok": False, "error": "invalid_auth"}
    found = by_name(await examine(settings_for(slack)))["Socket Mode"]
    assert found.state is State.BAD
    assert found.sentence == "Slack does not accept the app-level token (invalid_auth)."
    assert "SLACK_APP_TOKEN" in found.cure


async def test_app_token_without_its_scope_is_bad(slack: Slack) -> None:
    """The scope is chosen by hand when the token is made, and easily forgotten."""
    slack.app_answer = {"ok": False, "error": "missing_scope", "needed": "connections:write"}
    found = by_name(await examine(settings_for(slack)))["Socket Mode"]
    assert found.state is State.BAD
    assert "lacks the scope connections:write" in found.sentence


async def test_other_refusal_of_the_app_token_is_bad_and_named(slack: Slack) -> None:
    """What we do not know is shown as Slack said it."""
    slack.app_answer = {"ok": False, "error": "forbidden_for_team"}
    assert "(forbidden_for_team)" in by_name(await examine(settings_for(slack)))["Socket Mode"].sentence


async def test_http_without_public_address_is_a_warning(slack: Slack) -> None:
    """The app cannot know how it is reached from outside, but Slack has to."""
    settings = settings_for(slack, SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=SIGNING_SECRET)
    found = by_name(await examine(settings))
    assert found["public address"].state is State.WARN
    assert "PUBLIC_URL is not set" in found["public address"].sentence
    assert found["Socket Mode"].sentence == "Not used, because SLACK_APP_TOKEN is not set."
    assert "signed HTTP" in found["settings"].sentence


@pytest.mark.parametrize(
    ("public_url", "state", "words"),
    [
        ("https://calls.example.org/", State.OK, "https://calls.example.org/slack/events"),
        ("http://127.0.0.1:3000", State.WARN, "from this computer only"),
    ],
)
async def test_public_address_is_turned_into_the_request_url(
    slack: Slack, public_url: str, state: State, words: str
) -> None:
    """What has to be entered at Slack can be copied from the report."""
    settings = settings_for(slack, SLACK_SIGNING_SECRET=SIGNING_SECRET, PUBLIC_URL=public_url)
    found = by_name(await examine(settings))["public address"]
    assert found.state is state
    assert words in found.sentence


async def test_both_ways_need_no_public_address(slack: Slack) -> None:
    """With Socket Mode as well, nothing has to be reachable."""
    found = by_name(await examine(settings_for(slack, SLACK_SIGNING_SECRET=SIGNING_SECRET)))
    assert found["public address"].state is State.OK
    assert "Socket Mode and signed HTTP" in found["settings"].sentence


@pytest.mark.parametrize(
    ("public_url", "api_url", "state", "words"),
    [
        ("https://calls.example.org", "", State.OK, "https://calls.example.org/slack/openid_redirect"),
        ("", "https://slack.com/api/", State.WARN, "no PUBLIC_URL"),
        ("", "", State.OK, "http://127.0.0.1:3000/slack/openid_redirect"),
    ],
)
async def test_signing_in_shows_the_address_that_slack_has_to_know(
    slack: Slack, public_url: str, api_url: str, state: State, words: str
) -> None:
    """It can be copied from the report; without an address that browsers reach, the id and secret are of no use."""
    client = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": SIGNING_SECRET}
    settings = settings_for(slack, PUBLIC_URL=public_url, **client)
    asked = settings if not api_url else replace(settings, slack_api_url=api_url)
    found = check_sign_in(asked)
    assert (state, True) == (found.state, words in found.sentence)


def test_without_signing_in_people_get_their_links_from_slack(slack: Slack) -> None:
    """Nothing has to be done, and the report says what happens instead."""
    assert check_sign_in(settings_for(slack)).state is State.OK


async def test_provider_that_is_only_a_link_gets_a_warning(slack: Slack) -> None:
    """The app never talks to it, so people may reach it where this computer cannot."""
    meetings = Meetings(Health(ok=False, sentence="meet.example.com cannot be reached."), Capability.NONE)
    report = await examine(settings_for(slack), meetings)
    assert by_name(report)["meetings"].state is State.WARN
    assert report.exit_status == 0
    assert "1 warning. The lines marked with ->" in report.text()


async def test_provider_error_is_bad(slack: Slack) -> None:
    """A probe that fails is a finding, not a crash."""
    meetings = Meetings(error=ProviderAuth("expired", provider="acme"))
    found = by_name(await examine(settings_for(slack), meetings))["meetings"]
    assert found.state is State.BAD
    assert "acme: expired" in found.sentence


async def test_notice_of_the_provider_is_shown(slack: Slack) -> None:
    """Whoever runs the app sees what people will read."""
    found = by_name(await examine(settings_for(slack), Meetings(notice="First come, first sign in.")))["meetings"]
    assert found.sentence == 'Rooms are made. People read: "First come, first sign in."'


async def test_command_prints_the_report_and_returns_its_status(
    slack: Slack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python app.py doctor` puts the real parts together."""
    template = f"{slack.url}{{room}}"
    database = f"sqlite:///{tmp_path}/calls.sqlite3"
    settings = settings_for(slack, STARTCALL_LINK_TEMPLATE=template, DATABASE_URL=database)
    slack.date = None
    status = await asyncio.wait_for(run(settings), timeout=10)
    printed = " ".join(capsys.readouterr().out.split())
    assert status == 0
    assert "Calls meet at 127.0.0.1:" in printed
    assert "the first start makes it" in printed
