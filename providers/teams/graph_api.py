"""Ask Microsoft Graph to make meetings, and to say what happens in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from calls.errors import ProviderDown, ProviderRefused
from providers.remote_api import Json, RemoteApi
from providers.teams.encryption import Decryption

NAME: Final = "teams"
"""The meeting system's name, as people choose it."""

ME: Final = "me"
"""What Graph calls whoever a token is of; an application has no such person."""

LASTS = timedelta(minutes=55)
"""How long a subscription lasts: less than the hour after which Graph wants somewhere to send reminders to.

The most is three days: https://learn.microsoft.com/en-us/graph/api/resources/subscription
"""

RENEW_EARLY = timedelta(minutes=35)
"""Renewing this long before the end leaves half an hour in which the app, or Graph, may be away."""

_TAKEN = {"Conflict", "409"}


@dataclass(frozen=True, slots=True)
class OnlineMeeting:
    """A meeting as Graph made it."""

    id: str
    join_url: str
    display_id: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription is made with.

    Args:
        url: where Graph reports to.
        client_state: what Graph has to show us with each report; at most 128 characters.
    """

    join_url: str
    url: str
    client_state: str
    decryption: Decryption


@dataclass(frozen=True, slots=True)
class GraphApi:
    """Graph, asked as our application, or in the name of somebody who connected their account.

    Every method raises ProviderDown, ProviderAuth or ProviderRefused as `calls.meetings.Provider` says.
    """

    remote: RemoteApi

    async def user_id(self, email: str) -> str | None:
        """Return the object id of somebody of the organization; None where it knows nobody of this address.

        Source: https://learn.microsoft.com/en-us/graph/api/user-get
        """
        reply = await self.remote.ask("GET", f"/v1.0/users/{quote(email, safe='@')}", params={"$select": "id"})
        return _text(reply.body, "id") if reply.found else None

    async def create_or_get(self, organizer: str, external_id: str, subject: str) -> OnlineMeeting | None:
        """Make a meeting, or return the one there is under this id of ours; None where there is no such organizer.

        Source: https://learn.microsoft.com/en-us/graph/api/onlinemeeting-createorget
        """
        body = {"externalId": external_id} | ({"subject": subject} if subject else {})
        whose = ME if organizer == ME else f"users/{organizer}"
        reply = await self.remote.ask("POST", f"/v1.0/{whose}/onlineMeetings/createOrGet", body=body)
        if not reply.found:
            return None
        by_id = reply.body.get("joinMeetingIdSettings")
        display_id = by_id.get("joinMeetingId") if isinstance(by_id, dict) else None
        join_url = _text(reply.body, "joinWebUrl")
        return OnlineMeeting(_text(reply.body, "id"), join_url, display_id if isinstance(display_id, str) else None)

    async def try_out(self, organizer: str) -> None:
        """Ask for a meeting nobody has, which needs what making one needs."""
        only = {"$filter": "JoinWebUrl eq 'https://teams.microsoft.com/l/meetup-join/startcall'"}
        await self.remote.ask("GET", f"/v1.0/users/{organizer}/onlineMeetings", params=only)

    async def subscribe(self, wanted: Wanted, now: datetime) -> str | None:
        """Have Graph report what happens in a meeting, and return the subscription's id.

        None where there is one already, which Graph allows once for an application and a meeting.
        Source: https://learn.microsoft.com/en-us/graph/changenotifications-for-onlinemeeting
        """
        body = {
            "changeType": "updated",
            "notificationUrl": wanted.url,
            "resource": resource_of(wanted.join_url),
            "includeResourceData": True,
            "encryptionCertificate": wanted.decryption.certificate(now),
            "encryptionCertificateId": wanted.decryption.certificate_id,
            "expirationDateTime": _time(now + LASTS),
            "clientState": wanted.client_state,
        }
        try:
            reply = await self.remote.ask("POST", "/beta/subscriptions", body=body)
        except ProviderRefused as error:
            if error.detail in _TAKEN:
                return None
            raise
        return _text(reply.body, "id")

    async def renew(self, subscription: str, now: datetime) -> bool:
        """Have a subscription last longer; False where it has ended.

        Source: https://learn.microsoft.com/en-us/graph/api/subscription-update
        """
        body = {"expirationDateTime": _time(now + LASTS)}
        return (await self.remote.ask("PATCH", f"/beta/subscriptions/{quote(subscription)}", body=body)).found

    async def subscription_to(self, wanted: Wanted) -> str | None:
        """Return the subscription to a meeting that reports where it should, whose id never reached us.

        Source: https://learn.microsoft.com/en-us/graph/api/subscription-list
        """
        found = (await self.remote.ask("GET", "/beta/subscriptions")).body.get("value")
        own = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        names = [one.get("id") for one in own if one.get("notificationUrl") == wanted.url]
        return next((name for name in names if isinstance(name, str)), None)


def resource_of(join_url: str) -> str:
    """Return what is subscribed to: the address of the meeting is encoded once more than it is."""
    return f"communications/onlineMeetings(joinWebUrl='{quote(join_url, safe='')}')/meetingCallEvents"


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")


def _text(found: Json, name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise ProviderDown("unreadable_answer", provider=NAME, detail=name)
    return value
