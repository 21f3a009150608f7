"""Make the Web API misbehave on purpose: errors, limits, delays and lost answers."""

from __future__ import annotations

import asyncio
import fnmatch
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sandbox.webapi.rate_limits import RateLimits

FaultKind = Literal["error", "ok_with_error", "429", "500", "drop_before", "drop_after", "hang_after", "delay"]

FOREVER = 1_000_000_000
"""As `times`: the fault never wears off."""


@dataclass(slots=True)
class Fault:
    """One planned fault, see `Faults.add`; `skip` fitting calls pass unharmed before the first is hit."""

    method_pattern: str
    kind: FaultKind
    times: int
    skip: int
    error: str
    retry_after_s: int
    delay_s: float


class Faults:
    """The planned faults of one local Slack, and its rate limits.

    Rate limits are off until `rate_limits` is set to True.
    """

    def __init__(self) -> None:
        """Start without faults and without limits."""
        self.rate_limits = False
        self.limits = RateLimits()
        self.released = asyncio.Event()
        self.happened = 0
        self._planned: list[Fault] = []
        self._shares: Mapping[FaultKind, float] = {}
        self._random = random.Random()  # noqa: S311 - keeps no secret

    def mix(self, shares: Mapping[FaultKind, float], *, seed: int) -> None:
        """Hit calls at random from now on, until `clear`: those for which nothing else is planned.

        Args:
            shares: of all calls, how many are hit by each kind, such as 0.1; together at most 1.
            seed: the same one draws the same faults.
        """
        self._shares = dict(shares)
        self._random = random.Random(seed)  # noqa: S311 - keeps no secret

    def add(
        self,
        method_pattern: str,
        kind: FaultKind,
        *,
        times: int = 1,
        error: str | None = None,
        retry_after_s: int | None = None,
        delay_s: float | None = None,
    ) -> Fault:
        """Plan a fault for the next calls of some methods; of several that fit, the oldest goes first.

        Args:
            method_pattern: a method's name, or a pattern such as `calls.*` or `*`.
            kind: what happens. `error`: `ok: false` with the code, nothing done. `ok_with_error`: done, and answered
                `ok: true` with an `error` code. `429`: refused with Retry-After. `500`: an HTTP 500 that is no JSON,
                nothing done. `drop_before`: the connection closes, nothing done. `drop_after`: done, then the
                connection closes without an answer. `hang_after`: done, then no answer until `clear` or until the
                caller leaves. `delay`: done and answered, but late.
            times: how many calls it hits, at least 1.
            error: the code, for `error` and `ok_with_error`; `internal_error` when not given.
            retry_after_s: for `429`, in whole seconds; 1 when not given.
            delay_s: seconds to wait first, for any kind; `delay` without it waits 1 s.

        Returns:
            The plan; its `skip` may still be set to let that many fitting calls pass unharmed first.
        """
        fault = _fault(method_pattern, kind, times)
        fault.error = error or fault.error
        fault.retry_after_s = fault.retry_after_s if retry_after_s is None else retry_after_s
        fault.delay_s = fault.delay_s if delay_s is None else delay_s
        self._planned.append(fault)
        return fault

    def take(self, method: str) -> Fault | None:
        """Return the fault for this call, if one is planned or drawn, and count it."""
        fault = self._take_planned(method) or self._draw(method)
        self.happened += fault is not None
        return fault

    def _take_planned(self, method: str) -> Fault | None:
        for fault in self._planned:
            if not fnmatch.fnmatchcase(method, fault.method_pattern):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self._planned.remove(fault)
            return fault
        return None

    def _draw(self, method: str) -> Fault | None:
        if not self._shares:
            return None
        drawn = self._random.random()
        for kind, share in self._shares.items():
            drawn -= share
            if drawn < 0:
                return _fault(method, kind, 1)
        return None

    @property
    def plans(self) -> tuple[Fault, ...]:
        """Return the planned faults that still wait for a call, the oldest first."""
        return tuple(self._planned)

    @property
    def planned(self) -> int:
        """How many planned faults are still waiting for a call."""
        return len(self._planned)

    def clear(self) -> None:
        """Forget all planned faults and the mix, and let go of the calls that hang."""
        self._planned.clear()
        self._shares = {}
        self.released.set()
        self.released = asyncio.Event()


def _fault(method_pattern: str, kind: FaultKind, times: int) -> Fault:
    delay_s = 1.0 if kind == "delay" else 0.0
    return Fault(method_pattern, kind, times, skip=0, error="internal_error", retry_after_s=1, delay_s=delay_s)
