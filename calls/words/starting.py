"""The sentences people read when they start a call: how it was understood, and what they are asked first."""

from __future__ import annotations

from collections.abc import Sequence

from calls.model import Call, UserId
from calls.preferences import OWN_ROOM
from calls.question import Running
from calls.text import escape
from calls.words.language import _, n_


def understood(call: Call, named: Sequence[UserId], *, chosen: bool, lasts: str) -> str | None:
    """Say how a command to start was understood, where it says more than a title.

    Args:
        named: the people and user groups that were named.
        chosen: whether the meeting system was asked for.
        lasts: how long it is meant to last, as typed; empty for no such word.
    """
    further = []
    if lasts:
        further.append(_("It is meant to last {length}.").format(length=escape(lasts)))
    if call.silent:
        further.append(_nobody_told(named))
    people = "" if call.silent else invited(named)
    if not (chosen or people or further):
        return None
    return " ".join([_begins(call, people, chosen=chosen), *further])


def _begins(call: Call, people: str, *, chosen: bool) -> str:
    if chosen and people:
        sentence = _("Starting “{title}” {where} with {people} invited.")
    elif chosen:
        sentence = _("Starting “{title}” {where}.")
    elif people:
        sentence = _("Starting “{title}” with {people} invited.")
    else:
        sentence = _("Starting “{title}”.")
    return sentence.format(title=escape(call.title), where=_where(call), people=people)


def _where(call: Call) -> str:
    return _("in your own room") if call.provider == OWN_ROOM else _("at {provider}").format(provider=call.provider)


def _nobody_told(named: Sequence[UserId]) -> str:
    if not named:
        return _("Silent: nobody is rung or mentioned.")
    return _("Silent: nobody is rung or mentioned, so {people} will not hear of it.").format(people=invited(named))


def invited(people: Sequence[UserId]) -> str:
    """Return people and user groups in a row, as Slack fills their names in."""
    return ", ".join(f"<!subteam^{one}>" if one.startswith("S") else f"<@{one}>" for one in people)


def running_silently(call: Call) -> str:
    """Say that a call is running, without a mention that would notify anybody."""
    return _("The call “{title}” is running.").format(title=escape(call.title))


def asks_about_running(call: Call, running: Running) -> str:
    """Ask what to do beside a call that is running already."""
    return _(
        "“{running}” is already running here, started by <@{starter}>, so “{title}” was not started yet. "
        "Join it, end it and start yours in its place, or start yours beside it."
    ).format(running=escape(running.title), starter=running.started_by, title=escape(call.title))


def asks_about_many(call: Call, members: int) -> str:
    """Ask whether a call is meant to be shown to many people."""
    return n_(
        "{members:,} person in this conversation would see “{title}”, so it was not started yet. Start it?",
        "{members:,} people in this conversation would see “{title}”, so it was not started yet. Start it?",
        members,
    ).format(members=members, title=escape(call.title))


def asks_about_many_elsewhere(call: Call, members: int) -> str:
    """Ask the same of somebody who may be looking at another conversation."""
    return n_(
        "{members:,} person in <#{channel}> would see “{title}”, so it was not started yet. Start it?",
        "{members:,} people in <#{channel}> would see “{title}”, so it was not started yet. Start it?",
        members,
    ).format(members=members, channel=call.channel_id, title=escape(call.title))


def asks_about_running_elsewhere(call: Call, running: Running) -> str:
    """Ask the same of somebody who may be looking at another conversation."""
    return _(
        "“{running}” is already running in <#{channel}>, started by <@{starter}>, so “{title}” was not started yet. "
        "Join it, end it and start yours in its place, or start yours beside it."
    ).format(
        running=escape(running.title), channel=call.channel_id, starter=running.started_by, title=escape(call.title)
    )


def join() -> str:
    """Name the button that joins the running call."""
    return _("Join")


def replace() -> str:
    """Name the button that ends the running call and starts the new one."""
    return _("Replace it")


def start_beside() -> str:
    """Name the button that starts a call beside the running one."""
    return _("Start another")


def start() -> str:
    """Name the button that starts the call after all."""
    return _("Start call")


def cancel() -> str:
    """Name the button that starts nothing."""
    return _("Cancel")


def confirms_replace() -> tuple[str, str, str, str]:
    """Ask once more before a call is ended: title, text, the button that does it, the one that does not."""
    return _("Replace the call?"), _("The running one ends for everybody."), _("Replace it"), _("Keep it running")


def going_ahead(call: Call) -> str:
    """Say that a call starts after its starter was asked."""
    return _("Starting “{title}”.").format(title=escape(call.title))


def replacing(call: Call, replaced: Call) -> str:
    """Say that a call takes the place of another."""
    return _("Ending “{replaced}” and starting “{title}” in its place.").format(
        replaced=escape(replaced.title), title=escape(call.title)
    )


def not_started(call: Call) -> str:
    """Say that nothing was started, as the starter wanted."""
    return _("“{title}” was not started, and nobody was disturbed.").format(title=escape(call.title))


def answered_before() -> str:
    """Say that a question was answered, or put aside, before."""
    return _("That was answered already, or is too long ago. Type `/startcall` again to start a call.")


def guests_may_not() -> str:
    """Say that guests may not start calls."""
    return _(
        "Guests cannot start calls in this workspace, so nothing was started. "
        "Ask a member of the workspace to start it, and join with its card."
    )


def strangers_may_not() -> str:
    """Say that people of other workspaces may not start calls."""
    return _(
        "People from other organisations cannot start calls here, so nothing was started. "
        "Ask a member of this workspace to start it, and join with its card."
    )


def standing_unknown() -> str:
    """Say that it could not be found out whether somebody is a guest."""
    return _(
        "In this workspace not everybody may start calls, and Slack did not say whether you may, "
        "so nothing was started. Try again in a moment."
    )
