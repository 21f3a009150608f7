"""Tell Slack's response_urls from other addresses, and what Slack says at one.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from calls import errors
from calls.slack.answers import checked

RESPONSE_URL = "response_url"
"""Stands where other errors have the Web API method."""

SLACK_HOOKS = frozenset({("https", "hooks.slack.com", 443), ("https", "hooks.slack-gov.com", 443)})

_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_PORTS = {"https": 443, "http": 80}
_PLAIN_ADDRESS = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without blanks and backslashes, which programs read in different ways."""


def is_response_url(url: str, base_url: str) -> bool:
    """Say whether an address is one of Slack's hooks, or at the server that we use as Slack.

    Args:
        base_url: of the Web API; with the local Slack its response_urls are at the same server.
    """
    origin = _origin(url)
    return origin is not None and (origin in SLACK_HOOKS or origin == _origin(base_url))


def check_response(status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Return when Slack has taken a message at a response_url.

    Slack answers `ok` or a JSON object, and refuses with a code in either form.

    Raises:
        SlackResponseUrlGone: when the address is used up or too old.
        SlackError: another one, for every other answer but success.
    """
    said = _said(body)
    if status == HTTPStatus.OK and "error" not in said:
        return
    if status in _GONE and "error" not in said:
        raise errors.SlackResponseUrlGone("response_url_gone", RESPONSE_URL, detail=f"HTTP {status}")
    checked(RESPONSE_URL, status, headers, said)


def _said(body: bytes) -> dict[str, object]:
    """Return the JSON object of an answer; a bare code becomes one, and anything else an empty one."""
    text = body.decode("utf-8", "replace").strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {"error": text} if re.fullmatch(r"[a-z]+(_[a-z]+)+", text) else {}
    return value if isinstance(value, dict) else {}


def _origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port, or None for what is no plain http or https address."""
    if not _PLAIN_ADDRESS.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if port is None or parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port
