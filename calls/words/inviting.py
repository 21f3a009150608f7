"""The sentences people read about invitations."""

from __future__ import annotations

from collections.abc import Sequence

from calls.invitation import INVITED_MAX, RINGS_MAX, Invitation, InvitationState
from calls.model import Call, UserId
from calls.text import escape
from calls.words.answers import mention, mentions
from calls.words.language import _, n_


def rings(call: Call, invitation: Invitation) -> str:
    """Say in the direct message what became of an invitation; at first, that somebody invites."""
    who, title = mention(invitation.invited_by), escape(call.title)
    match invitation.state:
        case InvitationState.JOINED:
            return _("You joined “{title}”, to which {who} invited you.").format(title=title, who=who)
        case InvitationState.DECLINED:
            return _("You declined “{title}”, to which {who} invited you.").format(title=title, who=who)
        case InvitationState.MISSED | InvitationState.STOPPED:
            return _("You missed a call from {who}: “{title}”.").format(title=title, who=who)
        case _:
            return _("{who} invites you to “{title}”.").format(title=title, who=who)


def join() -> str:
    """Name the button that joins."""
    return _("Join")


def decline() -> str:
    """Name the button that declines."""
    return _("Decline")


def call_back() -> str:
    """Name the button under a missed call."""
    return _("Call back")


def invite() -> str:
    """Name the button on the card, and the one that sends the dialog."""
    return _("Invite")


def cancel() -> str:
    """Name the button that closes the dialog."""
    return _("Cancel")


def dialog_title() -> str:
    """Name the dialog; Slack takes 24 characters."""
    return _("Invite to this call")


def dialog_people() -> str:
    """Name the input for people."""
    return _("People")


def dialog_hint() -> str:
    """Say what happens to those who are chosen."""
    return _("Each gets a direct message with Join and Decline. Choose somebody again to ring once more.")


def on_card(names: Sequence[UserId], more: int, line: str) -> str:
    """Return one line of the card.

    Args:
        more: how many further people it is about.
        line: as `calls.invitation.line_of` names it.
    """
    who = mentions(names)
    if more:
        who = n_("{who} and {number} more", "{who} and {number} more", more).format(who=who, number=more)
    match line:
        case "declined":
            return _("Declined: {who}").format(who=who)
        case "missed":
            return _("Missed: {who}").format(who=who)
        case _:
            return _("Invited: {who}").format(who=who)


def inviting(call: Call, user_ids: Sequence[UserId]) -> str:
    """Say that people are being invited."""
    return _("Inviting {who} to “{title}”.").format(who=mentions(user_ids), title=escape(call.title))


def nobody_named() -> str:
    """Say that nobody was chosen."""
    return _("Nobody was named. Type `/startcall invite @name`, or choose somebody in the dialog.")


def in_already(user_ids: Sequence[UserId]) -> str:
    """Say that people need no invitation."""
    return n_("{who} is in the call already.", "{who} are in the call already.", len(user_ids)).format(
        who=mentions(user_ids)
    )


def rung_just_now(user_ids: Sequence[UserId]) -> str:
    """Say that people are rung at the moment."""
    return _("{who} was rung less than a minute ago. Try again in a minute.").format(who=mentions(user_ids))


def rung_enough(user_ids: Sequence[UserId]) -> str:
    """Say that people are not rung any more."""
    return n_(
        "{who} was rung {number} time for this call and is not rung again. Send a message instead.",
        "{who} was rung {number} times for this call and is not rung again. Send a message instead.",
        RINGS_MAX,
    ).format(who=mentions(user_ids), number=RINGS_MAX)


def too_many() -> str:
    """Say that a call has as many invited people as it may."""
    return _("At most {number} people can be invited to one call. Post its link in the conversation instead.").format(
        number=INVITED_MAX
    )


def declined(call: Call, user_id: UserId) -> str:
    """Tell whoever invited that somebody declined."""
    return _("{who} declined “{title}”.").format(who=mention(user_id), title=escape(call.title))


def you_declined(call: Call) -> str:
    """Say that declining was noted."""
    return _("You declined “{title}”. To join after all, press Join on its card.").format(title=escape(call.title))


def declines_inside(call: Call) -> str:
    """Say that somebody who is in a call cannot decline it."""
    return _("You are in “{title}” already. To go, press Leave on its card.").format(title=escape(call.title))


def no_bots(user_id: UserId) -> str:
    """Tell whoever invited that an app cannot be rung."""
    return _("{who} is an app and cannot be invited. Invite a person instead.").format(who=mention(user_id))


def no_strangers(user_id: UserId) -> str:
    """Tell whoever invited that somebody is of another workspace."""
    return _("{who} is of another workspace, where Startcall can ring nobody. Send the call's link instead.").format(
        who=mention(user_id)
    )


def not_reached(user_id: UserId) -> str:
    """Tell whoever invited that somebody cannot be rung."""
    return _("{who} cannot be rung: Slack takes no direct message for this person. Write to them instead.").format(
        who=mention(user_id)
    )


def group_not_read(group_id: UserId) -> str:
    """Tell whoever invited that a user group could not be read."""
    return _("Slack did not say who is in <!subteam^{group}>, so nobody of it was invited. Name the people.").format(
        group=group_id
    )


def group_too_large(group_id: UserId) -> str:
    """Tell whoever invited that a user group has too many members."""
    return _(
        "<!subteam^{group}> has too many members to ring: at most {number} people are invited to one call. Name them."
    ).format(group=group_id, number=INVITED_MAX)


def called_back(call: Call) -> str:
    """Say that a call back has begun."""
    return _("Calling back: “{title}”. The card follows in this conversation.").format(title=escape(call.title))
