"""What people read on the pages they come to when they join."""

from __future__ import annotations

from dataclasses import dataclass

from calls.errors import CallsError, ProviderError, StorageError
from calls.words.errors import sentence_for


@dataclass(frozen=True, slots=True)
class PageWords:
    """What a page says.

    Args:
        text: what happened, and what to do next; words between backticks are to be typed.
    """

    title: str
    text: str


_TITLES = {
    "account_link_stale": "Please connect again",
    "account_not_given": "No account was connected",
    "guest_link_expired": "This link is too old",
    "guest_name_not_usable": "What is your name?",
    "join_call_over": "The call is over",
    "join_link_expired": "This link is too old",
    "join_link_of_other": "This link is somebody else’s",
    "join_link_revoked": "This link was taken back",
    "join_link_unknown": "No call here",
    "join_link_used": "This link was used before",
    "not_from_our_page": "That did not work",
    "room_not_ready": "One moment",
    "sign_in_cancelled": "You did not sign in",
    "sign_in_stale": "Please join again",
}


def about(error: CallsError) -> PageWords:
    """Say why somebody is not let in."""
    title = _TITLES.get(error.code)
    if title is None:
        title = "Not right now" if isinstance(error, ProviderError | StorageError) else "That did not work"
    return PageWords(title, sentence_for(error))


def press_join() -> PageWords:
    """Say how to get a link, where people cannot sign in."""
    return PageWords(
        "Join from Slack",
        "Everybody gets a link of their own here. In Slack, press Join under the call’s card, or type "
        "`/startcall join`, and Slack shows you yours. If you are not in that workspace, ask whoever invited you for a "
        "guest link.",
    )


def sign_in() -> PageWords:
    """Ask somebody to sign in."""
    return PageWords(
        "Join the call",
        "Sign in with Slack, so that the others see who joined. This browser then remembers you for 12 hours.",
    )


def not_in_slack() -> str:
    """Say what people without Slack do."""
    return "Not in Slack? Ask whoever invited you for a guest link."


def from_elsewhere(name: str, team_name: str) -> PageWords:
    """Ask somebody of another workspace how to go in."""
    where = team_name or "another workspace"
    return PageWords(
        "You come from another workspace",
        f"You are signed in as {name} of {where}, and this call belongs to another workspace. You can join all the "
        "same; the others then see you as a guest with this name.",
    )


def guest(title: str) -> PageWords:
    """Ask a guest for a name."""
    return PageWords(f"Join “{title}”", "You were invited as a guest. The others see the name you type here.")


def entering(name: str) -> PageWords:
    """Say that somebody is on the way in."""
    return PageWords("The meeting opens", f"You join as {name}. If nothing happens, follow the link.")


def signed_out() -> PageWords:
    """Say that somebody is signed out."""
    return PageWords(
        "You are signed out", "This browser no longer knows who you are. To join a call, press Join in Slack."
    )


def preview() -> PageWords:
    """Say what programs that look at links are shown."""
    return PageWords("Startcall", "This link leads to a call. Open it in a browser to join.")


def signed_in_as(name: str) -> str:
    """Say who this browser is signed in as."""
    return f"Signed in as {name}."
