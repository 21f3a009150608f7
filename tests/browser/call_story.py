"""A call from beginning to end, as two people see it in Slack and in the room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from calls.model import Participant
from sandbox.people import ALICE, BOB
from tests.browser.in_slack import in_slack
from tests.browser.room_pages import expect_moving
from tests.lateness import added_after_s
from tests.world import World

SHOWN_WITHIN_S = 1.0
"""From the meeting system's report to the request that puts somebody on the card."""

GONE_WITHIN_S = 7.0
"""People stay on the card for 5 s, so that a reload is no leave."""


async def to_the_lobby(slack_page: Page, world: World) -> Page:
    """Open the call's address, sign in with Slack, and return the room's page.

    Whoever presses Join on the card is shown on it at once; this way only the room knows of them.
    """
    page = await slack_page.context.new_page()
    await page.goto(str(world.slack.api_calls("calls.add")[0].request["join_url"]))
    await page.get_by_role("link", name="Sign in with Slack").click()
    await page.get_by_role("button", name="Allow").click()
    await page.get_by_role("heading", name="Ready to join?").wait_for()
    return page


async def people_of(world: World) -> Sequence[Participant]:
    """Return everybody of the only call."""
    (call,) = await world.server.database.read(lambda transaction: transaction.unfinished_calls())
    return await world.server.database.read(lambda transaction: transaction.participants(call.id))


async def came_at(world: World) -> dict[str, float]:
    """Return when everybody came, by the clock of the meeting system, in the order in which they did."""
    return {str(person.slack_id): person.joined_at.timestamp() for person in await people_of(world)}


async def left_at_s(world: World, user_id: str) -> float:
    """Return when somebody went, by the clock of the meeting system."""
    times = [person.left_at for person in await people_of(world) if person.slack_id == user_id]
    assert times[0] is not None
    return times[0].timestamp()


async def check_from_card_to_end(world: World, browser: Browser, screenshots: Path) -> None:
    """Check that both see each other and are on the card as themselves, that a closed tab goes, and that End closes."""
    alice, bob = await in_slack(browser, world, ALICE), await in_slack(browser, world, BOB)
    await alice.get_by_role("textbox", name="Message #general").fill("/startcall Weekly sync")
    await alice.keyboard.press("Enter")
    await alice.get_by_role("heading", name="Weekly sync").wait_for()
    rooms = [await to_the_lobby(page, world) for page in (alice, bob)]
    for room, names in zip(
        rooms, ("1 in the call: Alice Arnold", "2 in the call: Alice Arnold and Bob Baker"), strict=True
    ):
        await room.get_by_role("button", name="Join the call").click()
        await alice.get_by_text(names).wait_for()
    await expect_moving(rooms[0], "Bob Baker")
    await expect_moving(rooms[1], "Alice Arnold")
    await rooms[0].screenshot(path=screenshots / "room.png")
    await alice.screenshot(path=screenshots / "card.png")
    took_s = [added_after_s(world, one, came_at_s) for one, came_at_s in (await came_at(world)).items()]
    print(f"from joining to the card: {', '.join(f'{one * 1_000:.0f}' for one in took_s)} ms")  # noqa: T201 - a figure
    assert 2 == len(took_s)
    assert max(took_s) < SHOWN_WITHIN_S

    await rooms[1].close()
    await alice.get_by_text("1 in the call: Alice Arnold").wait_for()
    (removed,) = world.slack.api_calls("calls.participants.remove")
    assert removed.at_s - await left_at_s(world, BOB) < GONE_WITHIN_S
    async with bob.context.expect_page() as opening:
        await bob.get_by_role("button", name="Join", exact=True).click()
    back = await opening.value
    await back.get_by_role("button", name="Join the call").click()
    await alice.get_by_text("2 in the call: Alice Arnold and Bob Baker").wait_for()

    await alice.get_by_role("button", name="End", exact=True).click()
    await alice.get_by_role("dialog").get_by_role("button", name="End call").click()
    for room in (rooms[0], back):
        await expect(room.get_by_role("heading", name="The call has ended")).to_be_visible()
    await expect(alice.get_by_text("Call ended")).to_be_visible()
