"""The page of the local Slack in a real browser: what people see, type, press, and hear from a screen reader."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from sandbox import views
from sandbox.people import ALICE, BOB, CAROL, GENERAL
from sandbox.server import Sandbox
from sandbox.testing import wait_for
from tests.browser.conftest import OpenPage
from tests.browser.page_app import PageApp, form

pytestmark = pytest.mark.browser
ALICE_APP = "D0APPALICE0"


async def run(page: Page, text: str) -> None:
    """Type a line and press Enter."""
    await page.get_by_placeholder("Message", exact=False).first.fill(text)
    await page.keyboard.press("Enter")


async def test_a_message_shows_at_once_on_the_pages_of_others(open_page: OpenPage) -> None:
    """What Alice says stands on Bob's open page without a reload."""
    alice, bob = await open_page(ALICE), await open_page(BOB)
    await run(alice, "Is *everybody* here?")
    await expect(bob.get_by_role("log").get_by_text("Is everybody here?")).to_be_visible()
    await expect(alice.get_by_role("textbox", name="Message #general")).to_have_value("")


async def test_typed_text_and_the_cursor_survive_changes(slack: Sandbox, open_page: OpenPage) -> None:
    """Messages of others come in while somebody types, and nothing they typed or chose is lost."""
    page = await open_page()
    box = page.get_by_role("textbox", name="Message #general")
    await box.press_sequentially("half a sent")
    await page.keyboard.press("ArrowLeft")
    for number in range(3):
        await slack.person("bob").say(GENERAL, f"interruption {number}")
    await expect(page.get_by_text("interruption 2")).to_be_visible()
    await page.keyboard.press("X")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("half a senXt")


async def test_shift_enter_makes_a_line_and_enter_posts(slack: Sandbox, open_page: OpenPage) -> None:
    """One message of two lines is stored."""
    page = await open_page()
    await page.get_by_role("textbox", name="Message #general").press_sequentially("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log").get_by_text("two")).to_be_visible()
    assert slack.workspace.messages[GENERAL][-1].text == "one\ntwo"


async def test_an_unsent_draft_is_there_after_looking_elsewhere(open_page: OpenPage) -> None:
    """Going to another conversation and back keeps what was typed."""
    page = await open_page()
    await page.get_by_role("textbox", name="Message #general").fill("not yet")
    await page.get_by_role("link", name="random").click()
    await expect(page.get_by_role("textbox", name="Message #random")).to_have_value("")
    await page.get_by_role("link", name="general").click()
    await expect(page.get_by_role("textbox", name="Message #general")).to_have_value("not yet")


async def test_a_slash_shows_the_commands_and_tab_completes(open_page: OpenPage) -> None:
    """The hints come from the manifest, narrow down while typing and go away."""
    page = await open_page()
    box = page.get_by_role("textbox", name="Message #general")
    await box.press_sequentially("/ca")
    await expect(page.get_by_text("[title]")).to_be_visible()
    await expect(page.get_by_text("Post menus")).to_be_hidden()
    await page.keyboard.press("Tab")
    await expect(box).to_have_value("/call ")
    await box.fill("no command")
    await expect(page.get_by_text("[title]")).to_be_hidden()


async def test_a_modal_shows_errors_at_its_inputs_and_keeps_what_was_typed(app: PageApp, open_page: OpenPage) -> None:
    """The form says what is wrong where it is wrong, tells screen readers so, and closes when all is well."""
    page = await open_page()
    await run(page, "/call")
    dialog = page.get_by_role("dialog", name="New call")
    title = dialog.get_by_role("textbox", name="Title")
    await expect(title).to_be_focused()
    await title.fill("taken")
    await dialog.get_by_role("textbox", name="Note").fill("kept")
    await page.keyboard.press("Tab")
    await dialog.get_by_role("button", name="Start").click()
    await expect(dialog.get_by_text("This name is taken.")).to_be_visible()
    await expect(title).to_be_focused()
    await expect(title).to_have_attribute("aria-invalid", "true")
    assert await title.evaluate("(e) => document.getElementById(e.getAttribute('aria-describedby')).textContent") == (
        "This name is taken."
    )
    await expect(dialog.get_by_role("textbox", name="Note")).to_have_value("kept")
    await title.fill("free")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_role("textbox", name="Message #general")).to_be_focused()


async def test_a_modal_sends_every_kind_of_value(app: PageApp, open_page: OpenPage) -> None:
    """Choices, people, and a date and time in the person's own zone arrive as Slack sends them."""
    page = await open_page()
    await run(page, "/call")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Title").fill("all")
    await dialog.get_by_label("Meeting system").select_option("Jitsi")
    await dialog.get_by_role("group", name="People").get_by_role("checkbox", name="Bob").check()
    await dialog.get_by_label("When").fill("2026-11-23T15:30")
    await dialog.get_by_role("button", name="Start").click()
    await expect(dialog).to_be_hidden()
    values = app.heard[-1][1]["view"]["state"]["values"]
    assert values["title"]["title"]["value"] == "all"
    assert values["system"]["system"]["selected_option"]["value"] == "jitsi"
    assert values["people"]["people"]["selected_users"] == [BOB]
    assert values["when"]["when"]["selected_date_time"] == 1795444200


async def test_what_is_typed_in_a_modal_survives_changes_around_and_in_it(
    app: PageApp, slack: Sandbox, open_page: OpenPage
) -> None:
    """Messages arrive and the app updates the view, and the half-filled form stays as it was."""
    page = await open_page()
    await run(page, "/call")
    title = page.get_by_role("dialog").get_by_label("Title")
    await title.press_sequentially("half")
    await slack.person("bob").say(GENERAL, "meanwhile")
    await expect(page.get_by_text("meanwhile")).to_be_attached()
    await page.get_by_role("dialog").get_by_role("button", name="Refresh").click()
    await expect(page.get_by_role("dialog", name="Fresh form")).to_be_visible()
    await expect(page.get_by_role("dialog").get_by_label("Title")).to_have_value("half")


async def test_a_required_input_is_asked_for_and_escape_closes(
    app: PageApp, slack: Sandbox, open_page: OpenPage
) -> None:
    """Nothing is sent without the title, and Escape closes the modal for the app, too."""
    page = await open_page()
    await run(page, "/call")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Start").click()
    await expect(dialog).to_be_visible()
    assert [kind for kind, _ in app.heard] == []
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await wait_for(lambda: slack.workspace.modals[ALICE] == [])


async def test_a_pushed_modal_covers_the_first_and_gives_it_back(app: PageApp, open_page: OpenPage) -> None:
    """Closing the second form shows the first again, filled in as before."""
    page = await open_page()
    await run(page, "/call")
    await page.get_by_role("dialog").get_by_label("Title").fill("more")
    await page.get_by_role("dialog").get_by_role("button", name="Start").click()
    second = page.get_by_role("dialog", name="Second form")
    await second.get_by_role("button", name="Cancel").click()
    await expect(second).to_be_hidden()
    await expect(page.get_by_role("dialog", name="New call").get_by_label("Title")).to_have_value("more")


async def test_a_button_that_asks_first_acts_only_when_told_to(app: PageApp, open_page: OpenPage) -> None:
    """The confirm dialog says what the app wrote; denying does nothing, confirming acts once."""
    page = await open_page()
    await run(page, "/card")
    end = page.get_by_role("log").get_by_role("button", name="End")
    await end.click()
    dialog = page.get_by_role("dialog", name="End this call?")
    await expect(dialog).to_contain_text("It ends for everybody.")
    await dialog.get_by_role("button", name="Keep it").click()
    await expect(dialog).to_be_hidden()
    await end.click()
    await dialog.get_by_role("button", name="End call").click()
    await wait_for(lambda: app.actions() == ["end"])
    await expect(dialog).to_be_hidden()


async def test_a_call_card_lives_with_its_call(app: PageApp, slack: Sandbox, open_page: OpenPage) -> None:
    """Title, id, people and the way in are on the card; when the call ends the card says so."""
    page = await open_page()
    await run(page, "/card")
    log = page.get_by_role("log")
    join = log.get_by_role("link", name="Join call")
    await expect(join).to_have_attribute("href", "https://meet.example.com/room")
    await expect(join).to_have_attribute("target", "_blank")
    await expect(join).to_have_attribute("rel", "noreferrer")
    await expect(log.get_by_role("heading", name="Planning")).to_be_visible()
    await expect(log.get_by_text("by Alice Arnold")).to_be_visible()
    await expect(log.get_by_text("owl-1")).to_be_visible()
    await expect(log.get_by_text("Nobody has joined yet")).to_be_visible()
    call_id = next(iter(slack.workspace.calls))
    guest = {"external_id": "g", "display_name": "Grace"}
    await app.client.api_call("calls.participants.add", json={"id": call_id, "users": [{"slack_id": BOB}, guest]})
    await expect(log.get_by_text("2 in the call: Bob Baker and Grace")).to_be_visible()
    await app.client.api_call("calls.end", json={"id": call_id, "duration": 3900})
    await expect(log.get_by_text("Call ended · Lasted 1 hour 5 minutes")).to_be_visible()
    await expect(log.get_by_text("Bob Baker and Grace attended")).to_be_visible()
    await expect(join).to_be_hidden()


@pytest.mark.parametrize("url", ["http://meet.example.com/x", "zoommtg://join", "ftp://127.0.0.1/x"])
async def test_an_unsafe_join_address_is_no_link(app: PageApp, open_page: OpenPage, url: str) -> None:
    """Only https, or http on this machine, can be opened from a card."""
    page = await open_page()
    await run(page, f"/card {url}")
    await expect(page.get_by_text("This call has no address that is safe to open.")).to_be_visible()
    await expect(page.get_by_role("link", name="Join call")).to_have_count(0)


async def test_a_button_with_an_address_opens_it_and_tells_the_app(app: PageApp, open_page: OpenPage) -> None:
    """A new tab opens, and the app hears of the press."""
    page = await open_page()
    await page.context.route("https://map.example.com/", lambda route: route.fulfill(body="a map"))
    await run(page, "/card")
    async with page.context.expect_page() as opened:
        await page.get_by_role("button", name="Open the map").click()
    assert (await opened.value).url == "https://map.example.com/"
    await wait_for(lambda: app.actions() == ["map"])


async def test_menus_and_pickers_tell_the_app_what_was_chosen(app: PageApp, open_page: OpenPage) -> None:
    """A select, an overflow menu, checkboxes and a date act at once, each with its value."""
    page = await open_page()
    await run(page, "/menus")
    log = page.get_by_role("log")
    await log.get_by_role("combobox", name="Pick a colour").select_option("Green")
    await wait_for(lambda: app.actions() == ["colour"])
    await log.get_by_role("button", name="More options").click()
    await log.get_by_role("button", name="Red").click()
    await wait_for(lambda: app.actions()[1:] == ["more"])
    await log.get_by_role("checkbox", name="Red").check()
    await wait_for(lambda: app.actions()[2:] == ["boxes"])
    await log.get_by_label("Date").fill("2026-12-01")
    await wait_for(lambda: app.actions()[3:] == ["day"])
    chosen = [body["actions"][0] for _, body in app.heard]
    assert chosen[0]["selected_option"]["value"] == "green"
    assert chosen[1]["selected_option"]["value"] == "red"
    assert [option["value"] for option in chosen[2]["selected_options"]] == ["red"]
    assert chosen[3]["selected_date"] == "2026-12-01"


async def test_an_answer_for_one_person_is_seen_by_them_alone(slack: Sandbox, open_page: OpenPage) -> None:
    """An ephemeral message says so, and others do not have it."""
    alice, bob = await open_page(ALICE), await open_page(BOB)
    await run(alice, "/nonsense")
    await expect(alice.get_by_text("/nonsense is not a valid command")).to_be_visible()
    await expect(alice.get_by_text("Only visible to you")).to_be_visible()
    await slack.person("alice").say(GENERAL, "for all")
    await expect(bob.get_by_text("for all")).to_be_visible()
    await expect(bob.get_by_text("/nonsense")).to_have_count(0)


async def test_a_thread_takes_replies_and_counts_them(slack: Sandbox, open_page: OpenPage) -> None:
    """A reply stands in the thread, and in the channel only as a count."""
    first = slack.workspace.messages[GENERAL][0]
    page = await open_page(more=f"&thread={first.ts}")
    thread = page.get_by_role("complementary", name="Thread")
    await thread.get_by_role("textbox", name="Reply").fill("I have")
    await page.keyboard.press("Enter")
    await expect(thread.get_by_text("I have")).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("1 reply")).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("I have")).to_have_count(0)
    assert slack.workspace.messages[GENERAL][-1].thread_ts == first.ts
    await thread.get_by_role("textbox", name="Reply").fill("/card")
    await page.keyboard.press("Enter")
    await expect(thread.get_by_text("/card is not supported in threads.")).to_be_visible()


async def test_shortcuts_are_in_the_lightning_menu_and_at_messages(app: PageApp, open_page: OpenPage) -> None:
    """The global one opens its form, the other one carries its message."""
    page = await open_page()
    await page.get_by_text("Good morning!").hover()
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("button", name="Note this").click()
    await wait_for(lambda: [kind for kind, _ in app.heard] == ["note"])
    assert app.heard[0][1]["message"]["text"].startswith("Good morning!")
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("button", name="Begin a call").click()
    await expect(page.get_by_role("dialog", name="New call")).to_be_visible()


async def test_the_home_is_under_the_apps_name_and_its_buttons_work(app: PageApp, open_page: OpenPage) -> None:
    """Opening it tells the app, which fills it at once."""
    page = await open_page()
    await page.get_by_role("link", name="Caller").click()
    await expect(page.get_by_text("Hello @Alice Arnold")).to_be_visible()
    await page.get_by_role("button", name="Press me").click()
    await wait_for(lambda: app.actions() == ["from_home"])
    await page.get_by_role("link", name="Messages").click()
    await expect(page.get_by_role("textbox", name="Message Caller")).to_be_visible()


async def test_a_call_in_a_direct_message_can_be_declined(app: PageApp, slack: Sandbox, open_page: OpenPage) -> None:
    """Where Slack lets people decline an app's call, declining tells the app and stays on the card."""
    slack.switches.declined_in_app_messages = True
    call = await app.client.api_call(
        "calls.add", json={"external_unique_id": "x", "join_url": "https://meet.example.com/x", "created_by": BOB}
    )
    blocks = [{"type": "call", "call_id": call["call"]["id"]}]
    await app.client.chat_postMessage(channel=ALICE, text="A call", blocks=blocks)
    channel = next(c for c in slack.workspace.channels.values() if c.kind == "im" and c.name.endswith(ALICE))
    page = await open_page(ALICE, channel.id)
    await page.get_by_role("button", name="Decline").click()
    await expect(page.get_by_text("You declined this call")).to_be_visible()
    await wait_for(lambda: [kind for kind, _ in app.heard] == ["rejected"])


async def test_unread_conversations_have_a_dot_until_they_are_opened(slack: Sandbox, open_page: OpenPage) -> None:
    """The sidebar, its text for screen readers and the window's title say where something is new."""
    page = await open_page()
    await slack.person("bob").say("C0RANDOM001", "psst")
    link = page.get_by_role("link", name=re.compile("random"))
    await expect(link).to_contain_text("1 unread")
    await expect(page).to_have_title(re.compile(r"^\(1\) #general"))
    await link.click()
    await expect(page.get_by_text("psst")).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile("random"))).not_to_contain_text("unread")


async def test_people_are_links_to_their_own_view(open_page: OpenPage) -> None:
    """One click and the same channel is seen by somebody else."""
    page = await open_page()
    await page.get_by_role("link", name="Carol Chiba", exact=True).click()
    await expect(page).to_have_url(re.compile(f"user={CAROL}"))
    await expect(page.get_by_role("link", name="Carol Chiba", exact=True)).to_have_attribute("aria-current", "true")
    await expect(page.get_by_role("textbox", name="Message #general")).to_be_visible()


async def test_the_inspector_shows_what_was_said(app: PageApp, open_page: OpenPage) -> None:
    """Web API calls and deliveries come up by themselves, with what was sent and answered."""
    page = await open_page(more="&inspector=1")
    await run(page, "/card")
    inspector = page.get_by_role("complementary", name="Inspector")
    await inspector.get_by_text("chat.postMessage").click()
    await expect(inspector.get_by_text('"text": "A call"').first).to_be_visible()
    await expect(inspector.get_by_role("button", name="Copy as JSON")).to_be_visible()
    await expect(inspector.get_by_text("/card").first).to_be_visible()


async def test_an_app_that_does_not_answer_is_named_at_the_place(slack: Sandbox, open_page: OpenPage) -> None:
    """With no app connected a shortcut says so on the page, and a form keeps what was typed."""
    page = await open_page()
    await page.get_by_role("button", name="Shortcuts").click()
    await page.get_by_role("button", name="Begin a call").click()
    await expect(page.get_by_role("status").filter(has_text="Is it running?")).to_be_visible()
    views.open_view(slack.workspace, ALICE, form())
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Title").fill("lost?")
    await dialog.get_by_role("button", name="Start").click()
    await expect(dialog.get_by_text("We had some trouble connecting")).to_be_visible()
    await expect(dialog.get_by_label("Title")).to_have_value("lost?")


@pytest.mark.parametrize("more", ["", "&list=1", "&inspector=1"])
async def test_a_phone_shows_everything_without_scrolling_sideways(
    app: PageApp, open_page: OpenPage, more: str
) -> None:
    """At 390 pixels nothing is wider than the screen."""
    page = await open_page(more=more, width=390)
    if not more:
        await run(page, "/card")
        await expect(page.get_by_role("link", name="Join call")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    inside = (
        "[...document.querySelectorAll('main, nav, aside')].filter((e) => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert await page.evaluate(inside) == 0


async def test_a_page_left_open_finds_the_next_sandbox(slack: Sandbox, open_page: OpenPage) -> None:
    """An address of a conversation that does not exist leads to one that does."""
    page = await open_page()
    del slack.workspace.channels[GENERAL]
    slack.workspace.changed()
    await expect(page.get_by_role("textbox", name="Message #random")).to_be_visible()
