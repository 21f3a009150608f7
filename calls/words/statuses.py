"""What people read about their status in Slack while they are in a call."""

from __future__ import annotations

from calls.words.language import _
from calls.words.pages import PageWords


def in_a_call() -> str:
    """Be a person's status: at most 100 characters."""
    return _("In a call")


def connect() -> str:
    """Name the button that leads to where the right to set a status is given."""
    return _("Let Startcall set my status")


def not_connected() -> str:
    """Say what giving the right is for."""
    return _("*Your status*\nSlack can show beside your name that you are in a call, for as long as you are in one.")


def connected() -> str:
    """Say that the right was given."""
    return _("*Your status*\nStartcall may set your Slack status while you are in a call.")


def connected_without_pausing() -> str:
    """Say that the right to pause notifications was not given along."""
    return _(
        "*Your status*\nStartcall may set your Slack status while you are in a call, but not pause your notifications. "
        "Press *Disconnect*, then let Startcall set your status again: Slack asks you for both."
    )


def revoked() -> str:
    """Say that the right was taken back, or has run out."""
    return _(
        "Slack no longer lets Startcall set your status, so it is left as it is while you are in a call. "
        "Allow it again in `/startcall settings`."
    )


def before_connecting(person: str) -> PageWords:
    """Ask whether it is really this person's status that is to be set."""
    text = _(
        "Slack then shows beside the name of {person} that they are in a call, and afterwards what stood there before. "
        "Go on only if you are {person} and have opened this page from Slack yourself."
    )
    pausing = _("Notifications are paused meanwhile only if that is chosen in `/startcall settings`.")
    return PageWords(_("Let Startcall set your status"), f"{text.format(person=person)} {pausing}")


def is_connected() -> PageWords:
    """Say that the right was given."""
    text = _("Your status is set from now on when you join a call. You can close this page.")
    return PageWords(_("Startcall may set your status"), text)
