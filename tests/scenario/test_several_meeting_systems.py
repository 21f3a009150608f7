"""One app for several meeting systems: chosen for a call, one in the place of another, and what they say of people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import wait_for
from tests.acme_meeting import Meeting, running_meeting
from tests.world import GENERAL

BOTH = {"STARTCALL_PROVIDERS": "acme_open, builtin"}
FALLBACK = {"STARTCALL_FALLBACK_PROVIDER": "builtin"}
E_MAIL = {"STARTCALL_PROVIDER": "acme_open"}
EMAIL_SCOPES = ("users:read", "users:read.email")
FALLS_BACK_S = 2.0
"""From the command to the card at the other meeting system."""


@pytest.fixture
async def meeting(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Meeting]:
    """Run an Acme server, an app that uses it, and a local Slack."""
    async with running_meeting(tmp_path, getattr(request, "param", {})) as running:
        yield running


def told(meeting: Meeting) -> list[str]:
    """Return what Alice alone read in #general."""
    return meeting.world.told(GENERAL, meeting.world.alice.user_id)


@pytest.mark.parametrize("meeting", [BOTH], indirect=True)
async def test_the_meeting_system_of_a_call_is_chosen_by_with(meeting: Meeting) -> None:
    """The reply says how the line was understood, and without `with` it is the usual one."""
    await meeting.world.alice.command(GENERAL, "/startcall", "Retro with builtin")
    await meeting.world.card(GENERAL)
    elsewhere = meeting.world.channel("random")
    await meeting.world.alice.command(elsewhere, "/startcall", "Weekly sync")
    await meeting.world.card(elsewhere)

    assert ["Starting “Retro” at builtin."] == told(meeting)
    assert ["builtin", "acme"] == [call.provider for call in await meeting.calls()]
    assert 1 == len(meeting.acme.rooms)


@pytest.mark.parametrize("meeting", [BOTH], indirect=True)
async def test_the_dialog_asks_which_one_and_starts_with_the_usual_one(meeting: Meeting) -> None:
    """What was chosen there is what the call gets; the first choice leaves it to what else was chosen."""
    world = meeting.world
    await world.alice.global_shortcut("start_call")
    await wait_for(lambda: bool(world.slack.workspace.modals.get(world.alice.user_id)))
    view = world.slack.workspace.views[world.slack.workspace.modals[world.alice.user_id][-1]]
    (choice,) = [block["element"] for block in view.payload["blocks"] if block["block_id"] == "provider"]
    assert ["usual", "acme", "acme_open", "builtin"] == [option["value"] for option in choice["options"]]
    assert "usual" == choice["initial_option"]["value"]

    assert not await world.alice.submit(view.id, {"channel": GENERAL, "provider": "builtin"})
    await world.card(GENERAL)
    assert ["builtin"] == [call.provider for call in await meeting.calls()]


async def test_one_meeting_system_alone_is_not_asked_about(meeting: Meeting) -> None:
    """Nobody has to choose from one."""
    world = meeting.world
    await world.alice.global_shortcut("start_call")
    await wait_for(lambda: bool(world.slack.workspace.modals.get(world.alice.user_id)))
    view = world.slack.workspace.views[world.slack.workspace.modals[world.alice.user_id][-1]]
    assert "provider" not in [block["block_id"] for block in view.payload["blocks"]]


@pytest.mark.parametrize("meeting", [FALLBACK], indirect=True)
@pytest.mark.parametrize("status", [401, 409, 503])
async def test_a_call_whose_meeting_system_fails_takes_place_at_the_other_one(meeting: Meeting, status: int) -> None:
    """Within about a second, and whoever started it is told; the link on the card is one that works."""
    meeting.acme.status = status
    await meeting.world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await meeting.world.card(GENERAL)

    (call,) = await meeting.calls()
    assert float(card.ts) - call.created_at.timestamp() < FALLS_BACK_S
    assert ["builtin"] == [call.provider for call in await meeting.calls()]
    assert ["acme does not work at the moment, so “Weekly sync” takes place at builtin instead."] == told(meeting)


@pytest.mark.parametrize("meeting", [E_MAIL], indirect=True)
async def test_a_verified_e_mail_address_makes_a_guest_the_slack_person_they_are(meeting: Meeting) -> None:
    """Looked up once, whatever they call themselves; the address is not kept."""
    meeting.world.slack.installation.scopes.update(EMAIL_SCOPES)
    await meeting.start()
    await meeting.acme.join(None, name="B. B.", account="7", email="Bob@Sandbox.example")
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])
    await meeting.acme.join(None, name="B. B. again", account="8", email="bob@sandbox.example")
    await meeting.acme.join(None, name="Zoe", account="9", email="zoe@elsewhere.example")
    await wait_for(lambda: "Zoe" in meeting.shown())

    assert sorted(["Zoe", meeting.world.bob.user_id]) == meeting.shown()
    assert 2 == meeting.world.methods().count("users.lookupByEmail")
    call = await meeting.call()
    people = await meeting.world.server.database.read(lambda transaction: transaction.participants(call.id))
    assert {None} == {person.email for person in people}


@pytest.mark.parametrize("meeting", [E_MAIL], indirect=True)
async def test_without_the_permission_a_guest_stays_one(meeting: Meeting) -> None:
    """A missing scope costs nobody their place on the card."""
    await meeting.start()
    await meeting.acme.join(None, name="B. B.", account="7", email="bob@sandbox.example")
    await wait_for(lambda: meeting.shown() == ["B. B."])


async def test_what_a_meeting_leaves_behind_is_on_its_card_also_long_after_the_end(meeting: Meeting) -> None:
    """Once, however often it is reported."""
    await meeting.start()
    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: "actions" not in [block["type"] for block in meeting.world.cards(GENERAL)[0].blocks])
    await meeting.world.settled()

    for _ in range(2):
        assert 200 == await meeting.acme.report("recorded", [], url="https://acme.example.com/recordings/1")
    await wait_for(lambda: "recordings/1" in str(meeting.world.cards(GENERAL)[0].blocks))
    await meeting.world.settled()

    line = meeting.world.cards(GENERAL)[0].blocks[-1]["elements"][0]["text"]
    assert 1 == line.count("<https://acme.example.com/recordings/1|Open the recording>")
