"""Build the recap of a call: how long it lasted, who was there and when, and what it left behind.

It is plain lines of text, so that whoever copies it has it as they see it, with times in their own time zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from calls.blocks import METADATA_EVENT_TYPE
from calls.model import Call, Participant, UserId
from calls.slack.messages_api import Metadata, OutgoingMessage
from calls.words import afterwards

NAMED_MAX = 30
"""How many people a recap names."""

_SECTION_MAX_CHARS = 2_900
"""A section takes 3,000 characters. Source: https://docs.slack.dev/reference/block-kit/blocks/section-block"""


def people_of(participants: Sequence[Participant]) -> list[Participant]:
    """Return who was there, each person once."""
    return [person for person in participants if person.same_as is None]


def build_recap(call: Call, participants: Sequence[Participant], names: Mapping[UserId, str]) -> OutgoingMessage:
    """Return the recap of a call that is over.

    Args:
        names: what people are called; whoever is not in it is mentioned.
    """
    people = people_of(participants)
    lines = [afterwards.recap_head(call, len(people)), *(_line(call, person, names) for person in people[:NAMED_MAX])]
    if len(people) > NAMED_MAX:
        lines.append(afterwards.and_more(len(people) - NAMED_MAX))
    left_behind = [afterwards.left_behind(artifact) for artifact in call.artifacts]
    blocks = [_section(text) for text in (*_gathered(lines), *_gathered(left_behind))]
    return OutgoingMessage(
        text=afterwards.recap_head(call, len(people)),
        blocks=tuple(blocks),
        thread_ts=call.thread_ts or call.message_ts,
        metadata=recap_metadata(call),
    )


def recap_metadata(call: Call) -> Metadata:
    """Return what marks the recap of a call."""
    return Metadata(METADATA_EVENT_TYPE, {"call_id": call.id, "part": "recap"})


def _line(call: Call, person: Participant, names: Mapping[UserId, str]) -> str:
    left_at = min(filter(None, (person.left_at, call.ended_at)), default=person.joined_at)
    name = afterwards.name_of(person, names)
    return afterwards.was_there(name, person.joined_at, max(left_at, person.joined_at))


def _gathered(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines in as few texts as they fit in; a line that fits in none is left out."""
    text = ""
    for line in lines:
        if len(line) > _SECTION_MAX_CHARS:
            continue
        if text and len(text) + 1 + len(line) > _SECTION_MAX_CHARS:
            yield text
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield text


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}
