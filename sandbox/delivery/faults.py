"""Make deliveries go wrong on purpose: lost on the way, answered in vain, late, or twice."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from typing import Literal

DeliveryFaultKind = Literal["lost", "answer_lost", "delay", "twice"]


@dataclass(slots=True)
class DeliveryFault:
    """One planned fault, see `DeliveryFaults.add`."""

    name_pattern: str
    kind: DeliveryFaultKind
    times: int
    delay_s: float


class DeliveryFaults:
    """The planned faults of what is sent to the app."""

    def __init__(self) -> None:
        """Start without faults."""
        self.planned: list[DeliveryFault] = []

    def add(self, name_pattern: str, kind: DeliveryFaultKind, *, times: int = 1, delay_s: float = 0.0) -> DeliveryFault:
        """Plan a fault for the next deliveries of some kinds; of several that fit, the oldest goes first.

        Args:
            name_pattern: what is delivered, as the inspector names it: a command such as `/hello`, an interaction such
                as `block_actions`, an event such as `app_home_opened`; or a pattern such as `*`.
            kind: what happens. `lost`: it never reaches the app. `answer_lost`: it does, and the app's answer does not
                come back, so that an event is sent again and a person reads that the app did not respond. `delay`: it
                arrives late. `twice`: it is sent once more at once, as if nothing had been heard of the first.
            times: how many deliveries it hits, at least 1.
            delay_s: seconds to wait first, for any kind; `delay` without it waits 1 s.
        """
        fault = DeliveryFault(name_pattern, kind, times, delay_s or (1.0 if kind == "delay" else 0.0))
        self.planned.append(fault)
        return fault

    def take(self, name: str) -> DeliveryFault | None:
        """Return the fault for this delivery, if one is planned, and count it."""
        fault = next((one for one in self.planned if fnmatch.fnmatchcase(name, one.name_pattern)), None)
        if fault is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.planned.remove(fault)
        return fault

    def clear(self) -> None:
        """Forget all planned faults."""
        self.planned.clear()
