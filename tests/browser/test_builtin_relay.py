"""The built-in room where browsers cannot reach each other: everything goes through a real TURN server."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.browser.room_pages import OpenRoom, expect_moving
from tests.builtin_site import running_site
from tests.turn_server import running_turn_server

_KEEP_CONNECTIONS = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...options) { super(...options); window.connections.push(this); }
};
"""
_USED_PAIRS = """async () => {
    const pairs = [];
    for (const connection of window.connections.filter(one => one.connectionState === 'connected')) {
        const stats = await connection.getStats();
        const transport = [...stats.values()].find(one => one.type === 'transport');
        const pair = stats.get(transport.selectedCandidatePairId);
        pairs.push([stats.get(pair.localCandidateId).candidateType, stats.get(pair.remoteCandidateId).candidateType]);
    }
    return pairs;
}"""


async def pairs_used(page: Page) -> list[list[str]]:
    """Return by what kinds of addresses a page is connected."""
    return list(await page.evaluate(_USED_PAIRS))


async def opened(browser: Browser, open_room: OpenRoom, link: str) -> Page:
    """Open a link on a page whose connections can be looked at."""
    context = await browser.new_context()
    await context.add_init_script(_KEEP_CONNECTIONS)
    return await open_room(link, context=context)


async def test_people_meet_through_the_relay_alone(tmp_path: Path, room_browser: Browser, open_room: OpenRoom) -> None:
    """With relay only, both see each other, and neither learns an address of the other's."""
    async with running_turn_server(tmp_path) as turn:
        async with running_site(turn_urls=(turn.url,), turn_secret=turn.secret, relay_only=True) as site:
            ana = await opened(room_browser, open_room, await site.link("Ana", visitor="a" * 32))
            ben = await opened(room_browser, open_room, await site.link("Ben"))
            await expect_moving(ana, "Ben")
            await expect_moving(ben, "Ana")

            assert [["relay", "relay"]] == await pairs_used(ana) == await pairs_used(ben)
        assert f":{'a' * 32}" in turn.log.read_text(encoding="utf-8")


@pytest.mark.timeout(90)
async def test_a_wrong_secret_is_told_on_the_page(tmp_path: Path, room_browser: Browser, open_room: OpenRoom) -> None:
    """Nobody sees anybody, and the picture's place says what may be in the way instead of staying silent."""
    async with (
        running_turn_server(tmp_path) as turn,
        running_site(turn_urls=(turn.url,), turn_secret="another secret", relay_only=True) as site,
    ):
        pages = [await opened(room_browser, open_room, await site.link(name)) for name in ("Ana", "Ben")]
        for page in pages:
            await page.get_by_text("No connection yet; a firewall may be in the way.").wait_for(timeout=40_000)
            assert [] == await pairs_used(page)
