"""What a browser keeps for us: good as it was given, and worth nothing when changed, old, or of another kind."""

from __future__ import annotations

import hmac
import json
from datetime import datetime, timedelta
from http.cookies import SimpleCookie

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from calls.clock import now
from calls.model import CallId, TeamId, UserId, Visitor
from calls.signed_in import SignedIn
from calls.slack.openid_api import Attempt
from listeners.joining.cookies import GUEST_LASTS, SESSION_LASTS, SIGN_IN_LASTS, Cookies, SignInTrip

KEY = b"k" * 32
WHO = SignedIn(TeamId("T1"), UserId("U1"), "Ana “<b>” 大", "Team", "https://example.com/a.png")
GINA = Visitor("v" * 32, CallId("c1"), "guest:x", "Gina")
TRIP = SignInTrip(Attempt("state", "nonce", "verifier", "https://startcall.example.com/slack/openid_redirect"), "token")


def cookies(*, key: bytes = KEY, ago: timedelta = timedelta(0), secure: bool = True) -> Cookies:
    """Return cookies as they are written by an installation, some time ago."""

    def then() -> datetime:
        return now() - ago

    return Cookies(key, then, secure=secure)


def written(response: web.Response) -> dict[str, str]:
    """Return the cookies of an answer."""
    return {name: morsel.value for name, morsel in response.cookies.items()}


def asking(kept: dict[str, str]) -> web.Request:
    """Return a request with cookies."""
    jar: SimpleCookie = SimpleCookie()
    for name, value in kept.items():
        jar[name] = value
    return make_mocked_request("GET", "/", headers={"Cookie": jar.output(header="", sep=";")})


def session(**options: object) -> dict[str, str]:
    """Return the cookie of a session."""
    response = web.Response()
    cookies(**options).keep_session(response, WHO)  # type: ignore[arg-type] # the options of cookies
    return written(response)


def test_a_session_comes_back_as_it_was_kept() -> None:
    """Who signed in is who is read, name and picture included."""
    assert WHO == cookies().session(asking(session()))


def test_over_https_cookies_are_of_the_strict_kind() -> None:
    """Browsers keep a `__Host-` cookie only when it is secure, for all paths and for this host alone."""
    response = web.Response()
    cookies().keep_session(response, WHO)
    (morsel,) = response.cookies.values()

    assert "__Host-startcall" == morsel.key
    assert (True, True, "Lax", "/", "") == (
        morsel["secure"],
        morsel["httponly"],
        morsel["samesite"],
        morsel["path"],
        morsel["domain"],
    )
    assert "startcall" in session(secure=False)


def test_a_changed_session_is_none() -> None:
    """One changed character anywhere, and nobody is signed in."""
    ((name, value),) = session().items()
    for place in range(0, len(value), 7):
        other = "A" if value[place] != "A" else "B"
        assert cookies().session(asking({name: value[:place] + other + value[place + 1 :]})) is None


def test_a_session_of_another_installation_is_none() -> None:
    """Another key signs other sessions."""
    assert cookies().session(asking(session(key=b"x" * 32))) is None


@pytest.mark.parametrize("algorithm", ["none", "sha384", "sha512"])
def test_only_one_way_of_signing_is_taken(algorithm: str) -> None:
    """A token that says it is unsigned, or signed in another way though with the right key, is none."""
    ((name, value),) = session().items()
    alg = algorithm.replace("sha", "HS")
    head = jwt.utils.base64url_encode(json.dumps({"alg": alg, "typ": "JWT"}).encode())
    body = value.split(".")[1].encode()
    key = hmac.digest(KEY, b"cookies", "sha256")
    signature = b"" if algorithm == "none" else hmac.digest(key, head + b"." + body, algorithm)
    forged = b".".join([head, body, jwt.utils.base64url_encode(signature)]).decode()

    assert cookies().session(asking({name: forged})) is None


ALL_KINDS = [(SESSION_LASTS, "session"), (GUEST_LASTS, "guest"), (SIGN_IN_LASTS, "trip")]


@pytest.mark.parametrize(("lasts", "kind"), ALL_KINDS)
def test_cookies_end(lasts: timedelta, kind: str) -> None:
    """Just before its end each is good, and just after it is none, whatever the browser kept."""
    for ago, is_good in ((lasts - timedelta(minutes=1), True), (lasts + timedelta(seconds=1), False)):
        response = web.Response()
        jar = cookies(ago=ago)
        jar.keep_session(response, WHO)
        jar.keep_guest(response, GINA)
        jar.begin_trip(response, TRIP)
        request = asking(written(response))
        read = {
            "session": cookies().session(request),
            "guest": cookies().guest(request, GINA.call_id),
            "trip": cookies().trip(request, "state"),
        }
        assert is_good == (read[kind] is not None)


def test_no_kind_can_be_used_in_anothers_place() -> None:
    """A guest's cookie under a session's name makes nobody signed in, and the other way round."""
    response = web.Response()
    cookies().keep_guest(response, GINA)
    cookies().begin_trip(response, TRIP)
    values = list(written(response).values())
    guest_name = next(name for name in written(response) if "guest" in name)

    assert [None, None] == [cookies().session(asking({"__Host-startcall": value})) for value in values]
    assert cookies().guest(asking({guest_name: session()["__Host-startcall"]}), GINA.call_id) is None


def test_a_guest_is_one_of_one_call() -> None:
    """The cookie of one call, put under another call's name, is none."""
    response = web.Response()
    cookies().keep_guest(response, GINA)
    ((name, value),) = written(response).items()
    other = web.Response()
    cookies().keep_guest(other, Visitor("w" * 32, CallId("c2"), "guest:y", "Gus"))
    (other_name,) = written(other)

    assert GINA.id == cookies().guest(asking({name: value}), GINA.call_id)
    assert cookies().guest(asking({other_name: value}), CallId("c2")) is None


def test_a_sign_in_comes_back_under_its_own_state_only() -> None:
    """Two sign-ins in two tabs do not disturb one another, and neither answers to another state."""
    response = web.Response()
    cookies().begin_trip(response, TRIP)
    ((name, value),) = written(response).items()

    assert TRIP == cookies().trip(asking({name: value}), "state")
    assert cookies().trip(asking({name: value}), "other") is None


@pytest.mark.parametrize("value", ["", "x", "a.b.c", "." * 50, "eyJhbGciOiJub25lIn0.e30.", "é" * 20])
def test_nonsense_is_none(value: str) -> None:
    """Whatever else stands in a cookie signs nobody in, and raises nothing."""
    assert cookies().session(asking({"__Host-startcall": value})) is None
