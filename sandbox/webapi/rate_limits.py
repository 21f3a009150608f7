"""Slack's rate limits: a number of calls a minute for each method, and about a message a second for each channel."""

from __future__ import annotations

import math
from collections import deque

PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute by tier. Source: https://docs.slack.dev/apis/web-api/rate-limits"""

_WINDOW_S = 60.0
_POSTS_PER_S = 1.0
_POST_BURST = 5.0
"""Slack says short bursts above one message a second are fine, without a figure; five is the sandbox's choice."""


class RateLimits:
    """Counts the calls of one app, those in each workspace by themselves.

    Args:
        window_s: how long the minute is for which the tiers count; tests make it shorter.
    """

    def __init__(self, *, window_s: float = _WINDOW_S) -> None:
        """Start with nothing counted."""
        self._window_s = window_s
        self._calls: dict[str, deque[float]] = {}
        self._posts: dict[str, tuple[float, float]] = {}

    def wait_s(self, method: str, tier: int, now_s: float) -> int:
        """Count one call of a method.

        Args:
            method: the workspace and its name.
            tier: its rate tier; 0 is without limit.
            now_s: the time, in Unix seconds.

        Returns:
            0 when it may pass, or the whole seconds after which to try again; a refused call is not counted.
        """
        allowed = PER_MINUTE.get(tier)
        if allowed is None:
            return 0
        calls = self._calls.setdefault(method, deque())
        while calls and calls[0] <= now_s - self._window_s:
            calls.popleft()
        if len(calls) >= allowed:
            return max(1, math.ceil(calls[0] + self._window_s - now_s))
        calls.append(now_s)
        return 0

    def post_wait_s(self, channel: str, now_s: float) -> int:
        """Count one message posted to a channel, named with its workspace; the answer is as for `wait_s`."""
        tokens, last_s = self._posts.get(channel, (_POST_BURST, now_s))
        tokens = min(_POST_BURST, tokens + (now_s - last_s) * _POSTS_PER_S)
        passes = tokens >= 1.0
        self._posts[channel] = (tokens - 1.0 if passes else tokens, now_s)
        return 0 if passes else max(1, math.ceil((1.0 - tokens) / _POSTS_PER_S))
