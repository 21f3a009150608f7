"""Which language a browser gets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.words.accept_language import language_accepted
from calls.words.language import LANGUAGES


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-CH, de;q=0.9, en;q=0.8", "de"),
        ("fr-CA,fr;q=0.9", "fr"),
        ("pt-BR, es;q=0.7, en;q=0.3", "es"),
        ("en;q=0.3, ja;q=0.9", "ja"),
        ("ja;q=0, de;q=0.1", "de"),
        ("EN-us, de", "en"),
        ("de ; q=0.2 , fr ; Q=0.4", "fr"),
        ("*", "en"),
        ("pt-BR, zh", "en"),
        ("de;q=nan, fr;q=inf, es;q=0.1", "es"),
        ("de;q=, fr;level=1", "fr"),
        (";;;,,,=", "en"),
    ],
)
def test_what_a_browser_likes_best_of_ours_is_spoken(header: str, language: str) -> None:
    """Weights count, then the order; what is none of ours is passed over, and nonsense is worth nothing."""
    assert language == language_accepted(header)


@given(st.text())
def test_no_header_breaks_anything(header: str) -> None:
    """Whatever is sent, one of ours is spoken."""
    assert language_accepted(header) in LANGUAGES
