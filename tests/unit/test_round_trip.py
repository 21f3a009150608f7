"""OAuth's state: good in its browser for ten minutes, and worth nothing changed, elsewhere or for something else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from calls import signed_token
from calls.clock import now
from calls.round_trip import STATE_LASTS, RoundTrips

KEY = b"k" * 32
BROWSER = "b" * 43


def trips(*, key: bytes = KEY, purpose: str = "install", ago: timedelta = timedelta(0)) -> RoundTrips:
    """Return what makes and reads states, as it was some time ago."""

    def then() -> datetime:
        return now() - ago

    return RoundTrips(key, purpose, then)


def test_a_state_comes_back_as_it_was_made() -> None:
    """Also to another process, which has the same key; each is another one."""
    states = [trips().begin(BROWSER) for _ in range(2)]
    read = [trips().read(state, BROWSER) for state in states]

    assert [True, True] == [one is not None and one.is_of_browser for one in read]
    assert 2 == len({one.id for one in read if one is not None})


@pytest.mark.parametrize("browser", ["", "c" * 43, BROWSER[:-1]])
def test_another_browser_is_told_from_the_one_that_was_sent(browser: str) -> None:
    """So that it can be said to whoever comes with an address of somebody else's."""
    read = trips().read(trips().begin(BROWSER), browser)

    assert read is not None
    assert not read.is_of_browser


def test_a_changed_state_is_none() -> None:
    """One changed character anywhere; the last one has bits without a meaning."""
    state = trips().begin(BROWSER)
    for place in range(len(state) - 1):
        other = "A" if state[place] != "A" else "B"
        assert trips().read(state[:place] + other + state[place + 1 :], BROWSER) is None


def test_a_state_of_another_installation_or_purpose_is_none() -> None:
    """Each has a key of its own."""
    assert trips().read(trips(key=b"x" * 32).begin(BROWSER), BROWSER) is None
    assert trips().read(trips(purpose="account").begin(BROWSER), BROWSER) is None


def test_what_the_same_secret_signs_elsewhere_is_no_state() -> None:
    """Cookies and links are signed with keys of their own, and for something else."""
    said = {"id": "x", "browser": "y"}
    token = signed_token.sign(said, KEY, audience="install", expires_at=now() + STATE_LASTS)

    assert trips().read(token, BROWSER) is None


@pytest.mark.parametrize("state", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "\udcff", "\x00", "x" * 8_000])
def test_what_is_no_state_is_none(state: str) -> None:
    """Whatever strangers send."""
    assert trips().read(state, BROWSER) is None


def test_a_state_ends() -> None:
    """Just before its end it is good, and just after it is none."""
    a_moment = timedelta(seconds=5)

    assert trips().read(trips(ago=STATE_LASTS - a_moment).begin(BROWSER), BROWSER) is not None
    assert trips().read(trips(ago=STATE_LASTS + a_moment).begin(BROWSER), BROWSER) is None
