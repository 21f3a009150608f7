"""Turn what people type into text that is safe to show, and text into what Slack takes literally.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import html
import re
import unicodedata

TITLE_MAX_CHARS = 150
"""Longer titles are cut; Slack documents no limit, and a card shows about this much in two lines."""

_CONTROL_SEQUENCE = re.compile(r"<([@#!])?([^<>|]*)(?:\|([^<>]*))?>")
_MENTION = re.compile(r"<([@#!])([^<>|]*)(?:\|([^<>]*))?>")
_SPECIAL_MENTIONS = {"channel": "@channel", "here": "@here", "everyone": "@everyone"}
_JOINERS = {"\u200c", "\u200d"}
"""Invisible characters that spell words and emoji; every other format character is dropped."""

_OPENING = re.compile(r"<+(?=!)")
"""What a special mention would begin with; half of one is left where the other half was cut off."""


def plain_title(typed: str) -> str:
    """Return a title as plain text: no mention that could ring anybody, no invisible characters, one line.

    Args:
        typed: text as Slack sends it, with `&amp; &lt; &gt;` escaped and `<…>` for links and mentions.

    Returns:
        At most `TITLE_MAX_CHARS` characters; empty when nothing readable was typed.
    """
    without_sequences = _CONTROL_SEQUENCE.sub(_spoken, typed)
    # Typed brackets arrive escaped; once more, so that `&lt;!channel&gt;` cannot become a mention.
    unescaped = _MENTION.sub(_spoken, html.unescape(without_sequences))
    visible = "".join(character for character in _one_line(unescaped) if _is_visible(character))
    one_line = " ".join(unicodedata.normalize("NFC", visible).split())
    return _cut(_OPENING.sub("", one_line))


def escape(text: str) -> str:
    """Return text so that Slack shows it letter for letter, outside code and links."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A word joiner, which nobody sees, after each mark keeps Slack from reading it as bold, italic, struck or code.
    return re.sub(r"([*_~`])", "\\1\u2060", escaped)


def _spoken(match: re.Match[str]) -> str:
    """Return how a `<…>` sequence reads aloud."""
    kind, target, label = match.groups()
    if kind == "!":
        return _SPECIAL_MENTIONS.get(target, f"@{label.lstrip('@')}" if label else "")
    if kind == "@":
        return f"@{label.lstrip('@')}" if label else "@someone"
    if kind == "#":
        return f"#{label.lstrip('#')}" if label else "#channel"
    return label or target


def _one_line(text: str) -> str:
    return re.sub(r"[\s\u2028\u2029]+", " ", text)


def _is_visible(character: str) -> bool:
    """Say whether a character can be seen, or joins others that can."""
    if character in _JOINERS:
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def _cut(text: str) -> str:
    """Cut a long title where a person would see a character end, and say that it was cut."""
    if len(text) <= TITLE_MAX_CHARS:
        return text
    end = TITLE_MAX_CHARS - 1
    while end > 0 and _continues(text[end], text[end - 1]):
        end -= 1
    return text[:end].rstrip() + "…"


def _continues(character: str, before: str) -> bool:
    """Say whether a character belongs to the one before it: an accent, a skin tone, a joined emoji."""
    return (
        unicodedata.combining(character) != 0
        or character in _JOINERS
        or before in _JOINERS
        or 0x1F3FB <= ord(character) <= 0x1F3FF  # noqa: PLR2004 - the five skin tones
        or 0xFE00 <= ord(character) <= 0xFE0F  # noqa: PLR2004 - variation selectors
    )
