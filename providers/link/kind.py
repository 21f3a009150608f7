"""How the link provider is chosen and set up."""

from __future__ import annotations

from calls.errors import ConfigError
from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.link.provider import LinkProvider
from providers.link.settings import LinkSettings, find_template_fault

LINK_TEMPLATE = "STARTCALL_LINK_TEMPLATE"


def _build(surroundings: Surroundings) -> Provider:
    if LINK_TEMPLATE not in surroundings.values:
        raise ConfigError("link_template_missing", detail=f"set {LINK_TEMPLATE}")
    return LinkProvider(LinkSettings(surroundings.values[LINK_TEMPLATE], surroundings.key))


KIND = ProviderKind(
    name="link",
    settings=(
        ProviderSetting(
            LINK_TEMPLATE,
            "For the meeting system link: https address of a meeting. {room} is required and differs for every call; "
            "{title}, {channel} and {team} may be used.",
            example="https://meet.example.com/{room}",
            required=True,
            find_fault=find_template_fault,
        ),
    ),
    build=_build,
    can=Capability.REOPEN,
    summary="a web address that is filled in",
)
