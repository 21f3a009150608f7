"""Webex over a server in its place: what is asked of it, what is made of its answers, and what it is to report."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import aiohttp
import pytest

from calls.clock import now
from calls.errors import CallsError, ProviderAuth, ProviderDown, ProviderRefused
from calls.meetings import Capability, Seen, Surroundings
from calls.model import CallId
from providers.registry import build_provider
from providers.webex.kind import KIND
from providers.webex.provider import WebexProvider
from tests.contract.provider_kit import SPEC, check_provider
from tests.contract.vendor_kit import check_vendor
from tests.webex_double import OWNER, WebexDouble, participant

SITE = "https://startcall.example.com"
NO_MORE: Mapping[str, str] = {}
ALWAYS = Capability.CREATE | Capability.END | Capability.ROSTER | Capability.POLL


@pytest.fixture
async def webex() -> AsyncIterator[WebexDouble]:
    """Run a server in Webex's place."""
    async with WebexDouble().running() as double:
        yield double


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session for the provider."""
    async with aiohttp.ClientSession() as opened:
        yield opened


def made(
    webex: WebexDouble,
    session: aiohttp.ClientSession,
    site_url: str | None = SITE,
    key: bytes = b"k" * 32,
    more: Mapping[str, str] = NO_MORE,
) -> WebexProvider:
    """Return a provider as a restart would make it."""
    provider = build_provider("webex", Surroundings(key, session, {**webex.settings, **more}, site_url=site_url))
    assert isinstance(provider, WebexProvider)
    return provider


async def test_the_contract_is_kept(webex: WebexDouble, session: aiohttp.ClientSession) -> None:
    """Whatever the calls package relies on."""
    await check_provider(lambda: made(webex, session))


async def test_every_failure_of_the_vendor_is_told_apart(webex: WebexDouble, session: aiohttp.ClientSession) -> None:
    """And the next try after it works."""
    await check_vendor(lambda: made(webex, session), webex)


async def test_a_meeting_is_made_so_that_nobody_waits_for_its_host(
    webex: WebexDouble, session: aiohttp.ClientSession
) -> None:
    """From now on for as long as Webex allows, and without mail to anybody."""
    room = await made(webex, session).create_room(SPEC)

    (asked,) = webex.requests("POST", "/v1/meetings")
    wishes = {
        "title": "Planning",
        "timezone": "UTC",
        "enabledJoinBeforeHost": True,
        "joinBeforeHostMinutes": 5,
        "unlockedMeetingJoinSecurity": "allowJoin",
        "sendEmail": False,
    }
    assert wishes.items() <= asked.body.items()
    start, end = (datetime.fromisoformat(asked.body[name]) for name in ("start", "end"))
    assert timedelta(0) < start - now() <= timedelta(minutes=1), "people may come five minutes before"
    assert timedelta(hours=23) == end - start
    assert "2553 212 0552" == room.display_id
    assert room.join_url.startswith("https://example.webex.com/example/j.php?MTID=m")
    assert (room.memo, room.desktop_url) == ("", None)


async def test_a_meeting_made_before_a_crash_is_found(webex: WebexDouble, session: aiohttp.ClientSession) -> None:
    """The tags of meetings do not show the ids of calls."""
    specs = [replace(SPEC, call_id=CallId(f"{number:032x}")) for number in range(3)]
    rooms = [await made(webex, session).create_room(spec) for spec in specs]

    assert rooms == [await made(webex, session).create_room(spec) for spec in specs]
    assert 3 == len(webex.meetings)
    tags = [tag for meeting in webex.meetings.values() for tag in meeting["integrationTags"]]
    assert not any(spec.call_id in tag for spec in specs for tag in tags)


@pytest.mark.parametrize(("title", "said"), [("", "Call from Slack"), (" a\n b ", "a b"), ("x" * 150, "x" * 128)])
async def test_a_title_is_one_that_webex_takes(
    webex: WebexDouble, session: aiohttp.ClientSession, title: str, said: str
) -> None:
    """Neither empty nor too long."""
    await made(webex, session).create_room(replace(SPEC, title=title))
    assert [said] == [meeting["title"] for meeting in webex.meetings.values()]


@pytest.mark.parametrize(("status", "error"), [(403, ProviderAuth), (400, ProviderRefused), (500, ProviderDown)])
async def test_refusals_are_told_apart(
    webex: WebexDouble, session: aiohttp.ClientSession, status: int, error: type[CallsError]
) -> None:
    """A missing scope needs somebody who looks after the Integration."""
    webex.deny = status
    with pytest.raises(error):
        await made(webex, session).create_room(SPEC)


@pytest.mark.parametrize("name", ["CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"])
async def test_credentials_that_webex_does_not_know_are_said_to_be_so(
    webex: WebexDouble, session: aiohttp.ClientSession, name: str
) -> None:
    """Webex answers 400 where others answer 401."""
    provider = made(webex, session, more={f"STARTCALL_WEBEX_{name}": "outdated"})
    with pytest.raises(ProviderAuth):
        await provider.create_room(SPEC)
    health = await provider.probe()
    assert not health.ok
    assert "outdated" not in health.sentence


async def test_one_token_serves_many_requests(webex: WebexDouble, session: aiohttp.ClientSession) -> None:
    """It is renewed when it ends or is refused."""
    provider = made(webex, session)
    for number in range(3):
        await provider.create_room(replace(SPEC, call_id=CallId(f"{number:032x}")))
    assert 1 == len(webex.requests("POST", "/v1/access_token"))


async def test_a_running_meeting_is_ended_and_then_deleted(webex: WebexDouble, session: aiohttp.ClientSession) -> None:
    """Ending alone would let anybody with the link begin it anew; nobody gets mail about it."""
    provider = made(webex, session)
    room = await provider.create_room(SPEC)
    webex.start(room.id, participant())

    await provider.end_room(room)
    assert {} == webex.meetings
    (deleted,) = webex.requests("DELETE", "/v1/meetings/")
    assert {"sendEmail": "false"} == deleted.query
    await provider.end_room(room)
    assert 1 == len(webex.requests("POST", f"/v1/meetings/{room.id}/end"))


async def test_a_meeting_that_nobody_came_to_is_only_deleted(
    webex: WebexDouble, session: aiohttp.ClientSession
) -> None:
    """There is nothing to end."""
    provider = made(webex, session)
    await provider.end_room(await provider.create_room(SPEC))
    assert {} == webex.meetings
    assert [] == [asked for asked in webex.requests("POST", "/v1/meetings/") if asked.path.endswith("/end")]


@pytest.mark.parametrize(("is_running", "status"), [(True, 400), (True, 403), (False, 409)])
async def test_a_meeting_that_is_still_ending_is_deleted_later(
    webex: WebexDouble, session: aiohttp.ClientSession, *, is_running: bool, status: int
) -> None:
    """Webex may not take note at once, and does not delete one with somebody in its lobby."""
    provider = made(webex, session)
    room = await provider.create_room(SPEC)
    if is_running:
        webex.start(room.id, participant())
    webex.not_yet = status
    with pytest.raises(ProviderDown) as caught:
        await provider.end_room(room)
    assert ("still_ending", True) == (caught.value.code, caught.value.retryable)

    webex.not_yet = 0
    await provider.end_room(room)
    assert {} == webex.meetings


async def test_not_being_allowed_to_delete_is_said(webex: WebexDouble, session: aiohttp.ClientSession) -> None:
    """Else it would be tried in vain."""
    provider = made(webex, session)
    room = await provider.create_room(SPEC)
    webex.not_yet = 403
    with pytest.raises(ProviderAuth):
        await provider.end_room(room)


async def test_who_is_in_is_asked(webex: WebexDouble, session: aiohttp.ClientSession) -> None:
    """Not who waits, is only asked to come or has gone; nor is an address believed that anybody can type."""
    provider = made(webex, session)
    room = await provider.create_room(SPEC)
    assert [] == await provider.roster(room), "nobody, before it begins"

    states = ["joined", "breakoutSession", "lobby", "end", "unknown"]
    webex.start(room.id, *(participant(f"p{number}", f"N{number}", state) for number, state in enumerate(states)))
    assert [Seen("p0", display_name="N0"), Seen("p1", display_name="N1")] == await provider.roster(room)
    (asked, *_) = webex.requests("GET", "/v1/meetingParticipants")
    assert {"meetingId": room.id, "max": "100"} == asked.query


@pytest.mark.parametrize("broken", [7, {}, {"id": None, "state": "joined"}, None])
async def test_a_roster_that_cannot_be_read_empties_no_call(
    webex: WebexDouble, session: aiohttp.ClientSession, broken: object
) -> None:
    """It is an error, not an empty room; who is nobody known to be in is passed over."""
    provider = made(webex, session)
    room = await provider.create_room(SPEC)
    webex.start(room.id)
    webex.people[room.id] = [broken]  # type: ignore[list-item]
    if broken == {}:
        assert [] == await provider.roster(room)
        return
    with pytest.raises(ProviderDown):
        await provider.roster(room)


async def test_webex_is_asked_once_to_report_ends(webex: WebexDouble, session: aiohttp.ClientSession) -> None:
    """Also after a restart."""
    room = await made(webex, session).create_room(SPEC)
    for _ in range(2):
        kept = await made(webex, session).keep(room)
        assert kept.memo is None
        assert kept.again_at is not None
        assert kept.again_at > now()

    (webhook,) = webex.webhooks.values()
    assert ("meetings", "ended", f"{SITE}/hooks/webex") == tuple(
        webhook[name] for name in ("resource", "event", "targetUrl")
    )
    assert len(webhook["secret"]) == 64
    assert webhook["secret"] not in webhook["name"]
    assert [] == webex.requests("PUT", "/v1/webhooks")


async def test_a_webhook_that_was_switched_off_is_switched_on(
    webex: WebexDouble, session: aiohttp.ClientSession
) -> None:
    """Webex does that when its reports are not taken for a while."""
    provider = made(webex, session)
    room = await provider.create_room(SPEC)
    await provider.keep(room)
    (webhook,) = webex.webhooks.values()
    webhook["status"] = "inactive"

    await provider.keep(room)
    assert ("active", 1) == (webhook["status"], len(webex.webhooks))


async def test_a_webhook_of_another_key_gets_the_new_secret(webex: WebexDouble, session: aiohttp.ClientSession) -> None:
    """As after the bot was installed anew; nobody else's webhook is touched."""
    webex.webhooks["other"] = {
        "id": "other",
        "name": "Other",
        "resource": "meetings",
        "event": "ended",
        "targetUrl": "https://other.example.com",
        "status": "inactive",
    }
    before = dict(webex.webhooks["other"])
    old, new = made(webex, session), made(webex, session, key=b"n" * 32)
    room = await old.create_room(SPEC)
    await old.keep(room)
    secret = webex.webhooks["webhook2"]["secret"]
    await new.keep(room)

    assert 2 == len(webex.webhooks)
    assert secret != webex.webhooks["webhook2"]["secret"]
    assert before == webex.webhooks["other"]


@pytest.mark.parametrize("site_url", [None, "http://127.0.0.1:9"])
async def test_where_webex_cannot_reach_us_it_is_not_asked_to_report(
    webex: WebexDouble, session: aiohttp.ClientSession, site_url: str | None
) -> None:
    """Then the roster alone tells that everybody has gone."""
    provider = made(webex, session, site_url)
    assert ALWAYS == provider.capabilities
    with pytest.raises(ProviderRefused):
        await provider.keep(await provider.create_room(SPEC))
    assert [] == webex.requests("GET", "/v1/webhooks")
    assert "cannot report ends" in (await provider.probe()).sentence


async def test_what_it_can_do_is_said(webex: WebexDouble, session: aiohttp.ClientSession) -> None:
    """And nothing that was not seen in Webex's documents."""
    assert ALWAYS | Capability.KEEP == made(webex, session).capabilities


async def test_the_doctor_says_whose_meetings_they_are(webex: WebexDouble, session: aiohttp.ClientSession) -> None:
    """Nothing is made by looking."""
    health = await made(webex, session).probe()
    assert health.ok
    assert OWNER in health.sentence
    assert {} == webex.meetings


@pytest.mark.parametrize(
    ("name", "value"),
    [("API_URL", "http://api.example.com/v1"), ("CLIENT_SECRET", "your-webex-client-secret"), ("CLIENT_ID", "")],
)
def test_a_setting_that_cannot_work_is_found(name: str, value: str) -> None:
    """Before the app starts: credentials go by https, and an example is none."""
    (setting,) = [one for one in KIND.settings if one.name == f"STARTCALL_WEBEX_{name}"]
    assert setting.find_fault is not None
    assert setting.find_fault(value) is not None
