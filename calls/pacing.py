"""How often Slack is told of comings and goings: the first two at once, then as many as come in a second together.

Never more than two requests in any second, nor in any longer time more than one a second and one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from calls.watch import Watch

TELL_AFTER = timedelta(seconds=1)
"""How long comings and goings are gathered after Slack was told of some."""

TELL_SECOND_AFTER = timedelta(seconds=0.4)
"""How long they are gathered after the first in a while: people who agreed to meet come one soon after the other."""


def told(watch: Watch, now: datetime) -> Watch:
    """Return a room's watch after Slack was told of some who came or went."""
    return replace(watch, told_at=now, tell_at=_tell_next_at(watch, now))


def _tell_next_at(watch: Watch, now: datetime) -> datetime:
    """Return until when comings and goings are gathered now.

    The second of two in one second takes the turn of the next second, which the third has to wait for; after it two
    are in order again only when a second was left out.
    """
    if watch.told_at is None or watch.tell_at is None:
        return now + TELL_SECOND_AFTER
    if now >= max(watch.told_at + 2 * TELL_AFTER, watch.tell_at + TELL_AFTER):
        return now + TELL_SECOND_AFTER
    is_second = watch.tell_at < watch.told_at + TELL_AFTER
    return max(now + TELL_AFTER, watch.told_at + 2 * TELL_AFTER) if is_second else now + TELL_AFTER
