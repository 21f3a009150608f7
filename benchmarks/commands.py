"""Commands as Slack sends them, signed and ready to be written to a socket, each of them another one.

Source: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hmac
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from benchmarks.processes import SIGNING_SECRET
from benchmarks.slack_side import TEAM_ID

_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class SignedCommand:
    """A command and its signature.

    Args:
        channel_id: its conversation, which no other command has, so that nothing is asked back.
    """

    channel_id: str
    body: bytes
    timestamp: str
    signature: str

    def as_bytes(self, url: str) -> bytes:
        """Return the whole request, for a connection that stays open."""
        parts = urlsplit(url)
        head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\nAccept: application/json,*/*\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Slack-Request-Timestamp: {self.timestamp}\r\nX-Slack-Signature: {self.signature}\r\n"
            f"Content-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


def signed_commands(number: int, *, text: str = "Standup", response_url: str = "") -> Iterator[SignedCommand]:
    """Yield starts of calls by `/startcall`, each in a conversation of its own.

    Args:
        response_url: where Slack takes later answers.
    """
    timestamp = str(int(time.time()))  # noqa: TID251 - Slack's side signs by its own clock
    key = SIGNING_SECRET.encode()
    for count in itertools.islice(_NUMBERS, number):
        channel_id = f"C{count:010d}"
        body = urlencode(_fields(count, channel_id, text, response_url)).encode()
        signature = hmac.new(key, b"v0:%b:%b" % (timestamp.encode(), body), sha256).hexdigest()
        yield SignedCommand(channel_id, body, timestamp, f"v0={signature}")


def _fields(count: int, channel_id: str, text: str, response_url: str) -> dict[str, str]:
    """Return the fields of a command.

    Source: https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    return {
        "token": "benchmark-verification-token",
        "team_id": TEAM_ID,
        "team_domain": "bench",
        "channel_id": channel_id,
        "channel_name": "random",
        "user_id": f"U{count % 50:09d}",
        "user_name": "ana",
        "command": "/startcall",
        "text": text,
        "api_app_id": "A0BENCH0001",
        "is_enterprise_install": "false",
        "response_url": response_url or "https://hooks.slack.com/commands/T0BENCH001/1/x",
        "trigger_id": f"{count}.{count}.benchmark{count:020d}",
    }
