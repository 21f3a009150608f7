"""The line in which requests wait once Slack has refused one because it came too soon.

Slack documents how many requests a minute it takes at least, and takes more of them in a burst. So nothing is held
back before Slack refuses something. From then on a line forms: nobody sends before the time Slack asked for is over,
whoever was refused goes first, the others follow in the order in which they came, a little apart, so that the next
refusal is read before many more are under way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

SPACING_S = 0.05
"""How far apart those who waited are sent: about as long as Slack takes to answer."""

REMEMBERED_S = 15.0
"""How long a place is remembered after it came up: longer than a request can be under way."""

REMEMBERED_MAX = 200
"""How many places that came up are remembered at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a line.

    Args:
        number: tells the places of one line apart.
        wait_s: until it comes up, as far as is known now; 0 or less when it has.
    """

    number: int
    wait_s: float


@dataclass(slots=True)
class Line:
    """Those who wait for one budget, and those whose requests may be under way; times are seconds of any one clock.

    Args:
        first: the number of the oldest place that is remembered.
        places: when each place comes up, or came up, in order of their numbers.
        held_until: before which Slack wants no request.
    """

    first: int = 0
    places: deque[float] = field(default_factory=deque)
    held_until: float = 0.0

    def join(self, now: float) -> Place:
        """Take the next place, which comes up at once where nobody waits."""
        last = self.places[-1] if self.places else now
        somebody_waits = last > now or self.held_until > now
        at = max(self.held_until, last + SPACING_S) if somebody_waits else now
        self.places.append(at)
        self._forget(now)
        return Place(self.first + len(self.places) - 1, at - now)

    def wait_s(self, number: int, now: float) -> float:
        """Return how long a place has to wait from now; one that is no longer remembered waits for Slack alone."""
        index = number - self.first
        at = self.places[index] if 0 <= index < len(self.places) else now
        return max(at, self.held_until) - now

    def hold(self, number: int, now: float, seconds: float) -> None:
        """Send nothing for a while, because the request of a place was refused; it goes first then."""
        self.held_until = max(self.held_until, now + seconds)
        refused = number - self.first
        self._send_back(index for index, at in enumerate(self.places) if at > now or index == refused)

    def is_idle(self, now: float) -> bool:
        """Say whether the line may be forgotten."""
        return max(max(self.places, default=now), self.held_until) <= now - REMEMBERED_S

    def _send_back(self, waiting: Iterable[int]) -> None:
        """Give those who wait new times in their order, the first when Slack takes requests again."""
        for position, index in enumerate(list(waiting)):
            self.places[index] = self.held_until + position * SPACING_S

    def _forget(self, now: float) -> None:
        while self.places[0] <= now - REMEMBERED_S or (len(self.places) > REMEMBERED_MAX and self.places[0] <= now):
            self.places.popleft()
            self.first += 1
