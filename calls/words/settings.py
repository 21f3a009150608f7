"""The sentences about what people choose: in the dialog of the settings, and where a choice cannot count."""

from __future__ import annotations

from collections.abc import Sequence

from calls.model import Call
from calls.preferences import OWN_ROOM, Holder, Who
from calls.text import escape
from calls.words.language import _


def not_set_up(provider: str) -> str:
    """Say that a chosen meeting system is there no longer."""
    return _(
        "{provider} was chosen, and is not set up here any more. Choose another with `/startcall settings`."
    ).format(provider=provider)


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


def choose_from_list() -> str:
    """Say that a choice is not among those that there are."""
    return _("That cannot be chosen any more. Open the settings again and choose from the list.")


def number_between(least: int, most: int) -> str:
    """Say which numbers can be chosen."""
    return _("Please give a whole number from {least} to {most}.").format(least=least, most=most)


def choose_a_group() -> str:
    """Say that a right was given to a group that is not named."""
    return _("You have given a right to a user group. Choose which group that is, too.")


def may_not_choose(holder: Holder) -> str:
    """Say who may choose for others."""
    if holder is Holder.WORKSPACE:
        return _("Only workspace admins choose for the workspace. If you are one, open the settings again.")
    return _("You may not choose for this conversation. Workspace admins may; ask one of them.")


def dialog_title() -> str:
    """Name the dialog."""
    return _("Settings")


def save_button() -> str:
    """Name the button that stores what was chosen."""
    return _("Save")


def cancel_button() -> str:
    """Name the button that changes nothing."""
    return _("Cancel")


def part(holder: Holder) -> str:
    """Name a part of the dialog."""
    names = {Holder.PERSON: _("You"), Holder.CHANNEL: _("This conversation"), Holder.WORKSPACE: _("Workspace")}
    return names[holder]


def part_is_about(holder: Holder, channel_id: str | None) -> str:
    """Say what a part of the dialog decides."""
    about = {
        Holder.PERSON: _("For your own calls, in every conversation. This counts before everything else."),
        Holder.CHANNEL: _("For calls in {channel}. People's own choices count before these.").format(
            channel=f"<#{channel_id}>"
        ),
        Holder.WORKSPACE: _("For everybody in this workspace, where no conversation and nobody chose otherwise."),
    }
    return about[holder]


def correct_first(faults: Sequence[str]) -> str:
    """Ask for a correction before another part is shown."""
    return "\n".join((_("Please correct this first:"), *(f"• {fault}" for fault in faults)))


def label(holder: Holder, name: str) -> str:
    """Name a choice, as whoever makes it sees it."""
    if (holder, name) == (Holder.PERSON, "rings"):
        return _("Ring me when I am invited")
    labels = {
        "provider": _("Meeting system"),
        "room_url": _("Address of your own room"),
        "rings": _("Ring people who are invited"),
        "shares_status": _("Show in your Slack status that you are in a call"),
        "pauses_notifications": _("Pause your notifications while you are in a call"),
        "asks_above": _("Ask before calls in conversations with more members than"),
        "ends": _("Who may end a call"),
        "renames": _("Who may rename a call"),
        "invites": _("Who may invite to a call"),
        "group_id": _("The user group that has these rights"),
        "records": _("Post a record when a call is over"),
        "links": _("Make cards of pasted meeting links"),
        "guests_start": _("Let guests start calls"),
        "strangers_start": _("Let people of other workspaces start calls"),
        "sets_channels": _("Who chooses for a conversation"),
        "shows_passcodes": _("Show the passcodes of recordings"),
    }
    return labels[name]


def hint(name: str) -> str | None:
    """Explain a choice where its name is not enough."""
    hints = {
        "room_url": _(
            "Your calls take place there unless you choose a meeting system above. Ending a call leaves the room open."
        ),
        "asks_above": _("Whoever starts a call there is asked first. Leave it empty for the usual number."),
        "ends": _("Whoever started the call, and workspace admins, always may."),
        "sets_channels": _("Workspace admins always may."),
    }
    return hints.get(name)


def yes_or_no(*, is_yes: bool) -> str:
    """Name an answer."""
    return _("Yes") if is_yes else _("No")


def who(one: Who) -> str:
    """Name those who may do something."""
    names = {
        Who.ANYONE: _("Anyone in the conversation"),
        Who.PARTICIPANTS: _("People in the call"),
        Who.STARTER: _("Whoever started the call"),
        Who.GROUP: _("A user group"),
        Who.ADMINS: _("Workspace admins"),
    }
    return names[one]


def usual(what: str) -> str:
    """Name the choice to leave a choice to others, with what counts then."""
    return _("As usual ({what})").format(what=what)


def title_of_link(provider: str) -> str:
    """Name a call that was made of a pasted link."""
    return _("Meeting at {provider}").format(provider=provider)
