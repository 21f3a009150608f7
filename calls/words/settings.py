"""The sentences about what people choose: in the dialog of the settings, and where a choice cannot count."""

from __future__ import annotations

from calls.model import Call
from calls.preferences import OWN_ROOM
from calls.text import escape
from calls.words.language import _


def not_set_up(provider: str) -> str:
    """Say that a chosen meeting system is there no longer."""
    return _("{provider} was chosen, and is not set up here any more. Choose another with `/startcall settings`.").format(
        provider=provider
    )


def no_room_of_own() -> str:
    """Say that somebody has no room of their own."""
    return _("You have no room of your own yet: give its address in `/startcall settings`.")


def takes_place_at(provider: str) -> str:
    """Say where a call takes place instead."""
    return _("This call takes place at {provider}.").format(provider=provider)


def room_in_use(other: Call) -> str:
    """Say that whoever joins meets the people of another call as well."""
    return _(
        "Your room is in use by the call “{title}” (`{id}`) as well, and everybody meets in the same room. "
        "To meet apart, end one of the two, or name a meeting system, as in `/startcall with jitsi`."
    ).format(title=escape(other.title), id=other.display_id)


def room_address_too_long(longest: int) -> str:
    """Say that an address is too long."""
    return _("That address is too long: {longest} characters are possible.").format(longest=longest)


def room_address_not_readable() -> str:
    """Say that an address is none."""
    return _("That is no web address. Copy it from your meeting system, as in https://zoom.us/j/123456789.")


def room_address_not_https() -> str:
    """Say that an address must be encrypted."""
    return _("Please give an address that begins with https://.")


def room_address_with_password() -> str:
    """Say that an address must hold no user name."""
    return _("Please give the address without a user name or password before its host.")


def room_address_private() -> str:
    """Say that an address only works inside a network."""
    return _("That address works in your own network only. Please give one that everybody can reach.")


def as_usual() -> str:
    """Name the choice to leave a choice to others."""
    return _("As usual")


def provider_name(provider: str) -> str:
    """Name a meeting system where one is chosen."""
    return _("My room") if provider == OWN_ROOM else provider
