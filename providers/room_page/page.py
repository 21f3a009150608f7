"""The page itself, in the language that is being spoken."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from calls.words.language import speaking, spoken
from calls.words.room import room_words

_ENVIRONMENT = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)


def room_page() -> bytes:
    """Return the page, with every sentence that its modules may say."""
    return _page_in(spoken())


@cache
def _page_in(language: str) -> bytes:
    with speaking(language):
        return _ENVIRONMENT.get_template("room.html").render(language=language, words=room_words()).encode()
