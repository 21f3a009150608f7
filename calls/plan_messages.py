"""What Slack is sent about plans: the card, and a message to everybody who may come."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calls.errors import SlackError
from calls.model import ChannelId, UserId
from calls.outside import Outside
from calls.plan import Plan, PlanPerson, expected
from calls.plan_blocks import build_plan_card
from calls.slack.messages_api import OutgoingMessage
from calls.words import plans as words
from calls.words.language import speaking

_log = logging.getLogger(__name__)

TOLD_MAX = 100
"""How many people are sent a message of their own about one plan."""


@dataclass(frozen=True, slots=True)
class PostedCard:
    """Where a card is."""

    channel_id: ChannelId
    ts: str


async def post(outside: Outside, plan: Plan, people: Sequence[PlanPerson]) -> PostedCard:
    """Post the card of a plan."""
    posted = await outside.messages.post(plan.team_id, plan.channel_id, build_plan_card(plan, people))
    return PostedCard(ChannelId(posted.channel_id), posted.ts)


async def update(outside: Outside, plan: Plan, people: Sequence[PlanPerson]) -> None:
    """Show a plan as it is now."""
    if plan.message_ts is not None:
        await outside.messages.update(plan.team_id, plan.channel_id, plan.message_ts, build_plan_card(plan, people))


async def remind(outside: Outside, plan: Plan, people: Sequence[PlanPerson]) -> None:
    """Say in the card's thread that a call is about to start, and to everybody who may come."""
    if not plan.is_kept_by_planner:
        message = OutgoingMessage(text=words.reminder(plan), thread_ts=plan.message_ts)
        await outside.messages.post(plan.team_id, plan.channel_id, message)
    await _tell_each(outside, plan, people, words.reminder_in)


async def tell_news(outside: Outside, plan: Plan, people: Sequence[PlanPerson]) -> None:
    """Tell everybody who may come that a call was moved or cancelled, but for whoever did so."""
    await _tell_each(outside, plan, people, words.news, knows=plan.changed_by)


async def _tell_each(
    outside: Outside,
    plan: Plan,
    people: Sequence[PlanPerson],
    sentence: Callable[[Plan], str],
    knows: UserId | None = None,
) -> None:
    """Send everybody who may come one sentence, each in their own language; whoever cannot be sent one goes without."""
    for user_id in expected(plan, people)[:TOLD_MAX]:
        if user_id == knows:
            continue
        profile = await outside.profiles.known(plan.team_id, user_id)
        with speaking(plan.language if profile is None else profile.locale):
            message = OutgoingMessage(text=sentence(plan))
        try:
            await outside.messages.post(plan.team_id, user_id, message)
        except SlackError as error:
            # Sent again, it would come twice to those who have it.
            _log.warning("%s could not be told of %s: %s", user_id, plan.id, error)
