"""The sentences people read who may not do something with a call, or who bring one back."""

from __future__ import annotations

from calls.model import Call, UserId
from calls.preferences import Effective, Who
from calls.text import escape
from calls.words.answers import mention
from calls.words.language import _


def may_not(deed: str, who: Who, counts: Effective, call: Call) -> str:
    """Say who may do what somebody may not.

    Args:
        deed: `end`, `rename` or `invite`.
    """
    allowed, starter = _allowed(who, counts), mention(call.started_by)
    match deed:
        case "end":
            sentence = _("“{title}” can be ended by {allowed}. Ask {starter}, who started it.")
        case "rename":
            sentence = _("“{title}” can be renamed by {allowed}. Ask {starter}, who started it.")
        case _:
            sentence = _("{allowed_first} can invite to “{title}”. Ask {starter}, who started it.")
    first = allowed[:1].upper() + allowed[1:]
    return sentence.format(title=escape(call.title), allowed=allowed, allowed_first=first, starter=starter)


def cannot_tell() -> str:
    """Say that it could not be found out in time whether somebody may."""
    return _("Slack did not say in time whether you may do that, so nothing was changed. Please try again.")


def reopen() -> str:
    """Name the button on the card of a call that can go on."""
    return _("Reopen")


def reopened(call: Call) -> str:
    """Say that an ended call goes on."""
    return _("“{title}” goes on. Its new card follows.").format(title=escape(call.title))


def reopened_by(user_id: UserId) -> str:
    """Say on the new card who brought the call back."""
    return _("Reopened by {who}").format(who=mention(user_id))


def reopened_before(call: Call) -> str:
    """Say that somebody else was faster."""
    return _("“{title}” goes on already. Look for its new card below.").format(title=escape(call.title))


def too_late_to_reopen() -> str:
    """Say that a call stays ended."""
    return _("That call cannot be reopened any more. Start a new one with `/startcall`.")


def still_ending() -> str:
    """Say that a call has to come to its end first."""
    return _("That call is still being ended. Press Reopen once more in a moment.")


def _allowed(who: Who, counts: Effective) -> str:
    match who:
        case Who.PARTICIPANTS:
            return _("people who are in it, and workspace admins")
        case Who.GROUP if counts.group_id is not None:
            return _("members of <!subteam^{group}>, and workspace admins").format(group=counts.group_id)
        case Who.STARTER:
            return _("whoever started it, and workspace admins")
        case _:
            return _("workspace admins")
