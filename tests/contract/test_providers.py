"""Every provider in `providers/` keeps the contract, and says honestly how far it has come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from calls.errors import ConfigError
from calls.meetings import Capability, Provider, Surroundings
from providers.registry import OWN_KINDS, build_provider, known_providers
from scripts.page_table import with_table
from scripts.provider_table import render
from tests import bigbluebutton_double, livekit_double
from tests.contract.provider_kit import SPEC, check_nonsense, check_provider
from tests.contract.provider_quality import problems_of, reached_tier, read_quality
from tests.daily_double import DailyDouble
from tests.googlemeet_double import GoogleMeetDouble
from tests.jaas_double import JaasDouble
from tests.janus_server import JanusServer
from tests.nextcloud_double import NextcloudDouble
from tests.teams_double import TeamsDouble
from tests.vendor import VendorDouble
from tests.webex_double import WebexDouble
from tests.whereby_double import WherebyDouble
from tests.zoom_double import ZoomDouble

PROVIDERS = Path(__file__).parents[2] / "providers"
PAGE = PROVIDERS.parent / "docs" / "providers.md"
FOLDERS = sorted(path.name for path in PROVIDERS.iterdir() if (path / "provider.py").is_file())

KEY = b"k" * 32
SITE_URL = "http://127.0.0.1:9"
LINK = {"STARTCALL_LINK_TEMPLATE": "http://127.0.0.1:9/{team}/{channel}/{title}/{room}?lang=en#config"}

JANUS = JanusServer()
"""Runs while its provider is looked at."""

VENDORS: dict[str, VendorDouble] = {
    "bigbluebutton": bigbluebutton_double.Double(),
    "daily": DailyDouble(),
    "googlemeet": GoogleMeetDouble(),
    "jaas": JaasDouble(),
    "livekit": livekit_double.Double(),
    "nextcloud": NextcloudDouble(),
    "teams": TeamsDouble(),
    "webex": WebexDouble(),
    "whereby": WherebyDouble(),
    "zoom": ZoomDouble(),
}
"""The servers of hosted meeting systems, which run during each test."""

OTHERS: dict[str, Callable[[], dict[str, str]]] = {
    "builtin": dict,
    "janus": JANUS.settings,
    "jitsi": lambda: {
        "STARTCALL_JITSI_URL": "http://127.0.0.1:9",
        "STARTCALL_JITSI_APP_ID": "startcall",
        "STARTCALL_JITSI_APP_SECRET": "an-app-secret-of-32-characters-and-more",
        "STARTCALL_JITSI_HOOK_SECRET": "a-hook-secret-for-tests",
    },
    "link": lambda: LINK,
}
"""The settings of the others."""

FINDS_NO_ROOMS_AGAIN = {"googlemeet"}
"""Vendors where a room can neither be given a name of ours nor be looked up."""


def make(name: str, session: aiohttp.ClientSession) -> Provider:
    """Make a provider that asks nothing but this computer."""
    values = VENDORS[name].settings if name in VENDORS else OTHERS[name]()
    return build_provider(name, Surroundings(KEY, session, values, site_url=SITE_URL))


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session for providers to use."""
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
async def server(name: str) -> AsyncIterator[None]:
    """Run the server of a provider that has one."""
    if name == "janus":
        await JANUS.start()
    yield
    await JANUS.stop()


@pytest.fixture(autouse=True)
async def _hosted() -> AsyncIterator[None]:
    """Run the servers of hosted meeting systems."""
    async with AsyncExitStack() as stack:
        for double in VENDORS.values():
            await stack.enter_async_context(double.running())
        yield


def test_every_folder_is_checked() -> None:
    """A provider cannot be added without running the contract over it."""
    assert FOLDERS == sorted([*VENDORS, *OTHERS])


@pytest.mark.parametrize("name", FOLDERS)
async def test_provider_keeps_the_contract(name: str, session: aiohttp.ClientSession, server: None) -> None:
    """Everything the calls package relies on holds for each provider."""
    await check_provider(lambda: make(name, session), finds_rooms_again=name not in FINDS_NO_ROOMS_AGAIN)


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("page", ["<html>Please sign in.</html>", "null", '{"cut": "of'], ids=["HTML", "null", "cut"])
async def test_nonsense_is_a_vendor_that_is_down(
    name: str, page: str, session: aiohttp.ClientSession, server: None
) -> None:
    """As when a proxy or a page to sign in at stands between: every request gets 200 and that page."""
    room = await make(name, session).create_room(SPEC)
    answered: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        answered.append(request.path)
        return web.Response(text=page, content_type="text/html")

    site = web.Application()
    site.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(site) as proxy, aiohttp.ClientSession(proxy=proxy.make_url("/")) as through:
        await check_nonsense(lambda: make(name, through), room, lambda: len(answered))


@pytest.mark.parametrize("name", FOLDERS)
async def test_provider_has_the_name_of_its_folder(name: str, session: aiohttp.ClientSession) -> None:
    """The name that is stored with a call leads to the code, and can be chosen by it."""
    assert name == make(name, session).name
    assert name in known_providers()


@pytest.mark.parametrize("name", FOLDERS)
def test_quality_file_is_complete_and_honest(name: str) -> None:
    """Each rule has a state, what is said to be documented is, and the tier follows from the rules."""
    folder = PROVIDERS / name
    quality = read_quality(folder)
    assert problems_of(quality, (folder / "README.md").read_text(encoding="utf-8")) == []
    assert name == quality["provider"]


@pytest.mark.parametrize("name", FOLDERS)
def test_page_of_providers_shows_the_tier(name: str) -> None:
    """The table people choose from says what the quality file says."""
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{name}` |")]
    assert len(rows) == 1
    assert f"| {reached_tier(read_quality(PROVIDERS / name))} |" in rows[0]


def test_the_table_of_the_page_is_what_the_code_says() -> None:
    """What people choose from is what there is."""
    page = PAGE.read_text(encoding="utf-8")
    assert with_table(page, render()) == page, "run: python -m scripts.provider_table"


@pytest.mark.parametrize("name", FOLDERS)
async def test_no_provider_does_more_than_its_page_says(name: str, session: aiohttp.ClientSession) -> None:
    """Whatever the settings, the table names it; and something is said of what it is."""
    kind = OWN_KINDS[name]
    assert make(name, session).capabilities in kind.can
    assert kind.summary


def test_every_name_that_can_be_chosen_is_on_the_page() -> None:
    """Whoever reads the page finds each name that STARTCALL_PROVIDER takes."""
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in known_providers() if f"`{name}`" not in page] == []


async def test_unknown_name_is_refused_with_the_known_ones(session: aiohttp.ClientSession) -> None:
    """A provider that does not exist is an error of the configuration that says what exists."""
    with pytest.raises(ConfigError, match=", ".join(known_providers())) as caught:
        build_provider("nonesuch", Surroundings(KEY, session, LINK))
    assert caught.value.code == "unknown_provider"


async def test_link_without_template_is_refused(session: aiohttp.ClientSession) -> None:
    """Asked for by name, link does not quietly fall back to a public service."""
    with pytest.raises(ConfigError) as caught:
        build_provider("link", Surroundings(KEY, session, {}))
    assert caught.value.code == "link_template_missing"


async def test_auto_uses_the_template_when_there_is_one(session: aiohttp.ClientSession) -> None:
    """With a template, auto is link, and has nothing to warn of."""
    provider = build_provider("auto", Surroundings(KEY, session, LINK))
    assert provider.notice is None
    assert (await provider.create_room(SPEC)).join_url.startswith(
        "http://127.0.0.1:9/T0KIT000001/C0KIT000001/planning/"
    )


async def test_auto_without_template_uses_the_public_service_and_says_so(session: aiohttp.ClientSession) -> None:
    """Without any setting calls meet at meet.jit.si, and people are told what to expect there."""
    provider = build_provider("auto", Surroundings(KEY, session, {}))
    assert (await provider.create_room(SPEC)).join_url.startswith("https://meet.jit.si/")
    assert provider.notice is not None
    assert "sign in" in provider.notice


async def test_the_builtin_room_is_not_asked_where_another_process_may_be_the_one_that_is_asked(
    session: aiohttp.ClientSession,
) -> None:
    """People are connected to one process; another would find the room empty and end their call."""
    alone, shared = (
        build_provider("builtin", replace(Surroundings(KEY, session, {}, site_url=SITE_URL), shares_work=shares))
        for shares in (False, True)
    )
    asked = Capability.POLL | Capability.KICK

    assert asked & alone.capabilities == asked
    assert not asked & shared.capabilities
    assert Capability.ROSTER | Capability.STREAM in shared.capabilities
