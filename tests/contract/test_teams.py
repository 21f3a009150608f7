"""Microsoft Teams over a server built from Microsoft's documents: meetings, subscriptions, and what goes wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from calls.clock import now
from calls.errors import ConfigError, ProviderAuth, ProviderDown, ProviderRefused
from calls.meetings import Capability, Hook, Provider, Surroundings
from calls.model import Room
from providers.registry import build_provider
from providers.teams.graph_api import resource_of
from providers.teams.room_memo import read_memo
from tests.contract.provider_kit import SPEC
from tests.contract.vendor_kit import check_vendor
from tests.teams_double import ALICE, ORGANIZER, TeamsDouble

HEARS = Capability.ROSTER | Capability.WEBHOOK | Capability.KEEP


@pytest.fixture
async def microsoft() -> AsyncIterator[TeamsDouble]:
    """Run Microsoft."""
    async with TeamsDouble().running() as running:
        yield running


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session for providers to use."""
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def provider(microsoft: TeamsDouble, session: aiohttp.ClientSession) -> AsyncIterator[Provider]:
    """Return a provider that uses it, with a site that hands over what Graph sends."""

    async def handle(request: web.Request) -> web.Response:
        headers = {name.lower(): (value,) for name, value in request.headers.items()}
        path = request.match_info["path"]
        hook = Hook(request.method, path, request.rel_url.raw_query_string, headers, await request.read(), now())
        reply = built.receive(hook).reply
        return web.Response(status=reply.status, body=reply.body, content_type=reply.content_type)

    site = web.Application()
    site.router.add_route("*", "/hooks/teams/{path:.*}", handle)
    async with TestServer(site, host="127.0.0.1") as server:
        built = make(microsoft, session, site_url=str(server.make_url("")).rstrip("/"))
        yield built


def make(
    microsoft: TeamsDouble, session: aiohttp.ClientSession, *, site_url: str | None = None, **values: str
) -> Provider:
    """Build the provider as the app does."""
    named = {f"STARTCALL_TEAMS_{name}": value for name, value in values.items()}
    return build_provider("teams", Surroundings(b"k" * 32, session, microsoft.settings | named, site_url=site_url))


async def kept(provider: Provider) -> Room:
    """Return a room whose reports are subscribed to."""
    room = await provider.create_room(SPEC)
    return replace(room, memo=(await provider.keep(room)).memo or "")


async def test_every_failure_of_graph_is_told_apart(microsoft: TeamsDouble, session: aiohttp.ClientSession) -> None:
    """401 and renewal, an expired secret, 429, 5xx, truncated, slow, unknown and missing fields."""
    await check_vendor(lambda: make(microsoft, session), microsoft)


async def test_a_meeting_belongs_to_whoever_starts_the_call(microsoft: TeamsDouble, provider: Provider) -> None:
    """And has its number for people to dial or type, but not its passcode."""
    room = await provider.create_room(replace(SPEC, host_email="alice@example.com"))

    ((organizer, external_id),) = microsoft.meetings
    assert (ALICE, room.id) == (organizer, external_id)
    meeting = microsoft.meetings[organizer, external_id]
    assert (meeting["joinWebUrl"], "Planning") == (room.join_url, meeting["subject"])
    assert meeting["joinMeetingIdSettings"]["joinMeetingId"] == room.display_id
    assert "Xy7" not in repr(room)


@pytest.mark.parametrize("reason", ["unknown", "unreadable", "left_out"])
async def test_it_belongs_to_the_organizer_where_the_starter_may_own_none(
    microsoft: TeamsDouble, provider: Provider, reason: str
) -> None:
    """Whoever has no account, whom we may not look up, or whom the access policy leaves out."""
    if reason == "unknown":
        microsoft.users.clear()
    elif reason == "unreadable":
        microsoft.may_read_users = False
    else:
        microsoft.with_policy.discard(ALICE)
    room = await provider.create_room(replace(SPEC, host_email="alice@example.com"))

    assert [(ORGANIZER, room.id)] == list(microsoft.meetings)
    assert ORGANIZER == read_memo(room.memo).organizer


async def test_an_organizer_without_policy_or_account_is_said(
    microsoft: TeamsDouble, session: aiohttp.ClientSession
) -> None:
    """One is for an administrator, the other for whoever runs the app."""
    other = make(microsoft, session, ORGANIZER="99999999-3333-4444-5555-666666666666")
    with pytest.raises(ProviderRefused, match="organizer_unknown"):
        await other.create_room(SPEC)
    microsoft.with_policy.clear()
    with pytest.raises(ProviderAuth, match="not_permitted"):
        await make(microsoft, session).create_room(SPEC)


async def test_a_subscription_asks_for_what_graph_demands_and_is_renewed(
    microsoft: TeamsDouble, provider: Provider
) -> None:
    """Well before its hour is over; Graph's question whether we are there is answered."""
    room = await provider.create_room(SPEC)
    first = await provider.keep(room)
    (one,) = microsoft.subscriptions.values()
    assert resource_of(room.join_url) == one["resource"]
    assert one["notificationUrl"].endswith(f"/hooks/teams/{room.id}")
    assert first.again_at is not None
    assert timedelta(minutes=15) < first.again_at - now() < timedelta(minutes=25)

    before = one["expirationDateTime"] = "2026-01-01T00:00:00.0000000Z"
    subscribed = replace(room, memo=first.memo or "")
    assert (await provider.keep(subscribed)).memo is None
    assert before != one["expirationDateTime"]

    microsoft.subscriptions.clear()
    again = read_memo((await provider.keep(subscribed)).memo or "")
    assert [again.subscription] == list(microsoft.subscriptions)


async def test_a_subscription_whose_id_was_lost_is_found_again(microsoft: TeamsDouble, provider: Provider) -> None:
    """Graph allows one for a meeting, so a repetition after a crash must not fail."""
    room = await provider.create_room(SPEC)
    first, second = await provider.keep(room), await provider.keep(room)

    assert first.memo == second.memo
    assert 1 == len(microsoft.subscriptions)


async def test_a_subscription_that_reports_elsewhere_is_said(microsoft: TeamsDouble, provider: Provider) -> None:
    """As that of another installation with the same application, or of before a move."""
    room = await kept(provider)
    (one,) = microsoft.subscriptions.values()
    one["notificationUrl"] = "https://elsewhere.example/hooks/teams/x"
    with pytest.raises(ProviderDown, match="subscription_taken"):
        await provider.keep(replace(room, memo=room.memo.replace(one["id"], "gone")))


async def test_who_is_in_is_claimed_only_where_graph_can_report(
    microsoft: TeamsDouble, session: aiohttp.ClientSession
) -> None:
    """Graph cannot be asked, so without a key and an address people say themselves that they joined."""
    values = microsoft.settings
    cases = [
        (values, "https://startcall.example.com", True),
        (values, None, False),
        ({**values, "STARTCALL_TEAMS_KEY": ""}, "https://startcall.example.com", False),
        ({**values, "STARTCALL_TEAMS_API_URL": ""}, "http://127.0.0.1:3000", False),
    ]
    for found, site_url, hears in cases:
        given = {name: value for name, value in found.items() if value}
        provider = build_provider("teams", Surroundings(b"k" * 32, session, given, site_url=site_url))
        assert (HEARS if hears else Capability.NONE) == provider.capabilities & HEARS
        assert Capability.NONE == provider.capabilities & (Capability.END | Capability.POLL | Capability.KICK)


async def test_the_probe_says_what_an_administrator_has_to_do(
    microsoft: TeamsDouble, session: aiohttp.ClientSession
) -> None:
    """Each in words."""
    https = "https://startcall.example.com"
    well = await make(microsoft, session, site_url=https).probe()
    deaf = await make(microsoft, session).probe()
    secret = await make(microsoft, session, CLIENT_SECRET="wrong").probe()
    client = await make(microsoft, session, CLIENT_ID=ORGANIZER).probe()
    tenant = await make(microsoft, session, TENANT_ID=ORGANIZER).probe()
    microsoft.with_policy.clear()
    policy = await make(microsoft, session).probe()
    microsoft.fault = "server_error"
    down = await make(microsoft, session).probe()

    assert [True, True] + [False] * 5 == [one.ok for one in (well, deaf, secret, client, tenant, policy, down)]
    assert "not reported without PUBLIC_URL" in deaf.sentence
    assert "client secret" in secret.sentence
    assert "client id" in client.sentence
    assert "tenant" in tenant.sentence
    assert "access policy" in policy.sentence
    assert "does not answer as it should" in down.sentence


@pytest.mark.parametrize("missing", ["TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "ORGANIZER"])
async def test_a_missing_setting_is_named(microsoft: TeamsDouble, session: aiohttp.ClientSession, missing: str) -> None:
    """Before anything is sent."""
    values = {name: value for name, value in microsoft.settings.items() if not name.endswith(missing)}
    with pytest.raises(ConfigError, match="teams_setting_missing") as caught:
        build_provider("teams", Surroundings(b"k" * 32, session, values))

    assert f"STARTCALL_TEAMS_{missing}" == caught.value.detail
