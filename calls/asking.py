"""Ask a meeting system something, with a deadline, and log once when it goes down and once when it is back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from calls.errors import ProviderAuth, ProviderDown, ProviderError
from calls.measuring import PROVIDER_REQUESTS
from calls.meetings import DEADLINE, Provider

_log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class Asking:
    """Knows which meeting systems are down."""

    def __init__(self) -> None:
        """Take every meeting system for one that works."""
        self._down: set[str] = set()

    async def ask(self, provider: Provider, work: Awaitable[Answer]) -> Answer:
        """Return what a meeting system answers.

        Raises:
            ProviderError: as it says; no answer within the deadline is ProviderDown.
        """
        try:
            with _measured(provider.name):
                async with asyncio.timeout(DEADLINE.total_seconds()):
                    answer = await work
        except TimeoutError:
            error = ProviderDown("no_answer", provider=provider.name)
            self._went_down(provider.name, error)
            raise error from None
        except ProviderDown as error:
            self._went_down(provider.name, error)
            raise
        if provider.name in self._down:
            self._down.discard(provider.name)
            _log.info("The meeting system %s answers again.", provider.name)
        return answer

    def _went_down(self, name: str, error: ProviderDown) -> None:
        if name not in self._down:
            self._down.add(name)
            _log.error("The meeting system %s does not work: %s", name, error)


@contextmanager
def _measured(name: str) -> Iterator[None]:
    """Count one question to a meeting system and the time it takes, whatever comes of it."""
    began_s = time.perf_counter()
    result = "cancelled"
    try:
        yield
        result = "ok"
    except (ProviderDown, TimeoutError):
        result = "down"
        raise
    except ProviderError as error:
        result = "auth" if isinstance(error, ProviderAuth) else "refused"
        raise
    finally:
        PROVIDER_REQUESTS.labels(name, result).observe(time.perf_counter() - began_s)
