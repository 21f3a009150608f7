"""What a browser keeps for us, signed: who is signed in, which guest it is, and a sign-in that is under way.

Each kind has an audience of its own, so that none can be used in another's place. Nothing in them is secret from the
browser's owner, and nobody else can change them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from aiohttp import web

from calls import signed_token
from calls.model import CallId, TeamId, UserId, Visitor
from calls.ports import Clock
from calls.signed_in import SignedIn
from calls.slack.openid_api import Attempt

SESSION_LASTS: Final = timedelta(hours=12)
GUEST_LASTS: Final = timedelta(hours=24)
SIGN_IN_LASTS: Final = timedelta(minutes=10)

_SESSION, _GUEST, _SIGN_IN = "session", "guest", "sign_in"


@dataclass(frozen=True, slots=True)
class SignInTrip:
    """A browser on its way to Slack and back.

    Args:
        token: of the call's address, to which it returns.
    """

    attempt: Attempt
    token: str


class Cookies:
    """Reads and writes our cookies."""

    def __init__(self, key: bytes, now: Clock, *, secure: bool) -> None:
        """Take the key.

        Args:
            key: secret of this installation.
            secure: whether people reach us by https; on http, which is only on this computer, browsers would not keep
                cookies of the strict kind.
        """
        self._key = hmac.digest(key, b"cookies", hashlib.sha256)
        self._now = now
        self._secure = secure
        self._prefix = "__Host-startcall" if secure else "startcall"

    def session(self, request: web.Request) -> SignedIn | None:
        """Return who is signed in, or None."""
        said = self._read(request, self._prefix, _SESSION)
        if said is None:
            return None
        return SignedIn(
            team_id=TeamId(said["team"]),
            user_id=UserId(said["user"]),
            name=said["name"],
            team_name=said["team_name"],
            avatar_url=said["avatar"] or None,
        )

    def keep_session(self, response: web.Response, who: SignedIn) -> None:
        """Remember who is signed in."""
        said = {"team": who.team_id, "user": who.user_id, "name": who.name, "team_name": who.team_name}
        self._write(response, self._prefix, _SESSION, SESSION_LASTS, {**said, "avatar": who.avatar_url or ""})

    def end_session(self, response: web.Response) -> None:
        """Forget who is signed in."""
        self._delete(response, self._prefix)

    def guest(self, request: web.Request, call_id: CallId) -> str | None:
        """Return the id of the visitor this browser is in a call, where it is a guest's."""
        said = self._read(request, self._guest_name(call_id), _GUEST)
        return said["visitor"] if said is not None and said["call"] == call_id else None

    def keep_guest(self, response: web.Response, visitor: Visitor) -> None:
        """Remember which guest this browser is in a call, so that a reload makes no second one."""
        said = {"call": visitor.call_id, "visitor": visitor.id}
        self._write(response, self._guest_name(visitor.call_id), _GUEST, GUEST_LASTS, said)

    def trip(self, request: web.Request, state: str) -> SignInTrip | None:
        """Return the sign-in that this browser began under a state, or None."""
        said = self._read(request, self._trip_name(state), _SIGN_IN)
        if said is None or not hmac.compare_digest(said["state"].encode(), state.encode()):
            return None
        return SignInTrip(
            Attempt(said["state"], said["nonce"], said["verifier"], said["redirect_uri"]), token=said["token"]
        )

    def begin_trip(self, response: web.Response, trip: SignInTrip) -> None:
        """Bind a sign-in to this browser."""
        attempt = trip.attempt
        said = {"state": attempt.state, "nonce": attempt.nonce, "verifier": attempt.verifier}
        said |= {"redirect_uri": attempt.redirect_uri, "token": trip.token}
        self._write(response, self._trip_name(attempt.state), _SIGN_IN, SIGN_IN_LASTS, said)

    def end_trip(self, response: web.Response, state: str) -> None:
        """Let a sign-in not be finished again."""
        self._delete(response, self._trip_name(state))

    def _guest_name(self, call_id: CallId) -> str:
        return f"{self._prefix}-guest-{_mark(call_id)}"

    def _trip_name(self, state: str) -> str:
        return f"{self._prefix}-sign-in-{_mark(state)}"

    def _read(self, request: web.Request, name: str, kind: str) -> Mapping[str, str] | None:
        kept = request.cookies.get(name)
        return None if kept is None else signed_token.read(kept, self._key, audience=kind)

    def _write(self, response: web.Response, name: str, kind: str, lasts: timedelta, said: Mapping[str, str]) -> None:
        value = signed_token.sign(said, self._key, audience=kind, expires_at=self._now() + lasts)
        response.set_cookie(
            name, value, max_age=int(lasts.total_seconds()), secure=self._secure, httponly=True, samesite="Lax"
        )

    def _delete(self, response: web.Response, name: str) -> None:
        response.set_cookie(name, "", max_age=0, secure=self._secure, httponly=True, samesite="Lax")


def _mark(text: str) -> str:
    """Return what tells cookies of one kind apart in their names, without saying what they belong to."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
