"""Post scheduled messages when their time has come.

The clock may jump, so what is due is looked up rather than slept for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from sandbox.channel_items import ScheduledMessage
from sandbox.messages import MessageError, NewMessage, post
from sandbox.webapi.events import tell_posted
from sandbox.workspace import Traffic, Workspace

LOOK_EVERY_S = 0.2


async def keep_schedules(workspaces: Callable[[], Iterable[Workspace]]) -> None:
    """Post whatever becomes due in any workspace, until cancelled."""
    while True:
        for workspace in workspaces():
            post_due(workspace)
        await asyncio.sleep(LOOK_EVERY_S)


def post_due(workspace: Workspace) -> None:
    """Post every message whose time has come; one that cannot be posted any more is dropped."""
    now_s = workspace.now()
    for waiting in sorted(workspace.scheduled.values(), key=lambda one: one.post_at):
        if waiting.post_at > now_s:
            return
        del workspace.scheduled[waiting.id]
        channel = workspace.channels.get(waiting.channel_id)
        if channel is not None and not channel.is_archived:
            _post(workspace, waiting)


def _post(workspace: Workspace, waiting: ScheduledMessage) -> None:
    try:
        message = post(workspace, _new(workspace, waiting))
    except MessageError as error:
        about = {"scheduled_message_id": waiting.id, "channel": waiting.channel_id}
        workspace.log(Traffic(workspace.now(), "api", "chat.scheduleMessage", about, {"not_posted": error.code}, 0))
        return
    tell_posted(workspace, message)


def _new(workspace: Workspace, waiting: ScheduledMessage) -> NewMessage:
    return NewMessage(
        channel_id=waiting.channel_id,
        user_id=workspace.installation.bot_user_id,
        text=waiting.text,
        blocks=waiting.blocks,
        attachments=waiting.attachments,
        thread_ts=waiting.thread_ts,
        metadata=waiting.metadata,
        by_app=True,
        subtype="thread_broadcast" if waiting.is_broadcast else "",
    )
