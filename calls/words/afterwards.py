"""The sentences about calls that are over: their recap, and the history of a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from calls.model import Artifact, ArtifactKind, Call, ChannelId, Participant, UserId
from calls.past import PastCall
from calls.text import escape
from calls.words.answers import duration, mention
from calls.words.language import _, n_

_NAME_MAX_CHARS = 80


def recap_head(call: Call, people: int) -> str:
    """Say how long a call lasted, and how many people were there."""
    lasted, title = duration(call.duration_s), escape(call.title)
    text = n_(
        "“{title}” lasted {lasted}, with {people} person.", "“{title}” lasted {lasted}, with {people} people.", people
    )
    return text.format(title=title, lasted=lasted, people=people)


def was_there(name: str, came_at: datetime, left_at: datetime) -> str:
    """Say from when to when somebody was there.

    Args:
        name: escaped already.
    """
    return _("• {name}, {came} to {left}").format(name=name, came=time(came_at), left=time(left_at))


def and_more(people: int) -> str:
    """Say how many people are not named."""
    return n_("and {people} more", "and {people} more", people).format(people=people)


def left_behind(artifact: Artifact) -> str:
    """Say where something can be had that a meeting left behind."""
    match artifact.kind:
        case ArtifactKind.RECORDING:
            text = _("Open the recording")
        case ArtifactKind.TRANSCRIPT:
            text = _("Open the transcript")
        case ArtifactKind.SUMMARY:
            text = _("Open the summary")
    return f"<{artifact.url}|{text}>"


def name_of(person: Participant, names: Mapping[UserId, str]) -> str:
    """Return what somebody is called; a Slack person without a name is mentioned."""
    if person.slack_id is None:
        guest = (person.display_name or "").strip()[:_NAME_MAX_CHARS]
        return _("{name} (guest)").format(name=escape(guest)) if guest else _("a guest")
    name = names.get(person.slack_id)
    return mention(person.slack_id) if name is None else escape(name[:_NAME_MAX_CHARS])


def time(at: datetime) -> str:
    """Return a time of day as every reader's own clock shows it.

    Source: https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    return f"<!date^{int(at.timestamp())}^{{time}}|{at:%H:%M} UTC>"


def moment(at: datetime) -> str:
    """Return a day and a time as every reader's own calendar and clock show them."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}}, {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def history(past: Sequence[PastCall]) -> str:
    """List calls that are over."""
    if not past:
        return _("No call of this conversation is over yet. Start one with `/startcall`.")
    head = _("*The last calls of this conversation*")
    tail = _("Type `/startcall history csv` to get more of them as a file.")
    return "\n".join((head, *(past_call(one) for one in past), tail))


def past_call(past: PastCall) -> str:
    """Say when a call was, how long, with how many people, and where its card is."""
    call, people = past.call, len(past.people)
    text = n_(
        "• *{title}*, {when}, {lasted}, {people} person", "• *{title}*, {when}, {lasted}, {people} people", people
    )
    when = moment(call.live_at or call.created_at)
    line = text.format(title=escape(call.title), when=when, lasted=duration(call.duration_s), people=people)
    link = call.recap.card_url
    return line if link is None else f"{line} · <{link}|{_('Open the card')}>"


def file_comes() -> str:
    """Say that a file is on its way."""
    return _("The calls of this conversation come to you as a file, by direct message, in a moment.")


def here_is_file(calls: int, channel_id: ChannelId) -> str:
    """Say what is in the file that follows."""
    where = f"<#{channel_id}>" if channel_id.startswith("C") else _("a direct message")
    text = n_("Here is the last {calls} call of {where}.", "Here are the last {calls} calls of {where}.", calls)
    return text.format(calls=calls, where=where)


def file_title() -> str:
    """Return the title of a file with calls."""
    return _("Calls")
