"""The settings of the link provider, and what is a usable template."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from calls.errors import ConfigError
from providers.addresses import find_address_fault
from providers.room_names import check_room_key

PLACEHOLDERS = ("room", "title", "channel", "team")
"""What may stand in braces in a template."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """What the link provider is built with.

    Args:
        template: a web address with `{room}` and, as wanted, the other `PLACEHOLDERS`.
        room_key: keeps the names of rooms unguessable for those who know a call's id; at least 16 bytes.

    Raises:
        ConfigError: when the template or the key is not usable.
    """

    template: str
    room_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        fault = find_template_fault(self.template)
        if fault is not None:
            raise ConfigError("link_template_not_usable", detail=fault)
        check_room_key(self.room_key)


def find_template_fault(template: str) -> str | None:
    """Return what is wrong with a template, as the end of a sentence that begins with its name; None when usable.

    The answer never repeats the template, which may hold a password by mistake.
    """
    return find_address_fault(template) or _placeholder_fault(template)


def _placeholder_fault(template: str) -> str | None:
    names = _PLACEHOLDER.findall(template)
    if set("{}") & set(_PLACEHOLDER.sub("", template)):
        return "has a brace without its partner"
    if any(name not in PLACEHOLDERS for name in names):
        return f"has a placeholder that does not exist; there are {', '.join(f'{{{name}}}' for name in PLACEHOLDERS)}"
    if "room" not in names:
        return "has no {room}, so that all calls would meet in the same room"
    return None
