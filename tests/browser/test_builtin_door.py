"""The way into the built-in room: links, refusals, and people without a camera."""

from __future__ import annotations

import re
from datetime import timedelta

import aiohttp
import pytest
from playwright.async_api import async_playwright, expect

from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.browser.room_pages import MEDIA_ARGUMENTS, OpenRoom, expect_moving, tile_of
from tests.builtin_site import BuiltinSite, entered


async def test_without_a_link_of_their_own_people_read_where_to_get_one(
    builtin_site: BuiltinSite, open_room: OpenRoom
) -> None:
    """The address everybody knows lets nobody in, and says what to press."""
    page = await open_room(builtin_site.room.join_url, joins=False)

    await expect(page.get_by_role("heading", name="Join from Slack")).to_be_visible()
    await expect(page.get_by_text("press Join on the call's card in Slack")).to_be_visible()
    await expect(page.get_by_role("button")).to_have_count(0)


async def test_an_expired_link_says_where_to_get_a_new_one(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """Whoever comes too late is not left alone with it."""
    page = await open_room(await builtin_site.link("Ana", lasts=timedelta(seconds=-1)), joins=False)

    await expect(page.get_by_role("heading", name="This link has run out")).to_be_visible()
    await expect(page.get_by_text("Press Join in Slack for a new one.")).to_be_visible()


async def test_the_token_is_gone_from_the_address_at_once(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """It is neither in the address nor a step back in the history, and no request had it in its address."""
    page = await open_room("about:blank", joins=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url + str(request.headers.get("referer"))))
    link = await builtin_site.link("Ana")
    await page.goto(link)
    await expect(page.get_by_role("heading", name="Ready to join?")).to_be_visible()

    assert page.url == builtin_site.room.join_url
    assert link.partition("#")[2] not in "".join(asked)
    assert "None" in "".join(asked)
    await page.go_back()
    await page.go_forward()
    assert page.url == builtin_site.room.join_url


async def test_a_new_link_in_the_same_tab_is_taken(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """Only what is behind the # differs, and the page still lets the new person in."""
    page = await open_room(await builtin_site.link("Ana"), joins=False)
    await expect(page.locator("#lobby-name")).to_have_text("Ana")
    await page.goto(await builtin_site.link("Ben"))

    await expect(page.locator("#lobby-name")).to_have_text("Ben")


async def test_the_seventh_reads_what_to_do_and_can_try_again(
    builtin_site: BuiltinSite, open_room: OpenRoom, session: aiohttp.ClientSession
) -> None:
    """Six are in; when one of them leaves, one press is enough."""
    six = [await entered(session, builtin_site, name) for name in ("Ana", "Ben", "Cleo", "Dan", "Eva", "Flo")]
    page = await open_room(await builtin_site.link("Gus"), joins=False)
    await expect(page.get_by_role("heading", name="This call is full")).to_be_visible()
    await expect(page.get_by_text("There is room for 6 people")).to_be_visible()

    await six[0].close()
    await builtin_site.until_told("left Ana")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="Ready to join?")).to_be_visible()


async def test_while_the_app_is_away_the_door_can_be_tried_again(
    builtin_site: BuiltinSite, open_room: OpenRoom
) -> None:
    """Nothing is lost when the app is just being restarted."""
    builtin_site.calls.is_readable = False
    page = await open_room(await builtin_site.link("Ana"), joins=False)
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    builtin_site.calls.is_readable = True
    await page.get_by_role("button", name="Try again").click()

    await expect(page.get_by_role("heading", name="Ready to join?")).to_be_visible()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"], "does not let this page use"),
        (["--use-fake-ui-for-media-stream"], "No camera or microphone was found"),
    ],
)
async def test_people_without_a_camera_join_to_watch_and_listen(
    builtin_site: BuiltinSite, open_room: OpenRoom, arguments: list[str], said: str
) -> None:
    """Whether the browser was told no or has no devices, the page says so and lets them in; the others see them."""
    ana = await open_room(await builtin_site.link("Ana"))
    async with async_playwright() as playwright:
        others = [argument for argument in MEDIA_ARGUMENTS if not argument.startswith("--use-fake")]
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, *others, *arguments], ignore_default_args=["--mute-audio"]
        )
        ben = await browser.new_page()
        await ben.goto(await builtin_site.link("Ben"))
        await expect(ben.locator("#lobby-problem")).to_contain_text(said)
        await expect(ben.locator("#lobby-problem")).to_contain_text("you will see and hear the others")
        await ben.get_by_role("button", name="Join the call").click()

        await expect_moving(ben, "Ana")
        await expect(tile_of(ana, "Ben").get_by_text("muted")).to_be_attached()
        await browser.close()


async def test_sound_that_the_browser_holds_back_is_one_press_away(
    builtin_site: BuiltinSite, open_room: OpenRoom
) -> None:
    """After a reload nobody has touched the page, and some browsers then play no sound: a button asks for it."""
    await open_room(await builtin_site.link("Ana"))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, "--autoplay-policy=document-user-activation-required"],
            ignore_default_args=["--mute-audio"],
        )
        ben = await browser.new_page()
        await ben.goto(await builtin_site.link("Ben"))
        await ben.get_by_role("button", name="Join the call").click()
        await expect(tile_of(ben, "Ana").locator("video")).to_be_visible(timeout=15_000)
        await expect(ben.get_by_role("button", name="Turn the sound on")).to_be_hidden()
        await ben.reload()
        # Whatever a test looks at on the page counts as a touch, so it has to wait without looking.
        await builtin_site.until_told("joined Ben", times=2)
        await ben.wait_for_timeout(4_000)
        await ben.get_by_role("button", name="Turn the sound on").click()

        await expect(ben.get_by_role("button", name="Turn the sound on")).to_be_hidden()
        await expect(tile_of(ben, "Ana").locator("video")).to_have_js_property("paused", value=False)
        await browser.close()


async def test_nothing_comes_from_elsewhere(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """The page asks this app alone, for its own files and nothing else."""
    page = await open_room("about:blank", joins=False)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(await builtin_site.link("Ana"))
    await page.get_by_role("button", name="Join the call").click()
    await expect(page.locator("#call")).to_be_visible()

    assert len(asked) > 5
    assert [] == [url for url in asked if not re.match(rf"{re.escape(builtin_site.url)}/room/builtin/", url)]
