"""A call as Slack shows it: the contents of a `call` block in a message, and the `call` object of the Web API."""

from __future__ import annotations

import copy

from sandbox.workspace import CallRecord, Json, Workspace

_ICON_SIZES = (32, 36, 48, 64, 72, 96, 128, 192, 512, 1024)


def call_block_contents(workspace: Workspace, record: CallRecord) -> Json:
    """Build the `call` key of a `call` block.

    Slack's recorded block names things differently from the Web API: `name` for the title, `display_id` for the
    external display id. What `is_dm_call`, `was_accepted` and `was_missed` mean is not documented; here a call is a DM
    call when all its conversations are direct messages, accepted when anybody but its creator was ever in it, and
    missed when it ended neither accepted nor rejected.

    Source: https://github.com/slackapi/java-slack-sdk (BlockKitTest.parseCallBlock, recorded from Slack)
    """
    is_dm = _is_dm(workspace, record)
    ended = record.date_end > 0
    accepted = is_dm and any(user.get("slack_id") != record.created_by for user in record.everyone)
    rejected = is_dm and bool(record.rejected_by)
    return {
        "v1": {
            "id": record.id,
            "app_id": record.app_id,
            "app_icon_urls": app_icon_urls(workspace),
            "date_start": record.date_start,
            "active_participants": copy.deepcopy(record.active),
            "all_participants": copy.deepcopy(record.everyone),
            "display_id": record.external_display_id or "",
            "join_url": record.join_url,
            "desktop_app_join_url": record.desktop_app_join_url or "",
            "name": record.title or "",
            "created_by": record.created_by,
            "date_end": record.date_end,
            "channels": list(record.channels),
            "is_dm_call": is_dm,
            "was_rejected": rejected,
            "was_missed": is_dm and ended and not accepted and not rejected,
            "was_accepted": accepted,
            "has_ended": ended,
        },
        "media_backend_type": "platform_call",
    }


def call_json(record: CallRecord, *, with_channels: bool = True) -> Json:
    """Build the `call` object of the calls.* answers; what was never given is left out.

    Args:
        record: the call.
        with_channels: Slack leaves `channels` out of calls.add's answer and has it in all others.

    Source: https://github.com/slackapi/java-slack-sdk (json-logs/samples/api/calls.*.json, recorded from Slack)
    """
    call: Json = {
        "id": record.id,
        "date_start": record.date_start,
        "external_unique_id": record.external_unique_id,
        "join_url": record.join_url,
        "desktop_app_join_url": record.desktop_app_join_url,
        "external_display_id": record.external_display_id,
        "title": record.title,
    }
    call = {key: value for key, value in call.items() if value is not None}
    call["users"] = copy.deepcopy(record.active)
    if with_channels:
        call["channels"] = list(record.channels)
    return call


def app_icon_urls(workspace: Workspace) -> Json:
    """List the addresses of the app's icon in all of Slack's sizes."""
    base = f"{workspace.base_url}/icons"
    urls = {f"image_{size}": f"{base}/app_{size}.png" for size in _ICON_SIZES}
    return urls | {"image_original": f"{base}/app_original.png"}


def _is_dm(workspace: Workspace, record: CallRecord) -> bool:
    channels = [workspace.channels[channel_id] for channel_id in record.channels if channel_id in workspace.channels]
    return bool(channels) and all(channel.kind == "im" for channel in channels)
