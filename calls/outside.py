"""Everything outside that the steps of a call need, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from calls.asking import Asking
from calls.groups import Groups
from calls.limits import Limits
from calls.meetings import Capability, Provider
from calls.model import Call
from calls.ports import Clock, Transaction
from calls.profiles import Profiles
from calls.reports import Reports
from calls.sizes import Sizes
from calls.slack.calls_api import CallsApi
from calls.slack.messages_api import MessagesApi
from calls.slack.users_api import UsersApi
from calls.workflows import EndRules

Record = Callable[[Transaction, Call], Call]
"""Puts the result of a step into the call as it is stored now, and returns the changed call."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Slack, the meeting systems and the clock.

    Args:
        providers: by the name that is kept in each call.
        users: finds people by e-mail, and e-mails of people.
        profiles: what Slack says of people.
        groups: who is in user groups.
        sizes: how many people are in conversations.
        fallback: the name of the provider that takes calls whose own does not work, or None.
        site_url: where people's browsers reach our pages, without a slash at its end; None when they cannot.
        signs_in: whether our pages can ask people to sign in with Slack.
        sets_statuses: whether people can let us set their status.
        limits: how much people may ask for.
    """

    slack_calls: CallsApi
    messages: MessagesApi
    providers: Mapping[str, Provider]
    now: Clock
    reports: Reports
    users: UsersApi
    profiles: Profiles
    groups: Groups
    sizes: Sizes
    asking: Asking = field(default_factory=Asking)
    fallback: str | None = None
    rules: EndRules = field(default_factory=EndRules)
    site_url: str | None = None
    signs_in: bool = False
    sets_statuses: bool = False
    limits: Limits = field(default_factory=Limits)

    def gives_own_links(self, call: Call) -> bool:
        """Say whether everybody who joins a call through our pages gets a link to the meeting that is theirs alone."""
        provider = self.providers.get(call.provider)
        return self.site_url is not None and provider is not None and Capability.PERSON_LINK in provider.capabilities

    def joins_by_press(self, call: Call) -> bool:
        """Say whether Join on a card has to be pressed, as only Slack can tell who comes: our pages cannot."""
        return not self.signs_in and self.gives_own_links(call)

    def opens(self, call: Call) -> str | None:
        """Return what a button to join a call opens; None where the press itself gives the link."""
        return None if self.joins_by_press(call) else call.join_url
