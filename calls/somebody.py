"""What stands where a person stood of whom nothing is kept any more."""

from __future__ import annotations

from typing import Final

from calls.model import UserId

SOMEBODY: Final = UserId("somebody")
