"""The one way to store, change, remove and read messages, whoever writes them.

The Web API, `response_url` posts and people all come through here, so every message obeys the same rules.
Call blocks are stored as the app sent them and filled in on every read, as Slack does: a change of the call shows
in all messages at once.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sandbox.block_ids import fill_in_ids
from sandbox.blocks import call_ids, validate_message_blocks
from sandbox.call_view import call_block_contents
from sandbox.connect import author_keys
from sandbox.files import files_json, is_known_image
from sandbox.refused import RefusedError
from sandbox.workspace import Json, Message, Workspace

LONGEST_TEXT = 40_000
"""Characters; Slack cuts longer texts off. Source: https://docs.slack.dev/reference/methods/chat.postMessage"""

SLACKBOT = "USLACKBOT"


class MessageError(RefusedError):
    """Slack would not store this message, such as with `invalid_blocks` or `no_text`."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What somebody wants to say; `ephemeral_for` is the only person who shall see it."""

    channel_id: str
    user_id: str
    text: str = ""
    blocks: Sequence[Json] = ()
    attachments: Sequence[Json] = ()
    thread_ts: str | None = None
    metadata: Json | None = None
    by_app: bool = False
    ephemeral_for: str | None = None
    subtype: str = ""
    file_ids: Sequence[str] = ()


def post(workspace: Workspace, new: NewMessage) -> Message:
    """Store a message and return it with its timestamp.

    A reply to a reply goes to the thread's first message, as in Slack.

    Raises:
        MessageError: `no_text` when there is nothing to show, `invalid_blocks` for blocks that break a rule or name
            a call that does not exist (the sandbox's choice: Slack's own answer is not documented).
    """
    if not (new.text or new.blocks or new.attachments or new.file_ids):
        raise MessageError("no_text")
    message = Message(
        ts="",
        channel_id=new.channel_id,
        user_id=new.user_id,
        text=new.text[:LONGEST_TEXT],
        blocks=checked_blocks(workspace, new.blocks),
        thread_ts=_thread_root(workspace, new.channel_id, new.thread_ts),
        metadata=copy.deepcopy(new.metadata),
        by_app=new.by_app,
        ephemeral_for=new.ephemeral_for,
        attachments=_numbered(new.attachments),
        subtype=new.subtype,
        file_ids=list(new.file_ids),
    )
    message.ts = workspace.new_ts()
    workspace.keep_message(message)
    _note_channels(workspace, message)
    workspace.changed()
    return message


def update(
    workspace: Workspace,
    message: Message,
    *,
    text: str | None = None,
    blocks: Sequence[Json] | None = None,
    attachments: Sequence[Json] | None = None,
    metadata: Json | None = None,
) -> Message:
    """Change a stored message in place; what is None stays.

    A text without blocks removes the old blocks, because the text alone is then what is shown.

    Raises:
        MessageError: as for `post`.
    """
    kept_blocks = message.blocks if text is None and blocks is None else []
    new_blocks = checked_blocks(workspace, blocks) if blocks is not None else kept_blocks
    new_text = message.text if text is None else text[:LONGEST_TEXT]
    new_attachments = message.attachments if attachments is None else _numbered(attachments)
    if not (new_text or new_blocks or new_attachments):
        raise MessageError("no_text")
    message.text, message.blocks, message.attachments = new_text, new_blocks, new_attachments
    if metadata is not None:
        message.metadata = copy.deepcopy(metadata) or None
    message.edited_ts = workspace.new_ts()
    _note_channels(workspace, message)
    workspace.changed()
    return message


def unfurl(workspace: Workspace, message: Message, unfurls: Mapping[str, Json]) -> None:
    """Show something under links of a message, in place of what is under them now.

    Args:
        unfurls: attachments by the link they belong to.

    Raises:
        MessageError: when their blocks are not usable.

    Source: https://docs.slack.dev/reference/methods/chat.unfurl
    """
    shown = {item["app_unfurl_url"]: item for item in message.attachments if "app_unfurl_url" in item}
    for url, attachment in unfurls.items():
        blocks = checked_blocks(workspace, attachment.get("blocks") or [])
        shown[url] = {**copy.deepcopy(attachment), "blocks": blocks, "app_unfurl_url": url, "is_app_unfurl": True}
    others = [item for item in message.attachments if "app_unfurl_url" not in item]
    message.attachments = [{**item, "id": number} for number, item in enumerate([*others, *shown.values()], start=1)]
    _note_channels(workspace, message)
    workspace.changed()


def all_blocks(message: Message) -> list[Json]:
    """Return the blocks of a message, those under its links included."""
    return [*message.blocks, *(block for item in message.attachments for block in item.get("blocks") or [])]


def delete(workspace: Workspace, message: Message) -> None:
    """Remove a message; the first message of a thread with replies leaves a tombstone, as in Slack."""
    if message.replies:
        message.text, message.subtype, message.user_id = "This message was deleted.", "tombstone", SLACKBOT
        message.blocks, message.attachments, message.metadata = [], [], None
        message.by_app = False
    else:
        workspace.remove_message(message)
    workspace.changed()


def visible_messages(workspace: Workspace, channel_id: str, viewer_id: str) -> list[Message]:
    """List a conversation's messages, thread replies included, oldest first; ephemeral ones only for their person."""
    stored = workspace.messages.get(channel_id, [])
    return [message for message in stored if message.ephemeral_for in {None, viewer_id}]


def decorate_blocks(workspace: Workspace, blocks: Iterable[Json]) -> list[Json]:
    """Copy blocks for reading, with every `call` block filled in from its call.

    Source: https://github.com/slackapi/java-slack-sdk (BlockKitTest.parseCallBlock, recorded from Slack)
    """
    decorated = []
    for block in blocks:
        shown = copy.deepcopy(block)
        record = workspace.calls.get(str(block.get("call_id"))) if block.get("type") == "call" else None
        if record is not None:
            shown["api_decoration_available"] = False
            shown["call"] = call_block_contents(workspace, record)
        decorated.append(shown)
    return decorated


def decorate_attachments(workspace: Workspace, attachments: Iterable[Json]) -> list[Json]:
    """Return attachments whose blocks are decorated."""
    return [
        {**copy.deepcopy(item), **({"blocks": decorate_blocks(workspace, item["blocks"])} if "blocks" in item else {})}
        for item in attachments
    ]


def message_json(workspace: Workspace, message: Message) -> Json:
    """Show a message as Slack's API and payloads do, blocks filled in; metadata is left to the caller to drop."""
    shown: Json = {"type": "message", "user": message.user_id, "text": message.text, "ts": message.ts}
    if message.subtype:
        shown["subtype"] = message.subtype
    if message.by_app:
        shown |= _app_keys(workspace)
    author, channel = workspace.users.get(message.user_id), workspace.channels.get(message.channel_id)
    shown |= author_keys(workspace, channel, author)
    if message.blocks:
        shown["blocks"] = decorate_blocks(workspace, message.blocks)
    if message.attachments:
        shown["attachments"] = decorate_attachments(workspace, message.attachments)
    if message.file_ids:
        shown |= {"files": files_json(workspace, message.file_ids), "upload": True}
    return shown | _history_keys(workspace, message) | _thread_keys(workspace, message)


def _history_keys(workspace: Workspace, message: Message) -> Json:
    """Say what happened to a message since it was sent."""
    shown: Json = {}
    if message.edited_ts:
        shown["edited"] = {"user": message.user_id, "ts": message.edited_ts}
    if message.ephemeral_for:
        shown["is_ephemeral"] = True
    if message.metadata:
        shown["metadata"] = copy.deepcopy(message.metadata)
    if any(pin.ts == message.ts for pin in workspace.pins.get(message.channel_id, [])):
        shown["pinned_to"] = [message.channel_id]
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
        ]
    return shown


def _app_keys(workspace: Workspace) -> Json:
    installation = workspace.installation
    icons = {f"image_{size}": f"{workspace.base_url}/icons/app_{size}.png" for size in (36, 48, 72)}
    return {
        "bot_id": installation.bot_id,
        "app_id": installation.app_id,
        "bot_profile": {
            "id": installation.bot_id,
            "app_id": installation.app_id,
            "user_id": installation.bot_user_id,
            "name": installation.manifest.bot_display_name,
            "icons": icons,
            "deleted": False,
            "updated": 0,
            "team_id": workspace.team.id,
        },
    }


def _thread_keys(workspace: Workspace, message: Message) -> Json:
    if message.thread_ts and message.thread_ts != message.ts:
        parent = workspace.message(message.channel_id, message.thread_ts)
        return {"thread_ts": message.thread_ts, "parent_user_id": parent.user_id if parent else ""}
    replies = message.replies
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user_id for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
        "reply_users": users,
        "is_locked": False,
        "subscribed": False,
    }


def checked_blocks(workspace: Workspace, blocks: Sequence[Json]) -> list[Json]:
    """Validate blocks and return a copy in which every block and element has its id.

    Raises:
        MessageError: `invalid_blocks`.
    """
    problems = validate_message_blocks(list(blocks), workspace.calls.__contains__, partial(is_known_image, workspace))
    if problems:
        raise MessageError("invalid_blocks", problems)
    return fill_in_ids(blocks)


def _thread_root(workspace: Workspace, channel_id: str, thread_ts: str | None) -> str | None:
    if not thread_ts:
        return None
    parent = workspace.message(channel_id, thread_ts)
    if parent is None or parent.ephemeral_for:
        raise MessageError("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


def _numbered(attachments: Sequence[Json]) -> list[Json]:
    """Copy attachments and number them from 1, as Slack does."""
    return [{"id": number, **copy.deepcopy(item)} for number, item in enumerate(attachments, start=1)]


def _note_channels(workspace: Workspace, message: Message) -> None:
    """Remember with each call the conversations it was posted in; ephemeral messages do not count."""
    if message.ephemeral_for:
        return
    for call_id in call_ids(all_blocks(message)):
        record = workspace.calls.get(call_id)
        if record is not None and message.channel_id not in record.channels:
            record.channels.append(message.channel_id)
