"""Turn Slack's text formats into safe HTML.

What can carry markup of its own (code, links, mentions) is cut out first and put back last, so that
nothing inside it is formatted twice and no character of the text reaches the page unescaped.
Source: https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from sandbox.page.emoji import emojify
from sandbox.page.links import safe_href
from sandbox.page.when import slack_date

_PLACEHOLDERS = re.compile("[\ue000\ue001]")
_PLACEHOLDER = re.compile("\ue000(\\d+)\ue001")
_PRE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_ANGLE = re.compile(r"<([^<>\n]+)>")
_BARE_URL = re.compile(r"(?<![\w/@.])https?://[^\s<>\ue000]+[^\s<>\ue000.,:;!?)'\"*_~]")
_TAGS = {"*": "strong", "_": "em", "~": "del"}
_STYLED = re.compile(
    "|".join(rf"(?<![\w{m}]){m}(?![\s{m}])[^{m}\n]+?(?<!\s){m}(?![\w{m}])" for m in map(re.escape, _TAGS))
)
_SPECIAL_MENTIONS = {"here", "channel", "everyone"}


class Directory(Protocol):
    """Who reads the text, and what the ids in it are called."""

    @property
    def viewer_id(self) -> str:
        """Return the reader's user id."""

    @property
    def tz(self) -> ZoneInfo:
        """Return the reader's time zone."""

    def user_name(self, user_id: str) -> str | None:
        """Return a person's shown name, or None when there is no such person."""

    def group_handle(self, group_id: str) -> str | None:
        """Return a user group's handle without `@`, or None when there is no such group."""

    def channel_name(self, channel_id: str) -> str | None:
        """Return a channel's name without `#`, or None when there is no such channel."""

    def channel_href(self, channel_id: str) -> str:
        """Return the address of a conversation on the page."""


def unescape_entities(text: str) -> str:
    """Turn Slack's three entities back into the characters they stand for."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def render_plain(text: str, *, emoji: bool = True) -> Markup:
    """Return a plain_text object's text as HTML: escaped, with line breaks, nothing formatted."""
    shown = unescape_entities(text)
    return Markup(str(escape(emojify(shown) if emoji else shown)).replace("\n", "<br>"))  # noqa: S704 - escaped


def render_mrkdwn(text: str, directory: Directory, *, verbatim: bool = False) -> Markup:
    """Return mrkdwn as HTML.

    Args:
        verbatim: leave bare addresses as they are instead of making them links.
    """
    return _Cutter(directory, verbatim=verbatim).render(text)


class _Cutter:
    """One rendering: the pieces cut out so far, and the way to put them back."""

    def __init__(self, directory: Directory, *, verbatim: bool) -> None:
        self._directory = directory
        self._verbatim = verbatim
        self._kept: list[str] = []

    def render(self, text: str) -> Markup:
        text = _PLACEHOLDERS.sub("", text)
        text = _PRE.sub(lambda m: self._keep(f"<pre>{_escaped(m[1])}</pre>"), text)
        text = _CODE.sub(lambda m: self._keep(f"<code>{_escaped(m[1])}</code>"), text)
        text = _ANGLE.sub(lambda m: self._keep(self._angle(m[1])), text)
        if not self._verbatim:
            text = _BARE_URL.sub(lambda m: self._keep(self._link(m[0], "")), text)
        html = _quotes(emojify(_escaped(text)), _styled)
        while _PLACEHOLDER.search(html):
            html = _PLACEHOLDER.sub(lambda m: self._kept[int(m[1])], html)
        return Markup(html)  # noqa: S704 - every piece was escaped on its way in

    def _keep(self, html: str) -> str:
        self._kept.append(html)
        return f"\ue000{len(self._kept) - 1}\ue001"

    def _angle(self, inside: str) -> str:
        target, _, label = inside.partition("|")
        kinds: dict[str, Callable[[str, str], str]] = {"@": self._user, "#": self._channel, "!": self._special}
        kind = kinds.get(target[:1])
        return kind(target[1:], label) if kind else self._link(target, label)

    def _user(self, user_id: str, label: str) -> str:
        name = self._directory.user_name(user_id) or unescape_entities(label) or user_id
        mine = " me" if user_id == self._directory.viewer_id else ""
        return f'<span class="mention{mine}">@{escape(name)}</span>'

    def _channel(self, channel_id: str, label: str) -> str:
        name = self._directory.channel_name(channel_id) or unescape_entities(label)
        if not name:
            return '<span class="mention">#private channel</span>'
        return f'<a class="mention" href="{escape(self._directory.channel_href(channel_id))}">#{escape(name)}</a>'

    def _special(self, inside: str, label: str) -> str:
        kind, *rest = inside.split("^")
        if kind == "date" and len(rest) > 1:
            return self._date(rest, label)
        if kind in _SPECIAL_MENTIONS:
            return f'<span class="mention me">@{kind}</span>'
        handle = self._directory.group_handle(rest[0]) if kind == "subteam" and rest else None
        shown = f"@{handle}" if handle else unescape_entities(label) or kind
        return f'<span class="mention">{escape(shown)}</span>'

    def _date(self, rest: list[str], fallback: str) -> str:
        shown = slack_date(rest[0], unescape_entities(rest[1]), self._directory.tz)
        text = escape(shown or unescape_entities(fallback) or rest[1])
        href = safe_href(unescape_entities(rest[2])) if len(rest) > 2 else None  # noqa: PLR2004 - the optional link
        return _anchor(href, str(text)) if href else f"<span>{text}</span>"

    def _link(self, target: str, label: str) -> str:
        url = unescape_entities(target)
        href = None if _PLACEHOLDER.search(url) else safe_href(url)
        shown = _styled(emojify(_escaped(label))) if label else str(escape(url.removeprefix("mailto:")))
        return _anchor(href, shown) if href else f"<span>{shown}</span>"


def _escaped(text: str) -> str:
    return str(escape(unescape_entities(text)))


def _anchor(href: str, shown: str) -> str:
    return f'<a href="{escape(href)}" target="_blank" rel="noopener noreferrer">{shown}</a>'


def _styled(html: str) -> str:
    """Format bold, italic and strike from left to right, each inside the one around it."""

    def style(match: re.Match[str]) -> str:
        marked = match[0]
        tag = _TAGS[marked[0]]
        return f"<{tag}>{_styled(marked[1:-1])}</{tag}>"

    return _STYLED.sub(style, html)


def _quotes(html: str, inner: Callable[[str], str]) -> str:
    """Group lines that start with `>` into block quotes and join the rest with line breaks."""
    out: list[str] = []
    quoted: list[str] = []
    lines = html.split("\n")
    for at, line in enumerate(lines):
        if line.startswith("&gt;&gt;&gt;"):
            quoted += [line.removeprefix("&gt;&gt;&gt;").lstrip(), *lines[at + 1 :]]
            break
        if line.startswith("&gt;"):
            quoted.append(line.removeprefix("&gt;").lstrip())
            continue
        _flush(out, quoted, inner)
        out.append(inner(line))
    _flush(out, quoted, inner)
    return "<br>".join(out).replace("</blockquote><br>", "</blockquote>").replace("<br><blockquote>", "<blockquote>")


def _flush(out: list[str], quoted: list[str], inner: Callable[[str], str]) -> None:
    if quoted:
        out.append(f"<blockquote>{'<br>'.join(inner(line) for line in quoted)}</blockquote>")
        quoted.clear()
