"""Have Google publish what happens in a room, by the Workspace Events API.

Source: https://developers.google.com/workspace/events/reference/rest/v1/subscriptions
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from calls.errors import ProviderDown, ProviderRefused
from providers.googlemeet.event_types import EVENT_TYPES
from providers.googlemeet.google_api import NAME, GoogleApi
from providers.remote_api import Json, RemoteApi

LASTS = timedelta(days=1)
"""Long enough for the recording that is ready hours after the end, and no longer, as nobody unsubscribes."""

RENEW_EARLY = timedelta(hours=1)
TRY_AGAIN = timedelta(seconds=15)
"""When a subscription that Google is still making is looked at again."""

_TTL = f"{int(LASTS.total_seconds())}s"
_TAKEN = "409"


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription as it is now.

    Args:
        name: `subscriptions/…`; None while Google is still making it.
        again_at: when it has to be seen to again.
    """

    name: str | None
    again_at: datetime


@dataclass(frozen=True, slots=True)
class SpaceEvents:
    """The subscriptions to rooms, each made in the name of the room's owner."""

    google: GoogleApi
    topic: str

    async def keep(self, host: str, space: str, name: str | None, now: datetime) -> Subscribed:
        """Subscribe to a room, or renew its subscription; a repetition finds the one there is.

        Raises as `calls.meetings.Provider` says.
        """
        api = self.google.as_user(host)
        if name is not None:
            renewed = await self._renewed(api, name, now)
            if renewed is not None:
                return renewed
        try:
            made = await api.ask("POST", "/v1/subscriptions", body=self._wish(space))
        except ProviderRefused as error:
            if error.detail != _TAKEN:
                raise
            found = await self._found(api, space)
            renewed = None if found is None else await self._renewed(api, found, now)
            return renewed or Subscribed(None, now + TRY_AGAIN)
        return _subscribed(made.body, now)

    async def _renewed(self, api: RemoteApi, name: str, now: datetime) -> Subscribed | None:
        """Return a subscription with its time begun anew; None where there is no such one any more."""
        reply = await api.ask("PATCH", f"/v1/{name}", body={"ttl": _TTL}, params={"updateMask": "ttl"})
        if not reply.found:
            return None
        if (reply.body.get("response") or {}).get("state") == "SUSPENDED":
            await api.ask("POST", f"/v1/{name}:reactivate", body={})
        return _subscribed(reply.body, now)

    async def _found(self, api: RemoteApi, space: str) -> str | None:
        """Return the subscription to a room that was made before, and whose name never reached us."""
        only = f'event_types:"{EVENT_TYPES[0]}" AND target_resource="{_resource(space)}"'
        answer = (await api.ask("GET", "/v1/subscriptions", params={"filter": only})).body
        names = [one.get("name") for one in answer.get("subscriptions") or () if isinstance(one, dict)]
        return next((name for name in names if isinstance(name, str)), None)

    def _wish(self, space: str) -> Json:
        return {
            "targetResource": _resource(space),
            "eventTypes": list(EVENT_TYPES),
            "notificationEndpoint": {"pubsubTopic": self.topic},
            "ttl": _TTL,
        }


def _resource(space: str) -> str:
    return f"//meet.googleapis.com/{space}"


def _subscribed(operation: Json, now: datetime) -> Subscribed:
    """Read the operation that Google answers with: done as a rule, and else looked at again soon."""
    if operation.get("error"):
        raise ProviderDown("server_error", provider=NAME, detail="operation")
    made = operation.get("response") or {}
    name, ends = made.get("name"), made.get("expireTime")
    if not isinstance(name, str) or not isinstance(ends, str):
        return Subscribed(None, now + TRY_AGAIN)
    try:
        ends_at = datetime.fromisoformat(ends)
    except ValueError as error:
        raise ProviderDown("unreadable_answer", provider=NAME, detail="expireTime") from error
    return Subscribed(name, max(ends_at - RENEW_EARLY, now + TRY_AGAIN))
