"""The example of a provider in the documentation is a whole one: it keeps the contract and is found once installed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from calls.clock import now
from calls.errors import CallsError, ConfigError, ProviderAuth, ProviderDown, ProviderRefused
from calls.meetings import EventKind, Hook, Provider, Surroundings
from calls.model import Visitor
from config import SettingsError, read_settings
from providers.registry import build_provider, known_providers
from tests.acme import EXAMPLE, SECRET, Acme, installed_example, running_acme, signed
from tests.contract.provider_kit import SPEC, check_provider

EXAMPLE_MAX_LINES = 200
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1-2-abc", "SLACK_APP_TOKEN": "xapp-1-A1-2-def"}
REPORT = json.dumps(
    {"event": "joined", "room": "r", "at": 1_795_262_400, "people": [{"session": "s1", "visitor": "v"}]}
).encode()


@pytest.fixture
async def acme(tmp_path: Path) -> AsyncIterator[Acme]:
    """Run an Acme server with the example installed."""
    with installed_example(tmp_path):
        async with running_acme() as running:
            yield running


def make(acme: Acme, session: aiohttp.ClientSession, secret: str = SECRET) -> Provider:
    """Build the example as the app does."""
    values = {"STARTCALL_ACME_URL": acme.url, "STARTCALL_ACME_SECRET": secret}
    return build_provider("acme", Surroundings(b"k" * 32, session, values))


def hook(body: bytes, headers: dict[str, str]) -> Hook:
    """Return a request as the app hands it over."""
    names = {name.lower(): (value,) for name, value in headers.items()}
    return Hook("POST", "", "", names, body, now())


async def test_the_example_keeps_the_contract(acme: Acme) -> None:
    """What is copied works."""
    async with aiohttp.ClientSession() as session:
        await check_provider(lambda: make(acme, session))


def test_the_example_is_short() -> None:
    """Somebody who adds a meeting system reads it in a few minutes."""
    lines = (EXAMPLE / "startcall_acme.py").read_text(encoding="utf-8").splitlines()
    assert EXAMPLE_MAX_LINES >= len(lines)


def test_an_installed_package_is_named_and_its_settings_are_checked(tmp_path: Path) -> None:
    """What is missing or misspelt is said before the start, as for our own meeting systems."""
    assert "acme" not in known_providers()
    with installed_example(tmp_path):
        assert "acme" in known_providers()
        with pytest.raises(SettingsError, match="STARTCALL_ACME_SECRET"):
            read_settings({**TOKENS, "STARTCALL_PROVIDER": "acme", "STARTCALL_ACME_URL": "https://acme.example.com"})
        values = {"STARTCALL_ACME_URL": "https://acme.example.com", "STARTCALL_ACME_SECRET": "s"}
        read = read_settings({**TOKENS, "STARTCALL_PROVIDER": "acme", **values}).provider_values
        assert values == {name: value for name, value in read.items() if "ACME" in name}
        with pytest.raises(SettingsError, match="STARTCALL_ACME_SECRET"):
            read_settings({**TOKENS, **values})


@pytest.mark.parametrize(
    ("entry_point", "reason"),
    [
        ("nonesuch:KIND", "nonesuch"),
        ("startcall_acme:NONE", "NONE"),
        ("startcall_acme:AcmeProvider", "no ProviderKind"),
    ],
)
async def test_a_package_that_cannot_be_used_is_an_error_of_the_configuration(
    tmp_path: Path, entry_point: str, reason: str
) -> None:
    """One that is not there any more, or announces something else, is named with what is wrong."""
    with installed_example(tmp_path, entry_point):
        with pytest.raises(SettingsError, match=reason):
            read_settings({**TOKENS, "STARTCALL_PROVIDER": "acme"})
        async with aiohttp.ClientSession() as session:
            with pytest.raises(ConfigError) as caught:
                build_provider("acme", Surroundings(b"k" * 32, session))
        assert "provider_not_loadable" == caught.value.code


@pytest.mark.parametrize(("status", "error"), [(401, ProviderAuth), (503, ProviderDown), (409, ProviderRefused)])
async def test_what_goes_wrong_is_told_apart(acme: Acme, status: int, error: type[CallsError]) -> None:
    """What may work later, what needs new credentials, and what never works."""
    acme.status = status
    async with aiohttp.ClientSession() as session:
        with pytest.raises(error):
            await make(acme, session).create_room(SPEC)
        assert not (await make(acme, session).probe()).ok


async def test_a_report_counts_only_with_the_signature_of_its_bytes(acme: Acme) -> None:
    """Changed, stale, signed by somebody else or not at all: refused, and nothing is reported."""
    async with aiohttp.ClientSession() as session:
        provider = make(acme, session)
        good = signed(REPORT)
        stale = signed(REPORT, at_s=(now() - timedelta(minutes=6)).timestamp())

        taken = provider.receive(hook(REPORT, good))
        assert (200, [EventKind.JOINED]) == (taken.reply.status, [event.kind for event in taken.events])
        for body, headers in [
            (REPORT.replace(b"joined", b"joyned"), good),
            (REPORT, stale),
            (REPORT, signed(REPORT, "another secret")),
            (REPORT, {}),
            (REPORT, {**good, "X-Acme-Time": "1e9"}),
        ]:
            refused = provider.receive(hook(body, headers))
            assert (401, ()) == (refused.reply.status, refused.events)
        for body in (b"", b"[]", b"{}", b'{"event": "joined", "room": "r", "at": "x"}', b"\xff"):
            assert 400 == provider.receive(hook(body, signed(body))).reply.status


async def test_links_of_two_people_differ_and_hold_their_token_in_the_fragment(acme: Acme) -> None:
    """No server on the way logs who may enter."""
    async with aiohttp.ClientSession() as session:
        provider = make(acme, session)
        room = await provider.create_room(SPEC)
        links = [
            await provider.person_link(room, Visitor(name * 32, SPEC.call_id, name, name), lasts=timedelta(minutes=5))
            for name in "ab"
        ]

    assert links[0] != links[1]
    assert [room.join_url] * 2 == [link.partition("#")[0] for link in links]
