"""Send requests only where somebody configured that they go, whatever a payload, an answer or a redirect names."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

import aiohttp
from yarl import URL

_log = logging.getLogger(__name__)

SLACK_ADDRESSES: Final = ("https://*.slack.com", "https://*.slack-gov.com")
"""Where Slack takes answers, files and WebSockets, besides the address of its Web API.

Sources: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses,
https://docs.slack.dev/reference/methods/files.getUploadURLExternal,
https://docs.slack.dev/reference/methods/apps.connections.open
"""

_BELOW = "*."
_LIKE = {"ws": "http", "wss": "https"}
_Origin = tuple[str, str, int | None]


class NotConfiguredError(aiohttp.ClientError):
    """A request that was not sent, because nobody configured its host."""


class OutgoingGate:
    """Lets requests through to configured hosts, as a middleware of the one client session.

    aiohttp asks it again for every redirect and for WebSockets, so that no answer can send a request elsewhere.
    Source: https://docs.aiohttp.org/en/stable/client_middleware_cookbook.html

    Args:
        addresses: web addresses whose scheme, host and port may be asked; `*.` before a host is all hosts below it.
    """

    def __init__(self, addresses: Iterable[str]) -> None:
        origins = {_origin(URL(address)) for address in addresses if is_web_address(address)}
        self._below = tuple(origin for origin in origins if origin[1].startswith(_BELOW))
        self._exact = origins.difference(self._below)

    def lets_through(self, url: URL) -> bool:
        """Say whether a request may be sent to an address."""
        scheme, host, port = origin = _origin(url)
        return origin in self._exact or any(
            (scheme, port) == (below[0], below[2]) and host.endswith(below[1].removeprefix("*"))
            for below in self._below
        )

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Send a request, or refuse it.

        Raises:
            NotConfiguredError: when its host is none of those configured; nothing was sent.
        """
        if not self.lets_through(request.url):
            _log.error("A request to %s was not sent: no setting names that address.", request.url.origin())
            raise NotConfiguredError(str(request.url.origin()))
        return await handler(request)


def is_web_address(text: str) -> bool:
    """Say whether a text is an address at which requests or WebSockets can be sent."""
    try:
        url = URL(text)
    except ValueError:
        return False
    return url.scheme in {"http", "https", "ws", "wss"} and bool(url.host)


def _origin(url: URL) -> _Origin:
    return _LIKE.get(url.scheme, url.scheme), (url.host or "").lower().rstrip("."), url.port
