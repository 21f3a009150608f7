"""What people read on the pages by which the app is installed."""

from __future__ import annotations

from calls.errors import CallsError, SlackInstallRefused, StorageError
from calls.words.errors import sentence_for
from calls.words.pages import PageWords

_NOT_ALLOWED = "install_cancelled"


def installed(name: str, *, is_organisation: bool) -> PageWords:
    """Say that the app is installed, and what comes next."""
    where = f"in the workspaces of {name} that it was given to" if is_organisation else f"in {name}"
    return PageWords(
        f"Startcall is installed in {name}", f"It can be used {where} now: type `/startcall` in any conversation."
    )


def not_installed(error: CallsError) -> PageWords:
    """Say why the app was not installed."""
    if isinstance(error, SlackInstallRefused) and error.code == _NOT_ALLOWED:
        return PageWords("Startcall was not installed", sentence_for(error))
    title = "Not right now" if error.retryable or isinstance(error, StorageError) else "That did not work"
    return PageWords(title, sentence_for(error))


def open_in_slack() -> str:
    """Return what is on the button that leads to Slack."""
    return "Open Slack"


def begin_again() -> str:
    """Return what is on the button that begins anew."""
    return "Install Startcall"
