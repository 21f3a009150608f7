"""The built-in room in real browsers with moving pictures: people see each other, and know who is in."""

from __future__ import annotations

import time

from playwright.async_api import Page, expect

from tests.browser.room_pages import OpenRoom, expect_moving, expect_people, tile_of
from tests.builtin_site import BuiltinSite
from tests.lateness import least_of

LEFT_WITHIN_S = 1.0
OVER = "The call has ended"


async def test_two_people_see_each_other(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """Each has the other's moving video, and both lists name both."""
    began_s = time.monotonic()
    ana, ben = (
        await open_room(await builtin_site.link("Ana Ames")),
        await open_room(await builtin_site.link("Ben Bell")),
    )
    await expect_moving(ana, "Ben Bell")
    await expect_moving(ben, "Ana Ames")
    print(f"two pages opened, joined and both moving after {time.monotonic() - began_s:.1f} s")  # noqa: T201 - a figure

    await expect_people(ana, "AA Ana Ames (you) microphone on, camera on", "BB Ben Bell microphone on, camera on")
    await expect_people(ben, "BB Ben Bell (you) microphone on, camera on", "AA Ana Ames microphone on, camera on")
    await builtin_site.until_names("Ana Ames", "Ben Bell")


async def test_what_one_switches_off_is_seen_by_the_other(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """By key or by button: muted shows, a camera that is off gives way to initials, and both come back."""
    ana, ben = await open_room(await builtin_site.link("Ana")), await open_room(await builtin_site.link("Ben"))
    await expect_moving(ana, "Ben")
    seen = tile_of(ana, "Ben")

    await ben.keyboard.press("m")
    await expect(seen.get_by_text("muted")).to_be_attached()
    await expect(ben.get_by_role("button", name="Unmute")).to_be_visible()
    await ben.get_by_role("button", name="Stop camera").click()
    await expect(seen.locator("video")).to_be_hidden()
    await expect_people(ana, "A Ana (you) microphone on, camera on", "B Ben muted, camera off")

    await ben.get_by_role("button", name="Unmute").click()
    await ben.keyboard.press("v")
    await expect(seen.get_by_text("muted")).not_to_be_attached()
    await expect_moving(ana, "Ben")


async def test_a_closed_tab_has_left_within_a_second(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """The app is told, and the other page says so and takes the picture away; best of three tries."""
    ana = await open_room(await builtin_site.link("Ana"))

    async def close_a_tab() -> float:
        times = 1 + builtin_site.told().count("left Ben")
        ben = await open_room(await builtin_site.link("Ben"))
        await expect(tile_of(ana, "Ben")).to_be_visible()
        began_s = time.monotonic()
        await ben.close()
        await builtin_site.until_told("left Ben", times=times)
        return time.monotonic() - began_s

    took_s = await least_of(LEFT_WITHIN_S, close_a_tab)
    print(f"the app knew of the closed tab after {took_s * 1000:.0f} ms")  # noqa: T201 - a figure
    assert took_s < LEFT_WITHIN_S

    await expect(tile_of(ana, "Ben")).to_have_count(0)
    await expect(ana.locator("#said")).to_contain_text("Ben left.")


async def test_the_end_closes_every_page(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """Everybody reads that the call has ended and how to start another one; the camera is let go."""
    pages = [await open_room(await builtin_site.link(name)) for name in ("Ana", "Ben")]
    await expect_moving(pages[0], "Ben")
    await builtin_site.provider.end_room(builtin_site.room)

    for page in pages:
        await expect(page.get_by_role("heading", name=OVER)).to_be_visible()
        await expect(page.get_by_text("Start a new one in Slack with /startcall.")).to_be_visible()
        await expect(page.get_by_role("heading", name=OVER)).to_be_focused()
    await pages[0].reload()
    await expect(pages[0].get_by_role("heading", name=OVER)).to_be_visible()


async def test_three_people_are_all_connected(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """Each of three sees both others move."""
    names = ("Ana", "Ben", "Cleo")
    pages = {name: await open_room(await builtin_site.link(name)) for name in names}
    for page in pages.values():
        for other in names:
            await expect_moving(page, other)
        await expect(page.locator("#tiles > li")).to_have_count(len(names))


async def test_a_restart_of_the_app_does_not_interrupt_a_call(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """While the app is away the pictures go on in the same connection; afterwards everything else does too."""
    ana, ben = await open_room(await builtin_site.link("Ana")), await open_room(await builtin_site.link("Ben"))
    await expect_moving(ana, "Ben")
    await expect_moving(ben, "Ana")
    await tile_of(ana, "Ben").locator("video").evaluate("video => window.connection = video.srcObject")

    await builtin_site.stop()
    await expect(ana.get_by_text("Connection to Startcall lost")).to_be_visible()
    await expect_moving(ana, "Ben")
    await builtin_site.start()
    await builtin_site.until_told("joined Ana")
    await builtin_site.until_told("joined Ben")

    await expect(ana.get_by_text("Connection to Startcall lost")).to_be_hidden()
    await ben.keyboard.press("m")
    await expect(tile_of(ana, "Ben").get_by_text("muted")).to_be_attached()
    assert await tile_of(ana, "Ben").locator("video").evaluate("video => window.connection === video.srcObject")
    await builtin_site.until_names("Ana", "Ben")
    assert not [line for line in builtin_site.told() if line.startswith("left")]


async def test_who_comes_while_the_app_is_away_is_let_in_when_it_is_back(
    builtin_site: BuiltinSite, open_room: OpenRoom
) -> None:
    """A newcomer of that moment, and somebody who left in it, are in the right place afterwards."""
    ana = await open_room(await builtin_site.link("Ana"))
    ben = await open_room(await builtin_site.link("Ben"))
    cleo = await open_room(await builtin_site.link("Cleo"), joins=False)
    await expect_moving(ana, "Ben")
    await expect(cleo.get_by_role("button", name="Join the call")).to_be_enabled()
    await builtin_site.stop()
    await cleo.get_by_role("button", name="Join the call").click()
    await ben.close()
    await builtin_site.start()

    await expect_moving(cleo, "Ana")
    await expect_moving(ana, "Cleo")
    await expect(tile_of(ana, "Ben")).to_have_count(0, timeout=20_000)
    await builtin_site.until_names("Ana", "Cleo")


async def test_a_reload_comes_back_without_a_new_link(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """The same person is in again at once, as muted as before, and the other sees them move."""
    ana, ben = await open_room(await builtin_site.link("Ana")), await open_room(await builtin_site.link("Ben"))
    await expect_moving(ana, "Ben")
    await ben.keyboard.press("m")
    await ben.reload()

    await expect(ben.get_by_role("button", name="Unmute")).to_be_visible()
    await expect_moving(ana, "Ben")
    await expect_moving(ben, "Ana")
    await expect(tile_of(ana, "Ben").get_by_text("muted")).to_be_attached()
    await expect(ana.locator("#tiles > li")).to_have_count(2)


async def test_a_shared_screen_takes_the_stage(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """The other sees the screen large and unmirrored, and the camera again afterwards."""
    ana, ben = await open_room(await builtin_site.link("Ana")), await open_room(await builtin_site.link("Ben"))
    await expect_moving(ana, "Ben")
    await ben.keyboard.press("s")

    await expect(ana.locator("#tiles.presenting > li[data-screen]")).to_contain_text("Ben")
    await expect_people(
        ana, "A Ana (you) microphone on, camera on", "B Ben (shares the screen) microphone on, camera on"
    )
    await expect_moving(ana, "Ben")
    await ben.get_by_role("button", name="Stop sharing").click()
    await expect(ana.locator("#tiles.presenting")).to_have_count(0)
    await expect_moving(ana, "Ben")


async def test_leaving_ends_in_a_way_back(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """Whoever pressed Leave by mistake joins again, by the lobby."""
    ana = await open_room(await builtin_site.link("Ana"))
    await builtin_site.until_told("joined Ana")
    await ana.get_by_role("button", name="Leave").click()
    await builtin_site.until_told("left Ana")
    await expect(ana.get_by_role("heading", name="You have left the call")).to_be_visible()
    await ana.get_by_role("button", name="Join again").click()
    await ana.get_by_role("button", name="Join the call").click()

    await expect(ana.locator("#call")).to_be_visible()
    await builtin_site.until_told("joined Ana", times=2)
    await builtin_site.until_names("Ana")


async def test_somebody_shown_out_reads_so(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """They are told, not let back in by a reload, and gone from the other page."""
    ana, ben = await open_room(await builtin_site.link("Ana")), await open_room(await builtin_site.link("Ben"))
    await expect(tile_of(ana, "Ben")).to_be_visible()
    seen = next(one for one in await builtin_site.provider.roster(builtin_site.room) if one.display_name == "Ben")
    await builtin_site.provider.kick(builtin_site.room, seen.session_id)

    await expect_removed(ben)
    await ben.reload()
    await expect_removed(ben)
    await expect(tile_of(ana, "Ben")).to_have_count(0)


async def expect_removed(page: Page) -> None:
    """Wait for the screen that says so."""
    await expect(page.get_by_role("heading", name="You were shown out of the call")).to_be_visible()
    await expect(page.get_by_text("If that was a mistake")).to_be_visible()
