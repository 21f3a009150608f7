"""Tokens let one person into one room, for as long as they last, and nobody else anywhere."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.errors import UsageError
from providers.room_page.tokens import NAME_MAX_CHARS, RESUME_LASTS, RoomTokens
from tests.builtin_site import KEY, visitor_of

ROOM = "r" * 26
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
ANA = visitor_of("Ana", "a" * 32, is_host=True)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at


@pytest.fixture
def clock() -> Clock:
    """Return a clock at nine o'clock."""
    return Clock()


@pytest.fixture
def tokens(clock: Clock) -> RoomTokens:
    """Return the tokens of an installation."""
    return RoomTokens(KEY, "builtin", clock)


def link_of(tokens: RoomTokens) -> str:
    """Return the token of Ana's link, good for five minutes."""
    return tokens.link(ROOM, ANA, timedelta(minutes=5))


def code_of(tokens: RoomTokens, token: str, room_id: str = ROOM) -> str:
    """Return why a token lets nobody in."""
    with pytest.raises(UsageError) as caught:
        tokens.enter(room_id, token)
    return caught.value.code


def test_a_link_lets_its_person_in(tokens: RoomTokens) -> None:
    """The token says who it was made for, and that they are the host."""
    ticket, _ = tokens.enter(ROOM, link_of(tokens))

    assert (ANA.id, "Ana", True) == (ticket.visitor_id, ticket.name, ticket.is_host)


def test_two_pages_opened_by_one_link_are_told_apart(tokens: RoomTokens) -> None:
    """The same person on two devices has two places."""
    link = link_of(tokens)

    assert tokens.enter(ROOM, link)[0].page != tokens.enter(ROOM, link)[0].page


def test_a_resume_token_is_good_for_the_whole_call(tokens: RoomTokens, clock: Clock) -> None:
    """Whoever reloads hours later comes back as themselves, and gets the very same token."""
    ticket, resume = tokens.enter(ROOM, link_of(tokens))
    clock.at += RESUME_LASTS - timedelta(seconds=1)

    assert (ticket, resume) == tokens.enter(ROOM, resume)
    assert ticket == tokens.resume(ROOM, resume)


def test_a_resume_token_runs_out(tokens: RoomTokens, clock: Clock) -> None:
    """Coming back does not make it last longer than a day."""
    _, resume = tokens.enter(ROOM, link_of(tokens))
    clock.at += RESUME_LASTS

    assert "room_link_expired" == code_of(tokens, resume)


def test_a_link_runs_out(tokens: RoomTokens, clock: Clock) -> None:
    """A link found later in a history is of no use."""
    link = link_of(tokens)
    clock.at += timedelta(minutes=5)

    assert "room_link_expired" == code_of(tokens, link)


def test_a_link_is_no_resume_token(tokens: RoomTokens) -> None:
    """Only a page that has entered connects."""
    with pytest.raises(UsageError, match="room_link_unknown"):
        tokens.resume(ROOM, link_of(tokens))


def test_a_link_opens_no_other_room(tokens: RoomTokens) -> None:
    """Each token is for one room."""
    assert "room_link_unknown" == code_of(tokens, link_of(tokens), "s" * 26)


def test_another_meeting_system_takes_no_token_of_this_one(tokens: RoomTokens, clock: Clock) -> None:
    """Two systems of one installation do not share keys."""
    assert "room_link_unknown" == code_of(RoomTokens(KEY, "janus", clock), link_of(tokens))


def test_another_installation_takes_no_token_of_this_one(tokens: RoomTokens, clock: Clock) -> None:
    """Whoever runs the same program elsewhere cannot make links."""
    assert "room_link_unknown" == code_of(RoomTokens(b"f" * 32, "builtin", clock), link_of(tokens))


def test_every_changed_bit_is_noticed(tokens: RoomTokens) -> None:
    """Whichever bit of the three parts is turned, the token is worth nothing."""
    parts = link_of(tokens).split(".")
    for index, part in enumerate(parts):
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        for bit in range(len(raw) * 8):
            turned = bytearray(raw)
            turned[bit // 8] ^= 1 << bit % 8
            changed = base64.urlsafe_b64encode(bytes(turned)).decode().rstrip("=")
            assert "room_link_unknown" == code_of(tokens, ".".join([*parts[:index], changed, *parts[index + 1 :]]))


@pytest.mark.parametrize("algorithm", ["none", "HS512", "RS256"])
def test_no_other_algorithm_is_accepted(tokens: RoomTokens, algorithm: str) -> None:
    """A token cannot say itself how it is to be checked."""
    _, claims, signature = link_of(tokens).split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()).decode().rstrip("=")

    assert "room_link_unknown" == code_of(tokens, f"{header}.{claims}.{signature}")
    assert "room_link_unknown" == code_of(tokens, f"{header}.{claims}.")


def test_a_token_of_another_version_is_refused(tokens: RoomTokens) -> None:
    """What a later version means by its claims is not guessed at."""
    claims = jwt.decode(link_of(tokens), options={"verify_signature": False})
    own_key = tokens._key  # noqa: SLF001 - nobody else can sign one

    assert "room_link_unknown" == code_of(tokens, jwt.encode({**claims, "v": 2}, own_key, algorithm="HS256"))


@given(st.text(max_size=300))
def test_garbage_is_refused(text: str) -> None:
    """Whatever is sent as a token, the answer is a refusal and nothing breaks."""
    assert "room_link_unknown" == code_of(RoomTokens(KEY, "builtin", Clock()), text)


@pytest.mark.parametrize("text", ["\ud800", "é.é.é", "a" * 3000, "", "..", "a.b.c"])
def test_what_cannot_be_a_token_is_refused(tokens: RoomTokens, text: str) -> None:
    """Text that has no bytes, or too many of them, does no harm either."""
    assert "room_link_unknown" == code_of(tokens, text)


def test_a_long_name_is_cut(tokens: RoomTokens) -> None:
    """The token stays short enough for an address."""
    link = tokens.link(ROOM, visitor_of("🙂" * 500), timedelta(minutes=5))

    assert "🙂" * NAME_MAX_CHARS == tokens.enter(ROOM, link)[0].name
