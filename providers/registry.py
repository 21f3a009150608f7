"""Find a meeting system by its name, ours or one that another package brings, and build it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from calls.errors import ConfigError
from calls.meetings import API_VERSION, ENTRY_POINT_GROUP, Provider, ProviderKind, Surroundings
from providers.bigbluebutton.kind import KIND as BIGBLUEBUTTON
from providers.builtin.kind import KIND as BUILTIN
from providers.daily.kind import KIND as DAILY
from providers.googlemeet.kind import KIND as GOOGLEMEET
from providers.jaas.kind import KIND as JAAS
from providers.janus.kind import KIND as JANUS
from providers.jitsi.kind import KIND as JITSI
from providers.link.kind import KIND as LINK
from providers.link.kind import LINK_TEMPLATE
from providers.livekit.kind import KIND as LIVEKIT
from providers.nextcloud.kind import KIND as NEXTCLOUD
from providers.teams.kind import KIND as TEAMS
from providers.webex.kind import KIND as WEBEX
from providers.whereby.kind import KIND as WHEREBY
from providers.zoom.kind import KIND as ZOOM

AUTO = "auto"
"""Chooses what works with the settings there are."""

AUTO_KINDS = (LINK, BUILTIN, JITSI)
"""What it chooses from."""

OWN_KINDS: Mapping[str, ProviderKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            BIGBLUEBUTTON,
            BUILTIN,
            DAILY,
            GOOGLEMEET,
            JAAS,
            JANUS,
            JITSI,
            LINK,
            LIVEKIT,
            NEXTCLOUD,
            TEAMS,
            WEBEX,
            WHEREBY,
            ZOOM,
        )
    }
)
"""The meeting systems in this folder, by name."""


def known_providers() -> tuple[str, ...]:
    """Return every name that can be chosen; packages that bring one are named without being loaded."""
    return (AUTO, *OWN_KINDS, *(name for name in sorted(_announced()) if name not in OWN_KINDS))


def find_kind(name: str) -> ProviderKind:
    """Return the meeting system of a name, loading the package that brings it when it is not one of ours.

    Raises:
        ConfigError: when there is none, or it cannot be loaded or was made for another version of the port.
    """
    if name in OWN_KINDS:
        return OWN_KINDS[name]
    announced = _announced()
    if name not in announced:
        raise ConfigError("unknown_provider", detail=f"{name!r}; known are {', '.join(known_providers())}")
    try:
        kind = announced[name].load()
    except (ImportError, AttributeError) as error:
        raise ConfigError("provider_not_loadable", detail=f"{name} ({error})") from error
    if not isinstance(kind, ProviderKind):
        raise ConfigError("provider_not_loadable", detail=f"{name} (it is no ProviderKind)")
    if kind.api_version != API_VERSION:
        detail = f"{name} (made for version {kind.api_version} of the port, this is {API_VERSION})"
        raise ConfigError("provider_not_loadable", detail=detail)
    return kind


def build_provider(name: str, surroundings: Surroundings) -> Provider:
    """Build the meeting system called `name`.

    Raises:
        ConfigError: when there is none of this name, or its settings are missing or not usable.
    """
    return _build_auto(surroundings) if name == AUTO else find_kind(name).build(surroundings)


def _build_auto(surroundings: Surroundings) -> Provider:
    """Use the template where there is one, else our own room where people reach it, else a service without account."""
    if LINK_TEMPLATE in surroundings.values:
        return LINK.build(surroundings)
    if surroundings.site_url is not None:
        return BUILTIN.build(surroundings)
    return JITSI.build(surroundings)


def _announced() -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
