"""Build a meeting system by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from calls.errors import ConfigError
from calls.ports import Provider
from providers.link.provider import LinkProvider
from providers.link.settings import PUBLIC_JITSI, PUBLIC_JITSI_NOTICE, LinkSettings

AUTO = "auto"
"""Chooses what works with the settings there are."""


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What providers are built with; each takes what it needs.

    Args:
        room_key: secret of this installation from which names of rooms are derived; at least 16 bytes.
        link_template: web address with `{room}`, or None.
    """

    room_key: bytes = field(repr=False)
    link_template: str | None = None


def build_provider(name: str, settings: ProviderSettings) -> Provider:
    """Build the meeting system called `name`.

    Raises:
        ConfigError: when there is none of this name, or its settings are missing or not usable.
    """
    if name not in _BUILDERS:
        raise ConfigError("unknown_provider", detail=f"{name!r}; known are {', '.join(known_providers())}")
    return _BUILDERS[name](settings)


def known_providers() -> tuple[str, ...]:
    """Return every name `build_provider` takes."""
    return tuple(_BUILDERS)


def _build_auto(settings: ProviderSettings) -> Provider:
    """Use the template where there is one, and else the best-known service that needs no account of ours."""
    if settings.link_template is not None:
        return _build_link(settings)
    return LinkProvider(LinkSettings(PUBLIC_JITSI, settings.room_key, PUBLIC_JITSI_NOTICE))


def _build_link(settings: ProviderSettings) -> Provider:
    if settings.link_template is None:
        raise ConfigError("link_template_missing", detail="set STARTCALL_LINK_TEMPLATE")
    return LinkProvider(LinkSettings(settings.link_template, settings.room_key))


_BUILDERS: Mapping[str, Callable[[ProviderSettings], Provider]] = MappingProxyType(
    {AUTO: _build_auto, "link": _build_link}
)
