"""The bookmarks.* methods: links above a conversation. Folders, files and messages as bookmarks are not built."""

from __future__ import annotations

import re

from sandbox.channel_items import Bookmark
from sandbox.webapi.errors import SlackError, invalid_argument
from sandbox.webapi.places import is_member, visible_channel
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Channel, Json

_MOST = 100
_LONGEST_TITLE = 256
_LONGEST_LINK = 2048
_EMOJI = re.compile(r":[a-z0-9_+'-]+(::skin-tone-[2-6])?:")


@method("bookmarks.add", scope="bookmarks:write", tier=2)
def bookmarks_add(call: ApiCall) -> Json:
    """Add a link.

    Source: https://docs.slack.dev/reference/methods/bookmarks.add
    """
    channel = _channel(call)
    if call.arguments.needed("type") != "link":
        raise SlackError("invalid_bookmark_type")
    title, link, emoji = _title(call), _link(call), _emoji(call)
    if not title:
        raise invalid_argument("title", "must provide a string")
    if link is None:
        raise SlackError("invalid_link")
    kept = call.workspace.bookmarks
    if sum(one.channel_id == channel.id for one in kept.values()) >= _MOST:
        raise SlackError("too_many_bookmarks")
    bot, now_s = call.workspace.installation.bot_user_id, int(call.workspace.now())
    made = Bookmark(call.workspace.new_id("Bk"), channel.id, title, link, emoji or "", bot, now_s)
    kept[made.id] = made
    call.workspace.changed()
    return {"bookmark": _shown(call, made)}


@method("bookmarks.edit", scope="bookmarks:write", tier=2)
def bookmarks_edit(call: ApiCall) -> Json:
    """Change a link, its title or its emoji; what is not given stays.

    Source: https://docs.slack.dev/reference/methods/bookmarks.edit
    """
    bookmark = _bookmark(call)
    title, link, emoji = _title(call), _link(call), _emoji(call)
    bookmark.title = title or bookmark.title
    bookmark.link = link or bookmark.link
    bookmark.emoji = bookmark.emoji if emoji is None else emoji
    bookmark.updated = int(call.workspace.now())
    call.workspace.changed()
    return {"bookmark": _shown(call, bookmark)}


@method("bookmarks.remove", scope="bookmarks:write", tier=2)
def bookmarks_remove(call: ApiCall) -> Json:
    """Remove a link.

    Source: https://docs.slack.dev/reference/methods/bookmarks.remove
    """
    del call.workspace.bookmarks[_bookmark(call).id]
    call.workspace.changed()
    return {}


@method("bookmarks.list", scope="bookmarks:read")
def bookmarks_list(call: ApiCall) -> Json:
    """List the links of a conversation in the order in which they were added.

    Source: https://docs.slack.dev/reference/methods/bookmarks.list
    """
    channel = _channel(call)
    found = [one for one in call.workspace.bookmarks.values() if one.channel_id == channel.id]
    return {"bookmarks": [_shown(call, one) for one in found]}


def _channel(call: ApiCall) -> Channel:
    channel = visible_channel(call, "channel_id")
    if not is_member(call.workspace, channel):
        raise SlackError("access_denied")
    return channel


def _bookmark(call: ApiCall) -> Bookmark:
    channel = _channel(call)
    bookmark = call.workspace.bookmarks.get(call.arguments.needed("bookmark_id"))
    if bookmark is None or bookmark.channel_id != channel.id:
        raise SlackError("not_found")
    return bookmark


def _title(call: ApiCall) -> str | None:
    title = call.arguments.text("title")
    if title is not None and len(title) > _LONGEST_TITLE:
        raise invalid_argument("title", f"must be at most {_LONGEST_TITLE} characters")
    return title


def _link(call: ApiCall) -> str | None:
    link = call.arguments.text("link")
    if link is not None and (not re.match(r"https?://", link) or len(link) > _LONGEST_LINK):
        raise SlackError("invalid_link")
    return link


def _emoji(call: ApiCall) -> str | None:
    emoji = call.arguments.text("emoji")
    if emoji is not None and not _EMOJI.fullmatch(emoji):
        raise SlackError("invalid_emoji")
    return emoji


def _shown(call: ApiCall, bookmark: Bookmark) -> Json:
    return {
        "id": bookmark.id,
        "channel_id": bookmark.channel_id,
        "title": bookmark.title,
        "link": bookmark.link,
        "emoji": bookmark.emoji,
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": bookmark.created,
        "date_updated": bookmark.updated,
        "rank": "g",
        "last_updated_by_user_id": bookmark.user_id,
        "last_updated_by_team_id": call.workspace.team.id,
        "shortcut_id": None,
        "app_id": None,
    }
