"""The sentences people read when they ask for more than they may."""

from __future__ import annotations

from calls.model import UserId
from calls.words.answers import mention
from calls.words.language import _, n_


def person_starts_many(number: int, wait_s: int) -> str:
    """Say that somebody started as many calls as one person may.

    Args:
        wait_s: until when they may start the next, in seconds from now.
    """
    started = n_(
        "You started {number} call in a minute, and more are not possible.",
        "You started {number} calls in a minute, and more are not possible.",
        number,
    ).format(number=number)
    return f"{started} {_wait(wait_s)}"


def channel_has_many(number: int, wait_s: int) -> str:
    """Say that as many calls were started in a conversation as may be.

    Args:
        wait_s: until when the next may be started, in seconds from now.
    """
    started = n_(
        "{number} call was started here in a minute, and more are not possible.",
        "{number} calls were started here in a minute, and more are not possible.",
        number,
    ).format(number=number)
    return f"{started} {_wait(wait_s)}"


def workspace_is_full(number: int) -> str:
    """Say that as many calls of a workspace wait for Slack as may."""
    return n_(
        "{number} call of this workspace is waiting to begin, and no more can wait. Try again in a minute.",
        "{number} calls of this workspace are waiting to begin, and no more can wait. Try again in a minute.",
        number,
    ).format(number=number)


def not_rung(user_id: UserId) -> str:
    """Tell whoever invited that somebody is invited without being rung."""
    return _(
        "{who} is invited, and was not rung: too much rang in the last minute. Send a message, or invite again later."
    ).format(who=mention(user_id))


def _wait(wait_s: int) -> str:
    return _("Wait {seconds} s, then try again.").format(seconds=wait_s)
