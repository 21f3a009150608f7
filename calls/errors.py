"""Everything that can go wrong, as one tree.

- CallsError: has a stable `code`, and its class says whether trying again can help
    - UsageError: the person who asked can put it right
    - ConfigError: whoever runs the app can put it right
    - ProviderError: a meeting system did not do its part
        - ProviderDown (retry): it may work later
        - ProviderAuth: it no longer accepts our credentials
        - ProviderRefused: it will never do this
    - SlackError: Slack did not do its part
        - SlackRateLimited (retry): not before `retry_after_s`
        - SlackUnreachable (retry): no byte of the request reached Slack, so it can safely be sent again
        - SlackOutcomeUnknown (retry, after looking): Slack may have done it, and its answer was lost
        - SlackMigrating (retry): the workspace or channel is being moved and comes back
        - SlackRefused: Slack said no, and will say so again; codes we do not know are of this class itself
            - SlackTokenDead: the app is not, or no longer, installed with this token
            - SlackScopeMissing: the app was installed without a permission
            - SlackNotAllowed: an admin's rule, or Slack's plan, forbids it
            - SlackCallGone: the call has ended or was never there
            - SlackBadUsers: somebody is already in the call, or not in it
            - SlackUserNotFound: somebody is unknown in this workspace
            - SlackChannelRefused: the app may not post in this conversation
            - SlackTriggerExpired: a dialog came too late for the press it belongs to
            - SlackViewGone: a dialog was closed or changed meanwhile
            - SlackMessageGone: a message was deleted or can no longer be changed
            - SlackArgumentRefused: our own request was wrong
            - SlackResponseUrlGone: a response_url is used up, expired or not Slack's
            - SlackSignInRefused: somebody's signing in with Slack did not come to its end
            - SlackInstallRefused: the app was not installed in a workspace
    - StorageError (retry): the database did not take or give it
        - StaleCallError (retry): the call was changed by somebody else since it was read
    - StateError: our own code asked for something that makes no sense; nothing was sent

An error is final or it is retried, never both. Errors hold data; `calls.words.errors` turns them into sentences.
"""

# The names say what happened at Slack; `Error` at the end of each would only make them longer.
# ruff: noqa: N818

from __future__ import annotations

from typing import ClassVar


class CallsError(Exception):
    """Tell what went wrong, as data.

    Args:
        code: stable name of the reason, in lower case with underscores.
        detail: more for the log and for whoever runs the app; never a secret.
    """

    retryable: ClassVar[bool] = False

    def __init__(self, code: str, *, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code} ({self.detail})" if self.detail else self.code


class UsageError(CallsError):
    """The person who asked can put it right."""


class ConfigError(CallsError):
    """Whoever runs the app can put it right."""


class ProviderError(CallsError):
    """A meeting system did not do its part.

    Args:
        provider: its name, as people choose it.
    """

    def __init__(self, code: str, *, provider: str = "", detail: str = "") -> None:
        super().__init__(code, detail=detail)
        self.provider = provider

    def __str__(self) -> str:
        return f"{self.provider}: {super().__str__()}" if self.provider else super().__str__()


class ProviderDown(ProviderError):
    """The meeting system does not work now, and may later.

    Args:
        retry_after_s: what it asked us to wait, in seconds; 0 when it did not say.
    """

    retryable = True

    def __init__(self, code: str, *, provider: str = "", detail: str = "", retry_after_s: float = 0.0) -> None:
        super().__init__(code, provider=provider, detail=detail)
        self.retry_after_s = retry_after_s


class ProviderAuth(ProviderError):
    """The meeting system no longer accepts our credentials."""


class ProviderRefused(ProviderError):
    """The meeting system will never do this."""


class SlackError(CallsError):
    """Slack did not do its part.

    Args:
        code: Slack's own error code, or one of ours where Slack gave none.
        method: the Web API method, or `response_url`.
    """

    def __init__(self, code: str, method: str, *, detail: str = "") -> None:
        super().__init__(code, detail=detail)
        self.method = method

    def __str__(self) -> str:
        return f"{self.method}: {super().__str__()}"


class SlackRateLimited(SlackError):
    """Slack wants fewer requests; it did nothing.

    Args:
        retry_after_s: seconds until the same method may be asked again in this workspace, at least 1.
    """

    retryable = True

    def __init__(self, code: str, method: str, *, retry_after_s: int, detail: str = "") -> None:
        super().__init__(code, method, detail=detail)
        self.retry_after_s = retry_after_s


class SlackUnreachable(SlackError):
    """No byte of the request reached Slack: no address, no connection or no TLS."""

    retryable = True


class SlackOutcomeUnknown(SlackError):
    """Slack may or may not have done it: try again only after looking."""

    retryable = True


class SlackMigrating(SlackError):
    """The workspace or channel is being moved and is out of reach until that is done; Slack did nothing."""

    retryable = True


class SlackRefused(SlackError):
    """Slack said no, and will say so again."""


class SlackTokenDead(SlackRefused):
    """The token is missing, wrong, expired or revoked: nothing will work in this workspace until a reinstall."""


class SlackScopeMissing(SlackRefused):
    """The app was installed without a permission.

    Args:
        needed: the scopes that Slack asks for, separated by commas; may be empty.
        provided: the scopes that the token has, separated by commas; may be empty.
    """

    def __init__(self, code: str, method: str, *, needed: str = "", provided: str = "") -> None:
        super().__init__(code, method, detail=f"needed {needed or 'unknown'}, provided {provided or 'unknown'}")
        self.needed = needed
        self.provided = provided


class SlackNotAllowed(SlackRefused):
    """A rule of the workspace, the organisation or the plan forbids it."""


class SlackCallGone(SlackRefused):
    """The call has ended at Slack or was never there."""


class SlackBadUsers(SlackRefused):
    """Somebody to be added is in the call already, or somebody to be removed is not."""


class SlackUserNotFound(SlackRefused):
    """Somebody is unknown in this workspace."""


class SlackChannelRefused(SlackRefused):
    """The app may not post in this conversation."""


class SlackTriggerExpired(SlackRefused):
    """The press that a dialog was to answer is too long ago, or was answered already."""


class SlackViewGone(SlackRefused):
    """A dialog was closed, or changed since it was read."""


class SlackMessageGone(SlackRefused):
    """A message was deleted, or can no longer be changed."""


class SlackArgumentRefused(SlackRefused):
    """Our own request was wrong: a defect of this app, or Slack has changed."""


class SlackResponseUrlGone(SlackRefused):
    """A response_url was used five times, is older than 30 minutes, or is not one of Slack's."""


class SlackSignInRefused(SlackRefused):
    """Somebody's signing in with Slack did not come to its end, or what Slack said of them cannot be trusted."""


class SlackInstallRefused(SlackRefused):
    """The app was not installed in a workspace: somebody said no, or what came back from Slack is not right."""


class StorageError(CallsError):
    """The database did not take or give it; nothing was changed."""

    retryable = True


class StaleCallError(StorageError):
    """The call was changed since it was read, or its work was taken over, by somebody else: read it again."""


class StateError(CallsError):
    """Our own code asked for something that makes no sense; nothing was sent."""
