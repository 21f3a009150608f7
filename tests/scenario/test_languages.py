"""People are spoken to in their own language, and a card speaks that of whoever started the call."""

from __future__ import annotations

import re

import pytest

from calls.model import TeamId, UserId
from calls.words.language import LANGUAGES
from sandbox.people import CAROL
from sandbox.person import Person
from sandbox.testing import wait_for
from sandbox.workspace import View
from tests.scenario.visiting import visit
from tests.world import GENERAL, World

LOCALES = {"en": "en-GB", "de": "de-DE", "fr": "fr-FR", "es": "es-LA", "ja": "ja-JP"}
START = {"en": "Start a call", "de": "Anruf starten", "fr": "Lancer un appel", "es": "Iniciar una llamada"}
START["ja"] = "通話を開始"


async def carol_speaks(world: World, locale: str = "ja-JP") -> Person:
    """Return Carol, of whom the app has learned what she speaks."""
    world.slack.workspace.users[CAROL].locale = locale
    await world.server.profiles.learned(TeamId(world.slack.workspace.team.id), UserId(CAROL))
    return world.slack.person("carol")


async def dialog(world: World, person: Person) -> View:
    """Return the dialog a person has open."""
    await wait_for(lambda: bool(world.slack.workspace.modals.get(person.user_id)))
    return world.slack.workspace.views[world.slack.workspace.modals[person.user_id][-1]]


async def opened(world: World, person: Person, command: str) -> View:
    """Return the dialog that a command opens, which is not the one that is there already."""
    before = world.slack.workspace.modals.get(person.user_id, [])[-1:]
    await person.command(GENERAL, "/startcall", command)
    await wait_for(lambda: world.slack.workspace.modals[person.user_id][-1:] != before)
    return await dialog(world, person)


def labels(world: World) -> list[str]:
    """Return what is on the buttons of the newest card in #general."""
    card = world.cards(GENERAL)[-1]
    return [one["text"]["text"] for block in card.blocks if block["type"] == "actions" for one in block["elements"]]


async def test_help_is_in_the_language_of_whoever_asks(world: World) -> None:
    """Carol reads Japanese and Alice, in the same conversation, English; what is typed is the same for both."""
    carol = await carol_speaks(world)
    await carol.command(GENERAL, "/startcall", "help")
    await world.alice.command(GENERAL, "/startcall", "help")

    japanese, english = world.told(GENERAL, CAROL)[0], world.told(GENERAL, world.alice.user_id)[0]
    assert "そのほかの操作" in japanese
    assert "Do something else" in english
    for line in ("`/startcall list`", "`/startcall end`", "`/startcall help`"):
        assert line in japanese
        assert line in english


async def test_a_first_command_is_answered_in_english_and_the_next_in_ones_own(world: World) -> None:
    """The first answer does not wait until Slack has said what somebody speaks."""
    await world.slack.person("carol").command(GENERAL, "/startcall", "help")
    carol = await carol_speaks(world)
    await carol.command(GENERAL, "/startcall", "help")

    first, second = world.told(GENERAL, CAROL)
    assert "Do something else" in first
    assert "そのほかの操作" in second


async def test_a_card_speaks_the_language_of_the_starter_whoever_acts_on_it(world: World) -> None:
    """Alice ends Carol's call: she is answered in English, and the card stays Japanese to its end."""
    carol = await carol_speaks(world)
    await carol.command(GENERAL, "/startcall", "週次会議")
    card = await world.card(GENERAL)
    assert f"<@{CAROL}>さんが通話「週次会議」を開始しました。" == card.text
    assert ["参加", "退出", "招待", "名前を変更", "終了"] == labels(world)

    await world.alice.command(GENERAL, "/startcall", "end")
    await wait_for(lambda: "終了しました" in world.cards(GENERAL)[-1].text)
    await world.settled()

    assert "Ending “週次会議” for everybody." == world.told(GENERAL, world.alice.user_id)[-1]
    assert f"<@{world.alice.user_id}>さんが1分未満で終了しました。" in str(world.cards(GENERAL)[-1].blocks)


async def test_what_went_wrong_is_said_in_ones_own_language(world: World) -> None:
    """Errors are sentences like all others."""
    carol = await carol_speaks(world)
    await carol.command(GENERAL, "/startcall", "end")
    await carol.command(GENERAL, "/startcall", "end 4K7-9QM")

    none_here, no_such = world.told(GENERAL, CAROL)
    assert "この会話で進行中の通話はありません。`/startcall` で開始してください。" == none_here
    assert "4K7-9QM" in no_such
    assert "通話にもありません" in no_such


async def test_an_error_in_a_dialog_is_said_in_ones_own_language(world: World) -> None:
    """What stands beside a field is for the person alone, too."""
    carol = await carol_speaks(world, "de-DE")
    await carol.command(GENERAL, "/startcall", "Runde")
    card = await world.card(GENERAL)
    await carol.click(GENERAL, card.ts, "rename_call")
    view = await dialog(world, carol)
    assert "Anruf umbenennen" == view.payload["title"]["text"]

    errors = await carol.submit(view.id, {"title": "\u200b"})
    assert {"title": "Dieser Titel hat kein lesbares Zeichen. Bitte gib einen anderen ein."} == errors


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_dialog_opens_in_every_language(world: World, language: str) -> None:
    """Slack takes each, so nothing in it is too long; and each is in the language asked for."""
    carol = await carol_speaks(world, LOCALES[language])
    await carol.global_shortcut("start_call")
    shown = [await dialog(world, carol)]
    shown += [await opened(world, carol, command) for command in ("schedule", "settings")]
    await carol.open_home()
    await wait_for(lambda: CAROL in world.slack.workspace.homes)

    assert START[language] == shown[0].payload["title"]["text"]
    assert ["start_call", "schedule_call", "settings"] == [view.payload["callback_id"] for view in shown]


@pytest.mark.parametrize("world", ["http"], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_page_speaks_what_the_browser_asks_for(world: World, language: str) -> None:
    """Whoever joins may be nobody Slack knows; the browser says what they read, and the page says what it speaks."""
    title = {"en": "No call here", "de": "Hier ist kein Anruf", "fr": "Aucun appel ici", "ja": "ここに通話はありません"}
    title["es"] = "Aquí no hay ninguna llamada"
    async with visit(world) as browser:
        seen = await browser.get(f"/j/{'t' * 22}", **{"Accept-Language": f"{LOCALES[language]},en;q=0.5"})

    assert [language] == re.findall(r'<html lang="(\w+)">', seen.text)
    assert f"<h1>{title[language]}</h1>" in seen.text
    assert language == seen.headers["Content-Language"]
