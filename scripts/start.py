"""Start Startcall: against Slack when credentials are configured, against the local Slack when none are."""

from __future__ import annotations

import os
import sys

from config import has_credentials

LOCAL_MEETINGS = "STARTCALL_LINK_TEMPLATE={url}meet/{room}"


def command(arguments: list[str], *, credentials: bool) -> list[str]:
    """Return what to start.

    Args:
        arguments: passed on as they are.
        credentials: whether anything about a Slack workspace is configured.
    """
    if credentials:
        return [sys.executable, "app.py", *arguments]
    return [sys.executable, "-m", "sandbox", "--env", LOCAL_MEETINGS, *arguments]


def main() -> None:
    """Become the app or the local Slack, so that signals and the exit status are theirs."""
    chosen = command(sys.argv[1:], credentials=has_credentials())
    os.execv(chosen[0], chosen)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main()
