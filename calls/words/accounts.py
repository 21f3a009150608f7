"""What people read about accounts of their own at meeting systems."""

from __future__ import annotations

from calls.words.language import _
from calls.words.pages import PageWords


def connect(label: str) -> str:
    """Name the button that leads to where an account is connected."""
    return _("Connect your {label} account").format(label=label)


def disconnect() -> str:
    """Name the button that lets go of an account."""
    return _("Disconnect")


def not_connected(label: str) -> str:
    """Say what connecting is for."""
    return _("*{label}*\nConnect your account, and your calls there are meetings of your own.").format(label=label)


def connected(label: str, name: str) -> str:
    """Say whose account is connected."""
    return _("*{label}*\nConnected as {name}. Your calls there are meetings of your own.").format(
        label=label, name=name
    )


def revoked(label: str) -> str:
    """Say that an account is no longer ours to use."""
    return _(
        "Your {label} account is no longer connected to Startcall, so your calls there are made without it. "
        "Connect it again in `/startcall settings`."
    ).format(label=label)


def before_connecting(label: str, person: str) -> PageWords:
    """Ask whether it is really this person's account that is to be connected."""
    title = _("Connect your {label} account").format(label=label)
    text = _(
        "Calls that {person} starts in Slack are then meetings of the {label} account you sign in with. Go on only if "
        "you are {person} and have opened this page from Slack yourself."
    )
    return PageWords(title, text.format(person=person, label=label))


def go_on(label: str) -> str:
    """Name the button that leads to the meeting system."""
    return _("Continue to {label}").format(label=label)


def is_connected(label: str, name: str) -> PageWords:
    """Say that an account is connected."""
    title = _("Your {label} account is connected").format(label=label)
    text = _("Your next call at {label} is a meeting of {name}. No call was started. You can close this page.")
    return PageWords(title, text.format(label=label, name=name))
