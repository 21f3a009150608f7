"""What the calls package needs from outside: a store, wake-ups, a clock; meeting systems are in `calls.meetings`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from calls.budgets import Place
from calls.conversation import Conversation
from calls.invitation import Invitation
from calls.limits import CrowdTransaction
from calls.model import (
    Call,
    CallId,
    ChannelId,
    Delivery,
    JoinLink,
    Notice,
    Participant,
    Reply,
    Session,
    TeamId,
    UserId,
    Visitor,
)
from calls.past import PastTransaction
from calls.plan_store import PlanTransaction
from calls.preferences import Holder, PreferenceChange
from calls.profile import Profile
from calls.status_store import StatusTransaction
from calls.work import WorkId

Answer = TypeVar("Answer")

Clock = Callable[[], datetime]
"""Returns the present time as an aware UTC datetime."""


class Transaction(CrowdTransaction, PastTransaction, PlanTransaction, StatusTransaction, Protocol):
    """Reads and writes that happen together or not at all."""

    def call(self, call_id: CallId) -> Call | None:
        """Return a call, or None when there is none with this id."""

    def open_calls(self, team_id: TeamId, channel_id: ChannelId | None = None) -> Sequence[Call]:
        """Return the calls people may still join, oldest first, of one conversation or of the workspace."""

    def live_call(self, team_id: TeamId, live_key: str) -> Call | None:
        """Return the open call that has a place, or None; two never have the same."""

    def calls_of(self, team_id: TeamId, user_id: UserId) -> Sequence[Call]:
        """Return the open calls that a person started, is in or is invited to, oldest first."""

    def unfinished_calls(self) -> Sequence[Call]:
        """Return every call that has not come to rest, of all workspaces, oldest first."""

    def stuck_calls(self) -> Sequence[Call]:
        """Return every call of which nothing more is tried, of all workspaces, oldest first."""

    def call_named(self, named: str) -> Call | None:
        """Return the newest call with an id: ours, Slack's, or the one on its card."""

    def call_at_slack(self, slack_call_id: str) -> Call | None:
        """Return the newest call with an id of Slack's, or None."""

    def add_call(self, call: Call) -> None:
        """Store a new call."""

    def save_call(self, call: Call, since: Call | None = None) -> Call:
        """Store a changed call and return it with its new version.

        Args:
            since: the call as it was read, in the same version; what is as it was then is not stored again.

        Raises:
            StaleCallError: when the stored version is no longer `call.version`.
        """

    def participants(self, call_id: CallId) -> Sequence[Participant]:
        """Return everybody who is or was in a call, in the order in which they first joined."""

    def save_participant(self, participant: Participant) -> None:
        """Store somebody of a call, new or changed."""

    def save_participants(self, participants: Sequence[Participant]) -> None:
        """Store people of calls, new or changed, each named once."""

    def invitations(self, call_id: CallId) -> Sequence[Invitation]:
        """Return what became of the invitations to a call, in no order that means anything."""

    def save_invitation(self, invitation: Invitation) -> None:
        """Store what became of an invitation."""

    def call_in_room(self, provider: str, room_id: str) -> Call | None:
        """Return the newest call that takes or took place in a room, or None."""

    def call_of_join_token(self, token: str) -> Call | None:
        """Return the call our own page knows by a token, or None."""

    def sessions(self, call_id: CallId) -> Sequence[Session]:
        """Return every device that was ever reported in a call's room."""

    def sessions_of(self, call_id: CallId, ids: Sequence[str], keys: Sequence[str]) -> Sequence[Session]:
        """Return devices by id and by person, with every other device of the same people."""

    def save_session(self, session: Session) -> None:
        """Store a device, new or changed."""

    def save_sessions(self, sessions: Sequence[Session]) -> None:
        """Store devices, new or changed, each named once."""

    def visitors(self, call_id: CallId) -> Sequence[Visitor]:
        """Return everybody who was let in to a call by a link of ours."""

    def visitors_with(self, call_id: CallId, ids: Sequence[str]) -> Sequence[Visitor]:
        """Return those of them who have one of these ids."""

    def add_visitor(self, visitor: Visitor) -> None:
        """Store somebody who is let in."""

    def link(self, link_id: str) -> JoinLink | None:
        """Return a link, or None."""

    def links(self, call_id: CallId) -> Sequence[JoinLink]:
        """Return the links of a call, oldest first."""

    def save_link(self, link: JoinLink) -> None:
        """Store a link, new or changed."""

    def profile(self, team_id: TeamId, user_id: UserId) -> Profile | None:
        """Return what Slack said of a person, or None."""

    def save_profile(self, profile: Profile) -> None:
        """Store what Slack said of a person."""

    def conversations(self, team_id: TeamId, channel_id: ChannelId) -> Sequence[Conversation]:
        """Return what is known of a conversation, and of the one that everybody is in."""

    def save_conversation(self, conversation: Conversation) -> None:
        """Store what Slack said of a conversation."""

    def chosen(self, team_id: TeamId, holder: Holder, holder_id: str) -> Mapping[str, object]:
        """Return what was chosen, as `calls.preferences.stored_form` gives it; empty when nothing was."""

    def all_chosen(
        self, team_id: TeamId, channel_id: ChannelId, user_id: UserId
    ) -> Mapping[Holder, Mapping[str, object]]:
        """Return what a workspace, a conversation and a person chose, in one read; who chose nothing is left out."""

    def save_chosen(self, team_id: TeamId, holder: Holder, holder_id: str, chosen: Mapping[str, object]) -> None:
        """Store what was chosen."""

    def add_preference_change(self, change: PreferenceChange) -> None:
        """Store that somebody chose something."""

    def preference_changes(self, team_id: TeamId, limit: int) -> Sequence[PreferenceChange]:
        """Return the newest choices of a workspace, newest first."""

    def add_notice(self, notice: Notice) -> None:
        """Store a sentence that is to be told."""

    def notices(self, call_id: CallId) -> Sequence[Notice]:
        """Return the sentences of a call that are still to be told, oldest first."""

    def drop_notice(self, notice_id: int) -> None:
        """Forget a sentence that was told, or that cannot be told."""


class Storage(Protocol):
    """Keeps calls; every answer given is on disk."""

    async def accept(self, delivery: Delivery, work: Callable[[Transaction], Reply]) -> Reply:
        """Do the work of a delivery once and return its reply; a copy gets the first one's reply.

        `work` may be run again after a conflict, so it must have no effect but on the transaction.

        Raises:
            StorageError: when it could not be stored; nothing was changed then.
        """

    async def write(self, work: Callable[[Transaction], Answer]) -> Answer:
        """Run `work` in one transaction and return its answer.

        Raises:
            StorageError: when it could not be stored; nothing was changed then.
        """

    async def read(self, work: Callable[[Transaction], Answer]) -> Answer:
        """Run `work` on one consistent view of the data.

        Raises:
            StorageError: when the data cannot be read now.
        """

    async def due(self, now: datetime, limit: int) -> Sequence[WorkId]:
        """Return the calls, plans and statuses whose `due_at` has come, the longest due first."""

    async def next_due_at(self) -> datetime | None:
        """Return when the next call, plan or status is due, or None when none is waiting."""


class WakeUps(Protocol):
    """Sees to it that `advance` runs for a call soon, and again after a crash."""

    def wake(self, work_id: WorkId) -> None:
        """Ask that a call or plan be advanced now; asking twice, or for one that needs nothing, does no harm."""

    def wake_at(self, work_id: WorkId, due_at: datetime) -> None:
        """Ask that a call or plan whose row says when it is due be advanced then, and not only with the next sweep."""


class Budgets(Protocol):
    """Lines in which the requests of all processes wait for their turn, one line for each budget of Slack's.

    Every method raises StorageError when the line cannot be had now.
    """

    async def join(self, key: str) -> Place:
        """Take the next place in a line."""

    async def wait_s(self, key: str, number: int) -> float:
        """Return how long a place has to wait from now: it may have become longer, never shorter."""

    async def hold(self, key: str, number: int, seconds: float) -> None:
        """Let nobody of a line send anything for a while, because the request of a place was refused.

        The refused place comes first afterwards, and the others behind it in their order.
        """
