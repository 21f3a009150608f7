"""The sentences that come with a link."""

from __future__ import annotations

from datetime import datetime

from calls.words.language import _


def own(title: str) -> str:
    """Say where a person joins.

    Args:
        title: escaped already.
    """
    return _("Join “{title}” by the button below.").format(title=title)


def own_lasts() -> str:
    """Say what a person's own link is good for."""
    return _(
        "The link is yours alone: it works once, within 10 minutes, and the others see it is you. For a new one press "
        "Join again, or type `/startcall join`."
    )


def guest(title: str, url: str) -> str:
    """Say how guests join.

    Args:
        title: escaped already.
    """
    return _("Guests join “{title}” here, without Slack:").format(title=title) + f"\n{url}"


def guest_lasts(expires_at: datetime) -> str:
    """Say until when a link for guests works."""
    shown = _("{day} at {time}").format(day="{date_short_pretty}", time="{time}")
    otherwise = _("in 24 hours")
    return _(
        "Everybody who has it comes in under a name of their own choice. It works until the call ends, at the latest "
        "{when}. Revoke lets nobody else in by it; who is in the meeting stays."
    ).format(when=f"<!date^{int(expires_at.timestamp())}^{shown}|{otherwise}>")


def revoked() -> str:
    """Say that a link for guests no longer works."""
    return _("The guest link no longer works. Press Guest link again for a new one.")
