"""What Slack's published answers hold, by method: each key with the type of its value.

Written down from the examples on https://docs.slack.dev/reference/methods/<method> and, for calls.*, from the recorded
answers of https://github.com/slackapi/java-slack-sdk (json-logs/samples/api), read 2026-11-21. Keys that depend on what
was sent, such as `email`, which needs a scope, are left out.
"""

from __future__ import annotations

from typing import Any

Shape = dict[str, Any]

CURSOR: Shape = {"response_metadata": {"next_cursor": str}}
PLACE: Shape = {"channel": str, "ts": str}
TOPIC: Shape = {"value": str, "creator": str, "last_set": int}
_FLAGS = "is_channel is_group is_im is_archived is_general is_shared is_ext_shared is_org_shared is_pending_ext_shared"
CHANNEL: Shape = {
    **dict.fromkeys(("id", "name", "creator", "name_normalized"), str),
    **dict.fromkeys((*_FLAGS.split(), "is_private", "is_mpim", "is_member"), bool),
    **dict.fromkeys(("created", "unlinked"), int),
    "pending_shared": [],
    "previous_names": [],
    "topic": TOPIC,
    "purpose": TOPIC,
}
CHANNEL_INFO: Shape = CHANNEL | {
    "is_frozen": bool,
    "context_team_id": str,
    "updated": int,
    "parent_conversation": None,
    "shared_team_ids": [str],
    "pending_connected_team_ids": [],
}
_NAMES = "avatar_hash status_text status_emoji real_name display_name real_name_normalized display_name_normalized team"
PROFILE: Shape = dict.fromkeys((*_NAMES.split(), *(f"image_{size}" for size in (24, 32, 48, 72, 192, 512))), str)
_IS = "is_admin is_owner is_primary_owner is_restricted is_ultra_restricted is_bot is_app_user has_2fa deleted"
USER: Shape = {
    **dict.fromkeys(("id", "team_id", "name", "color", "real_name", "tz", "tz_label"), str),
    **dict.fromkeys(_IS.split(), bool),
    "tz_offset": int,
    "updated": int,
    "profile": PROFILE,
}
_CALL_TEXTS = "id external_unique_id join_url desktop_app_join_url external_display_id title"
CALL: Shape = {**dict.fromkeys(_CALL_TEXTS.split(), str), "date_start": int, "users": [{"slack_id": str}]}
CALL_LATER: Shape = {"call": {**CALL, "channels": [str]}}
CALL_WITHOUT_PEOPLE: Shape = {"call": {**CALL, "users": [], "channels": [str]}}
MESSAGE: Shape = {"text": str, "bot_id": str, "type": str, "ts": str}
VIEW: Shape = {
    **dict.fromkeys(("id", "team_id", "type", "private_metadata", "callback_id", "external_id", "hash"), str),
    **dict.fromkeys(("root_view_id", "app_id", "bot_id"), str),
    "clear_on_close": bool,
    "notify_on_close": bool,
    "state": {"values": {}},
    "blocks": [{"type": str, "block_id": str}],
}
BOOKMARK: Shape = {
    **dict.fromkeys(("id", "channel_id", "title", "link", "emoji", "type", "rank"), str),
    **dict.fromkeys(("last_updated_by_user_id", "last_updated_by_team_id"), str),
    **dict.fromkeys(("entity_id", "shortcut_id", "app_id"), None),
    "date_created": int,
    "date_updated": int,
}
BOT: Shape = {
    **dict.fromkeys(("id", "name", "app_id", "user_id"), str),
    "deleted": bool,
    "updated": int,
    "icons": dict.fromkeys(("image_36", "image_48", "image_72"), str),
}
TEAM: Shape = {
    **dict.fromkeys(("id", "name", "domain", "email_domain"), str),
    "icon": {**{f"image_{size}": str for size in (34, 44, 68, 88, 102, 132)}, "image_default": bool},
}
SCHEDULED: Shape = {"id": str, "channel_id": str, "post_at": int, "date_created": int, "text": str}

SHAPES: dict[str, Shape] = {
    "apps.connections.open": {"url": str},
    "apps.event.authorizations.list": {"authorizations": [{"team_id": str, "user_id": str, "is_bot": bool}]},
    "apps.manifest.validate": {"errors": []},
    "auth.revoke": {"revoked": bool},
    "auth.test": dict.fromkeys(("url", "team", "user", "team_id", "user_id", "bot_id"), str),
    "bookmarks.add": {"bookmark": BOOKMARK},
    "bookmarks.edit": {"bookmark": BOOKMARK},
    "bookmarks.list": {"bookmarks": [BOOKMARK]},
    "bots.info": {"bot": BOT},
    "calls.add": {"call": CALL},
    "calls.end": CALL_WITHOUT_PEOPLE,
    "calls.info": CALL_LATER,
    "calls.participants.add": CALL_LATER,
    "calls.participants.remove": CALL_WITHOUT_PEOPLE,
    "calls.update": CALL_LATER,
    "chat.delete": PLACE,
    "chat.getPermalink": {"channel": str, "permalink": str},
    "chat.postEphemeral": {"message_ts": str},
    "chat.postMessage": {**PLACE, "message": MESSAGE},
    "chat.scheduleMessage": {"channel": str, "scheduled_message_id": str, "post_at": int, "message": {"text": str}},
    "chat.scheduledMessages.list": {"scheduled_messages": [SCHEDULED], **CURSOR},
    "chat.update": {**PLACE, "text": str, "message": {"text": str, "user": str}},
    "conversations.create": {"channel": CHANNEL},
    "conversations.history": {"messages": [{"type": str, "user": str, "text": str, "ts": str}], "has_more": bool},
    "conversations.info": {"channel": CHANNEL_INFO},
    "conversations.invite": {"channel": CHANNEL},
    "conversations.join": {"channel": CHANNEL},
    "conversations.list": {"channels": [{**CHANNEL, "updated": int, "num_members": int}], **CURSOR},
    "conversations.members": {"members": [str], **CURSOR},
    "conversations.open": {"channel": {"id": str}},
    "conversations.replies": {"messages": [{"type": str, "user": str, "text": str, "ts": str}], "has_more": bool},
    "emoji.list": {"emoji": {}, "cache_ts": str},
    "pins.list": {"items": [{"type": str, "channel": str, "created": int, "created_by": str, "message": {"ts": str}}]},
    "reactions.get": {"type": str, "channel": str, "message": {"type": str, "text": str, "ts": str}},
    "team.info": {"team": TEAM},
    "users.conversations": {"channels": [CHANNEL], **CURSOR},
    "users.getPresence": {"presence": str},
    "users.info": {"user": USER},
    "users.list": {"members": [USER], "cache_ts": int, **CURSOR},
    "users.lookupByEmail": {"user": USER},
    "users.profile.get": {"profile": PROFILE},
    "views.open": {"view": VIEW},
    "views.publish": {"view": VIEW},
    "views.push": {"view": VIEW},
    "views.update": {"view": VIEW},
}

NOTHING_BUT_OK = (
    *(
        "api.test",
        "apps.uninstall",
        "blocks.validate",
        "bookmarks.remove",
        "chat.deleteScheduledMessage",
        "chat.unfurl",
    ),
    *("conversations.leave", "pins.add", "pins.remove", "reactions.add", "reactions.remove"),
)
"""Methods whose answer is `ok` alone."""

SHOWN_ELSEWHERE = (
    *("dnd.endSnooze", "dnd.info", "dnd.setSnooze"),  # test_sandbox_dnd.py
    *("files.completeUploadExternal", "files.delete", "files.getUploadURLExternal", "files.info"),  # .._webapi_files.py
    *("oauth.v2.access", "openid.connect.token", "openid.connect.userInfo"),  # .._installing.py and .._sign_in.py
    *("usergroups.list", "usergroups.users.list", "users.profile.set"),  # .._webapi_conversations.py, .._sign_in.py
)
"""Methods whose answers other tests compare."""
