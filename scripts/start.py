"""Start Startcall: against Slack when credentials are configured, against the local Slack when none are."""

from __future__ import annotations

import os
import sys

from config import has_credentials

LOCAL_SETTINGS = (
    "STARTCALL_LINK_TEMPLATE={url}meet/{room}",
    # A local Slack forgets everything when it stops, and so must the calls that were in it.
    "DATABASE_URL=sqlite:///{dir}/calls.sqlite3",
)


def command(arguments: list[str], *, credentials: bool) -> list[str]:
    """Return what to start.

    Args:
        arguments: passed on as they are.
        credentials: whether anything about a Slack workspace is configured.
    """
    if credentials:
        return [sys.executable, "app.py", *arguments]
    settings = [word for setting in LOCAL_SETTINGS for word in ("--env", setting)]
    return [sys.executable, "-m", "sandbox", "--sign-in", *settings, *arguments]


def main() -> None:
    """Become the app or the local Slack, so that signals and the exit status are theirs."""
    chosen = command(sys.argv[1:], credentials=has_credentials())
    os.execv(chosen[0], chosen)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
