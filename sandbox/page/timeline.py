"""Turn stored messages into the rows of a conversation: days, runs of one author, threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sandbox import messages
from sandbox.page.reader import Face, Reader
from sandbox.page.when import clock, day_name, long_day, moment
from sandbox.workspace import Channel, Json, Message

RUN_S = 300
"""Messages of one author closer together than this share one avatar."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A message and what its place among the others decides about its look."""

    message: Message
    dom_id: str
    day: str
    is_run: bool
    replies: int
    last_reply: str


@dataclass(frozen=True, slots=True)
class Row:
    """One message as drawn."""

    slot: Slot
    author: Face
    time: str
    full_time: str
    iso_time: str
    blocks: tuple[Json, ...]
    attachments: tuple[Json, ...]
    reactions: tuple[tuple[str, int, str], ...]
    thread_href: str


def conversation_slots(reader: Reader, channel: Channel) -> list[Slot]:
    """Return a conversation: everything the viewer may see that is not only in a thread."""
    shown = messages.visible_messages(reader.workspace, channel.id, reader.viewer_id)
    answers: dict[str, list[Message]] = {}
    for message in shown:
        if is_reply(message):
            answers.setdefault(str(message.thread_ts), []).append(message)
    tops = [message for message in shown if not is_reply(message)]
    return _slots(reader, tops, answers, "m")


def thread_slots(reader: Reader, channel: Channel, thread_ts: str) -> list[Slot]:
    """Return one thread, its parent first; empty when there is no such message."""
    shown = messages.visible_messages(reader.workspace, channel.id, reader.viewer_id)
    parts = [message for message in shown if thread_ts in {message.ts, message.thread_ts}]
    return _slots(reader, parts, {}, "t")


def is_reply(message: Message) -> bool:
    """Tell whether a message stands only in a thread."""
    return message.thread_ts is not None and message.thread_ts != message.ts


def look_of(reader: Reader, slot: Slot) -> tuple[object, ...]:
    """Return everything a message's look depends on, to know when it has to be drawn again."""
    message = slot.message
    call_ids = [str(block["call_id"]) for block in messages.all_blocks(message) if "call_id" in block]
    calls = [repr(reader.workspace.calls.get(call_id)) for call_id in call_ids]
    return (
        reader.place,
        (moment(reader.workspace.now(), reader.tz).date(), reader.declines_to_app) if calls else None,
        (slot.dom_id, slot.day, slot.is_run, slot.replies, slot.last_reply),
        (message.user_id, message.text, message.edited_ts, message.ephemeral_for),
        repr((message.blocks, message.attachments, message.reactions)),
        tuple(message.file_ids),
        *calls,
    )


def make_row(reader: Reader, slot: Slot) -> Row:
    """Return everything that is drawn of a message."""
    message = slot.message
    at = moment(float(message.ts), reader.tz)
    return Row(
        slot=slot,
        author=reader.face(message.user_id),
        time=clock(at),
        full_time=f"{long_day(at)} at {at:%H:%M:%S}",
        iso_time=at.isoformat(timespec="seconds"),
        blocks=tuple(messages.decorate_blocks(reader.workspace, message.blocks)),
        attachments=tuple(messages.decorate_attachments(reader.workspace, message.attachments)),
        reactions=tuple(
            (name, len(users), ", ".join(reader.user_name(user) or user for user in users))
            for name, users in message.reactions.items()
        ),
        thread_href=reader.place.at_thread(message.ts).href,
    )


def _slots(reader: Reader, shown: Sequence[Message], answers: dict[str, list[Message]], prefix: str) -> list[Slot]:
    slots: list[Slot] = []
    before: Message | None = None
    before_at: datetime | None = None
    now = moment(reader.workspace.now(), reader.tz)
    for message in shown:
        at = moment(float(message.ts), reader.tz)
        new_day = before_at is None or before_at.date() != at.date()
        replies = answers.get(message.ts, [])
        slots.append(
            Slot(
                message=message,
                dom_id=f"{prefix}-{message.ts.replace('.', '-')}",
                day=day_name(at, now) if new_day and prefix == "m" else "",
                is_run=before is not None and not new_day and _continues(before, message),
                replies=len(replies),
                last_reply=_reply_time(reader, replies[-1], now) if replies else "",
            )
        )
        before, before_at = message, at
    return slots


def _reply_time(reader: Reader, reply: Message, now: datetime) -> str:
    at = moment(float(reply.ts), reader.tz)
    return f"{day_name(at, now)} at {clock(at)}"


def _continues(before: Message, message: Message) -> bool:
    same = before.user_id == message.user_id and before.ephemeral_for == message.ephemeral_for
    return same and not message.blocks and float(message.ts) - float(before.ts) < RUN_S
