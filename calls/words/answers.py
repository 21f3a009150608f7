"""The sentences people read in answer to what they did."""

from __future__ import annotations

from collections.abc import Sequence

from calls.model import Artifact, Call, EndReason, UserId
from calls.text import escape


def mention(user_id: UserId) -> str:
    """Return the name of a person, or of a user group, as Slack fills it in."""
    return f"<!subteam^{user_id}>" if user_id.startswith("S") else f"<@{user_id}>"


def mentions(user_ids: Sequence[UserId]) -> str:
    """Return several people's names in a row."""
    return ", ".join(mention(user_id) for user_id in user_ids)


def ended(call: Call) -> str:
    """Say how long a call lasted and why it is over."""
    lasted = duration(call.duration_s)
    match call.end_reason:
        case EndReason.EMPTY:
            return f"Ended after {lasted}, because everybody had left."
        case EndReason.TOO_LONG:
            return f"Ended after {lasted}, which is as long as a call may last."
        case EndReason.ENDED_IN_ROOM:
            return f"Ended after {lasted}: the meeting was closed where it took place."
        case EndReason.ENDED_BY_OPERATOR:
            return f"Ended after {lasted} by whoever runs Startcall."
        case _:
            by = f" by {mention(call.ended_by)}" if call.ended_by else ""
            return f"Ended{by} after {lasted}."


def left_behind(artifact: Artifact) -> str:
    """Say where something can be had that a meeting left behind."""
    return f"<{artifact.url}|Open the {artifact.kind.value}>"


def duration(seconds: int) -> str:
    """Return a length of time as people say it, rounded to whole minutes above one minute."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return "less than a minute"
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = [_counted(hours, "hour"), _counted(minutes, "minute")]
    return " ".join(part for part in parts if part)


def no_call_here() -> str:
    """Say that there is nothing to act on."""
    return "No call is running in this conversation. Start one with `/startcall`."


def no_such_call(display_id: str) -> str:
    """Say that an id fits no running call the person may see."""
    return f"No running call of yours or of this conversation has the id {display_id}. `/startcall list` shows them."


def which_call(command: str, calls: Sequence[Call]) -> str:
    """Ask which of several calls is meant."""
    lines = [f"• `/startcall {command} {call.display_id}`: {escape(call.title)}" for call in calls]
    return "Several calls are running here. Which one do you mean?\n" + "\n".join(lines)


def already_over() -> str:
    """Say that a call is over."""
    return "That call has ended. Start a new one with `/startcall`."


def unknown_call() -> str:
    """Say that a card belongs to no call we know."""
    return "This card belongs to a call that is no longer known here. Start a new one with `/startcall`."


def joined(call: Call) -> str:
    """Say that a person is now shown as in the call, with its link."""
    if call.join_url is None:
        return f"You are in “{escape(call.title)}”. Its link comes with the card in a moment."
    return f"You are in “{escape(call.title)}”: <{call.join_url}|open the meeting>."


def claimed(call: Call) -> str:
    """Say that a person is now shown by their own name."""
    return f"The card of “{escape(call.title)}” now shows you by your Slack name."


def nobody_to_claim() -> str:
    """Say that nobody in a call is unknown to Slack."""
    return (
        "Everybody in this call is known by their Slack name already. If you have just joined, try again in a moment."
    )


def left(call: Call) -> str:
    """Say that a person is no longer shown as in the call."""
    return f"You left “{escape(call.title)}”."


def still_in_meeting(call: Call) -> str:
    """Say that a person is shown as in the call because they are."""
    return f"You are still in the meeting of “{escape(call.title)}”. Leave it there, and the card follows by itself."


def was_not_in(call: Call) -> str:
    """Say that a person who leaves was not there."""
    return f"You are not in “{escape(call.title)}”, so nothing was changed."


def renamed(title: str) -> str:
    """Say that a call has a new title."""
    return f"The call is now called “{escape(title)}”."


def ending(call: Call) -> str:
    """Say that a call is being ended."""
    return f"Ending “{escape(call.title)}” for everybody."


def running(calls: Sequence[Call]) -> str:
    """List running calls, each with its id, starter and link."""
    if not calls:
        return "No call is running here, and you are in none. Start one with `/startcall`."
    return "*Running calls*\n" + "\n".join(_listed(call) for call in calls)


def not_started(call: Call, why: str) -> str:
    """Say that a call could not be started, and why."""
    return f"“{escape(call.title)}” could not be started. {why}"


def card_waits(call: Call) -> str:
    """Say that a card comes later than people expect, with the link that works already."""
    if call.room is None:
        title = escape(call.title)
        return f"“{title}” has no room yet: {call.provider} takes longer than usual. The card comes by itself."
    link = f" <{call.join_url}|Open the meeting> meanwhile." if call.join_url is not None else ""
    return f"Slack is busy: the card of “{escape(call.title)}” comes as soon as Slack takes it.{link}"


def moved(call: Call, fallback: str) -> str:
    """Say that a call takes place elsewhere than was asked for."""
    return f"{call.provider} does not work at the moment, so “{escape(call.title)}” takes place at {fallback} instead."


def slack_refused(call: Call, why: str) -> str:
    """Say that Slack did not take a change of a call, and why."""
    return f"Slack did not take a change of “{escape(call.title)}”. {why}"


def empty_title() -> str:
    """Say that a title has no readable character."""
    return "That title has no readable character. Please type another one."


def not_stored() -> str:
    """Say that a request was not taken, because it could not be kept safe."""
    return "Startcall could not save that just now, so nothing was done. Please try again in a moment."


def home_welcome() -> str:
    """Say on the Home how a call is started."""
    return (
        "*Start a call from any conversation*\n"
        "Type `/startcall` and, if you like, a title. `/startcall help` shows the rest."
    )


def home_empty() -> str:
    """Say on the Home that a person is in no call."""
    return "You have started no call that is still running, and you are in none."


def default_title(channel_name: str) -> str:
    """Return the title of a call that was given none."""
    if channel_name in {"", "directmessage", "privategroup"} or channel_name.startswith("mpdm-"):
        return "Call"
    return f"Call in #{channel_name}"


def _listed(call: Call) -> str:
    link = f" (<{call.join_url}|open the meeting>)" if call.join_url is not None else ""
    return f"• `{call.display_id}` {escape(call.title)}, started by {mention(call.started_by)}{link}"


def _counted(number: int, unit: str) -> str:
    if number == 0:
        return ""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
