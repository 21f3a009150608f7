"""A real Prosody with our module, the server it reports to, and the Jitsi provider in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from calls.meetings import EventKind, Provider, Surroundings
from calls.model import CallId, Room, Visitor
from providers.registry import build_provider
from tests.contract.provider_kit import SPEC
from tests.hook_site import HookSite, served
from tests.ports import free_port
from tests.prosody_server import APP_ID, APP_SECRET, MUC, SECRET, ProsodyServer, start_prosody

JOINED, LEFT, ENDED, SNAPSHOT = EventKind.JOINED, EventKind.LEFT, EventKind.ENDED, EventKind.SNAPSHOT

ADA = Visitor(id="a" * 32, call_id=SPEC.call_id, key="ada", name='Ada "Countess" É', is_host=True)


@dataclass(frozen=True, slots=True)
class Rig:
    """A Prosody, the server it reports to, and the provider in between."""

    prosody: ProsodyServer
    site: HookSite
    provider: Provider
    session: aiohttp.ClientSession
    hook_port: int


def values(prosody_url: str, **others: str) -> dict[str, str]:
    """Return the settings for a Jitsi whose Prosody is at an address."""
    return {
        "STARTCALL_JITSI_URL": prosody_url,
        "STARTCALL_JITSI_APP_ID": APP_ID,
        "STARTCALL_JITSI_APP_SECRET": APP_SECRET,
        "STARTCALL_JITSI_HOOK_SECRET": SECRET,
        "STARTCALL_JITSI_PROSODY_URL": prosody_url,
        "STARTCALL_JITSI_MUC": MUC,
    } | {f"STARTCALL_JITSI_{name}": value for name, value in others.items()}


def provider_for(session: aiohttp.ClientSession, prosody_url: str, **others: str) -> Provider:
    """Return a provider for a Prosody."""
    return build_provider("jitsi", Surroundings(b"k" * 32, session, values(prosody_url, **others)))


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """Run Prosody and the server it reports to."""
    port = free_port()
    prosody = await asyncio.to_thread(start_prosody, tmp_path, f"http://127.0.0.1:{port}/hooks/jitsi")
    try:
        async with aiohttp.ClientSession() as session:
            provider = provider_for(session, prosody.url)
            site = HookSite(provider)
            async with served(site, port):
                yield Rig(prosody, site, provider, session, port)
    finally:
        await asyncio.to_thread(prosody.stop)


async def new_room(provider: Provider) -> Room:
    """Return the room of a call that never was."""
    return await provider.create_room(replace(SPEC, call_id=CallId(uuid4().hex)))


async def token_for(provider: Provider, room: Room, visitor: Visitor = ADA) -> str:
    """Return the token in somebody's link."""
    link = await provider.person_link(room, visitor, lasts=timedelta(minutes=5))
    return link.partition("#jwt=")[2]
