"""The sentences of the app's Home."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from calls.model import Call
from calls.preferences import Holder, PreferenceChange
from calls.text import escape
from calls.words.afterwards import moment
from calls.words.answers import duration, mention
from calls.words.language import _


def start() -> str:
    """Return the label of the button that starts a call."""
    return _("Start a call")


def schedule() -> str:
    """Return the label of the button that plans one."""
    return _("Plan a call")


def settings() -> str:
    """Return the label of the button that opens the settings."""
    return _("Settings")


def join() -> str:
    """Return the label of the button that joins a call."""
    return _("Join")


def running_head() -> str:
    """Return the heading of running calls."""
    return _("Your running calls")


def planned_head() -> str:
    """Return the heading of scheduled calls."""
    return _("Your scheduled calls")


def recent_head() -> str:
    """Return the heading of calls that are over."""
    return _("Your last calls")


def admin_head() -> str:
    """Return the heading of what only admins see."""
    return _("For admins of this workspace")


def nothing_recent() -> str:
    """Say that a person has been in no call."""
    return _("Calls you started or were in stand here once they are over.")


def running_call(call: Call) -> str:
    """Say what runs, where, and who started it."""
    where = f"<#{call.channel_id}>" if call.channel_id.startswith("C") else _("a direct message")
    text = _("*{title}*\nIn {where}, started by {starter} · `{id}`")
    return text.format(title=escape(call.title), where=where, starter=mention(call.started_by), id=call.display_id)


def chart_title() -> str:
    """Return the title of the chart."""
    return _("Calls of this workspace in each of the last 12 weeks")


def chart_text(counts: Sequence[int]) -> str:
    """Say what the chart shows, for those who do not see it."""
    numbers = ", ".join(str(count) for count in counts)
    return _("Calls per week, the oldest week first: {numbers}.").format(numbers=numbers)


def nothing_stuck() -> str:
    """Say that all calls do as they should."""
    return _("No call of this workspace is stuck.")


def stuck_call(call: Call) -> str:
    """Say of a call that nothing more is tried, and what can be done; its title is only for those it concerns."""
    text = _(
        "`{id}`, started by {starter}, {when}: Startcall stopped trying (`{code}`). Press *Retry* once the cause is "
        "mended, or end the call."
    )
    when, starter = moment(call.created_at), mention(call.started_by)
    return text.format(id=call.display_id, starter=starter, when=when, code=call.stuck_code)


def long_call(call: Call, age: timedelta) -> str:
    """Say of a call that it has been running for long."""
    text = _("`{id}`, started by {starter}, has been running for {age}.")
    age_words = duration(int(age.total_seconds()))
    return text.format(id=call.display_id, starter=mention(call.started_by), age=age_words)


def retry() -> str:
    """Return the label of the button that lets a call be tried again."""
    return _("Retry")


def force_end() -> str:
    """Return the label of the button that ends a call."""
    return _("Force end")


def force_end_title() -> str:
    """Ask whether a call is to be ended."""
    return _("End this call?")


def force_end_text() -> str:
    """Say what ending a call means."""
    return _("It ends for everybody in it.")


def keep() -> str:
    """Return the label of the button that leaves a call as it is."""
    return _("Keep it")


def changes_head() -> str:
    """Return the heading of the newest choices."""
    return _("*What was changed last*")


def change(one: PreferenceChange) -> str:
    """Say who chose what, and when."""
    match one.holder:
        case Holder.WORKSPACE:
            whose = _("for the workspace")
        case Holder.CHANNEL:
            whose = _("for a conversation")
        case Holder.PERSON:
            whose = _("for themselves")
    text = _("{who} changed `{name}` {whose}, {when}: {before} → {after}")
    before, after = (escape(value) if value else "–" for value in (one.before, one.after))
    who, when = mention(one.changed_by), moment(one.changed_at)
    return text.format(who=who, name=one.name, whose=whose, when=when, before=before, after=after)


def admins_only() -> str:
    """Say that only admins may do that."""
    return _("Only admins of this workspace may do that. Ask one of them.")


def standing_unknown() -> str:
    """Say that it is not known whether somebody is an admin."""
    return _("Slack did not say just now whether you are an admin of this workspace. Please try again in a moment.")


def nothing_to_do() -> str:
    """Say that a call needs nothing any more."""
    return _("That call is over or works again, so nothing was changed.")
