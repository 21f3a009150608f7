"""The dialog of the settings: what it shows to whom, and what happens when it is sent.

Two people may have it open at once. What is sent is only what somebody changed of what they were shown, so the last one
to send wins where both changed the same, and nowhere else; both are kept with the change.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from calls import statuses
from calls.accounts import Accounts, Connectable
from calls.choosing import channel_chose, person_chose, save_choice, workspace_chose
from calls.errors import SlackError
from calls.model import ChannelId, Delivery, Person, Reply
from calls.ports import Clock, Storage, Transaction
from calls.preferences import (
    ChannelPreferences,
    Effective,
    Holder,
    PersonPreferences,
    Preferences,
    Who,
    WorkspacePreferences,
    effective,
)
from calls.profile import Profile
from calls.profiles import FRESH_FOR, Profiles
from calls.replies import Json, Replies
from calls.settings_entry import find_fault, read_entry
from calls.slack.user_groups_api import UserGroup, UserGroupsApi
from calls.status import SLACK, StatusState
from calls.words import settings as words

_log = logging.getLogger(__name__)

Entered = Mapping[Holder, Mapping[str, str | None]]
"""What was changed in the dialog, as text; None to leave a choice to others."""

KNOWN_FOR: Final = timedelta(minutes=1)
"""How old what Slack said of somebody may be when the dialog is opened: nobody stays admin for long after they were."""


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """One part of the dialog.

    Args:
        parts: those that the person may see; each can be changed by them.
        chosen: what is chosen in this part now.
        usual: what counts for the person where this part chooses nothing.
        usual_provider: the meeting system that counts where nobody chose.
        groups: the user groups there are; empty where they do not matter.
        accounts: where the person can connect an account, or has.
        cannot_pause: whether Slack did not let us pause their notifications, which they want.
    """

    holder: Holder
    parts: tuple[Holder, ...]
    chosen: Preferences
    usual: Effective
    providers: Sequence[str]
    usual_provider: str
    channel_id: ChannelId | None = None
    groups: tuple[UserGroup, ...] = ()
    accounts: Sequence[Connectable] = ()
    cannot_pause: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to choose from.

    Args:
        providers: the meeting systems, the usual one first.
        accounts: None where nobody can connect one.
    """

    providers: Sequence[str]
    accounts: Accounts | None = None


class SettingsDialog:
    """Shows and stores what is chosen."""

    def __init__(
        self,
        storage: Storage,
        profiles: Profiles,
        groups: UserGroupsApi,
        replies: Replies,
        now: Clock,
        *,
        offered: Offered,
    ) -> None:
        """Take where choices are kept and who knows the people.

        Args:
            offered: what there is to choose from.
        """
        self._storage = storage
        self._profiles = profiles
        self._groups = groups
        self._replies = replies
        self._now = now
        self._providers = offered.providers
        self._accounts = offered.accounts

    def open(self, person: Person, trigger_id: str, build: Callable[[], Awaitable[Json]]) -> None:
        """Show the dialog as soon as the request for it is acknowledged."""
        self._replies.open_built_view(person, trigger_id, build)

    def change(self, person: Person, view_id: str, build: Callable[[], Awaitable[Json]]) -> None:
        """Show another part of the dialog as soon as the press is acknowledged."""
        self._replies.update_view(person, view_id, build)

    async def page(self, person: Person, channel_id: ChannelId | None, holder: Holder) -> SettingsPage:
        """Return a part of the dialog, or the person's own where they may not see it; asks Slack.

        Raises:
            StorageError: when it cannot be read now.
        """
        profile = await self._profiles.learned(person.team_id, person.user_id, KNOWN_FOR)

        def work(transaction: Transaction) -> SettingsPage:
            parts = tuple(one for one in Holder if self._may(transaction, person, profile, one, channel_id))
            shown = holder if holder in parts else Holder.PERSON
            of = _Chosen.read(transaction, person, channel_id)
            return SettingsPage(
                shown, parts, of.of(shown), of.usual(shown), self._providers, self._providers[0], channel_id
            )

        page = await self._storage.read(work)
        if page.holder is not Holder.PERSON:
            return replace(page, groups=await self._groups_of(person))
        return page if self._accounts is None else await self._with_accounts(page, person, self._accounts)

    async def unlink(self, person: Person, provider: str) -> None:
        """Let go of a person's account at a meeting system.

        Raises:
            StorageError: when it could not be stored.
        """
        if provider == SLACK and await statuses.leave(self._storage, person, self._now()):
            return
        if self._accounts is not None:
            await self._accounts.unlink(person, provider)

    def faults(self, entered: Entered) -> Mapping[tuple[Holder, str], str]:
        """Return what is wrong with what was entered, in words, by part and field."""
        found = {
            (holder, name): find_fault(holder, name, text, self._providers)
            for holder, texts in entered.items()
            for name, text in texts.items()
        }
        return {place: fault for place, fault in found.items() if fault is not None}

    async def save(self, person: Person, channel_id: ChannelId | None, entered: Entered, delivery: Delivery) -> Reply:
        """Store what was changed; all of it or nothing.

        Raises:
            StorageError: when it could not be stored; nothing was changed then.
            UsageError: when something was entered that cannot be chosen.
        """
        profile = await self._profiles.known(person.team_id, person.user_id)
        values = {
            holder: {name: read_entry(holder, name, text, self._providers) for name, text in texts.items()}
            for holder, texts in entered.items()
            if texts
        }

        def work(transaction: Transaction) -> Reply:
            for holder in values:
                if not self._may(transaction, person, profile, holder, channel_id):
                    return Reply(words.may_not_choose(holder), is_done=False)
            before = _Chosen.read(transaction, person, channel_id)
            if _means_no_group(before, values):
                return Reply(words.choose_a_group(), is_done=False)
            for holder, changed in values.items():
                chosen = replace(before.of(holder), **changed)  # type: ignore[arg-type]  # read as the fields' types
                save_choice(transaction, person, (holder, _id_of(holder, person, channel_id)), chosen, self._now())
            if Holder.PERSON in values and transaction.who_share(person.team_id, [person.user_id]):
                statuses.note_person(transaction, person.team_id, person.user_id, self._now())
            return Reply()

        return await self._storage.accept(delivery, work)

    def _may(
        self,
        transaction: Transaction,
        person: Person,
        profile: Profile | None,
        holder: Holder,
        channel_id: ChannelId | None,
    ) -> bool:
        """Say whether a person may choose: for themselves, for a conversation, for the workspace."""
        if holder is Holder.PERSON:
            return True
        known = profile if profile is not None and self._now() - profile.read_at < FRESH_FOR else None
        if known is not None and known.is_admin and not known.is_stranger:
            return holder is Holder.WORKSPACE or channel_id is not None
        if holder is Holder.WORKSPACE or channel_id is None or known is None:
            return False
        lets_anyone = workspace_chose(transaction, person.team_id).sets_channels is Who.ANYONE
        # In a conversation of two, nobody else is concerned.
        return (channel_id.startswith("D") or lets_anyone) and not (known.is_guest or known.is_stranger)

    async def _with_accounts(self, page: SettingsPage, person: Person, accounts: Accounts) -> SettingsPage:
        found = await accounts.of(person)
        if not any(one.provider == SLACK and one.name for one in found):
            return replace(page, accounts=found)
        status = await statuses.kept(self._storage, person)
        if status is not None and status.leaves:
            found = [replace(one, name=None) if one.provider == SLACK else one for one in found]
        cannot_pause = status is not None and status.snooze_state is StatusState.DENIED
        return replace(page, accounts=found, cannot_pause=cannot_pause)

    async def _groups_of(self, person: Person) -> tuple[UserGroup, ...]:
        try:
            return await self._groups.groups(person.team_id)
        except SlackError as error:
            _log.warning("The user groups of %s could not be listed: %s", person.team_id, error)
            return ()


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What was chosen where a person is."""

    workspace: WorkspacePreferences
    channel: ChannelPreferences
    person: PersonPreferences

    @classmethod
    def read(cls, transaction: Transaction, person: Person, channel_id: ChannelId | None) -> _Chosen:
        channel = None if channel_id is None else channel_chose(transaction, person.team_id, channel_id)
        return cls(
            workspace_chose(transaction, person.team_id),
            channel or ChannelPreferences(),
            person_chose(transaction, person.team_id, person.user_id),
        )

    def of(self, holder: Holder) -> Preferences:
        chosen: dict[Holder, Preferences] = {
            Holder.WORKSPACE: self.workspace,
            Holder.CHANNEL: self.channel,
            Holder.PERSON: self.person,
        }
        return chosen[holder]

    def usual(self, holder: Holder) -> Effective:
        """Return what counts where a holder chooses nothing."""
        workspace = WorkspacePreferences() if holder is Holder.WORKSPACE else self.workspace
        channel = self.channel if holder is Holder.PERSON else ChannelPreferences()
        return effective(workspace, channel, PersonPreferences())


def _id_of(holder: Holder, person: Person, channel_id: ChannelId | None) -> str:
    ids = {Holder.WORKSPACE: person.team_id, Holder.CHANNEL: channel_id or "", Holder.PERSON: person.user_id}
    return str(ids[holder])


def _means_no_group(before: _Chosen, values: Mapping[Holder, Mapping[str, object]]) -> bool:
    """Say whether somebody gave a right to a user group without saying to which."""
    workspace = replace(before.workspace, **values.get(Holder.WORKSPACE, {}))  # type: ignore[arg-type]  # as above
    channel = replace(before.channel, **values.get(Holder.CHANNEL, {}))  # type: ignore[arg-type]  # as above
    if workspace.group_id is None and Who.GROUP in {workspace.ends, workspace.renames, workspace.invites}:
        return Holder.WORKSPACE in values
    counting = channel.group_id or workspace.group_id
    return (
        Holder.CHANNEL in values and counting is None and Who.GROUP in {channel.ends, channel.renames, channel.invites}
    )
