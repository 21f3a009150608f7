"""Slack's own client, without what it does behind one's back."""

from __future__ import annotations

import logging
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

_quiet_log = logging.getLogger("calls.slack.sdk")
# Below this level the SDK writes every request and answer to the log, and with them people's join links.
_quiet_log.setLevel(logging.INFO)


def time_limits(timeout_s: float) -> aiohttp.ClientTimeout:
    """Return limits for one exchange: half of the time to connect, which then is known to have sent nothing.

    Args:
        timeout_s: seconds from connecting to the last byte of the answer.
    """
    return aiohttp.ClientTimeout(total=timeout_s, sock_connect=timeout_s / 2)


class OneTryClient(AsyncWebClient):
    """Send each request once, through the given session, without following redirects.

    The SDK repeats a write when the answer is lost, which posts a message twice; it takes a proxy from the
    environment whatever the address, where the session knows better; and it fails on an answer that is no
    JSON object. Source: slack_sdk 3.47, `web/async_internal_utils.py`.

    Args:
        token: sent as `Authorization: Bearer`.
        base_url: of the Web API, such as `https://slack.com/api/`.
        timeout_s: seconds for the whole exchange.
    """

    def __init__(self, session: aiohttp.ClientSession, *, token: str, base_url: str, timeout_s: float) -> None:
        super().__init__(token=token, base_url=base_url, session=session, retry_handlers=[], logger=_quiet_log)
        self.proxy = None
        self._limits = time_limits(timeout_s)

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        arguments = {**req_args, "timeout": self._limits, "allow_redirects": False}
        answer = await super()._request(http_verb=http_verb, api_url=api_url, req_args=arguments)
        return answer if isinstance(answer["data"], dict) else {**answer, "data": {}}
