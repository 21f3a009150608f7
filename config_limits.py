"""The settings of how much people may ask for, and their checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calls.limits import Limits

LIMIT_MAX = 1_000_000
"""High enough to be none."""

_USUAL = Limits()


@dataclass(frozen=True, slots=True)
class LimitSetting:
    """One name in the environment that sets a limit.

    Args:
        field: of `calls.limits.Limits`.
    """

    name: str
    field: str
    meaning: str
    example: str

    @property
    def default(self) -> str:
        """Return what holds while it is not set."""
        return str(getattr(_USUAL, self.field))


LIMIT_SETTINGS = (
    LimitSetting(
        "STARTCALL_STARTS_PER_PERSON",
        "starts_by_person",
        "How many calls one person may start in a minute. The usual value stops programs that run away; people need "
        "no more than a few.",
        example="10",
    ),
    LimitSetting(
        "STARTCALL_STARTS_PER_CHANNEL",
        "starts_in_channel",
        "How many calls may begin in one conversation in a minute. Slack takes about one message a second there.",
        example="20",
    ),
    LimitSetting(
        "STARTCALL_WAITING_PER_WORKSPACE",
        "waiting_in_workspace",
        "How many calls of one workspace may wait for their card at any one time. Slack takes about 50 a minute.",
        example="200",
    ),
    LimitSetting(
        "STARTCALL_RINGS_BY_PERSON",
        "rings_by_person",
        "How many people one person may have rung in a minute, over all calls; further ones are invited silently.",
        example="25",
    ),
    LimitSetting(
        "STARTCALL_RINGS_PER_PERSON",
        "rings_of_person",
        "How often one person is rung in a minute, whoever invites them; further invitations are silent.",
        example="3",
    ),
)


def is_limit(value: str) -> bool:
    """Say whether a value can be a limit: a whole number, at least 1."""
    return value.isascii() and value.isdigit() and len(value) <= len(str(LIMIT_MAX)) and 1 <= int(value) <= LIMIT_MAX


def read_limits(values: Mapping[str, str]) -> Limits:
    """Return the limits of values that were all checked; those that are not set are the usual ones."""
    return Limits(**{one.field: int(values.get(one.name, one.default)) for one in LIMIT_SETTINGS})
