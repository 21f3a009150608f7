"""The sentences people read in answer to what they did."""

from __future__ import annotations

from collections.abc import Sequence

from calls.model import Artifact, ArtifactKind, Call, EndReason, UserId
from calls.somebody import SOMEBODY
from calls.text import escape
from calls.words.language import _, listed, n_


def mention(user_id: UserId) -> str:
    """Return the name of a person or a user group as Slack fills it in, or that it was somebody since forgotten."""
    if user_id == SOMEBODY:
        return _("somebody")
    return f"<!subteam^{user_id}>" if user_id.startswith("S") else f"<@{user_id}>"


def mentions(user_ids: Sequence[UserId]) -> str:
    """Return several people's names in a row."""
    return listed([mention(user_id) for user_id in user_ids])


def ended(call: Call) -> str:
    """Say how long a call lasted and why it is over."""
    lasted = duration(call.duration_s)
    match call.end_reason:
        case EndReason.EMPTY:
            return _("Ended after {lasted}, because everybody had left.").format(lasted=lasted)
        case EndReason.TOO_LONG:
            return _("Ended after {lasted}, which is as long as a call may last.").format(lasted=lasted)
        case EndReason.ENDED_IN_ROOM:
            return _("Ended after {lasted}: the meeting was closed where it took place.").format(lasted=lasted)
        case EndReason.ENDED_BY_OPERATOR:
            return _("Ended after {lasted} by whoever runs Startcall.").format(lasted=lasted)
        case _ if call.ended_by:
            person = mention(call.ended_by)
            return _("Ended by {person} after {lasted}.").format(person=person, lasted=lasted)
        case _:
            return _("Ended after {lasted}.").format(lasted=lasted)


def left_behind(artifact: Artifact) -> str:
    """Say where something can be had that a meeting left behind."""
    names = {
        ArtifactKind.RECORDING: _("Open the recording"),
        ArtifactKind.TRANSCRIPT: _("Open the transcript"),
        ArtifactKind.SUMMARY: _("Open the summary"),
    }
    return f"<{artifact.url}|{names[artifact.kind]}>"


def duration(seconds: int) -> str:
    """Return a length of time as people say it, rounded to whole minutes above one minute."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return _("less than a minute")
    hours, minutes = divmod(round(seconds / 60), 60)
    shown_hours = n_("{count} hour", "{count} hours", hours).format(count=hours)
    shown_minutes = n_("{count} minute", "{count} minutes", minutes).format(count=minutes)
    if hours and minutes:
        return _("{hours} {minutes}").format(hours=shown_hours, minutes=shown_minutes)
    return shown_hours if hours else shown_minutes


def no_call_here() -> str:
    """Say that there is nothing to act on."""
    return _("No call is running in this conversation. Start one with `/startcall`.")


def no_such_call(display_id: str) -> str:
    """Say that an id fits no running call the person may see."""
    said = _("No running call of yours or of this conversation has the id {display_id}. `/startcall list` shows them.")
    return said.format(display_id=display_id)


def which_call(command: str, calls: Sequence[Call]) -> str:
    """Ask which of several calls is meant."""
    lines = [f"• `/startcall {command} {call.display_id}`: {escape(call.title)}" for call in calls]
    return "\n".join((_("Several calls are running here. Which one do you mean?"), *lines))


def already_over() -> str:
    """Say that a call is over."""
    return _("That call has ended. Start a new one with `/startcall`.")


def unknown_call() -> str:
    """Say that a card belongs to no call we know."""
    return _("This card belongs to a call that is no longer known here. Start a new one with `/startcall`.")


def joined(call: Call) -> str:
    """Say that a person is now shown as in the call, with its link."""
    title = escape(call.title)
    if call.join_url is None:
        return _("You are in “{title}”. Its link comes with the card in a moment.").format(title=title)
    return _("You are in “{title}”: {link}.").format(title=title, link=_meeting_link(call.join_url))


def claimed(call: Call) -> str:
    """Say that a person is now shown by their own name."""
    return _("The card of “{title}” now shows you by your Slack name.").format(title=escape(call.title))


def nobody_to_claim() -> str:
    """Say that nobody in a call is unknown to Slack."""
    return _(
        "Everybody in this call is known by their Slack name already. If you have just joined, try again in a moment."
    )


def left(call: Call) -> str:
    """Say that a person is no longer shown as in the call."""
    return _("You left “{title}”.").format(title=escape(call.title))


def still_in_meeting(call: Call) -> str:
    """Say that a person is shown as in the call because they are."""
    said = _("You are still in the meeting of “{title}”. Leave it there, and the card follows by itself.")
    return said.format(title=escape(call.title))


def was_not_in(call: Call) -> str:
    """Say that a person who leaves was not there."""
    return _("You are not in “{title}”, so nothing was changed.").format(title=escape(call.title))


def renamed(title: str) -> str:
    """Say that a call has a new title."""
    return _("The call is now called “{title}”.").format(title=escape(title))


def ending(call: Call) -> str:
    """Say that a call is being ended."""
    return _("Ending “{title}” for everybody.").format(title=escape(call.title))


def running(calls: Sequence[Call]) -> str:
    """List running calls, each with its id, starter and link."""
    if not calls:
        return _("No call is running here, and you are in none. Start one with `/startcall`.")
    head = _("Running calls")
    return "\n".join((f"*{head}*", *(_line_of(call) for call in calls)))


def not_started(call: Call, why: str) -> str:
    """Say that a call could not be started, and why."""
    return _("“{title}” could not be started. {why}").format(title=escape(call.title), why=why)


def card_waits(call: Call) -> str:
    """Say that a card comes later than people expect, with the link that works already."""
    title = escape(call.title)
    if call.room is None:
        said = _("“{title}” has no room yet: {provider} takes longer than usual. The card comes by itself.")
        return said.format(title=title, provider=call.provider)
    if call.join_url is None:
        return _("Slack is busy: the card of “{title}” comes as soon as Slack takes it.").format(title=title)
    said = _("Slack is busy: the card of “{title}” comes as soon as Slack takes it. {link} meanwhile.")
    return said.format(title=title, link=f"<{call.join_url}|{_('Open the meeting')}>")


def moved(call: Call, fallback: str) -> str:
    """Say that a call takes place elsewhere than was asked for."""
    said = _("{provider} does not work at the moment, so “{title}” takes place at {fallback} instead.")
    return said.format(provider=call.provider, title=escape(call.title), fallback=fallback)


def slack_refused(call: Call, why: str) -> str:
    """Say that Slack did not take a change of a call, and why."""
    return _("Slack did not take a change of “{title}”. {why}").format(title=escape(call.title), why=why)


def meeting_goes_on(call: Call, why: str) -> str:
    """Say that a call is over in Slack while its meeting could not be ended, and why."""
    return _("The meeting of “{title}” was not ended. {why}").format(title=escape(call.title), why=why)


def empty_title() -> str:
    """Say that a title has no readable character."""
    return _("That title has no readable character. Please type another one.")


def not_stored() -> str:
    """Say that a request was not taken, because it could not be kept safe."""
    return _("Startcall could not save that just now, so nothing was done. Please try again in a moment.")


def home_welcome() -> str:
    """Say on the Home how a call is started."""
    head = _("Start a call from any conversation")
    said = _("Type `/startcall` and, if you like, a title. `/startcall help` shows the rest.")
    return f"*{head}*\n{said}"


def home_empty() -> str:
    """Say on the Home that a person is in no call."""
    return _("You have started no call that is still running, and you are in none.")


def default_title(channel_name: str) -> str:
    """Return the title of a call that was given none."""
    if channel_name in {"", "directmessage", "privategroup"} or channel_name.startswith("mpdm-"):
        return _("Call")
    return _("Call in #{channel}").format(channel=channel_name)


def _line_of(call: Call) -> str:
    values = {"id": f"`{call.display_id}`", "title": escape(call.title), "person": mention(call.started_by)}
    if call.join_url is None:
        return "• " + _("{id} {title}, started by {person}").format(**values)
    values["link"] = _meeting_link(call.join_url)
    return "• " + _("{id} {title}, started by {person} ({link})").format(**values)


def _meeting_link(url: str) -> str:
    return f"<{url}|{_('open the meeting')}>"
