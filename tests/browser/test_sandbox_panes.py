"""The panes of the local Slack's page in a browser: faults that a person plans, and the inspector that shows them."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import expect

from sandbox.server import Sandbox
from sandbox.testing import wait_for
from tests.browser.conftest import OpenPage
from tests.browser.page_app import PageApp

pytestmark = pytest.mark.browser


async def test_a_person_plans_a_fault_moves_the_clock_and_ends_connections(
    app: PageApp, slack: Sandbox, open_page: OpenPage
) -> None:
    """Each setting counts at once and stands in the pane, on the pages of others too; nonsense is answered in words."""
    page, other = await open_page(more="&faults=1"), await open_page(more="&faults=1")
    web_api = page.get_by_role("region", name="The app calls the Web API")
    await web_api.get_by_label("Method").fill("chat.*")
    await web_api.get_by_label("What happens").select_option("Done, the answer lost")
    await web_api.get_by_label("How often").fill("many")
    await web_api.get_by_role("button", name="Plan it").click()
    await expect(page.get_by_role("status").filter(has_text="whole number, 1 or more")).to_be_visible()
    await web_api.get_by_label("How often").fill("2")
    await web_api.get_by_role("button", name="Plan it").click()
    await expect(other.get_by_text("chat.*: Done, the answer lost, 2 times")).to_be_visible()
    await expect(web_api.get_by_label("Method")).to_have_value("chat.*")
    await other.get_by_role("button", name="Forget all").click()
    await expect(page.get_by_text("Nothing will go wrong.")).to_be_visible()

    await page.get_by_role("button", name="+5 min").click()
    await expect(other.get_by_text("5 minutes ahead of this computer")).to_be_visible()
    await page.get_by_label("Slack’s own rate limits").check()
    await expect(other.get_by_label("Slack’s own rate limits")).to_be_checked()
    assert slack.faults.rate_limits
    await page.get_by_label("calls.add with an external_unique_id that is taken").select_option("is refused")
    await wait_for(lambda: slack.switches.repeated_external_unique_id == "error")
    await expect(page.get_by_text("1 connection of the app is open.")).to_be_visible()
    await page.get_by_role("button", name="link_disabled").click()
    await wait_for(lambda: slack.api_calls("apps.connections.open")[1:])


async def test_the_inspector_is_filtered_and_copied(app: PageApp, slack: Sandbox, open_page: OpenPage) -> None:
    """Kinds and names narrow it down and survive what comes in; a line says why, and is copied with its answer."""
    page = await open_page(more="&inspector=1")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    inspector = page.get_by_role("complementary", name="Inspector")
    await slack.person("bob").say("C0GENERAL01", "hello")
    await expect(inspector.get_by_text("message.channels is not among the manifest's bot_events.")).to_be_visible()
    await inspector.get_by_role("link", name="Web API").click()
    await inspector.get_by_role("searchbox").fill("test")
    await page.keyboard.press("Enter")
    await app.client.auth_test()
    await app.client.api_call("api.test")
    await expect(inspector.get_by_text("api.test")).to_be_visible()
    await expect(inspector.get_by_text("message.channels")).to_have_count(0)
    await inspector.get_by_text("api.test").click()
    await inspector.get_by_role("button", name="Copy as JSON").first.click()
    await expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    copied = json.loads(await page.evaluate("navigator.clipboard.readText()"))
    assert ("api", "api.test", 200, True) == (copied["kind"], copied["name"], copied["status"], copied["answer"]["ok"])
    await inspector.get_by_role("searchbox").fill("nothing of that name")
    await page.keyboard.press("Enter")
    await expect(inspector.get_by_role("heading", name="Nothing fits")).to_be_visible()
