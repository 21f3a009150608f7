"""Everything that is shown fits where it is shown, can be read aloud, and has no place left open, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calls import blocks, home, link_messages, plan_blocks, recap_message, ring_messages
from calls.invitation import Invitation, InvitationState
from calls.joining import NewLink
from calls.model import (
    Artifact,
    ArtifactKind,
    Call,
    CallId,
    CallState,
    ChannelId,
    EndReason,
    JoinLink,
    Participant,
    TeamId,
    UserId,
)
from calls.past import Chart, PastCall
from calls.plan import Coming, Plan, PlanId, PlanPerson, PlanState, Repeats
from calls.preferences import Holder, PreferenceChange
from calls.slack.messages_api import OutgoingMessage
from calls.weeks import Weeks
from calls.words.language import LANGUAGES, speaking
from listeners.views import claim_participant, invite_to_call, rename_call, schedule_call, start_call
from sandbox.blocks import validate_message_blocks, validate_view

Json = dict[str, Any]

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
ALICE, BOB, TEAM, HERE = UserId("U0ALICE0001"), UserId("U0BOB000001"), TeamId("T1"), ChannelId("C1")
LIVE = Call(
    *(CallId("c1"), "4K7-9QM", TEAM, HERE, "Weekly sync", ALICE, "jitsi", NOW),
    state=CallState.LIVE,
    live_at=NOW,
    slack_call_id="R1",
    claims_offered=True,
    join_url="https://calls.example.com/j/x",
)
OVER = replace(
    LIVE.ending(at=NOW + timedelta(minutes=65), reason=EndReason.ENDED_BY_PERSON, by=BOB),
    state=CallState.ENDED,
    artifacts=(Artifact(ArtifactKind.RECORDING, "https://example.com/r"),),
)
PEOPLE = (
    Participant(LIVE.id, "slack:b", present=False, told=True, joined_at=NOW, slack_id=BOB),
    Participant(LIVE.id, "guest:g", present=False, told=True, joined_at=NOW, display_name=None),
)
LINK = NewLink(LIVE, JoinLink("ab" * 32, LIVE.id, ALICE, NOW, NOW + timedelta(hours=24)), "https://example.com/j/y")
PLAN = Plan(
    *(PlanId("p1"), "4K7-9QM", TEAM, HERE, "Weekly sync", ALICE, NOW),
    zone="Europe/Berlin",
    begins_at=NOW,
    next_at=NOW,
    repeats=Repeats.WEEKDAYS,
    until=NOW + timedelta(days=90),
    state=PlanState.PLANNED,
)
ADMIN = home.ForAdmins(
    [replace(LIVE, stuck_code="is_archived")],
    [LIVE],
    [PreferenceChange(TEAM, Holder.WORKSPACE, TEAM, "provider", None, "jitsi", ALICE, NOW)],
)
WEEKS = Weeks((0, 3, 5), NOW)


def messages() -> Iterator[OutgoingMessage]:
    """Yield every kind of message with blocks."""
    invitations = [Invitation(LIVE.id, BOB, ALICE, state) for state in InvitationState]
    yield blocks.build_card(LIVE, PEOPLE, "Notice", invitations=invitations)
    for reason in EndReason:
        yield blocks.build_card(replace(OVER, end_reason=reason), PEOPLE)
    yield blocks.build_card(OVER, ())
    for invitation in invitations:
        yield ring_messages.ring_message(LIVE, invitation, blocks.join_button(LIVE, joins_by_press=False))
    yield recap_message.build_recap(OVER, PEOPLE, {})
    for repeats in Repeats:
        yield plan_blocks.build_plan_card(
            replace(PLAN, repeats=repeats), [PlanPerson(PLAN.id, BOB, is_invited=True, coming=Coming.YES)]
        )
    yield plan_blocks.build_plan_card(PLAN, ())
    yield link_messages.own_link_message(LINK)
    yield link_messages.guest_link_message(LINK)


def views() -> Iterator[Json]:
    """Yield every dialog that can be built alone, and the Home with everything on it."""
    chart = Chart(TEAM, WEEKS.counts, NOW, "F1", NOW)
    offers = (home.START_CALL, home.SCHEDULE_CALL, home.SETTINGS)
    for shown in (chart, None):
        contents = home.HomeContents(NOW, offers, [LIVE], ["x"], [PastCall(OVER, PEOPLE)], WEEKS, shown, ADMIN)
        yield home.build_home(contents)
    yield home.build_home(home.HomeContents(NOW, offers, [], [], [], Weeks((), NOW), None, home.ForAdmins([], [], [])))
    yield start_call.build_start_call_view(["jitsi", "zoom"])
    yield rename_call.build_rename_call_view(LIVE)
    yield invite_to_call.build_invite_to_call_view(LIVE)
    yield claim_participant.build_claim_participant_view(LIVE.id, PEOPLE[1:])
    yield link_messages.own_link_view(LINK)
    yield schedule_call.build_view(schedule_call.Filled("Europe/Berlin"), ["jitsi", "zoom"])
    yield schedule_call.build_view(schedule_call.Filled("Europe/Berlin", plan_id="p1"), ["jitsi"])


def parts(shown: object) -> Iterator[Json]:
    """Yield every object in blocks, from the outside in."""
    if isinstance(shown, Mapping):
        yield dict(shown)
        for value in shown.values():
            yield from parts(value)
    elif isinstance(shown, list | tuple):
        for value in shown:
            yield from parts(value)


def left_open(shown: object) -> list[str]:
    """Return texts with a place that nothing was filled into; those of Slack's own dates are Slack's to fill in."""
    texts = [part["text"] for part in parts(shown) if isinstance(part.get("text"), str)]
    return [text for text in texts if re.search(r"\{\w*\}", re.sub(r"<!date[^>]*>", "", text))]


def silent(shown: object) -> list[Json]:
    """Return what a screen reader could say nothing of: pictures, fields and buttons without words."""
    found = []
    for part in parts(shown):
        words = {"image": "alt_text", "input": "label", "button": "text"}.get(str(part.get("type")))
        said = part.get(words or "", "")
        if words and not (said.get("text", "") if isinstance(said, dict) else said).strip():
            found.append(part)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_fits_and_can_be_read_aloud(language: str) -> None:
    """Slack takes it, its buttons and pictures have words, and a notification has a text."""
    with speaking(language):
        for message in messages():
            shown = list(message.blocks)
            assert [] == validate_message_blocks(shown, lambda _: True)
            assert message.text.strip()
            assert [] == silent(shown)
            assert [] == left_open([{"text": message.text}, *shown])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dialog_and_the_home_fit_and_can_be_read_aloud(language: str) -> None:
    """Slack takes them: 24 characters for a title, 75 on a button; every field has a label, and every picture words."""
    with speaking(language):
        for view in views():
            assert [] == validate_view(view)
            assert [] == silent(view)
            assert [] == left_open(view)


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_are_short_enough_to_be_read_at_a_glance(language: str) -> None:
    """Slack cuts a button off on a phone at about 30 characters."""
    with speaking(language):
        shown = [*views(), *(list(message.blocks) for message in messages())]
        labels = {part["text"]["text"] for part in parts(shown) if part.get("type") == "button"}
        assert set() == {label for label in labels if len(label) > 30}


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_side_by_side_are_told_apart(language: str) -> None:
    """No two of one row read the same."""
    with speaking(language):
        for message in messages():
            for row in (block for block in message.blocks if block["type"] == "actions"):
                labels = [button["text"]["text"] for button in row["elements"] if "text" in button]
                assert len(set(labels)) == len(labels)


def test_the_languages_differ() -> None:
    """Each card is another one: a catalogue that is not found would be English in silence."""
    said = set()
    for language in LANGUAGES:
        with speaking(language):
            said.add(blocks.build_card(LIVE, ()).text)
    assert len(LANGUAGES) == len(said)
