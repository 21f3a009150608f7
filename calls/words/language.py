"""The language a person is spoken to in: English, or one of the catalogues in `calls/words/translations`.

Every sentence for people is written in English as `_("…")` where it is made, and said in the language that `speaking`
has set for the work at hand. What a catalogue does not have is said in English.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Final

TRANSLATIONS: Final = Path(__file__).parent / "translations"
DOMAIN: Final = "startcall"

ENGLISH: Final = "en"
LANGUAGES: Final = (ENGLISH, "de", "fr", "es", "ja")
"""What sentences can be said in, as language codes of ISO 639-1."""

_WITHOUT_SPACES: Final = ("ja",)
"""Languages that write nothing between two sentences."""

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


def language_of(locale: str | None) -> str:
    """Return the language that fits a locale of Slack's best, such as `de` for `de-DE`; English where none does."""
    language = (locale or "").replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else ENGLISH


@contextmanager
def speaking(locale: str | None) -> Iterator[None]:
    """Say everything that is said in the block, and in tasks begun there, in the language of a locale."""
    token = _spoken.set(language_of(locale))
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """Return the language that is being spoken."""
    return _spoken.get()


def _(sentence: str) -> str:
    """Return a sentence in the language that is being spoken."""
    return _catalogue(_spoken.get()).gettext(sentence)


def n_(one: str, many: str, number: int) -> str:
    """Return what fits a number, in the language that is being spoken."""
    return _catalogue(_spoken.get()).ngettext(one, many, number)


def listed(things: Sequence[str]) -> str:
    """Return things in a row, with what stands between them in the language that is being spoken."""
    return _(", ").join(things)


def together(*sentences: str) -> str:
    """Return whole sentences one after the other."""
    return ("" if spoken() in _WITHOUT_SPACES else " ").join(sentences)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, TRANSLATIONS, [language], fallback=True)
