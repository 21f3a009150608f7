"""The page of a meeting room in the language of the browser, from the door to the end."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from calls.words.language import LANGUAGES, speaking
from calls.words.room import room_words
from tests.browser.room_pages import OpenRoom
from tests.builtin_site import BuiltinSite

SCREENSHOTS = Path("test-output/languages")

OVER = {
    "de": "Dieser Anruf ist für alle vorbei. Starte in Slack mit /startcall einen neuen.",
    "ja": "この通話は全員に対して終了しました。Slack で /startcall を使って新しい通話を開始してください。",
}


@pytest.mark.parametrize("locale", ["de-DE", "ja-JP"])
async def test_a_call_in_another_language(
    builtin_site: BuiltinSite, room_browser: Browser, open_room: OpenRoom, locale: str
) -> None:
    """Lobby, call, list of people and the end that somebody else brings about; and the page says what it speaks."""
    language = locale[:2]
    with speaking(language):
        words = room_words()
    context = await room_browser.new_context(locale=locale, viewport={"width": 1100, "height": 720})
    page = await open_room(await builtin_site.link("Ana"), joins=False, context=context)

    assert language == await page.locator("html").get_attribute("lang")
    await expect(page.get_by_role("heading", name=words["ready"])).to_be_visible()
    await page.screenshot(path=SCREENSHOTS / f"room-{language}-1-lobby.png")
    await page.get_by_role("button", name=words["join_call"], exact=True).click()
    await expect(page.locator("#call")).to_be_visible()
    await page.get_by_role("button", name=words["people"]).click()
    await expect(page.get_by_role("heading", name=words["people_counted"].format(count=1))).to_be_visible()
    await expect(page.locator("#people-list li").first).to_contain_text(f"({words['you']})")
    await page.screenshot(path=SCREENSHOTS / f"room-{language}-2-call.png")

    await builtin_site.provider.end_room(builtin_site.room)
    await expect(page.get_by_role("heading", name=words["room_ended"])).to_be_visible()
    await expect(page.get_by_text(OVER[language])).to_be_visible()


def test_every_language_has_every_sentence_of_the_page_in_words_of_its_own() -> None:
    """The page stops at a name it does not know, and is English for nobody by accident."""
    by_language = {}
    for language in LANGUAGES:
        with speaking(language):
            by_language[language] = room_words()

    names = set(by_language["en"])
    assert all(names == set(words) for words in by_language.values())
    assert all(words["opening"] != by_language["en"]["opening"] for key, words in by_language.items() if key != "en")
