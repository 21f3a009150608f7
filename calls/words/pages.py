"""What people read on the pages they come to when they join."""

from __future__ import annotations

from dataclasses import dataclass

from calls.errors import CallsError, ProviderError, StorageError
from calls.words.errors import sentence_for
from calls.words.language import _


@dataclass(frozen=True, slots=True)
class PageWords:
    """What a page says.

    Args:
        text: what happened, and what to do next; words between backticks are to be typed.
    """

    title: str
    text: str


def about(error: CallsError) -> PageWords:
    """Say why somebody is not let in."""
    return PageWords(_titles().get(error.code) or _usual_title(error), sentence_for(error))


def press_join() -> PageWords:
    """Say how to get a link, where people cannot sign in."""
    return PageWords(
        _("Join from Slack"),
        _(
            "Everybody gets a link of their own here. In Slack, press Join under the call’s card, or type "
            "`/startcall join`, and Slack shows you yours. If you are not in that workspace, ask whoever invited you "
            "for a guest link."
        ),
    )


def sign_in() -> PageWords:
    """Ask somebody to sign in."""
    return PageWords(
        _("Join the call"),
        _("Sign in with Slack, so that the others see who joined. This browser then remembers you for 12 hours."),
    )


def not_in_slack() -> str:
    """Say what people without Slack do."""
    return _("Not in Slack? Ask whoever invited you for a guest link.")


def from_elsewhere(name: str, team_name: str) -> PageWords:
    """Ask somebody of another workspace how to go in."""
    if team_name:
        text = _(
            "You are signed in as {name} of {workspace}, and this call belongs to another workspace. You can join all "
            "the same; the others then see you as a guest with this name."
        )
    else:
        text = _(
            "You are signed in as {name} of another workspace than the one this call belongs to. You can join all the "
            "same; the others then see you as a guest with this name."
        )
    return PageWords(_("You come from another workspace"), text.format(name=name, workspace=team_name))


def guest(title: str) -> PageWords:
    """Ask a guest for a name."""
    return PageWords(
        _("Join “{title}”").format(title=title),
        _("You were invited as a guest. The others see the name you type here."),
    )


def entering(name: str) -> PageWords:
    """Say that somebody is on the way in."""
    return PageWords(
        _("The meeting opens"), _("You join as {name}. If nothing happens, follow the link.").format(name=name)
    )


def signed_out() -> PageWords:
    """Say that somebody is signed out."""
    return PageWords(
        _("You are signed out"), _("This browser no longer knows who you are. To join a call, press Join in Slack.")
    )


def preview() -> PageWords:
    """Say what programs that look at links are shown."""
    return PageWords("Startcall", _("This link leads to a call. Open it in a browser to join."))


def signed_in_as(name: str) -> str:
    """Say who this browser is signed in as."""
    return _("Signed in as {name}.").format(name=name)


def open_meeting() -> str:
    """Return what is on the link to the meeting."""
    return _("Open the meeting")


def join() -> str:
    """Return what is on the button by which a guest joins."""
    return _("Join")


def join_as_guest() -> str:
    """Return what is on the button by which somebody of another workspace joins."""
    return _("Join as a guest")


def sign_in_here() -> str:
    """Return what is on the link for those who have an account in the call's workspace too."""
    return _("Sign in to the call’s own workspace instead")


def sign_in_button() -> str:
    """Return what is on the link that leads to Slack."""
    return _("Sign in with Slack")


def sign_in_elsewhere() -> str:
    """Return what is on the link for people of other workspaces."""
    return _("I use Slack in another workspace")


def sign_out_button() -> str:
    """Return what is on the button that signs out."""
    return _("Sign out")


def your_name() -> str:
    """Return the label of the field for a guest's name."""
    return _("Your name")


def try_again() -> str:
    """Return what is on the link that asks for the same once more."""
    return _("Try again")


def _usual_title(error: CallsError) -> str:
    if isinstance(error, ProviderError | StorageError):
        return _("Not right now")
    return _("That did not work")


def _titles() -> dict[str, str]:
    return {
        "account_link_stale": _("Please connect again"),
        "account_not_given": _("No account was connected"),
        "account_not_yours": _("No account was connected"),
        "guest_link_expired": _("This link is too old"),
        "guest_link_full": _("No more guests can come in"),
        "guest_name_not_usable": _("What is your name?"),
        "join_call_over": _("The call is over"),
        "join_link_expired": _("This link is too old"),
        "join_link_of_other": _("This link is somebody else’s"),
        "join_link_revoked": _("This link was taken back"),
        "join_link_unknown": _("No call here"),
        "join_link_used": _("This link was used before"),
        "not_from_our_page": _("That did not work"),
        "room_not_ready": _("One moment"),
        "sign_in_cancelled": _("You did not sign in"),
        "sign_in_stale": _("Please join again"),
    }
