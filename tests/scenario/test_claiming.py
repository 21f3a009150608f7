"""Somebody the meeting system knows by a name of its own is shown as a guest until they say who they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import wait_for
from sandbox.workspace import View
from tests.acme_meeting import Meeting, running_meeting
from tests.world import GENERAL


@pytest.fixture
async def meeting(tmp_path: Path) -> AsyncIterator[Meeting]:
    """Run an Acme server that lets anybody in, an app that uses it, and a local Slack."""
    async with running_meeting(tmp_path, {"STARTCALL_PROVIDER": "acme_open"}) as running:
        yield running


def buttons(meeting: Meeting) -> list[str]:
    """Return the labels of the card's buttons."""
    blocks = meeting.world.cards(GENERAL)[0].blocks
    return [button["text"]["text"] for block in blocks if block["type"] == "actions" for button in block["elements"]]


async def pressed(meeting: Meeting) -> View:
    """Have Bob press "That's me", and return the dialog he is shown."""
    await wait_for(lambda: "That's me" in buttons(meeting))
    await meeting.world.bob.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "claim_participant")
    views = meeting.world.slack.workspace.views
    await wait_for(lambda: bool(views))
    return list(views.values())[-1]


def keys(view: View) -> dict[str, str]:
    """Return the choices of the dialog: the value of each name."""
    return {option["text"]["text"]: option["value"] for option in view.payload["blocks"][0]["element"]["options"]}


async def test_a_guest_says_who_they_are_and_is_shown_as_that_person(meeting: Meeting) -> None:
    """In place of the guest, as long as any device of theirs is in, and in the list at the end."""
    await meeting.start()
    assert "That's me" not in buttons(meeting)
    phone = await meeting.acme.join(None, name="Bobby B.")
    await wait_for(lambda: meeting.shown() == ["Bobby B."])

    view = await pressed(meeting)
    assert ["Bobby B."] == list(keys(view))
    assert not await meeting.world.bob.submit(view.id, {"participant": keys(view)["Bobby B."]})
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])

    await meeting.acme.leave(phone)
    await wait_for(lambda: meeting.shown() == [], timeout_s=8)
    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "end_call")
    await wait_for(lambda: buttons(meeting) == [])
    line = meeting.world.cards(GENERAL)[0].blocks[-1]["elements"][0]["text"]
    assert f"Who was there: <@{meeting.world.bob.user_id}>" == line.splitlines()[-1]


async def test_a_second_device_under_the_same_account_is_the_same_person_afterwards(meeting: Meeting) -> None:
    """Said once, it holds for everything the meeting system reports of that account."""
    await meeting.start()
    await meeting.acme.join(None, name="Bobby B.", account="bobby@acme")
    view = await pressed(meeting)
    await meeting.world.bob.submit(view.id, {"participant": keys(view)["Bobby B."]})
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])

    await meeting.acme.join(None, name="Bobby B.", account="bobby@acme")
    await meeting.world.settled()

    assert [meeting.world.bob.user_id] == meeting.shown()


async def test_nobody_claims_whom_somebody_else_was_faster_to_claim(meeting: Meeting) -> None:
    """The second one reads why, and nothing changes."""
    await meeting.start()
    await meeting.acme.join(None, name="Bobby B.")
    view = await pressed(meeting)
    chosen = {"participant": keys(view)["Bobby B."]}
    await meeting.world.alice.click(GENERAL, meeting.world.cards(GENERAL)[0].ts, "claim_participant")
    await wait_for(lambda: len(meeting.world.slack.workspace.views) == 2)
    second = list(meeting.world.slack.workspace.views.values())[-1]
    await meeting.world.bob.submit(view.id, chosen)

    errors = await meeting.world.alice.submit(second.id, chosen)

    assert errors is not None
    assert "known by their Slack name already" in errors["participant"]
    await wait_for(lambda: meeting.shown() == [meeting.world.bob.user_id])


async def test_people_with_the_same_name_are_two_and_a_name_makes_nobody_a_slack_person(meeting: Meeting) -> None:
    """Bob of the meeting is not Bob of Slack because he says so."""
    await meeting.start()
    await meeting.acme.join(None, name="bob")
    await meeting.acme.join(None, name="bob")
    await wait_for(lambda: meeting.shown() == ["bob", "bob"])
