"""What a call is: its states, its people and what has been told to Slack so far.

A call's row is its own checkpoint. Fields ending in `_told`, with `posted`, `slack_ended` and
`end_shown`, say what Slack has been told; the others say what should be true. The difference is the
work that is left, and `calls.workflows` does it one step at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType, Self

from calls.question import Question
from calls.recap import NO_RECAP, Recap
from calls.sequel import NO_SEQUEL, Sequel
from calls.unfurl import Unfurl
from calls.watch import Watch

CallId = NewType("CallId", str)
"""Our own id of a call: 32 hexadecimal digits, also its `external_unique_id` at Slack."""

TeamId = NewType("TeamId", str)
ChannelId = NewType("ChannelId", str)
UserId = NewType("UserId", str)


class CallState(StrEnum):
    """How far a call has come; a call only ever moves down this list, and the last three are final.

    A call that waits is not started yet: whoever asked for it is asked back first.
    """

    WAITING = "waiting"
    ACCEPTED = "accepted"
    ROOM_MADE = "room_made"
    REGISTERED = "registered"
    LIVE = "live"
    ENDING = "ending"
    ENDED = "ended"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Say whether people may still join."""
        return self not in {CallState.WAITING, CallState.ENDING} and not self.is_final

    @property
    def is_final(self) -> bool:
        """Say whether nothing can change any more."""
        return self in {CallState.ENDED, CallState.FAILED, CallState.WITHDRAWN}


class EndReason(StrEnum):
    """Why a call is over."""

    ENDED_BY_PERSON = "ended_by_person"
    ENDED_BY_OPERATOR = "ended_by_operator"
    ENDED_IN_SLACK = "ended_in_slack"
    ENDED_IN_ROOM = "ended_in_room"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    FAILED_TO_START = "failed_to_start"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in Slack who asked for something.

    Args:
        name: the handle Slack sent along, or an empty string; never used to tell people apart.
    """

    team_id: TeamId
    user_id: UserId
    name: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A place to meet, as a provider made it.

    Args:
        id: the provider's own id of the room.
        join_url: the meeting system's own address for everybody; holds no personal token.
        display_id: what people may read out to each other, or None.
        desktop_url: address that opens the provider's desktop program, or None.
        memo: whatever the provider wants to find again with the room, at most 4,000 characters; not shown to anybody,
            and no secret.
    """

    id: str
    join_url: str
    display_id: str | None = None
    desktop_url: str | None = None
    memo: str = ""


@dataclass(frozen=True, slots=True)
class ResponseUrl:
    """An address at which Slack takes messages for one conversation without membership.

    Slack accepts it 5 times within 30 minutes.
    Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
    """

    url: str
    expires_at: datetime


class ArtifactKind(StrEnum):
    """What a meeting leaves behind."""

    RECORDING = "recording"
    TRANSCRIPT = "transcript"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Artifact:
    """Something a meeting left behind.

    Args:
        url: https address at which people of the meeting can have it; without a passcode or a download token.
    """

    kind: ArtifactKind
    url: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call, from the accepted command to its final state.

    Args:
        display_id: what people type after `end` or `join`, such as `4K7-9QM`.
        title_told: the title Slack last was told; None before it was registered.
        message_ts: where the card is; None while it is not posted or was posted by response_url.
        join_url: where Slack sends people who join: our own page, or the room's address; set with the room.
        join_token: what our own page knows the call by; 128 random bits.
        start_url: the response_url of the command or shortcut that started the call.
        card_url: the response_url of the newest press of a button on the card; can change that card.
        due_at: when the next step should be tried; None when nothing is left to do.
        tries: how often the present step was tried without success.
        registrations: how many ids Slack has refused as taken after an answer was lost.
        stuck_code: why nothing more is tried until somebody sees to it, or None.
        claims_offered: whether the card has a button for people the meeting system knows by another name.
        invited_told: what the card shows of the invitations, as a fingerprint; `invited_tell_at` is when to show more.
        sequel: whether the call goes on after its end, or goes on with another one.
        wait_told: whether the starter knows that the card has to wait.
        language: what its card is written in, as `calls.words.language` names it.
        unfurl: the pasted link that the card is shown under, instead of in a message of ours.
        live_key: the place that no two open calls have, or None for one that has none; see `calls.place`.
        silent: whether nobody is rung or mentioned.
        question: what its starter is asked back while it waits, or None.
        version: grows by one with every write.
    """

    id: CallId
    display_id: str
    team_id: TeamId
    channel_id: ChannelId
    title: str
    started_by: UserId
    provider: str
    created_at: datetime
    thread_ts: str | None = None
    invited: tuple[UserId, ...] = ()
    state: CallState = CallState.ACCEPTED
    live_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: UserId | None = None
    end_reason: EndReason | None = None
    error_code: str | None = None
    room: Room | None = None
    join_url: str | None = None
    join_token: str = ""
    watch: Watch = field(default_factory=Watch)
    slack_call_id: str | None = None
    title_told: str | None = None
    posted: bool = False
    message_ts: str | None = None
    slack_ended: bool = False
    end_shown: bool = False
    start_url: ResponseUrl | None = None
    card_url: ResponseUrl | None = None
    due_at: datetime | None = None
    tries: int = 0
    registrations: int = 0
    wait_told: bool = False
    claims_offered: bool = False
    invited_told: str = ""
    invited_tell_at: datetime | None = None
    sequel: Sequel = NO_SEQUEL
    artifacts: tuple[Artifact, ...] = ()
    stuck_code: str | None = None
    language: str = "en"
    unfurl: Unfurl | None = None
    recap: Recap = NO_RECAP
    live_key: str | None = None
    silent: bool = False
    question: Question | None = None
    version: int = 0

    @property
    def is_direct_message(self) -> bool:
        """Say whether the call is in a conversation of two, which a bot is never part of."""
        return self.channel_id.startswith("D")

    @property
    def external_unique_id(self) -> str:
        """Return the id the call is registered at Slack with."""
        return self.id if self.registrations == 0 else f"{self.id}-{self.registrations}"

    @property
    def is_starting(self) -> bool:
        """Say whether people still wait for the card."""
        return self.state.is_open and not self.posted

    def ending(self, *, at: datetime, reason: EndReason, by: UserId | None = None) -> Self:
        """Return the call as one that is to be ended; the first end wins, later ones change nothing."""
        if not self.state.is_open:
            return self
        return replace(self, state=CallState.ENDING, ended_at=at, ended_by=by, end_reason=reason, due_at=at, tries=0)

    def retried(self, at: datetime) -> Self:
        """Return a call that was set aside as one that is tried again."""
        return replace(self, stuck_code=None, tries=0, due_at=at)

    @property
    def duration_s(self) -> int:
        """Whole seconds between start and end; 0 while the call is running."""
        if self.ended_at is None:
            return 0
        return max(0, int((self.ended_at - (self.live_at or self.created_at)).total_seconds()))


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who is or was in a call: a Slack person, or a guest known only to the provider.

    Args:
        key: tells people of one call apart: `slack:<user id>` or `guest:<provider's stable id>`.
        present: whether the person is in the call now.
        told: whether Slack shows the person as being in the call.
        left_at: when the last device of the person went; set while they are still shown, in case they come back.
        email: theirs for certain, until it was looked up at Slack whose it is; then None.
        same_as: the key of the Slack person they turned out to be; they themselves are then shown no more.
        stays_until: when they are taken for gone unless they are seen before; None while they are seen in the room,
            and for a meeting system that sees nobody.
    """

    call_id: CallId
    key: str
    present: bool
    told: bool
    joined_at: datetime
    left_at: datetime | None = None
    slack_id: UserId | None = None
    external_id: str | None = None
    display_name: str | None = None
    avatar_url: str | None = None
    stays_until: datetime | None = None
    same_as: str | None = None
    email: str | None = None

    @property
    def is_unknown(self) -> bool:
        """Say whether it is not known which Slack person, if any, this is."""
        return self.slack_id is None and self.same_as is None


@dataclass(frozen=True, slots=True)
class Session:
    """One device of somebody in a room, as its meeting system last reported it.

    Args:
        id: the meeting system's.
        key: the `Participant.key` of whose device it is; empty while only its going was reported.
        present: whether it is in the room.
        changed_at: when it came or went, by the meeting system's clock; older reports change nothing any more.
        heard_at: when we heard so, by our clock.
    """

    call_id: CallId
    id: str
    key: str
    present: bool
    changed_at: datetime
    heard_at: datetime


@dataclass(frozen=True, slots=True)
class JoinLink:
    """A link that lets one person in to one call: a Slack person's own, or a guest's.

    Args:
        id: SHA-256 of the link's token in hexadecimal; the token itself is kept nowhere.
        slack_id: whose own link it is; None for one that a guest is given.
        made_by: who asked for it.
        used_at: when somebody came by it first.
        revoked_at: when it was taken back, or None.
    """

    id: str
    call_id: CallId
    made_by: UserId
    made_at: datetime
    expires_at: datetime
    slack_id: UserId | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who was let in to one call by a link of ours, before and whether or not they come.

    Args:
        id: 32 hexadecimal digits that cannot be guessed; a provider reports it back with whoever used the link.
        key: the `Participant.key` they are shown under.
        name: what they are called in the meeting.
        slack_id: None for those who are not of the call's workspace.
        is_host: whether they may do in the meeting what only its host may.
    """

    id: str
    call_id: CallId
    key: str
    name: str
    slack_id: UserId | None = None
    avatar_url: str | None = None
    is_host: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence that one person still has to be told, seen by nobody else.

    Args:
        id: a sequence number given by storage; 0 before it is stored.
    """

    call_id: CallId
    team_id: TeamId
    channel_id: ChannelId
    user_id: UserId
    text: str
    response_url: ResponseUrl | None = None
    id: int = 0

    @property
    def is_direct(self) -> bool:
        """Say whether it goes by direct message."""
        return str(self.channel_id) == str(self.user_id)

    @classmethod
    def direct(cls, person: Person, text: str) -> Self:
        """Return a sentence for a direct message, about no call in particular."""
        return cls(CallId(""), person.team_id, ChannelId(person.user_id), person.user_id, text)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What makes a request of Slack's the same request again.

    Args:
        key: built from what Slack sent (trigger_id, event_id, view id and hash); equal for every copy.
    """

    team_id: TeamId
    key: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the person reads at once, in answer to a command; None says nothing.

    Args:
        call_id: the call that now has work waiting, or None.
        is_done: whether what was asked for is being done.
        asks: whether the person is asked back, about the call, before anything is done.
    """

    text: str | None = None
    call_id: CallId | None = None
    is_done: bool = True
    asks: bool = False
