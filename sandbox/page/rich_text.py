"""Turn a rich_text block into safe HTML.

Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from sandbox.page.emoji import emoji_for
from sandbox.page.links import safe_href
from sandbox.page.mrkdwn import Directory
from sandbox.page.when import slack_date
from sandbox.workspace import Json

_STYLE_TAGS = {"bold": "strong", "italic": "em", "strike": "del", "code": "code", "underline": "u"}


def render_rich_text(block: Json, directory: Directory) -> Markup:
    """Return a rich_text block as HTML; parts of an unknown kind show their text."""
    parts = [_part(element, directory) for element in block.get("elements", [])]
    return Markup("").join(parts)


def _part(element: Json, directory: Directory) -> Markup:
    kind = element.get("type")
    inside = Markup("").join(_inline(child, directory) for child in element.get("elements", []))
    if kind == "rich_text_list":
        tag = "ol" if element.get("style") == "ordered" else "ul"
        items = [Markup("<li>{}</li>").format(_part(item, directory)) for item in element.get("elements", [])]
        return Markup("<{0}>{1}</{0}>").format(tag, Markup("").join(items))
    if kind == "rich_text_quote":
        return Markup("<blockquote>{}</blockquote>").format(inside)
    if kind == "rich_text_preformatted":
        return Markup("<pre>{}</pre>").format(inside)
    return Markup("<span>{}</span>").format(inside)


def _inline(element: Json, directory: Directory) -> Markup:
    draw = _KINDS.get(str(element.get("type")))
    shown = draw(element, directory) if draw else escape(str(element.get("text", "")))
    for style, on in (element.get("style") or {}).items():
        if on and style in _STYLE_TAGS:
            shown = Markup("<{0}>{1}</{0}>").format(_STYLE_TAGS[style], shown)
    return shown


def _text(element: Json, _directory: Directory) -> Markup:
    return Markup("<br>").join(escape(line) for line in str(element.get("text", "")).split("\n"))


def _link(element: Json, _directory: Directory) -> Markup:
    url = str(element.get("url", ""))
    shown, href = str(element.get("text") or url), safe_href(url)
    if href is None:
        return escape(shown)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(href, shown)


def _user(element: Json, directory: Directory) -> Markup:
    user_id = str(element.get("user_id"))
    mine = " me" if user_id == directory.viewer_id else ""
    return Markup('<span class="mention{}">@{}</span>').format(mine, directory.user_name(user_id) or user_id)


def _channel(element: Json, directory: Directory) -> Markup:
    channel_id = str(element.get("channel_id"))
    name = directory.channel_name(channel_id) or "private channel"
    return Markup('<a class="mention" href="{}">#{}</a>').format(directory.channel_href(channel_id), name)


def _broadcast(element: Json, _directory: Directory) -> Markup:
    return Markup('<span class="mention me">@{}</span>').format(element.get("range", "here"))


def _emoji(element: Json, _directory: Directory) -> Markup:
    return escape(emoji_for(str(element.get("name"))))


def _date(element: Json, directory: Directory) -> Markup:
    shown = slack_date(str(element.get("timestamp")), str(element.get("format", "")), directory.tz)
    return escape(shown or str(element.get("fallback", "")))


_KINDS: dict[str, Callable[[Json, Directory], Markup]] = {
    "text": _text,
    "link": _link,
    "user": _user,
    "channel": _channel,
    "broadcast": _broadcast,
    "emoji": _emoji,
    "date": _date,
}
