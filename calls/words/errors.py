"""The sentences people read about an error: what happened, and what to do next.

Sentences are put together here, in English, and said in the language that is being spoken, as whole sentences. Those
of `setup_errors.CONFIG` are for operators, and stay English but for the few that people meet in Slack.

The table is also what `docs/errors.md` is made from (`python -m scripts.error_table`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from calls import errors
from calls.errors import CallsError
from calls.words.install_errors import INSTALL_REFUSED
from calls.words.language import _, listed, n_
from calls.words.setup_errors import CONFIG, PROVIDER_AUTH, PROVIDER_DOWN, PROVIDER_REFUSED

_TELL = "Please tell whoever runs Startcall"
_REINSTALL = "A workspace admin has to install Startcall again."
_INVITE = "Type `/invite @Startcall` in it and try again."
_ELSEWHERE = "Please start the call in another conversation, or ask a workspace admin."
_ADMIN = "A workspace admin can change that."
_MEMBERS_ONLY = "Startcall is not a member of this conversation. " + _INVITE
_NO_BOT = (
    "Startcall was given a token of the wrong kind. Whoever runs it has to set `SLACK_BOT_TOKEN` to the app's bot "
    "token, which begins with `xoxb-`."
)
_NO_CLIENT = (
    "Slack does not know this app by its id and secret. Whoever runs Startcall has to copy `SLACK_CLIENT_ID` and "
    "`SLACK_CLIENT_SECRET` anew."
)
_NEW_OWN_LINK = "Press Join in Slack once more, or type `/startcall join`, for a new one."
_NEW_GUEST_LINK = "Ask whoever sent it to you for a new one."

_USAGE: dict[str, str] = {
    "": "Startcall cannot do that. `/startcall help` shows what you can type.",
    "account_link_stale": (
        "This way to connect an account is used up or too old. Open `/startcall settings` in Slack and press Connect "
        "once more."
    ),
    "account_not_given": (
        "Nothing was connected, because it was not allowed there. To try again, open `/startcall settings` in Slack."
    ),
    "account_not_yours": (
        "Nothing was connected, because somebody else is signed in to Slack in this browser. Sign in there as "
        "yourself, then open `/startcall settings` in Slack and try again."
    ),
    "guest_link_expired": "Guest links work for 24 hours, and this one is older. " + _NEW_GUEST_LINK,
    "guest_link_full": (
        "Guest links have let 500 people into this call, and let in no more. Join in Slack if you have it, or ask "
        "whoever sent you the link to start another call."
    ),
    "guest_link_not_needed": (
        "This meeting has one address for everybody, so guests need no link of their own. Send them the one that "
        "`/startcall list` shows."
    ),
    "guest_name_not_usable": "Please type the name the others know you by: 1 to 80 characters that can be read.",
    "join_call_over": "This call has ended. To meet again, start a new one in Slack with `/startcall`.",
    "join_link_expired": "Your own link works for 10 minutes, and this one is older. " + _NEW_OWN_LINK,
    "join_link_of_other": (
        "This link belongs to somebody else in your workspace. Press Join in Slack for a link of your own, or sign out "
        "here if it is yours after all."
    ),
    "join_link_revoked": "This link was taken back. " + _NEW_GUEST_LINK,
    "join_link_unknown": "This link leads to no call. Press Join in Slack, or type `/startcall list` to see what runs.",
    "join_link_used": "Your own link works once, and this one was used before. " + _NEW_OWN_LINK,
    "not_from_our_page": "That did not come from this page. Please open your link again and try once more.",
    "setting_not_usable": "Something in the settings cannot be chosen. Open them again and choose from the lists.",
    "room_not_ready": "The meeting is just being made. This page tries again by itself.",
    "room_ended": "This call is over for everybody. Start a new one in Slack with `/startcall`.",
    "room_full": (
        "There is room for {detail} people, and all places are taken. Ask somebody to leave and try again, or ask "
        "whoever runs Startcall for a meeting system with more room."
    ),
    "room_removed": (
        "Somebody in Slack took you out of this call. If that was a mistake, ask there, and press Join again."
    ),
    "room_link_expired": "Links to a call work for some minutes only. Press Join in Slack for a new one.",
    "room_link_unknown": "Everybody gets a link of their own to this call. Press Join on its card in Slack.",
}

_RATE_LIMITED: dict[str, str] = {
    "": "Slack lets Startcall do only so much at a time in this workspace. Please try again in {wait}.",
}

_UNREACHABLE: dict[str, str] = {
    "": "Startcall cannot reach Slack at the moment. Please try again in a few minutes; if it stays like this, whoever "
    "runs Startcall should check its connection to the internet.",
    "session_closed": "Startcall is just being restarted. Please try again in a moment.",
    "refresh_waits": "Startcall is just renewing its access to this workspace. Please try again in a moment.",
    "stopping": "Startcall is just being restarted. Please try again in a moment.",
}

_OUTCOME_UNKNOWN: dict[str, str] = {
    "": "Slack did not say whether this has worked. Please look whether it has before you try again.",
    "service_unavailable": "Slack is having a problem and may not have done this. Please look, and try again later.",
}

_MIGRATING: dict[str, str] = {
    "": "This workspace is being moved into an organisation, and apps cannot reach it until Slack has finished. Please "
    "try again later.",
    "external_channel_migrating": "This conversation is being moved by Slack. Please try again in a few minutes.",
}

_REFUSED: dict[str, str] = {
    "": "Slack refused this for a reason Startcall does not know: {reason}. " + _TELL + " this reason.",
    "http_refused": (
        "What answers in Slack's place does not answer like Slack. " + _TELL + ": `SLACK_API_URL` may be wrong, or a "
        "proxy in between is in the way."
    ),
    "unreadable_code": "Slack refused this and gave a reason that cannot be read. " + _TELL + ", who finds it in the "
    "log.",
}

_TOKEN_DEAD: dict[str, str] = {
    "": "Slack no longer lets Startcall into this workspace. " + _REINSTALL,
    "account_inactive": "Startcall was removed from this workspace, or the workspace was closed. " + _REINSTALL,
    "not_installed": "Startcall is not, or no longer, installed in this workspace. " + _REINSTALL,
    "refresh_refused": "Slack no longer renews Startcall's access to this workspace. " + _REINSTALL,
    "tokens_unreadable": (
        "Startcall cannot read its access to this workspace. Whoever runs it has to look at "
        "`STARTCALL_ENCRYPTION_KEY`; `python app.py doctor` says more."
    ),
    "token_revoked": "Startcall was removed from this workspace, or its access was withdrawn. " + _REINSTALL,
    "token_expired": "Startcall's access to this workspace has run out. " + _REINSTALL,
    "not_authed": (
        "Startcall is not installed in this workspace. A workspace admin has to install it, or whoever runs it has to "
        "set `SLACK_BOT_TOKEN`."
    ),
    "invalid_auth": (
        "Slack does not know the token Startcall has for this workspace. Whoever runs it has to copy the bot token "
        "anew into `SLACK_BOT_TOKEN`, or a workspace admin has to install Startcall again."
    ),
}

_SCOPE_MISSING: dict[str, str] = {
    "": "Startcall was installed without {needed}. A workspace admin can grant that by installing Startcall again.",
}

_NOT_ALLOWED: dict[str, str] = {
    "": "A rule of this workspace does not allow this ({reason}). " + _ADMIN,
    "accesslimited": "Slack takes no requests from the network Startcall runs in. " + _ADMIN,
    "app_access_restricted": "A rule of this workspace does not let you use Startcall. " + _ADMIN,
    "ekm_access_denied": "The admins have stopped messages in this conversation. " + _ELSEWHERE,
    "enterprise_is_restricted": "Slack does not allow this in an organisation. " + _TELL + ", who can install it in "
    "one workspace.",
    "is_bot": _NO_BOT,
    "message_limit_exceeded": (
        "This workspace has sent as many messages as its Slack plan allows. Please try again later, or ask a workspace "
        "admin."
    ),
    "no_permission": "Startcall has no permission for this conversation. " + _INVITE,
    "not_allowed_token_type": _NO_BOT,
    "not_authorized": "Slack does not let you start calls in this conversation. " + _ELSEWHERE,
    "not_enabled": (
        "Startcall's Home is switched off. Whoever runs it can switch it on in the app's settings at Slack, under App "
        "Home."
    ),
    "not_implemented": "Slack does not offer this to this workspace. " + _TELL + ", who can ask Slack why.",
    "team_access_not_granted": "Startcall has no access to this workspace. An admin of the organisation can grant it.",
    "two_factor_setup_required": (
        "This workspace asks for two-factor sign-in, which the account behind Startcall has not set up. A workspace "
        "admin can help."
    ),
}

_CALL_GONE: dict[str, str] = {
    "": "That call has ended. Start a new one with `/startcall`.",
    "invalid_call_id": "Slack no longer knows that call. Start a new one with `/startcall`.",
}

_BAD_USERS: dict[str, str] = {
    "": "Somebody of these is in the call already, or has left it already, so Slack changed nothing. Look at the card, "
    "and try again with the others.",
}

_USER_NOT_FOUND: dict[str, str] = {
    "": "Slack does not know somebody of these in this workspace. Please try again without people from elsewhere.",
    "invalid_created_by": (
        "Slack does not know you as a member of this workspace. Please let somebody who is one start the call."
    ),
}

_CHANNEL_REFUSED: dict[str, str] = {
    "": "Startcall may not post in this conversation. " + _INVITE,
    "cannot_reply_to_message": "Slack takes no replies to that message. Please start the call outside the thread.",
    "channel_not_found": "Startcall cannot see this conversation, as it is private or was deleted. " + _INVITE,
    "is_archived": "This channel is archived. Unarchive it, or start the call in another conversation.",
    "is_inactive": "This channel is archived, frozen or deleted. Please use another conversation.",
    "messages_tab_disabled": (
        "Startcall cannot send direct messages. Whoever runs it can switch on the Messages Tab in the app's settings "
        "at Slack, under App Home."
    ),
    "not_in_channel": _MEMBERS_ONLY,
    "restricted_action": "Not everybody may post in this conversation, and Startcall may not. " + _ELSEWHERE,
    "restricted_action_non_threadable_channel": (
        "This conversation has no threads. Please start the call outside a thread."
    ),
    "restricted_action_read_only_channel": "This conversation can only be read. " + _ELSEWHERE,
    "restricted_action_thread_locked": "This thread is locked. Please start the call outside it.",
    "restricted_action_thread_only_channel": "This conversation takes messages only in threads. " + _ELSEWHERE,
    "user_not_in_channel": "That person is not in this conversation. Please invite them to it first.",
}

_TRIGGER_EXPIRED: dict[str, str] = {
    "": "That took longer than the 3 seconds in which Slack lets a dialog open. Please press or type it again.",
}

_VIEW_GONE: dict[str, str] = {
    "": "That dialog was closed or has changed in the meantime. Please open it again.",
}

_MESSAGE_GONE: dict[str, str] = {
    "": "The call's message can no longer be changed. `/startcall list` shows what is running.",
    "message_not_found": "The call's message was deleted. `/startcall list` shows what is running.",
}

_ARGUMENT_REFUSED: dict[str, str] = {
    "": "Slack did not understand Startcall ({reason}). You did nothing wrong. " + _TELL + " this reason.",
}

_RESPONSE_URL_GONE: dict[str, str] = {
    "": "Slack takes answers for 30 minutes only, and that was longer ago. Please type or press it again.",
    "response_url_foreign": (
        "A request asked for its answer at an address that is not Slack's, so no answer was sent. " + _TELL + "."
    ),
    "used_url": "Slack takes five answers to one command or press, and has had them. Please type or press it again.",
}

_SIGN_IN_REFUSED: dict[str, str] = {
    "": "Signing in with Slack did not work ({reason}). Please press Join in Slack once more.",
    "sign_in_cancelled": "You did not sign in with Slack. To join, press Join in Slack once more and allow it.",
    "sign_in_stale": (
        "This sign-in was finished before, took longer than 10 minutes, or was begun in another browser. Please press "
        "Join in Slack once more."
    ),
    "sign_in_not_trusted": (
        "What Slack said about you could not be verified, so you were not signed in. Please press Join in Slack once "
        "more; if it happens again, tell whoever runs Startcall."
    ),
    "bad_client_secret": _NO_CLIENT,
    "invalid_client": _NO_CLIENT,
    "invalid_client_id": _NO_CLIENT,
    "bad_redirect_uri": (
        "Slack does not send people back to this address. Whoever runs Startcall has to add it in the app's settings "
        "at Slack, under OAuth & Permissions, Redirect URLs."
    ),
}

_STORAGE: dict[str, str] = {
    "": "Startcall could not save that just now, so nothing was done. Please try again in a moment.",
    "not_readable": "Startcall cannot read its database at the moment. Please try again in a moment.",
}

_STALE_CALL: dict[str, str] = {
    "": "Somebody else changed that call at the same moment. Please try again.",
}

_STATE: dict[str, str] = {
    "": "Startcall made a mistake ({reason}), and nothing was sent to Slack. " + _TELL + " this reason.",
}

_ANY: dict[str, str] = {
    "": "Something went wrong ({reason}). Please try again, and if it happens again, tell whoever runs Startcall.",
}

SENTENCES: dict[type[CallsError], dict[str, str]] = {
    errors.UsageError: _USAGE,
    errors.ConfigError: CONFIG,
    errors.ProviderDown: PROVIDER_DOWN,
    errors.ProviderAuth: PROVIDER_AUTH,
    errors.ProviderRefused: PROVIDER_REFUSED,
    errors.SlackRateLimited: _RATE_LIMITED,
    errors.SlackUnreachable: _UNREACHABLE,
    errors.SlackOutcomeUnknown: _OUTCOME_UNKNOWN,
    errors.SlackMigrating: _MIGRATING,
    errors.SlackRefused: _REFUSED,
    errors.SlackTokenDead: _TOKEN_DEAD,
    errors.SlackScopeMissing: _SCOPE_MISSING,
    errors.SlackNotAllowed: _NOT_ALLOWED,
    errors.SlackCallGone: _CALL_GONE,
    errors.SlackBadUsers: _BAD_USERS,
    errors.SlackUserNotFound: _USER_NOT_FOUND,
    errors.SlackChannelRefused: _CHANNEL_REFUSED,
    errors.SlackTriggerExpired: _TRIGGER_EXPIRED,
    errors.SlackViewGone: _VIEW_GONE,
    errors.SlackMessageGone: _MESSAGE_GONE,
    errors.SlackArgumentRefused: _ARGUMENT_REFUSED,
    errors.SlackResponseUrlGone: _RESPONSE_URL_GONE,
    errors.SlackSignInRefused: _SIGN_IN_REFUSED,
    errors.SlackInstallRefused: INSTALL_REFUSED,
    errors.StorageError: _STORAGE,
    errors.StaleCallError: _STALE_CALL,
    errors.StateError: _STATE,
    CallsError: _ANY,
}
"""By class and code; the empty code stands for all codes of a class without a sentence of their own."""

_MET_IN_SLACK = ("", "unknown_provider")


def sentence_for(error: CallsError) -> str:
    """Return what people read about an error: what happened and what to do next."""
    return _(template_for(type(error), error.code)).format_map(_values(error))


def template_for(error_class: type[CallsError], code: str) -> str:
    """Return the sentence of a class and code, with places in braces for what an error brings along."""
    table = next(SENTENCES[parent] for parent in error_class.__mro__ if parent in SENTENCES)
    return table.get(code, table[""])


def templates_said() -> Iterator[str]:
    """Yield every sentence of the tables that people read, for translators."""
    for table in SENTENCES.values():
        yield from (table[code] for code in _MET_IN_SLACK) if table is CONFIG else table.values()


def _values(error: CallsError) -> dict[str, str]:
    values = {"reason": f"`{_harmless(error.code)}`", "detail": _harmless(error.detail)}
    if isinstance(error, errors.ProviderError):
        values["provider"] = _("The meeting system {name}").format(name=_harmless(error.provider)).rstrip()
    if isinstance(error, errors.SlackRateLimited | errors.ProviderDown):
        values["wait"] = _wait(round(error.retry_after_s))
    if isinstance(error, errors.SlackScopeMissing):
        values["needed"] = _permissions(error.needed)
    return values


def _wait(seconds: int) -> str:
    if seconds < 100:  # noqa: PLR2004 - easily read
        return n_("a second", "{count} seconds", seconds).format(count=seconds)
    if seconds >= 2 * 3600:
        hours = math.ceil(seconds / 3600)
        return n_("{count} hour", "{count} hours", hours).format(count=hours)
    minutes = round(seconds / 60)
    return n_("{count} minute", "{count} minutes", minutes).format(count=minutes)


def _permissions(needed: str) -> str:
    scopes = re.findall(r"[a-z0-9_.:-]+", needed)
    if not scopes:
        return _("a permission it needs")
    named = listed([f"`{scope}`" for scope in scopes])
    return n_("the permission {scopes}", "the permissions {scopes}", len(scopes)).format(scopes=named)


def _harmless(text: str) -> str:
    """Return text in one short line in which nothing is a mention, a link or code."""
    return " ".join(re.sub(r"[<>&`]", " ", text).split())[:200]
