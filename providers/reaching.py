"""Find out whether the server of a meeting system answers this computer."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp

from calls.loopback import is_loopback
from calls.meetings import Health

PROBE_TIMEOUT_S = 5.0

_SERVER_ERROR = 500


async def reach_server(url: str) -> Health:
    """Ask the server of a web address for its first page; any answer but a server error will do."""
    parts = urlsplit(url)
    is_local = is_loopback(parts.hostname or "")
    try:
        status = await _status_of(f"{parts.scheme}://{parts.netloc}/", through_proxy=not is_local)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        sentence = f"{parts.netloc} cannot be reached from this computer ({reason_not_reached(error)})."
        return Health(ok=False, sentence=sentence)
    if status >= _SERVER_ERROR:
        return Health(ok=False, sentence=f"{parts.netloc} answers with the error {status}.")
    return Health(ok=True, sentence=f"Calls meet at {parts.netloc}, which answers.")


async def _status_of(url: str, *, through_proxy: bool) -> int:
    """Ask for an address once, following no redirect, and return the HTTP status.

    Args:
        through_proxy: whether the environment's proxy, if any, is used.
    """
    timeout = aiohttp.ClientTimeout(total=PROBE_TIMEOUT_S)
    async with (
        aiohttp.ClientSession(timeout=timeout, trust_env=through_proxy) as session,
        session.get(url, allow_redirects=False) as response,
    ):
        return response.status


def reason_not_reached(error: Exception) -> str:
    """Say in words why a server was not reached."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name is not known"
    if isinstance(error, aiohttp.ClientSSLError):
        return "its certificate is not valid"
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or "no connection"
    return "the connection broke"
