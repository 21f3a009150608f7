"""How people get into a call: signing in with Slack, links of their own, guests, people of other workspaces."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from calls.model import Visitor
from calls.ports import Transaction
from sandbox.people import ALICE, BOB, ERIN
from sandbox.testing import wait_for
from sandbox.workspace import Message
from tests.own_links import SETTINGS, OwnLinks, announced
from tests.scenario.visiting import Visit, started, visit
from tests.world import GENERAL, World, running_world


@pytest.fixture(params=["signs_in", "by_press"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Run the app with rooms that people enter by links of their own, with and without signing in with Slack."""
    with announced(tmp_path):
        signs_in = request.param == "signs_in"
        async with running_world(tmp_path, http=True, signs_in=signs_in, extra=SETTINGS) as running:
            yield running


@pytest.fixture
async def browser(world: World) -> AsyncIterator[Visit]:
    """Open a browser."""
    async with visit(world) as opened:
        yield opened


signing_in = pytest.mark.parametrize("world", ["signs_in"], indirect=True)
by_press = pytest.mark.parametrize("world", ["by_press"], indirect=True)


def rooms(world: World) -> OwnLinks:
    """Return the meeting system."""
    provider = world.server.provider
    assert isinstance(provider, OwnLinks)
    return provider


async def visitors(world: World, token: str) -> list[Visitor]:
    """Return who was let in to the call of a token."""

    def work(transaction: Transaction) -> list[Visitor]:
        call = transaction.call_of_join_token(token)
        return [] if call is None else list(transaction.visitors(call.id))

    return await world.server.database.read(work)


def shown_to(world: World, user_id: str) -> list[Message]:
    """Return what was shown to one person alone in #general."""
    return [one for one in world.slack.workspace.messages[GENERAL] if one.ephemeral_for == user_id]


def own_link(message: Message) -> str:
    """Return the address of the button that opens the meeting."""
    buttons = [element for block in message.blocks for element in block.get("elements", [])]
    return next(str(button["url"]) for button in buttons if button.get("action_id") == "open_meeting")


async def join_by_command(world: World, user_id: str = BOB) -> str:
    """Type `/startcall join` and return the link that is answered."""
    await world.slack.person(user_id).command(GENERAL, "/startcall", "join")
    return own_link(shown_to(world, user_id)[-1])


async def new_guest_link(world: World) -> tuple[str, Message]:
    """Have Alice make a guest link; return it, and the message it stands in."""
    await join_by_command(world, ALICE)
    message = shown_to(world, ALICE)[-1]
    before = len(shown_to(world, ALICE))
    await world.alice.click(GENERAL, message.ts, "guest_link")
    await wait_for(lambda: len(shown_to(world, ALICE)) > before)
    made = shown_to(world, ALICE)[-1]
    found = re.search(r"http://\S+/j/[\w-]{22}", made.text)
    assert found is not None
    return found[0], made


@signing_in
async def test_somebody_signs_in_once_and_goes_straight_in_afterwards(world: World, browser: Visit) -> None:
    """The first time the page asks for Sign in with Slack; then 12 hours of links of one's own, as oneself."""
    token = await started(world)

    asked = await browser.get(f"/j/{token}")
    back = await browser.sign_in(token, BOB)
    first = await browser.get(back.location)
    again = await browser.get(f"/j/{token}")

    assert 200 == asked.status
    assert "Sign in with Slack" in asked.text
    assert (303, f"/j/{token}") == (back.status, back.headers["Location"])
    (visitor,) = await visitors(world, token)
    assert (f"slack:{BOB}", BOB, "Bob Baker", False) == (
        visitor.key,
        visitor.slack_id,
        visitor.name,
        visitor.is_host,
    )
    assert first.location.endswith(f"#{visitor.id}")
    assert first.location == again.location


@signing_in
async def test_who_started_the_call_is_its_host(world: World, browser: Visit) -> None:
    """Alice, who started it, may do what only a host may."""
    token = await started(world)
    await browser.get((await browser.sign_in(token, ALICE)).location)

    assert [True] == [visitor.is_host for visitor in await visitors(world, token)]


@signing_in
async def test_somebody_of_another_workspace_comes_as_a_guest_with_a_name(world: World, browser: Visit) -> None:
    """They are asked first, shown with their workspace, and their Slack id is in nothing that is kept or sent."""
    token = await started(world)

    back = await browser.sign_in(token, ERIN, elsewhere=True)
    asked = await browser.get(back.location)
    nobody = await visitors(world, token)
    allowed = await browser.send(f"/j/{token}", {})
    entered = await browser.get(f"/j/{token}")

    assert "Erin Engel of Other Inc" in asked.text
    assert [] == nobody
    assert f'content="0; url=/j/{token}"' in allowed.text
    (visitor,) = await visitors(world, token)
    assert ("Erin Engel (Other Inc)", None) == (visitor.name, visitor.slack_id)
    assert re.fullmatch(r"guest:[\w-]{22}", visitor.key)
    assert ERIN not in repr(visitor)
    assert entered.location.endswith(f"#{visitor.id}")


@by_press
async def test_without_signing_in_the_page_says_to_press_join(world: World, browser: Visit) -> None:
    """The address in Slack's own part of the card says how to get a link."""
    page = await browser.get(f"/j/{await started(world)}")

    assert 200 == page.status
    assert "press Join under the call’s card" in page.text


@by_press
async def test_a_press_on_join_gives_a_link_of_ones_own_every_time(world: World, browser: Visit) -> None:
    """The button has no address; each press shows the presser alone a new link, which opens the meeting."""
    token = await started(world)
    card = world.cards(GENERAL)[0]

    await world.bob.click(GENERAL, card.ts, "join_call")
    await wait_for(lambda: len(shown_to(world, BOB)) == 1)
    await world.bob.click(GENERAL, card.ts, "join_call")
    await wait_for(lambda: len(shown_to(world, BOB)) == 2)
    links = [own_link(message) for message in shown_to(world, BOB)]
    entered = await browser.get(links[1])

    buttons = next(block for block in card.blocks if block["type"] == "actions")["elements"]
    assert "url" not in buttons[0]
    assert 2 == len(set(links))
    (visitor,) = await visitors(world, token)
    assert (BOB, "bob") == (visitor.slack_id, visitor.name)
    assert entered.location.endswith(f"#{visitor.id}")


@signing_in
async def test_with_signing_in_join_opens_the_page_and_shows_nothing(world: World) -> None:
    """The card's button has the page's address, and a press leaves no message behind."""
    token = await started(world)
    card = world.cards(GENERAL)[0]
    await world.bob.click(GENERAL, card.ts, "join_call")
    await world.settled()

    buttons = next(block for block in card.blocks if block["type"] == "actions")["elements"]
    assert f"{world.server.address}/j/{token}" == buttons[0]["url"]
    assert [] == shown_to(world, BOB)


async def test_join_as_a_command_answers_with_a_link_of_ones_own(world: World, browser: Visit) -> None:
    """Whether or not people can sign in, the answer's button opens the meeting as whoever typed it."""
    token = await started(world)

    entered = await browser.get(await join_by_command(world))

    (visitor,) = await visitors(world, token)
    assert BOB == visitor.slack_id
    assert entered.location.endswith(f"#{visitor.id}")


async def test_join_on_the_home_shows_the_link_in_a_dialog(world: World) -> None:
    """Outside of a conversation there is no message only one person sees, so a dialog holds the link."""
    await started(world)
    await world.alice.open_home()
    await wait_for(lambda: ALICE in world.slack.workspace.homes)
    await world.alice.click_in_view(world.slack.workspace.homes[ALICE], "join_call")
    await wait_for(lambda: world.slack.workspace.modals.get(ALICE))

    view = world.slack.workspace.views[world.slack.workspace.modals[ALICE][0]]
    assert re.search(r"/j/[\w-]{22}\"", json.dumps(view.payload))


async def test_a_link_of_ones_own_works_once_and_again_in_the_same_browser(world: World, browser: Visit) -> None:
    """The first browser keeps a session, so a reload works; any other is told how to get a link."""
    await started(world)
    link = await join_by_command(world)

    first, again = await browser.get(link), await browser.get(link)
    async with visit(world) as other:
        refused = await other.get(link)

    assert (303, first.location) == (again.status, again.location)
    assert 410 == refused.status
    assert "used before" in refused.text
    assert "/startcall join" in refused.text


async def test_looking_at_a_link_does_not_use_it_up(world: World, browser: Visit) -> None:
    """HEAD, fetching ahead and the programs that draw previews see a plain page, and the link still works."""
    await started(world)
    link = await join_by_command(world)

    assert 200 == (await browser.head(link)).status
    assert 503 == (await browser.get(link, Sec_Purpose="prefetch;prerender")).status
    assert 200 == (await browser.get(link, User_Agent="Slackbot-LinkExpanding 1.0 (+https://api.slack.com)")).status
    assert 303 == (await browser.get(link)).status


async def test_somebody_elses_link_does_not_change_who_a_browser_is(world: World, browser: Visit) -> None:
    """Bob, who is signed in, is not made Alice by a link of hers that he was sent, and hers still works."""
    await started(world)
    await browser.get(await join_by_command(world, BOB))
    hers = await join_by_command(world, ALICE)

    refused = await browser.get(hers)
    async with visit(world) as other:
        entered = await other.get(hers)

    assert 410 == refused.status
    assert "Signed in as bob." in refused.text
    assert 303 == entered.status


async def test_guests_come_by_one_link_each_under_a_name(world: World, browser: Visit) -> None:
    """A link for guests takes several; a reload makes no second guest of one."""
    token = await started(world)
    link, _ = await new_guest_link(world)

    asked = await browser.get(link)
    await browser.send(link, {"name": "  Gina \u202eGuest "})
    first, again = await browser.get(link), await browser.get(link)
    async with visit(world) as other:
        await other.send(link, {"name": "Gus"})
        second = await other.get(link)

    assert "Your name" in asked.text
    assert first.location == again.location
    assert first.location != second.location
    guests = [visitor for visitor in await visitors(world, token) if visitor.slack_id is None]
    assert {"Gina Guest", "Gus"} == {visitor.name for visitor in guests}
    assert not any(visitor.is_host for visitor in guests)


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u2060", "x" * 81])
async def test_a_guests_name_has_to_be_readable(world: World, browser: Visit, name: str) -> None:
    """The page asks once more, and nobody is let in."""
    token = await started(world)
    link, _ = await new_guest_link(world)

    answer = await browser.send(link, {"name": name})

    assert 422 == answer.status
    assert "1 to 80 characters" in answer.text
    assert [] == [visitor for visitor in await visitors(world, token) if visitor.slack_id is None]


async def test_a_guest_link_can_be_revoked(world: World, browser: Visit) -> None:
    """Nobody comes in by it any more, not even who came before."""
    await started(world)
    link, message = await new_guest_link(world)
    await browser.send(link, {"name": "Gina"})

    await world.bob.command(GENERAL, "/startcall", "list")
    await world.alice.click(GENERAL, message.ts, "revoke_guest_link")
    await wait_for(lambda: any("no longer works" in one.text for one in shown_to(world, ALICE)))
    refused = await browser.get(link)

    assert 410 == refused.status
    assert "taken back" in refused.text


async def test_every_link_says_that_the_call_has_ended(world: World, browser: Visit) -> None:
    """After the end each kind of link leads to the sentence that says so, whoever comes."""
    token = await started(world)
    own, (guest, _) = await join_by_command(world), await new_guest_link(world)
    await world.alice.command(GENERAL, "/startcall", "end")
    await world.settled()

    pages = [await browser.get(url) for url in (f"/j/{token}", own, guest, f"/j/{token}/sign_in")]
    posted = await browser.send(guest, {"name": "Gina"})

    assert [410] * 5 == [page.status for page in (*pages, posted)]
    assert all("This call has ended" in page.text for page in (*pages, posted))


async def test_a_meeting_system_that_does_not_answer_is_a_page(world: World, browser: Visit) -> None:
    """The person reads what is wrong and what to do, and the link can be used again in the same browser."""
    await started(world)
    link = await join_by_command(world)
    rooms(world).is_down = True

    refused = await browser.get(link)

    assert 503 == refused.status
    assert "try again in a few minutes" in refused.text


async def test_tokens_are_in_nothing_slack_keeps_and_in_no_log(
    world: World, browser: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    """The address in Slack is the call's, for everybody; people's own are only in what they alone are shown."""
    caplog.set_level(logging.DEBUG)
    token = await started(world)
    own, (guest, _) = await join_by_command(world), await new_guest_link(world)
    for url in (f"/j/{token}", own, guest, "/j/" + "x" * 22, own):
        await browser.get(url)
    secret = [own.rpartition("/")[2], guest.rpartition("/")[2]]

    (added,) = world.slack.api_calls("calls.add")
    posted = [call for call in world.api_calls() if call.name.startswith(("calls.", "chat."))]
    assert f"{world.server.address}/j/{token}" == added.request["join_url"]
    assert "desktop_app_join_url" not in added.request
    assert not [word for word in secret if word in json.dumps([call.request for call in posted])]
    assert not [word for word in secret if word in caplog.text]
    assert not [word for word in secret if word in await _stored(world)]


async def _stored(world: World) -> str:
    """Return everything the database holds, as text."""

    def work(connection: object) -> str:
        raw = connection.connection.driver_connection  # type: ignore[attr-defined] # SQLAlchemy's, over sqlite3
        return "\n".join(raw.iterdump())

    return await world.server.database.query(work)
