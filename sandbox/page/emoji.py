"""Know the short names of the emoji that turn up in messages of apps and of people who try them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_CODE = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?")
_TABLE = Path(__file__).parent / "emoji.txt"


def emojify(text: str) -> str:
    """Replace `:short_name:` by its character and leave names we do not know as typed."""
    return _CODE.sub(lambda match: _table().get(match[1], match[0]), text)


def emoji_for(name: str) -> str:
    """Return the character of a short name, or the name between colons."""
    return _table().get(name, f":{name}:")


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    """Read the short names, which are those of https://github.com/iamcal/emoji-data."""
    lines = _TABLE.read_text("utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)
