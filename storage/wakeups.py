"""The wake-ups that go with a database."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from calls.ports import Clock
from calls.work import Advance, WorkId
from storage.database import Database
from storage.embedded import EmbeddedWakeUps
from storage.postgres import is_postgres


class RunningWakeUps(Protocol):
    """Wake-ups with how they start and stop; `calls.ports.WakeUps` says what `wake` does."""

    def wake(self, work_id: WorkId) -> None:
        """Have a call advanced now."""

    def wake_at(self, work_id: WorkId, due_at: datetime) -> None:
        """Have a call advanced when it is due."""

    def is_working(self) -> bool:
        """Say whether calls can be advanced now."""

    def is_idle(self) -> bool:
        """Say whether this process advances no call at the moment."""

    async def sweep_forever(self) -> None:
        """Find due calls, until cancelled; called again after an error that nobody foresaw, go on."""

    async def stop(self, grace_s: float) -> None:
        """Run nothing more and wait for what runs, at most `grace_s` seconds."""


def build_wakeups(database: Database, database_url: str, now: Clock, advance: Advance) -> RunningWakeUps:
    """Return wake-ups inside this process, or those that all processes on one PostgreSQL share."""
    if not is_postgres(database_url):
        return EmbeddedWakeUps(database, now, advance)
    # Procrastinate takes 0.2 s to import, which SQLite does not need.
    from storage.procrastinate_wakeups import ProcrastinateWakeUps  # noqa: PLC0415

    return ProcrastinateWakeUps(database, database_url, now, advance)
