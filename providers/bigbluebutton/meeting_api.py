"""Ask the API of a BigBlueButton server, which answers everything with XML.

Source: https://docs.bigbluebutton.org/development/api/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

import aiohttp
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from yarl import URL

from calls.errors import ProviderAuth, ProviderDown, ProviderRefused
from providers.bigbluebutton.checksums import signed_query
from providers.bigbluebutton.settings import BigBlueButtonSettings
from providers.remote_api import Request, send_once

_NAME = "bigbluebutton"
_REDIRECT, _UNAUTHORIZED, _FORBIDDEN = 300, 401, 403

_NO_SUCH_MEETING = {"notFound", "invalidMeetingIdentifier", "meetingForciblyEnded"}
"""Keys by which a server says that a meeting is not, or no longer, there; the second is of versions before 2.4."""


@dataclass(frozen=True, slots=True)
class MeetingApi:
    """The API of one server."""

    settings: BigBlueButtonSettings
    session: aiohttp.ClientSession = field(repr=False)

    def signed_url(self, call: str, parameters: Mapping[str, str]) -> str:
        """Return the address of a request, good for a browser too."""
        query = signed_query(call, parameters, self.settings.secret, self.settings.algorithm)
        return f"{self.settings.api_url}/{call}?{query}"

    async def ask(self, call: str, parameters: Mapping[str, str]) -> Element | None:
        """Send a request and return the answer's root; None when there is no such meeting.

        Raises:
            ProviderDown: when the server was not reached, failed, or answered nonsense.
            ProviderAuth: when it does not accept our signature.
            ProviderRefused: when it says no, with its `messageKey` as `detail`.
        """
        # Encoded by us: aiohttp would write some characters in another way, and the signature would not fit.
        url = URL(self.signed_url(call, parameters), encoded=True)
        status, raw = await send_once(self.session, _NAME, Request("GET", url))
        if status in {_UNAUTHORIZED, _FORBIDDEN}:
            raise ProviderAuth("unauthorized", provider=_NAME, detail=str(status))
        if status >= _REDIRECT:
            raise ProviderRefused("refused", provider=_NAME, detail=str(status))
        return _checked(_read(raw))


def text_of(parent: Element, name: str) -> str:
    """Return the text of a part of an answer; empty when it is not there."""
    return (parent.findtext(name) or "").strip()


def needed_text(parent: Element, name: str) -> str:
    """Return the text of a part of an answer.

    Raises:
        ProviderDown: when it is not there.
    """
    text = text_of(parent, name)
    if not text:
        raise ProviderDown("unreadable_answer", provider=_NAME, detail=f"no {name}")
    return text


def _read(raw: bytes) -> Element:
    try:
        root: Element = fromstring(raw)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ProviderDown("unreadable_answer", provider=_NAME, detail=type(error).__name__) from error
    return root


def _checked(root: Element) -> Element | None:
    if needed_text(root, "returncode").upper() == "SUCCESS":
        return root
    key = text_of(root, "messageKey")[:80]
    if key == "checksumError":
        raise ProviderAuth("unauthorized", provider=_NAME, detail=key)
    if key in _NO_SUCH_MEETING:
        return None
    raise ProviderRefused("refused", provider=_NAME, detail=key)
