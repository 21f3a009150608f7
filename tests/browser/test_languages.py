"""Cards, dialogs and pages in other languages, as people see them: nothing is cut off or runs over its edge."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from calls.model import TeamId, UserId
from sandbox.people import CAROL
from tests.browser.in_slack import in_slack, type_line
from tests.world import World

SCREENSHOTS = Path("test-output/languages")

SEEN = {
    "de-DE": ("Wöchentliche Runde", "Umbenennen", "Anruf umbenennen", "Diesen Anruf beenden?"),
    "fr-FR": ("Point hebdomadaire", "Renommer", "Renommer cet appel", "Terminer cet appel ?"),
    "es-ES": ("Reunión semanal", "Renombrar", "Renombrar esta llamada", "¿Terminar esta llamada?"),
    "ja-JP": ("週次ミーティング", "名前を変更", "通話の名前を変更", "この通話を終了しますか"),
}

_CUT_OFF = """() => [...document.querySelectorAll('button, h1, h2, h3, label, [role=dialog] *')]
    .filter(one => one.offsetParent && getComputedStyle(one).overflowX !== 'visible')
    .filter(one => one.scrollWidth > one.clientWidth + 1)
    .map(one => one.textContent.trim().slice(0, 80))"""


@pytest.mark.parametrize("locale", SEEN)
async def test_card_and_dialogs_fit_in_other_languages(world: World, browser: Browser, locale: str) -> None:
    """A card with its buttons, the dialogs behind them, help and settings are whole."""
    title, rename, dialog_title, question = SEEN[locale]
    world.slack.workspace.users[CAROL].locale = locale
    await world.server.profiles.learned(TeamId(world.slack.workspace.team.id), UserId(CAROL))
    page = await in_slack(browser, world, CAROL, size=(900, 760))

    await type_line(page, "/startcall help")
    await type_line(page, f"/startcall {title}")
    await expect(page.get_by_role("heading", name=title)).to_be_visible()
    await page.screenshot(path=SCREENSHOTS / f"{locale}-1-card.png")
    assert [] == await page.evaluate(_CUT_OFF)

    await page.get_by_role("button", name=rename, exact=True).click()
    await expect(page.get_by_role("heading", name=dialog_title)).to_be_visible()
    await page.screenshot(path=SCREENSHOTS / f"{locale}-2-rename.png")
    assert [] == await page.evaluate(_CUT_OFF)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)

    for name, command in (("3-settings", "settings"), ("4-schedule", "schedule")):
        await type_line(page, f"/startcall {command}")
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.screenshot(path=SCREENSHOTS / f"{locale}-{name}.png")
        assert [] == await page.evaluate(_CUT_OFF)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)

    await page.locator("button", has_text=SEEN[locale][1]).locator("xpath=following-sibling::button[1]").click()
    await expect(page.get_by_text(question)).to_be_visible()
    await page.screenshot(path=SCREENSHOTS / f"{locale}-5-end.png")
