"""The language of a page, as the browser that asks for it wants it."""

from __future__ import annotations

import math

from calls.words.language import ENGLISH, LANGUAGES

_WANTED_MAX = 50


def language_accepted(header: str) -> str:
    """Return the language of ours that a browser likes best; English where it wants none of them.

    Source: https://www.rfc-editor.org/rfc/rfc9110#name-accept-language

    Args:
        header: what `Accept-Language` says, such as `de-CH, de;q=0.9, en;q=0.8`.
    """
    wanted = [_wanted(part) for part in header.split(",")[:_WANTED_MAX]]
    # Of what is liked equally, the first stands; Python's max keeps it.
    best = max(wanted, key=lambda one: one[1])
    return best[0] if best[1] > 0 else ENGLISH


def _wanted(part: str) -> tuple[str, float]:
    """Return a language of ours and how much it is liked, from 0 to 1; 0 for what we do not speak."""
    tag, _, parameter = part.strip().partition(";")
    name, _, weight = parameter.strip().partition("=")
    language = tag.strip().replace("_", "-").partition("-")[0].lower()
    if language not in LANGUAGES:
        return ENGLISH, 0.0
    return language, _weight(weight) if name.strip().lower() == "q" else 1.0


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return min(weight, 1.0) if math.isfinite(weight) and weight > 0 else 0.0
