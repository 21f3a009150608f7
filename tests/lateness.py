"""How late something shows, by the clocks of those who know: the meeting system's and the local Slack's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.world import World

TRIES = 3


def added_after_s(world: World, person: str, came_at_s: float) -> float:
    """Return how long after somebody came Slack was first asked to show them, both by clocks of servers.

    Args:
        person: their id at Slack or, of a guest, the name they go by.
    """
    asked = world.slack.api_calls("calls.participants.add")
    named = (one.at_s for one in asked if any(person in user.values() for user in one.request["users"]))
    return next(named) - came_at_s


async def least_of(limit_s: float, attempt: Callable[[], Awaitable[float]]) -> float:
    """Return the least time an attempt took: the first within a limit, or of three.

    A machine that does other things too makes one attempt late and not three; an app that is late makes all of them so.
    """
    took_s = [await attempt()]
    while min(took_s) >= limit_s and len(took_s) < TRIES:
        took_s.append(await attempt())
    return min(took_s)


def told_after_s(world: World, channel_id: str, user_id: str, asked_at_s: float) -> float:
    """Return how long after a time, by the local Slack's clock, somebody alone was first told something."""
    messages = world.slack.workspace.messages.get(channel_id, [])
    return next(float(message.ts) for message in messages if message.ephemeral_for == user_id) - asked_at_s
