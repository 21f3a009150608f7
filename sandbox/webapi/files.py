"""The files.* methods: upload a file in three steps, share it, look at it, delete it."""

from __future__ import annotations

import secrets

from sandbox import messages
from sandbox.files import file_json
from sandbox.webapi import events
from sandbox.webapi.errors import SlackError, invalid_argument
from sandbox.webapi.places import can_see, is_member
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Channel, File, Json


@method("files.getUploadURLExternal", scope="files:write", tier=4)
def files_get_upload_url(call: ApiCall) -> Json:
    """Give the address that the content of one file is to be sent to.

    Source: https://docs.slack.dev/reference/methods/files.getUploadURLExternal
    """
    name, length_bytes = call.arguments.text("filename"), call.arguments.integer("length")
    if name is None or length_bytes is None or length_bytes <= 0:
        raise SlackError("missing_argument")
    file = File(
        id=call.workspace.new_id("F"),
        name=name,
        title=name,
        user_id=call.workspace.installation.bot_user_id,
        length_bytes=length_bytes,
        created=int(call.workspace.now()),
        ticket=secrets.token_hex(16),
        alt_text=call.arguments.text("alt_txt") or "",
    )
    call.workspace.files[file.id] = file
    return {"upload_url": f"{call.workspace.base_url}/upload/v1/{file.ticket}", "file_id": file.id}


@method("files.completeUploadExternal", scope="files:write", tier=4)
def files_complete_upload(call: ApiCall) -> Json:
    """Finish uploads, and share the files in a conversation; without one they stay private.

    Source: https://docs.slack.dev/reference/methods/files.completeUploadExternal
    """
    found = [(_file(call, item), item) for item in _items(call)]
    channel = _channel(call)
    for file, item in found:
        file.title = str(item.get("title") or file.name)
        file.is_complete = True
    files = [file for file, _ in found]
    if channel is not None:
        _share(call, channel, files)
    call.workspace.changed()
    return {"files": [file_json(call.workspace, file) for file in files]}


@method("files.info", scope="files:read", tier=4)
def files_info(call: ApiCall) -> Json:
    """Describe a file.

    Source: https://docs.slack.dev/reference/methods/files.info
    """
    return {"file": file_json(call.workspace, _complete(call)), "comments": []}


@method("files.delete", scope="files:write", tier=3)
def files_delete(call: ApiCall) -> Json:
    """Delete a file; messages say that it was.

    Source: https://docs.slack.dev/reference/methods/files.delete
    """
    del call.workspace.files[_complete(call).id]
    call.workspace.changed()
    return {}


def _complete(call: ApiCall) -> File:
    file = call.workspace.files.get(call.arguments.text("file") or "")
    if file is None or not file.is_complete:
        raise SlackError("file_not_found")
    return file


def _items(call: ApiCall) -> list[Json]:
    try:
        items = call.arguments.structure("files")
    except ValueError as error:
        raise invalid_argument("files", "must provide an array") from error
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise invalid_argument("files", "must provide an array")
    return items


def _file(call: ApiCall, item: Json) -> File:
    """Find a file whose content has come and whose upload was not finished yet."""
    file = call.workspace.files.get(str(item.get("id")))
    if file is None or file.content is None or file.is_complete:
        raise SlackError("file_not_found")
    return file


def _channel(call: ApiCall) -> Channel | None:
    """Find the conversation to share in; the bot has to be in it, whatever it may post to otherwise."""
    given = call.arguments.text("channel_id")
    if given is None:
        return None
    channel = call.workspace.channels.get(given)
    if channel is None or not can_see(call.workspace, channel):
        raise SlackError("channel_not_found")
    if not is_member(call.workspace, channel):
        raise SlackError("not_in_channel")
    return channel


def _share(call: ApiCall, channel: Channel, files: list[File]) -> None:
    for file in files:
        file.channels.append(channel.id)
    new = messages.NewMessage(
        channel_id=channel.id,
        user_id=call.workspace.installation.bot_user_id,
        text=call.arguments.text("initial_comment") or "",
        thread_ts=call.arguments.text("thread_ts"),
        by_app=True,
        subtype="file_share",
        file_ids=[file.id for file in files],
    )
    events.tell_posted(call.workspace, messages.post(call.workspace, new))
