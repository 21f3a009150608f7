"""Read what a chat.* call wants to say: text, blocks, attachments, metadata."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.webapi.errors import SlackError
from sandbox.webapi.registry import ApiCall
from sandbox.workspace import Json

_MOST_ATTACHMENTS = 100
_LONGEST_MARKDOWN = 12_000


@dataclass(frozen=True, slots=True)
class Contents:
    """The parts of a message; what was not given is None."""

    text: str | None
    blocks: Sequence[Json] | None
    attachments: Sequence[Json] | None
    metadata: Json | None
    thread_ts: str | None


def read_contents(call: ApiCall) -> Contents:
    """Read the contents of a message.

    `markdown_text` becomes a markdown block, which is how the sandbox shows it.

    Raises:
        SlackError: `invalid_blocks_format`, `invalid_attachments`, `too_many_attachments`, `invalid_metadata_format`,
            `invalid_metadata_schema`, `markdown_text_conflict` or `msg_too_long`.

    Source: https://docs.slack.dev/reference/methods/chat.postMessage
    """
    arguments = call.arguments
    text = _given_text(call)
    blocks = _objects(call, "blocks", "invalid_blocks_format")
    attachments = _objects(call, "attachments", "invalid_attachments")
    if attachments is not None and len(attachments) > _MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    markdown = arguments.text("markdown_text")
    if markdown is not None:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > _LONGEST_MARKDOWN:
            raise SlackError("msg_too_long")
        text, blocks = markdown, [{"type": "markdown", "text": markdown}]
    return Contents(text, blocks, attachments, _metadata(call), arguments.text("thread_ts"))


def _given_text(call: ApiCall) -> str | None:
    """Read the text; an empty one is given all the same, for chat.update."""
    return "" if call.arguments.values.get("text") == "" else call.arguments.text("text")


def _objects(call: ApiCall, name: str, refusal: str) -> list[Json] | None:
    try:
        value = call.arguments.structure(name)
    except ValueError as error:
        raise SlackError(refusal) from error
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise SlackError(refusal)
    return value


def _metadata(call: ApiCall) -> Json | None:
    """Read message metadata: an event type and a payload; an empty object removes it on an update.

    Source: https://docs.slack.dev/messaging/message-metadata
    """
    try:
        value = call.arguments.structure("metadata")
    except ValueError as error:
        raise SlackError("invalid_metadata_format") from error
    if value is None:
        return None
    if not isinstance(value, dict):
        raise SlackError("invalid_metadata_format")
    is_complete = isinstance(value.get("event_type"), str) and isinstance(value.get("event_payload"), dict)
    if value and not is_complete:
        raise SlackError("invalid_metadata_schema")
    return value
