"""Have Webex report the ends of meetings, and read what it reports.

Source: https://developer.webex.com/docs/api/v1/webhooks, https://developer.webex.com/docs/receive-and-verify-webhooks
and https://github.com/WebexSamples/meetings-exporter
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from calls.errors import ProviderDown
from calls.meetings import EventKind, Hook, HookReply, HookResult, MeetingEvent
from providers.reading import UnreadableError, as_object, read_id, read_object
from providers.remote_api import RemoteApi

SIGNATURE = "x-spark-signature"
RESOURCE, EVENT = "meetings", "ended"

LOOK_AGAIN = timedelta(minutes=30)
"""Webex switches a webhook off when its reports are not taken for long enough."""

_INSTANCE = "_I_"
"""What stands between the id of a meeting and the number of one time that it takes place."""


class EndReports:
    """The webhook by which Webex reports that meetings have ended."""

    def __init__(self, url: str, key: bytes) -> None:
        """Send nothing yet.

        Args:
            url: where reports are to go.
            key: what the secret that they are signed with is derived from.
        """
        self._url = url
        self._secret = hmac.digest(key, f"webex reports to {url}".encode(), hashlib.sha256).hex()
        # The name says which secret Webex has, as Webex itself does not.
        self._name = f"Startcall {hashlib.sha256(self._secret.encode()).hexdigest()[:12]}"

    @property
    def webhook(self) -> dict[str, str]:
        """Return what Webex is told of the webhook."""
        return {"name": self._name, "targetUrl": self._url, "secret": self._secret}

    async def ensure(self, api: RemoteApi) -> None:
        """See to it that the webhook is there, switched on, and has our secret.

        Args:
            api: asks in the name of whose meetings are to be reported; Webex keeps webhooks for each user.
        """
        items = (await api.ask("GET", "/webhooks", params={"max": "100"})).body.get("items")
        if not isinstance(items, list):
            raise ProviderDown("unreadable_answer", provider="webex", detail="webhooks")
        ours = [one for one in items if isinstance(one, dict) and self._is_ours(one)]
        if not ours:
            await api.ask("POST", "/webhooks", body={**self.webhook, "resource": RESOURCE, "event": EVENT})
        for one in ours:
            if one.get("status") != "active" or one.get("name") != self._name:
                await api.ask("PUT", f"/webhooks/{one.get('id')}", body={**self.webhook, "status": "active"})

    def read(self, hook: Hook) -> HookResult:
        """Check the signature of the raw bytes, then read them; Webex signs no time, so ours is taken."""
        given = (hook.header(SIGNATURE) or "").encode(errors="replace")
        expected = hmac.new(self._secret.encode(), hook.body, hashlib.sha1).hexdigest()
        if not hmac.compare_digest(expected.encode(), given):
            return HookResult(HookReply(401))
        try:
            report = read_object(hook.body)
            if (report.get("resource"), report.get("event")) != (RESOURCE, EVENT):
                return HookResult()
            data = as_object(report.get("data"))
            room_id, _, _ = read_id(data.get("meetingId") or data.get("id")).partition(_INSTANCE)
        except UnreadableError:
            return HookResult(HookReply(400))
        return HookResult(events=(MeetingEvent(EventKind.ENDED, room_id, hook.received_at),))

    def _is_ours(self, one: dict[str, object]) -> bool:
        return (one.get("targetUrl"), one.get("resource"), one.get("event")) == (self._url, RESOURCE, EVENT)
