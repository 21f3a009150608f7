"""The built-in room for people who use the keyboard, a screen reader, or need contrast."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.room_pages import OpenRoom, people_on
from tests.builtin_site import BuiltinSite

# 4.5 is the least contrast: https://www.w3.org/TR/WCAG22/#contrast-minimum
_FAINT_TEXTS = """() => {
    const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1});
    const pen = canvas.getContext('2d', {willReadFrequently: true});
    const over = (colour, below) => {
        pen.fillStyle = `rgb(${below.join()})`; pen.fillRect(0, 0, 1, 1);
        pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
        return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (colour) => {
        const [r, g, b] = colour.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const below = (element) => element
        ? over(getComputedStyle(element).backgroundColor, below(element.parentElement))
        : [255, 255, 255];
    const faint = [];
    const isSeen = element => element.checkVisibility({visibilityProperty: true})
        && !element.closest('option, noscript, .visually-hidden');
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        if (!own || !isSeen(element)) continue;
        const ground = below(element);
        const lights = [light(over(getComputedStyle(element).color, ground)), light(ground)];
        const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
        if (ratio < 4.5) faint.push(`${element.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
    }
    return faint;
}"""
_NAMELESS = """() => [...document.querySelectorAll('button, select, input, video')]
    .filter(element => element.checkVisibility())
    .filter(element => !(element.ariaLabel || element.labels?.length || element.innerText?.trim()))
    .map(element => element.outerHTML)"""
_OVERFLOWING = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def faint_texts(page: Page) -> list[str]:
    """Return every text that has too little contrast."""
    await page.wait_for_timeout(300)  # for colours that change gradually
    return list(await page.evaluate(_FAINT_TEXTS))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100])
async def test_every_text_can_be_read_and_every_control_has_a_name(
    builtin_site: BuiltinSite,
    open_room: OpenRoom,
    room_browser: Browser,
    *,
    scheme: Literal["light", "dark"],
    width: int,
) -> None:
    """In the lobby, in the call with all its states, and at its end, in light and dark, on a phone and a desk."""
    context = await room_browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = await open_room(await builtin_site.link("Ana Ames"), joins=False, context=context)
    await expect(page.locator("#preview")).to_be_visible()
    found = [await faint_texts(page), await page.evaluate(_NAMELESS)]
    await page.get_by_role("button", name="Mute").click()
    await page.get_by_role("button", name="Join the call").click()
    await expect(page.locator("#call")).to_be_visible()
    await page.keyboard.press("v")
    await people_on(page)
    found += [await faint_texts(page), await page.evaluate(_NAMELESS)]
    overflow = await page.evaluate(_OVERFLOWING)
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    found += [await faint_texts(page), await page.evaluate(_NAMELESS)]
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("button", name="Join again")).to_be_visible()
    found += [await faint_texts(page), await page.evaluate(_NAMELESS)]

    assert [[]] * 8 == found
    assert 0 == overflow


async def test_a_whole_call_works_by_keyboard(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """From the lobby to the end nothing needs a mouse, and the focus is never lost."""
    page = await open_room(await builtin_site.link("Ana"), joins=False)
    await expect(page.get_by_role("heading", name="Ready to join?")).to_be_focused()
    await page.keyboard.press("m")
    await expect(page.get_by_role("button", name="Unmute")).to_be_visible()
    await page.get_by_role("combobox", name="Microphone").focus()
    for name in ("Camera", "Join the call"):
        await page.keyboard.press("Tab")
        control = page.get_by_role("combobox", name=name, exact=True).or_(
            page.get_by_role("button", name=name, exact=True)
        )
        await expect(control).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", name="Call", exact=True)).to_be_focused()
    stops = []
    for _ in range(7):
        await page.keyboard.press("Tab")
        stops.append(await page.evaluate("document.activeElement.ariaLabel || document.activeElement.innerText"))
    assert ["Full screen", "Keys", "Unmute", "Stop camera", "Share screen", "People", "Leave"] == [
        stop.partition("\n")[0] for stop in stops
    ]
    await page.keyboard.press("p")
    await expect(page.get_by_role("heading", name="People (1)")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="People")).to_be_focused()
    await page.get_by_role("button", name="Leave").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="You have left the call")).to_be_focused()


async def test_keys_can_be_switched_off(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """Whoever steers by voice or a screen reader keeps these keys for that, also after a reload."""
    page = await open_room(await builtin_site.link("Ana"))
    await page.keyboard.press("?")
    await page.get_by_label("Use these keys").uncheck()
    await page.get_by_role("button", name="Close", exact=True).click()
    await page.keyboard.press("m")
    await expect(page.get_by_role("button", name="Mute")).to_be_visible()
    await page.reload()
    await expect(page.locator("#call")).to_be_visible()
    await page.keyboard.press("m")

    await expect(page.get_by_role("button", name="Mute")).to_be_visible()
    await expect(page.locator("#call kbd:visible")).to_have_count(0)


async def test_typing_in_a_field_presses_nothing(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """A letter that chooses a device in a list does not mute as well."""
    page = await open_room(await builtin_site.link("Ana"), joins=False)
    await page.get_by_role("combobox", name="Camera").focus()
    await page.keyboard.press("m")

    await expect(page.get_by_role("button", name="Mute")).to_be_visible()


async def test_comings_and_goings_are_announced(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """What changes by itself is said to those who listen, and stands in a real list."""
    ana = await open_room(await builtin_site.link("Ana"))
    await expect(ana.get_by_role("status").filter(has_text="Nobody else is here yet.")).to_be_visible()
    ben = await open_room(await builtin_site.link("Ben"))
    await expect(ana.get_by_role("status").filter(has_text="Ben joined.")).to_be_visible()
    await expect(ben.get_by_role("status").filter(has_text="with 1 other person")).to_be_visible()
    await people_on(ana)

    await expect(ana.get_by_role("complementary").get_by_role("listitem")).to_have_count(2)
    await ben.close()
    await expect(ana.get_by_role("status").filter(has_text="Ben left.")).to_be_visible()


async def test_hostile_names_are_only_text(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """Markup stays text, and a name that turns the reading direction turns nothing but itself."""
    name = '<img src=x onerror="document.title=1"> \N{RIGHT-TO-LEFT OVERRIDE}txt'
    ana = await open_room(await builtin_site.link("Ana"))
    await open_room(await builtin_site.link(name))

    await expect(ana.locator("#tiles bdi").last).to_have_text(name)
    assert "Call · Startcall" == await ana.title()
    assert 0 == await ana.locator("#tiles img").count()
