"""The sentences about scheduled calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from calls.model import UserId
from calls.plan import Coming, Plan, PlanPerson, PlanState, Repeats
from calls.text import escape
from calls.words.answers import duration, mention, mentions
from calls.words.language import _

SHOWN_MAX = 30
"""How many people one line of a card names."""


def moment(plan: Plan, at: datetime) -> str:
    """Return a time that each reader sees by their own clock.

    Source: https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    return f"<!date^{int(at.timestamp())}^{{date_long_pretty}}, {{time}}|{clock(plan, at)}>"


def clock(plan: Plan, at: datetime) -> str:
    """Return a time by the clock of a plan's zone, for where nothing better can be shown."""
    return f"{at.astimezone(plan.tz):%Y-%m-%d %H:%M} ({plan.tz.key})"


def planned(plan: Plan) -> str:
    """Say when a call was planned for, as it was understood."""
    if plan.next_at is None:
        return _("“{title}” is being planned: {typed} by your clock. Its card comes in a moment.").format(
            title=escape(plan.title), typed=escape(plan.typed)
        )
    return _("“{title}” is planned for {time}. Its card comes in a moment.").format(
        title=escape(plan.title), time=moment(plan, plan.next_at)
    )


def planned_elsewhere(plan: Plan) -> str:
    """Say why a plan made in a conversation of two has its card elsewhere."""
    return _(
        "{planned} It is in your messages with Startcall, which cannot post between two people later on. "
        "Edit it there to invite the other person."
    ).format(planned=planned(plan))


def time_is_over(typed: str) -> str:
    """Say that a typed time lies in the past."""
    return _("{typed} is over already, so nothing was planned. Please type a later time.").format(typed=escape(typed))


def not_a_time(typed: str) -> str:
    """Say that words were not understood as a time."""
    return _(
        "“{typed}” was not understood as a time. "
        "Type it like `at 15:00`, `at 9:30am tomorrow`, `on Friday at 10` or `in 20 min`."
    ).format(typed=escape(typed))


def no_day_or_time() -> str:
    """Ask for a day and a time."""
    return _("Please choose a date and a time.")


def dialog_time_is_over() -> str:
    """Say in a dialog that a time lies in the past."""
    return _("That time is over already. Please choose a later one.")


def until_too_early() -> str:
    """Say that a series ends before it begins."""
    return _("The series ends before it begins. Please choose a later last day, or none.")


def changed(plan: Plan) -> str:
    """Say that a plan was changed."""
    return _("“{title}” was changed; its card follows.").format(title=escape(plan.title))


def only_planner(plan: Plan) -> str:
    """Say who may change a plan."""
    return _("Only {planner}, who planned “{title}”, and admins of this workspace can do that.").format(
        planner=mention(plan.planned_by), title=escape(plan.title)
    )


def no_longer() -> str:
    """Say that a plan is over."""
    return _("That call is no longer planned. Plan a new one with `/startcall schedule`.")


def started_already(plan: Plan) -> str:
    """Say that there is nothing to start."""
    return _("“{title}” has started already. `/startcall list` shows it.").format(title=escape(plan.title))


def starting(plan: Plan) -> str:
    """Say that a planned call starts now."""
    return _("Starting “{title}” now.").format(title=escape(plan.title))


def cancelling(plan: Plan) -> str:
    """Say that a plan is cancelled."""
    return _("“{title}” is cancelled, and those who would have come are told.").format(title=escape(plan.title))


def skipping(plan: Plan) -> str:
    """Say that one time of a series does not take place."""
    return _("“{title}” is left out once, and those who would have come are told.").format(title=escape(plan.title))


def answered(plan: Plan, coming: Coming) -> str:
    """Say that an answer was taken."""
    title = escape(plan.title)
    match coming:
        case Coming.YES:
            return _("You come to “{title}”.").format(title=title)
        case Coming.MAYBE:
            return _("You may come to “{title}”.").format(title=title)
        case Coming.NO:
            return _("You do not come to “{title}”.").format(title=title)


def zone_unknown(plan: Plan) -> str:
    """Say that a time was read by another clock than the person's."""
    return _("Slack did not say your time zone, so “{title}” was planned by UTC. Edit it if that is wrong.").format(
        title=escape(plan.title)
    )


def not_planned(plan: Plan, why: str) -> str:
    """Say that a plan came to nothing, and why."""
    return _("“{title}” could not be planned. {why}").format(title=escape(plan.title), why=why)


def reminder(plan: Plan) -> str:
    """Say that a call is about to start."""
    at = moment(plan, plan.next_at) if plan.next_at is not None else ""
    return _("“{title}” starts at {time}.").format(title=escape(plan.title), time=at)


def reminder_in(plan: Plan) -> str:
    """Say to one person that a call is about to start, and where."""
    if plan.is_kept_by_planner:
        return reminder(plan)
    return _("{reminder} It takes place in <#{channel}>.").format(reminder=reminder(plan), channel=plan.channel_id)


def news(plan: Plan) -> str:
    """Say to one person that a call was moved or cancelled."""
    title, by = escape(plan.title), mention(plan.changed_by or plan.planned_by)
    if plan.state is PlanState.CANCELLED or plan.next_at is None:
        return _("{person} cancelled “{title}”, so there is nothing to come to.").format(person=by, title=title)
    return _("{person} changed “{title}”: it takes place next at {time}.").format(
        person=by, title=title, time=moment(plan, plan.next_at)
    )


def listed(plans: Sequence[Plan]) -> str:
    """List what still takes place."""
    lines = [line(plan) for plan in plans if plan.next_at is not None]
    return "\n".join([_("*Planned calls*"), *lines])


def line(plan: Plan) -> str:
    """Say what is planned, and when."""
    at = "" if plan.next_at is None else moment(plan, plan.next_at)
    return _("• `{id}` {title}, {time}, planned by {planner}").format(
        id=plan.display_id, title=escape(plan.title), time=at, planner=mention(plan.planned_by)
    )


def plain_line(plan: Plan) -> str:
    """Return what a notification shows and a screen reader says of a card."""
    title = escape(plan.title)
    if plan.state is PlanState.CANCELLED or plan.next_at is None:
        return _("The planned call “{title}” was cancelled.").format(title=title)
    if plan.state is PlanState.OVER:
        return _("The planned call “{title}” is over.").format(title=title)
    return _("{planner} planned the call “{title}” for {time}.").format(
        planner=mention(plan.planned_by), title=title, time=moment(plan, plan.next_at)
    )


def when_line(plan: Plan) -> str:
    """Say on a card when a call takes place, or what became of it."""
    if plan.next_at is None:
        return ""
    at = moment(plan, plan.next_at)
    if plan.state is PlanState.CANCELLED:
        return _("Cancelled by {person}. It was planned for {time}.").format(
            person=mention(plan.changed_by or plan.planned_by), time=at
        )
    if is_missed(plan):
        return _("Missed: Startcall was not running at {time}.").format(time=at)
    if plan.state is PlanState.OVER:
        return _("Started. It was planned for {time}.").format(time=at)
    return _("{time}, for {duration}").format(time=at, duration=length(plan.duration))


def is_missed(plan: Plan) -> bool:
    """Say whether the last time of a plan was missed."""
    return plan.state is PlanState.OVER and plan.missed_at is not None and plan.missed_at == plan.next_at


def about_line(plan: Plan) -> str:
    """Say on a card who planned a call, its id, how often it takes place and what was missed."""
    parts = [_("Planned by {planner}").format(planner=mention(plan.planned_by)), f"`{plan.display_id}`"]
    if plan.is_series:
        parts.append(series(plan))
    if plan.is_waiting and plan.reminder:
        parts.append(_("reminder {duration} before").format(duration=length(plan.reminder)))
    line = " · ".join(parts)
    if plan.is_waiting and plan.missed_at is not None:
        line += "\n" + _("Missed once: Startcall was not running at {time}.").format(time=moment(plan, plan.missed_at))
    return line


def series(plan: Plan) -> str:
    """Say how often a series takes place, by which clock, and until when."""
    if plan.begins_at is None:
        return ""
    shown = plan.begins_at.astimezone(plan.tz)
    how = _("{often} at {clock} ({zone})").format(
        often=repetition(plan.repeats), clock=f"{shown:%H:%M}", zone=plan.tz.key
    )
    if plan.until is None:
        return how
    return _("{how} until {day}").format(how=how, day=f"{plan.until.astimezone(plan.tz):%Y-%m-%d}")


def repetition(repeats: Repeats) -> str:
    """Return how often a plan takes place."""
    match repeats:
        case Repeats.NEVER:
            return _("does not repeat")
        case Repeats.DAILY:
            return _("every day")
        case Repeats.WEEKDAYS:
            return _("every weekday, Monday to Friday")
        case Repeats.WEEKLY:
            return _("every week")
        case Repeats.MONTHLY:
            return _("every month")


def people_line(people: Sequence[PlanPerson]) -> str:
    """Say on a card who comes."""
    groups = (
        (_("Coming"), Coming.YES),
        (_("Maybe"), Coming.MAYBE),
        (_("Not coming"), Coming.NO),
        (_("Not answered yet"), None),
    )
    lines = []
    for label, coming in groups:
        named = [person.user_id for person in people if person.coming is coming]
        if named:
            lines.append(f"*{label}:* {_some(named)}")
    return "\n".join(lines) or _("Nobody has answered yet.")


def _some(named: Sequence[UserId]) -> str:
    more = len(named) - SHOWN_MAX
    line = mentions(named[:SHOWN_MAX])
    return line if more <= 0 else _("{people} and {number} more").format(people=line, number=more)


def length(of: timedelta) -> str:
    """Return a length of time as people say it."""
    return duration(int(of.total_seconds()))


def confirm_cancel(plan: Plan) -> str:
    """Say what cancelling does."""
    if plan.is_series:
        return _("All coming times of “{title}” are cancelled, and those who would have come are told.").format(
            title=plan.title
        )
    return _("“{title}” is cancelled, and those who would have come are told.").format(title=plan.title)


def confirm_skip(plan: Plan) -> str:
    """Say what leaving one time out does."""
    at = "" if plan.next_at is None else clock(plan, plan.next_at)
    return _("“{title}” does not take place at {time}; the series goes on.").format(title=plan.title, time=at)


def calendar_file(plan: Plan) -> str:
    """Say what a calendar file is for."""
    return _("Open this file to put “{title}” into your calendar.").format(title=escape(plan.title))
