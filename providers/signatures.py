"""What it takes to believe a signed report: no old one that is sent again, and a signature by a secret of ours."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

WINDOW = timedelta(seconds=300)
"""By how much the time in a report may differ from that of its arrival."""

_SECONDS = re.compile(r"[0-9]{1,12}")


def is_recent(timestamp: str, received_at: datetime) -> bool:
    """Say whether a report's own time, in whole seconds since 1970, is within `WINDOW` of its arrival."""
    if not _SECONDS.fullmatch(timestamp):
        return False
    return abs(received_at.timestamp() - int(timestamp)) <= WINDOW.total_seconds()


def is_one_of(given: str, expected: Iterable[str]) -> bool:
    """Say whether what came is one of the signatures that are expected, one for each secret.

    All are compared, so that the time taken does not tell which one was nearly right.
    """
    found = given.encode(errors="replace")
    matches = [hmac.compare_digest(one.encode(), found) for one in expected]
    return any(matches)
