"""The sentences that come with a link."""

from __future__ import annotations

from datetime import datetime


def own(title: str) -> str:
    """Say where a person joins.

    Args:
        title: escaped already.
    """
    return f"Join “{title}” by the button below."


def own_lasts() -> str:
    """Say what a person's own link is good for."""
    return (
        "The link is yours alone: it works once, within 10 minutes, and the others see it is you. For a new one press "
        "Join again, or type `/startcall join`."
    )


def guest(title: str, url: str) -> str:
    """Say how guests join.

    Args:
        title: escaped already.
    """
    return f"Guests join “{title}” here, without Slack:\n{url}"


def guest_lasts(expires_at: datetime) -> str:
    """Say until when a link for guests works."""
    shown = f"<!date^{int(expires_at.timestamp())}^{{date_short_pretty}} at {{time}}|in 24 hours>"
    return (
        f"Everybody who has it comes in under a name of their own choice. It works until the call ends, at the latest "
        f"{shown}. Revoke lets nobody else in by it; who is in the meeting stays."
    )


def revoked() -> str:
    """Say that a link for guests no longer works."""
    return "The guest link no longer works. Press Guest link again for a new one."
