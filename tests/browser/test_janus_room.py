"""The meeting room's page on a real Janus: two people with cameras, from their links to the end of the call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from calls.meetings import EventKind
from tests.browser.janus_site import JanusSite, running_janus_site, visitor
from tests.browser.room_pages import PATIENCE_MS, OpenRoom, expect_moving, people_on


@pytest.fixture
async def site() -> AsyncIterator[JanusSite]:
    """Run rooms."""
    async with running_janus_site() as running:
        yield running


async def come(site: JanusSite, open_room: OpenRoom, name: str) -> Page:
    """Open somebody's link, and join."""
    page = await open_room(await site.link(name), joins=False)
    await expect(page.get_by_label("What your camera shows")).to_be_visible(timeout=PATIENCE_MS)
    await page.get_by_role("button", name="Join the call").click()
    return page


async def test_two_people_meet_and_the_app_knows(site: JanusSite, open_room: OpenRoom) -> None:
    """Each sees the other move; joining and leaving are known by who it is within a second."""
    ada, bob = [await come(site, open_room, name) for name in ("Ada", "Bob")]
    await expect_moving(ada, "Bob")
    await expect_moving(bob, "Ada")
    for name in ("Ada", "Bob"):
        assert await site.until_reported(EventKind.JOINED, await site.session_of(name)) < 1
    joined = [event for event, _ in site.reported if event.kind is EventKind.JOINED]
    assert [visitor("Ada").id, visitor("Bob").id] == [event.people[0].visitor_id for event in joined]

    session_id = await site.session_of("Ada")
    await ada.close()
    assert await site.until_reported(EventKind.LEFT, session_id) < 1
    await expect(bob.get_by_text("Nobody else is here yet.").last).to_be_visible()


async def test_mute_and_sharing_show_on_the_other_side(site: JanusSite, open_room: OpenRoom) -> None:
    """What the others can hear and see is said where they look for it."""
    ada, bob = [await come(site, open_room, name) for name in ("Ada", "Bob")]
    await expect_moving(bob, "Ada")
    assert any("Ada" in line for line in await people_on(bob))
    line = bob.locator("#people-list > li").filter(has_text="Ada")
    steps = {
        "Mute": "muted, camera on",
        "Unmute": "microphone on, camera on",
        "Share screen": "shares the screen",
        "Stop sharing": "microphone on, camera on",
        "Stop camera": "microphone on, camera off",
        "Start camera": "microphone on, camera on",
    }
    for button, text in steps.items():
        await ada.locator("#toolbar").get_by_role("button", name=button, exact=True).click()
        await expect(line).to_contain_text(text)
    await expect_moving(bob, "Ada")


async def test_shown_out_and_ended_are_said(site: JanusSite, open_room: OpenRoom) -> None:
    """Whoever is shown out reads that, the others go on; the end reaches everybody."""
    ada, bob = [await come(site, open_room, name) for name in ("Ada", "Bob")]
    await expect_moving(bob, "Ada")
    await site.provider.kick(site.room, await site.session_of("Ada"))
    await expect(ada.get_by_role("heading", name="You were shown out of the call")).to_be_visible()
    await expect(bob.locator("#people-list li")).to_have_count(1)

    cy = await come(site, open_room, "Cy")
    await expect_moving(bob, "Cy")
    await site.end()
    for page in (bob, cy):
        await expect(page.get_by_role("heading", name="The call has ended")).to_be_visible()
    await site.until_reported(EventKind.ENDED, None)


async def test_reload_comes_back_without_a_new_link(site: JanusSite, open_room: OpenRoom) -> None:
    """The token in the link is used once and stays in no address; a reload goes straight back into the call."""
    ada, bob = [await come(site, open_room, name) for name in ("Ada", "Bob")]
    await expect_moving(bob, "Ada")
    assert "#" not in ada.url
    before = await site.session_of("Ada")
    await ada.reload()
    await expect_moving(ada, "Bob")
    await expect_moving(bob, "Ada")
    await site.until_names("Ada", "Bob")
    assert before != await site.session_of("Ada")


async def test_leaving_in_the_middle_of_connecting_leaves_nobody_behind(site: JanusSite, open_room: OpenRoom) -> None:
    """Somebody who changes their mind is not in the room afterwards, wherever it caught them."""
    for wait_s in (0, 0.02, 0.05, 0.1, 0.2):
        ada = await come(site, open_room, "Ada")
        await asyncio.sleep(wait_s)
        await ada.locator("#leave").click()
        await expect(ada.get_by_role("heading", name="You have left the call")).to_be_visible()
    await asyncio.sleep(0.5)
    await site.until_names()


async def test_call_goes_on_when_janus_comes_back(site: JanusSite, open_room: OpenRoom) -> None:
    """The page says that the connection is lost, and that it is back."""
    ada, bob = [await come(site, open_room, name) for name in ("Ada", "Bob")]
    await expect_moving(bob, "Ada")
    await site.server.stop(at_once=True)
    await expect(ada.get_by_text("Connection to Startcall lost")).to_be_visible()
    await site.server.start()
    await site.until_names("Ada", "Bob", within_s=20)
    for page, other in ((ada, "Bob"), (bob, "Ada")):
        await expect_moving(page, other)
        await expect(page.locator("#people-list li")).to_have_count(2)


async def test_stranger_reads_how_to_get_in(site: JanusSite, open_room: OpenRoom) -> None:
    """The room's address alone opens nothing."""
    page = await open_room(site.room.join_url, joins=False)
    await expect(page.get_by_role("heading", name="Join from Slack")).to_be_visible()
