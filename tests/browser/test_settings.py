"""The settings as people see them: each part of the dialog, what is wrong, and what is chosen the next time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from calls.model import TeamId
from calls.preferences import Who, WorkspacePreferences
from sandbox.people import ALICE
from tests.browser.in_slack import in_slack, type_line
from tests.choosing import Choosing
from tests.world import World, running_world

SCREENSHOTS = Path("test-output/settings")
SEVERAL = {
    "STARTCALL_PROVIDER": "jitsi",
    "STARTCALL_PROVIDERS": "link",
    "STARTCALL_LINK_TEMPLATE": "{slack}meet/{room}",
}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Run an app that has two meeting systems."""
    async with running_world(tmp_path, http=False, extra=SEVERAL) as running:
        yield running


async def test_an_admin_goes_through_every_part(world: World, browser: Browser) -> None:
    """What is wrong is said at its input, and what was saved is there the next time."""
    alice = await in_slack(browser, world, ALICE)
    await type_line(alice, "/startcall settings")
    dialog = alice.get_by_role("dialog")
    await dialog.get_by_label("Address of your own room").fill("https://intranet/alice")
    await alice.screenshot(path=SCREENSHOTS / "1-you.png")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog.get_by_text("That address works in your own network only.")).to_be_visible()
    await alice.screenshot(path=SCREENSHOTS / "2-wrong.png")
    await dialog.get_by_label("Address of your own room").fill("https://meet.example.com/alice")

    await dialog.get_by_role("button", name="This conversation").click()
    await expect(dialog.get_by_label("Post a record when a call is over")).to_be_visible()
    await alice.screenshot(path=SCREENSHOTS / "3-conversation.png")
    await dialog.get_by_role("button", name="Workspace").click()
    await expect(dialog.get_by_label("Who may end a call")).to_be_visible()
    await alice.wait_for_timeout(500)  # the local Slack draws a dialog twice, and the second time undoes a choice
    await dialog.get_by_label("Who may end a call").select_option(label="Workspace admins")
    await alice.screenshot(path=SCREENSHOTS / "4-workspace.png")
    await dialog.get_by_role("button", name="Save").scroll_into_view_if_needed()
    await alice.screenshot(path=SCREENSHOTS / "5-workspace-end.png")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    chosen = await Choosing(world.server.database).of_workspace(TeamId(world.slack.workspace.team.id))
    assert WorkspacePreferences(ends=Who.ADMINS) == chosen

    await type_line(alice, "/startcall settings")
    await expect(dialog.get_by_label("Address of your own room")).to_have_value("https://meet.example.com/alice")
    await dialog.get_by_role("button", name="Workspace").click()
    await expect(dialog.get_by_label("Who may end a call").locator("option:checked")).to_have_text("Workspace admins")
