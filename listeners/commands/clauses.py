"""Recognise the clauses that may end a line: when a call is to take place, and for how long.

What is a time, and what a length of time, is `calls.when`'s and `calls.durations`' to say. Everything else, as in "in
sales", "at the office" and "for everybody", stays part of the title.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from calls.durations import parse_duration
from calls.when import parse_when
from listeners.commands.words import Word

CLAUSE_WORDS_MAX = 9
"""How many words the longest clause has, as in `on the 3rd of december 2026 at 9:30 pm`."""


def when_in(words: Sequence[Word]) -> int:
    """Return how many words at the end say when, such as `at 15:00` or `in 20 minutes`; 0 for none."""
    return _length(words, lambda text: parse_when(text) is not None)


def how_long_in(words: Sequence[Word]) -> int:
    """Return how many words at the end say for how long, such as `for 30 minutes`; 0 for none."""
    return _length(words, _is_length)


def _is_length(text: str) -> bool:
    first, _, rest = text.partition(" ")
    return first == "for" and parse_duration(rest) is not None


def _length(words: Sequence[Word], is_clause: Callable[[str], bool]) -> int:
    """Return the number of words of the longest end of a line that is a clause."""
    for number in range(min(CLAUSE_WORDS_MAX, len(words)), 1, -1):
        tail = [word.plain for word in words[-number:]]
        if None not in tail and is_clause(" ".join(word for word in tail if word is not None)):
            return number
    return 0
