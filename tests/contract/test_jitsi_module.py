"""Our module in a real Prosody: who may ask it, what the provider says when it may not, and the contract over both."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from calls.clock import now
from calls.errors import ProviderAuth, ProviderDown
from calls.meetings import Surroundings
from providers.jitsi.signatures import SIGNATURE, TIMESTAMP, sign, signed_headers
from providers.registry import build_provider
from tests.contract.jitsi_rig import JOINED, LEFT, SNAPSHOT, Rig, new_room, provider_for, rig, values
from tests.contract.provider_kit import check_provider
from tests.hook_site import HookSite, served
from tests.ports import free_port
from tests.prosody_server import MUC, SECRET, connected, start_prosody

__all__ = ["rig"]


async def test_provider_with_a_real_server_keeps_the_contract(rig: Rig) -> None:
    """The kit runs over a provider that can do everything."""
    await check_provider(lambda: provider_for(rig.session, rig.prosody.url))


async def test_probe_tries_the_signature(rig: Rig) -> None:
    """The doctor says that the module answers, or which of four things is wrong."""
    good = await rig.provider.probe()
    assert good.ok
    assert MUC in good.sentence
    stranger = provider_for(rig.session, rig.prosody.url, HOOK_SECRET="another-secret-of-ours")
    assert "HOOK_SECRET and startcall_secret differ" in (await stranger.probe()).sentence
    elsewhere = provider_for(rig.session, rig.prosody.url, MUC="conference.elsewhere.test")
    assert "is enabled in" in (await elsewhere.probe()).sentence
    down = provider_for(rig.session, rig.prosody.url, PROSODY_URL="http://127.0.0.1:1")
    assert "does not answer" in (await down.probe()).sentence
    late = build_provider(
        "jitsi",
        Surroundings(b"k" * 32, rig.session, values(rig.prosody.url), now=lambda: now() - timedelta(minutes=6)),
    )
    assert "clock" in (await late.probe()).sentence
    assert [False] * 4 == [(await one.probe()).ok for one in (stranger, elsewhere, down, late)]


async def test_module_refuses_what_is_not_signed(rig: Rig) -> None:
    """Nobody but us closes rooms: unsigned, changed, stale, repeated headers; signed nonsense does no harm."""
    body = json.dumps({"action": "destroy", "room": "x"}).encode()
    good = signed_headers(SECRET, now(), body)
    stale = signed_headers(SECRET, now() - timedelta(minutes=6), body)
    early = signed_headers(SECRET, now() + timedelta(minutes=6), body)
    bit = good | {SIGNATURE: good[SIGNATURE][:-1] + ("0" if good[SIGNATURE][-1] != "0" else "1")}
    refused = [{}, stale, early, bit, good | {TIMESTAMP: "0"}, good | {TIMESTAMP: "1e9"}, {TIMESTAMP: good[TIMESTAMP]}]
    assert [401] * len(refused) == [await _status(rig, body, headers) for headers in refused]
    assert 401 == await _status(rig, body + b" ", good)
    assert 200 == await _status(rig, body, good)
    for nonsense in (b"", b"[]", b"{", b"null", b'{"action": "nonesuch"}', b'{"action": {}}', b"[" * 50_000):
        headers = {TIMESTAMP: good[TIMESTAMP], SIGNATURE: sign(SECRET, good[TIMESTAMP], nonsense)}
        assert 400 == await _status(rig, nonsense, headers)
    assert 413 == await _status(rig, b"x" * 70_000, good)
    for nothing in ({"action": "occupants"}, {"action": "kick", "room": 1}, {"action": "destroy", "room": {}}):
        sent = json.dumps(nothing).encode()
        assert 200 == await _status(rig, sent, signed_headers(SECRET, now(), sent))
    assert (await rig.provider.probe()).ok


async def test_two_secrets_are_accepted_while_one_replaces_the_other(rig: Rig, tmp_path: Path) -> None:
    """First both sides know both, then each goes on with the new one: nothing is refused on the way."""
    folder = tmp_path / "second"
    folder.mkdir()
    new = "the-new-hook-secret"
    url = f"http://127.0.0.1:{rig.hook_port}/hooks/jitsi"
    prosody = await asyncio.to_thread(start_prosody, folder, url, f"{SECRET}, {new}")
    try:
        for secrets in (SECRET, f"{new},{SECRET}", f"{SECRET},{new}"):
            provider = provider_for(rig.session, prosody.url, HOOK_SECRET=secrets)
            rig.site.provider = provider
            room = await new_room(provider)
            async with connected(prosody) as guest:
                await guest.join(room.id, f"guest{len(rig.site.results)}")
                await rig.provider.roster(room)
                assert 1 == len(await provider.roster(room))
            await rig.site.wait_for(JOINED, LEFT, SNAPSHOT, room_id=room.id)
            rig.site.events.clear()
        assert {200} == {result.reply.status for result in rig.site.results}
    finally:
        await asyncio.to_thread(prosody.stop)


async def test_module_without_a_secret_does_nothing(tmp_path: Path) -> None:
    """No secret is never an open door: requests get 503, and nothing is reported."""
    port = free_port()
    prosody = await asyncio.to_thread(start_prosody, tmp_path, f"http://127.0.0.1:{port}/hooks/jitsi", "")
    try:
        async with aiohttp.ClientSession() as session:
            provider = provider_for(session, prosody.url)
            site = HookSite(provider)
            with pytest.raises(ProviderDown):
                await provider.roster(await new_room(provider))
            async with served(site, port), connected(prosody) as guest:
                await guest.join("room", "guest")
                await asyncio.sleep(0.3)
            assert [] == site.results
    finally:
        await asyncio.to_thread(prosody.stop)


async def test_errors_say_whether_trying_again_helps(rig: Rig) -> None:
    """A wrong secret needs somebody; a server that is gone, or without our module, may come back."""
    room = await new_room(rig.provider)
    with pytest.raises(ProviderAuth) as caught:
        await provider_for(rig.session, rig.prosody.url, HOOK_SECRET="another-secret-of-ours").roster(room)
    assert "signature_refused" == caught.value.code
    with pytest.raises(ProviderDown) as down:
        await provider_for(rig.session, "http://127.0.0.1:1").end_room(room)
    assert "unreachable" == down.value.code
    with pytest.raises(ProviderDown) as missing:
        await provider_for(rig.session, f"http://127.0.0.1:{rig.hook_port}").kick(room, "x")
    assert "module_missing" == missing.value.code


async def _status(rig: Rig, body: bytes, headers: dict[str, str]) -> int:
    async with rig.session.post(f"{rig.prosody.url}/startcall", data=body, headers=headers) as response:
        return response.status
