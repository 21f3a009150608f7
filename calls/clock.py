"""The clock of the app."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present time as an aware UTC datetime."""
    return datetime.now(tz=UTC)  # noqa: TID251 - the one place that asks the machine's clock
