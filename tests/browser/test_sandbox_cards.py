"""The card of a call in all its states, by eye, by keyboard and by screen reader."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]  # it has no annotations
from playwright.async_api import Browser, Locator, Page, expect

from sandbox.people import ALICE, BOB, GENERAL
from sandbox.server import Sandbox
from tests.browser.conftest import OpenPage
from tests.browser.page_app import Json, PageApp

pytestmark = pytest.mark.browser
SCREENSHOTS = Path("test-output/sandbox")
PEOPLE_DM, APP_DM = "D0ALICEBOB1", "D0APPALICE0"
PHONE_PX = 360
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}


@pytest.fixture
async def calls(slack: Sandbox, app: PageApp) -> dict[str, str]:
    """Return Slack's ids of calls by the state in which Alice sees them."""
    made = {title: await post_call(slack, app, GENERAL, title) for title in ("Live", "Joined", "Ended")}
    made |= {title: await post_call(slack, app, APP_DM, title) for title in ("Invited", "Declined", "Missed")}
    guest = {"external_id": "g", "display_name": "Grace"}
    await app.client.api_call("calls.participants.add", json={"id": made["Live"], "users": [{"slack_id": BOB}, guest]})
    await app.client.api_call("calls.participants.add", json={"id": made["Joined"], "users": [{"slack_id": ALICE}]})
    await app.client.api_call("calls.end", json={"id": made["Ended"], "duration": 754})
    await app.client.api_call("calls.end", json={"id": made["Missed"], "duration": 20})
    await slack.person("alice").decline_call(made["Declined"], APP_DM)
    return made


async def post_call(slack: Sandbox, app: PageApp, channel: str, title: str) -> str:
    """Register a call of Bob and post it, and return Slack's id of it."""
    fields = {"external_unique_id": title, "join_url": "https://meet.example.com/x", "created_by": BOB, "title": title}
    call_id = str((await app.client.api_call("calls.add", json=fields))["call"]["id"])
    blocks: list[Json] = [{"type": "call", "call_id": call_id}]
    to = ALICE if channel == APP_DM else channel
    await app.client.chat_postMessage(channel=to, text="A call", blocks=blocks)
    assert call_id in slack.workspace.calls
    return call_id


def card(page: Page, title: str) -> Locator:
    """Return a card by its title, as screen readers name it."""
    return page.get_by_role("article", name=title, exact=True)


async def test_every_state_of_a_call_is_told_apart(
    slack: Sandbox, calls: dict[str, str], open_page: OpenPage, app: PageApp
) -> None:
    """What a card says and offers follows from the call and from who looks; by keyboard all of it can be reached."""
    slack.switches.declined_in_app_messages = True
    page = await open_page(ALICE, GENERAL, width=PHONE_PX)
    await expect(card(page, "Live")).to_contain_text("2 in the call: Bob Baker and Grace")
    await expect(card(page, "Live").get_by_role("link", name="Join call")).to_have_accessible_description("Live")
    await expect(card(page, "Joined")).to_contain_text("You’re in")
    await expect(card(page, "Joined").get_by_role("link", name="Rejoin call")).to_be_visible()
    await expect(card(page, "Ended")).to_contain_text("Call ended · Lasted 12 minutes")
    await expect(card(page, "Ended").get_by_role("link")).to_have_count(0)
    await page.goto(f"{slack.url}?user={ALICE}&channel={APP_DM}")
    await expect(card(page, "Declined")).to_contain_text("You declined this call")
    await expect(card(page, "Declined").get_by_role("button", name="Decline")).to_have_count(0)
    await expect(card(page, "Missed")).to_contain_text("You missed this call · Lasted 20 seconds")
    await expect(card(page, "Invited")).to_contain_text("Incoming call")
    await card(page, "Invited").get_by_role("button", name="Decline").focus()
    await page.keyboard.press("Tab")
    await expect(card(page, "Invited").get_by_role("link", name="Join call")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(card(page, "Invited")).to_contain_text("You declined this call")
    assert slack.workspace.calls[calls["Invited"]].rejected_by == {ALICE}
    slack.switches.declined_in_app_messages = False
    await post_call(slack, app, APP_DM, "Another")
    await expect(card(page, "Another")).to_contain_text("Incoming call")
    await expect(card(page, "Another").get_by_role("button", name="Decline")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", PHONE_PX), ("dark", 1280)])
async def test_no_screen_has_a_barrier(
    slack: Sandbox, calls: dict[str, str], browser: Browser, scheme: Literal["light", "dark"], width: int
) -> None:
    """Axe finds nothing against WCAG 2 AA: names, roles, contrast; and nothing is wider than the screen."""
    slack.faults.add("calls.info", "429")
    at, wider = f"?user={ALICE}&channel=", [f"{GENERAL}&inspector=1", f"{GENERAL}&faults=1", APP_DM]
    screens = [at + where for where in wider]
    if width == PHONE_PX:
        first = slack.workspace.messages[GENERAL][0].ts
        client = slack.installation.client_id
        screens += [at + where for where in (f"{GENERAL}&thread={first}", f"{APP_DM}&tab=home", f"{GENERAL}&list=1")]
        screens.append(f"oauth/v2/authorize?client_id={client}&scope=commands&redirect_uri=http://127.0.0.1:9/x")
    context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = await context.new_page()
    found: list[str] = []
    for number, path in enumerate(screens):
        await page.goto(slack.url + path)
        await page.get_by_role("heading").first.wait_for()
        await page.screenshot(path=SCREENSHOTS / f"{number}-{scheme}.png")
        result = await Axe().run(page, options=AXE)
        found += [
            f"{path}: {one['id']} {node['html'][:80]}" for one in result.response["violations"] for node in one["nodes"]
        ]
        if await page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{path}: wider than {width} px")
    assert found == []
