"""What becomes of typed text before anybody sees it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from calls.text import TITLE_MAX_CHARS, escape, plain_title


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("Weekly sync", "Weekly sync"),
        ("  two \n\t lines  ", "two lines"),
        ("R&amp;D &lt;3", "R&D <3"),
        ("<!channel> now", "@channel now"),
        ("<!here|here>", "@here"),
        ("<!subteam^S0ABC|@devs> sync", "@devs sync"),
        ("&lt;!channel&gt; now", "@channel now"),
        ("<@U0BOB|bob> and me", "@bob and me"),
        ("<#C0GEN|general> talk", "#general talk"),
        ("see <https://example.com/a?b=1&amp;c=2>", "see https://example.com/a?b=1&c=2"),
        ("<https://example.com|the page>", "the page"),
        ("pay\u202egro.elpmaxe", "paygro.elpmaxe"),
        ("nul\x00 bell\x07 esc\x1b[31m", "nul bell esc[31m"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("\u200b\u2066\ufeff", ""),
        ("Привет 👩‍👩‍👧 日本", "Привет 👩‍👩‍👧 日本"),
    ],
)
def test_a_title_is_readable_and_rings_nobody(typed: str, title: str) -> None:
    """Mentions are spelled out, invisible characters are gone, and what people can read stays."""
    assert title == plain_title(typed)


def test_a_long_title_is_cut_with_a_sign_and_not_inside_an_emoji() -> None:
    """A cut title says so, and never ends in half of what looks like one character."""
    family = "👩‍👩‍👧"

    cut = plain_title("a" * 4_000)
    assert len(cut) == TITLE_MAX_CHARS
    assert cut.endswith("…")
    assert plain_title("a" * (TITLE_MAX_CHARS - 4) + family + "tail") == "a" * (TITLE_MAX_CHARS - 4) + "…"


@given(st.text(max_size=400))
@example("<!")
@example("&lt;<!&lt;!x")
def test_no_text_whatever_makes_an_unsafe_title(typed: str) -> None:
    """Whatever is typed, a title is short, one line, free of control characters, and stable when cleaned again."""
    title = plain_title(typed)

    assert len(title) <= TITLE_MAX_CHARS
    assert "<!" not in title
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Co"} for c in title)
    title.encode("utf-8")


@given(st.text(max_size=200))
def test_escaped_text_holds_no_bracket_of_slacks_own(text: str) -> None:
    """Escaped text can contain no mention and no link."""
    assert not set("<>") & set(escape(text))
