"""How the built-in room is chosen and set up."""

from __future__ import annotations

from calls.errors import ConfigError
from calls.meetings import Capability, Provider, ProviderKind, ProviderSetting, Surroundings
from providers.builtin.settings import (
    DEFAULT_PEOPLE_MAX,
    DEFAULT_STUN_URL,
    NO_STUN,
    PEOPLE_MAX,
    RELAY_ONLY,
    SECRET_EXAMPLE,
    STUN_URL,
    TURN_SECRET,
    TURN_URL,
    BuiltinSettings,
    find_choice_fault,
    find_people_fault,
    find_secret_fault,
    find_stun_fault,
    find_turn_fault,
)
from providers.room_names import check_room_key


def _build(surroundings: Surroundings) -> Provider:
    from providers.builtin.provider import BuiltinProvider, House

    if surroundings.site_url is None:
        raise ConfigError("builtin_needs_public_url")
    check_room_key(surroundings.key)
    settings = BuiltinSettings.read(surroundings.site_url, surroundings.values)
    return BuiltinProvider(
        settings, House(surroundings.key, surroundings.now, surroundings.is_open, is_alone=not surroundings.shares_work)
    )


KIND = ProviderKind(
    name="builtin",
    settings=(
        ProviderSetting(
            STUN_URL,
            "For the meeting system builtin: server that tells browsers their public address, so that they can reach "
            f"each other; {NO_STUN} for none. Not used on a loopback address.",
            example="stun:stun.example.com:3478",
            default=DEFAULT_STUN_URL,
            find_fault=find_stun_fault,
        ),
        ProviderSetting(
            TURN_URL,
            "For builtin: TURN server that relays where browsers cannot reach each other; several addresses with a "
            "comma between. Needs STARTCALL_TURN_SECRET.",
            example="turn:turn.example.com:3478",
            find_fault=find_turn_fault,
        ),
        ProviderSetting(
            TURN_SECRET,
            "For builtin: the TURN server's static-auth-secret (coturn with use-auth-secret); passwords made from it "
            "last 12 hours.",
            example=SECRET_EXAMPLE,
            secret=True,
            find_fault=find_secret_fault,
        ),
        ProviderSetting(
            RELAY_ONLY,
            "For builtin: yes sends everything through the TURN server, so that people in a call do not learn each "
            "other's addresses.",
            example="yes",
            default="no",
            find_fault=find_choice_fault,
        ),
        ProviderSetting(
            PEOPLE_MAX,
            "For builtin: how many people may be in a call, 2 to 12. Each sends their picture to all others, so more "
            "than 6 need good connections.",
            example="8",
            default=str(DEFAULT_PEOPLE_MAX),
            find_fault=find_people_fault,
        ),
    ),
    build=_build,
    can=Capability.ROSTER
    | Capability.STREAM
    | Capability.POLL
    | Capability.END
    | Capability.PERSON_LINK
    | Capability.KICK
    | Capability.REOPEN,
    summary="a room for up to 6 people that Startcall serves itself",
)
