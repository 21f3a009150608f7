"""What people read on the pages by which the app is installed."""

from __future__ import annotations

from calls.errors import CallsError, SlackInstallRefused, StorageError
from calls.words.errors import sentence_for
from calls.words.language import _
from calls.words.pages import PageWords

_NOT_ALLOWED = "install_cancelled"


def installed(name: str, *, is_organisation: bool) -> PageWords:
    """Say that the app is installed, and what comes next."""
    if is_organisation:
        text = _(
            "It can be used in the workspaces of {name} that it was given to now: type `/startcall` in any "
            "conversation."
        )
    else:
        text = _("It can be used in {name} now: type `/startcall` in any conversation.")
    return PageWords(_("Startcall is installed in {name}").format(name=name), text.format(name=name))


def not_installed(error: CallsError) -> PageWords:
    """Say why the app was not installed."""
    if isinstance(error, SlackInstallRefused) and error.code == _NOT_ALLOWED:
        return PageWords(_("Startcall was not installed"), sentence_for(error))
    waits = error.retryable or isinstance(error, StorageError)
    return PageWords(_("Not right now") if waits else _("That did not work"), sentence_for(error))


def open_in_slack() -> str:
    """Return what is on the button that leads to Slack."""
    return _("Open Slack")


def begin_again() -> str:
    """Return what is on the button that begins anew."""
    return _("Install Startcall")
