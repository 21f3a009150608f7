"""The sentences about calls that are over: their recap, and the history of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from calls.model import Artifact, ArtifactKind, Call, Participant, UserId
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
