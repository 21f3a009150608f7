"""Meetings in the name of people who connected their own accounts: the same promises, asked with the person's token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from calls.clock import now
from calls.errors import ProviderDown, ProviderRefused
from calls.linked_accounts import Owner
from calls.meetings import Capability, EventKind, Hook, Provider, Surroundings
from providers.registry import build_provider
from tests.contract.provider_kit import SPEC, check_provider
from tests.contract.vendor_kit import check_vendor
from tests.googlemeet_double import GoogleMeetDouble
from tests.own_account import SYSTEMS, Double, System
from tests.teams_double import OWN_ID, TeamsDouble
from tests.webex_double import OWN_EMAIL, WebexDouble, participant

SITE = "https://startcall.example.com"
BY_NAME = {system.name: system for system in SYSTEMS}


@dataclass
class Somebody:
    """Whoever starts the calls, with an account that gives a new token whenever one was refused."""

    vendor: Double
    tokens: list[str] = field(default_factory=list)
    is_connected: bool = True
    is_down: bool = False

    async def token(self, owner: Owner, *, refused: str | None = None) -> str | None:
        """Return a token that works, as `calls.accounts.Accounts` does."""
        if self.is_down:
            raise ProviderDown("server_error", provider=owner.provider)
        if not self.is_connected:
            return None
        if not self.tokens or refused == self.tokens[-1]:
            self.tokens.append(f"user-token-{len(self.tokens)}")
            self.vendor.sign_in.access.add(self.tokens[-1])
        return self.tokens[-1]


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session for providers to use."""
    async with aiohttp.ClientSession() as opened:
        yield opened


def made(system: System, somebody: Somebody, session: aiohttp.ClientSession, site_url: str = SITE) -> Provider:
    """Return a provider as a restart would make it."""
    vendor = somebody.vendor
    values = {**vendor.settings, **vendor.people_settings}
    surroundings = Surroundings(b"k" * 32, session, values, site_url=site_url, account_token=somebody.token)
    return build_provider(system.name, surroundings)


@pytest.mark.parametrize("name", ["zoom", "webex", "googlemeet"])
async def test_the_contract_is_kept_in_a_persons_name(session: aiohttp.ClientSession, name: str) -> None:
    """Nothing of it is a meeting of the company's account."""
    system = BY_NAME[name]
    async with system.double().running() as vendor:
        somebody = Somebody(vendor)
        finds = name != "googlemeet"
        await check_provider(lambda: made(system, somebody, session), finds_rooms_again=finds)
        assert {system.own} >= set(vendor.hosts())


@pytest.mark.parametrize("name", ["webex", "googlemeet", "teams"])
async def test_every_failure_of_the_vendor_is_told_apart_in_a_persons_name(
    session: aiohttp.ClientSession, name: str
) -> None:
    """A token that is no longer taken is renewed; nothing falls back to the company's account but a lost right."""
    system = BY_NAME[name]
    async with system.double().running() as vendor:
        await check_vendor(lambda: made(system, Somebody(vendor), session), vendor)


async def test_webex_reports_and_is_asked_in_the_name_of_whose_meeting_it_is(session: aiohttp.ClientSession) -> None:
    """Webex keeps webhooks for each user, and shows meetings to their host; every user's reports have our signature."""
    async with WebexDouble().running() as webex:
        somebody = Somebody(webex)
        provider = made(BY_NAME["webex"], somebody, session)
        own = await provider.create_room(SPEC)
        somebody.is_connected = False
        companys = await provider.create_room(replace(SPEC, call_id=type(SPEC.call_id)("b" * 32)))
        somebody.is_connected = True
        for room in (own, companys, own):
            await provider.keep(room)
        webex.start(own.id, participant())

        assert [OWN_EMAIL, "meetings@example.com"] == [one["createdBy"] for one in webex.webhooks.values()]
        assert 1 == len({one["secret"] for one in webex.webhooks.values()})
        assert ["Jill Chill"] == [seen.display_name for seen in await provider.roster(own)]
        await provider.end_room(own)
        assert [companys.id] == list(webex.meetings)


async def test_google_tells_of_a_persons_room_and_ends_it_in_their_name(session: aiohttp.ClientSession) -> None:
    """The topic and the subscription to it stay those of the company."""
    async with GoogleMeetDouble().running() as google:
        provider = made(BY_NAME["googlemeet"], Somebody(google), session)
        room = await provider.create_room(SPEC)
        room = replace(room, memo=(await provider.keep(room)).memo or "")
        google.arrive(room.id, "Jill Chill")
        async with aclosing(provider.stream()) as stream:  # type: ignore[type-var]
            event = await anext(aiter(stream))

        assert (EventKind.JOINED, ["Jill Chill"]) == (event.kind, [seen.display_name for seen in event.people])
        assert ["Jill Chill"] == [seen.display_name for seen in await provider.roster(room)]
        await provider.end_room(room)
        assert () == await provider.roster(room)
        asked = [one for one in google.asked if one.path.startswith(("/v2/", "/v1/subscriptions"))]
        assert {True} == {one.headers["authorization"].startswith("Bearer user-token-") for one in asked}


async def test_microsoft_reports_of_a_persons_meeting_to_the_application(session: aiohttp.ClientSession) -> None:
    """Only an application may subscribe to what happens in a meeting, whoever made it."""

    async def handle(request: web.Request) -> web.Response:
        headers = {name.lower(): (value,) for name, value in request.headers.items()}
        query = request.rel_url.raw_query_string
        hook = Hook(request.method, request.match_info["path"], query, headers, await request.read(), now())
        heard.extend(provider.receive(hook).events)
        reply = provider.receive(hook).reply
        return web.Response(status=reply.status, body=reply.body, content_type=reply.content_type)

    site = web.Application()
    site.router.add_route("*", "/hooks/teams/{path:.*}", handle)
    heard: list[object] = []
    async with TeamsDouble().running() as microsoft, TestServer(site, host="127.0.0.1") as server:
        provider = made(BY_NAME["teams"], Somebody(microsoft), session, str(server.make_url("")).rstrip("/"))
        assert Capability.WEBHOOK in provider.capabilities
        room = await provider.create_room(SPEC)
        again = await provider.create_room(SPEC)
        await provider.keep(room)
        await microsoft.arrive("Jill Chill")

        assert [(OWN_ID, room.id)] == list(microsoft.meetings)
        assert (room, 1) == (again, len(heard))
        (asked,) = microsoft.requests("POST", "/beta/subscriptions")
        assert "Bearer token-of-graph" == asked.headers["authorization"]


@pytest.mark.parametrize("name", ["webex", "googlemeet"])
async def test_a_room_whose_owner_has_disconnected_is_nobody_elses(session: aiohttp.ClientSession, name: str) -> None:
    """What cannot be done is refused, and not reported as done: the meeting may go on."""
    system = BY_NAME[name]
    async with system.double().running() as vendor:
        somebody = Somebody(vendor)
        provider = made(system, somebody, session)
        room = await provider.create_room(SPEC)
        somebody.is_connected = False

        with pytest.raises(ProviderRefused) as refused:
            await provider.end_room(room)
        assert "account_disconnected" == refused.value.code


@pytest.mark.parametrize("name", list(BY_NAME))
async def test_an_account_that_cannot_be_renewed_now_is_no_reason_to_use_another(
    session: aiohttp.ClientSession, name: str
) -> None:
    """The call is tried again, as it might become two meetings otherwise."""
    system = BY_NAME[name]
    async with system.double().running() as vendor:
        somebody = Somebody(vendor, is_down=True)
        with pytest.raises(ProviderDown):
            await made(system, somebody, session).create_room(SPEC)
        assert [] == vendor.hosts()
