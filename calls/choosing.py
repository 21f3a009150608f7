"""Read and change what workspaces, conversations and people have chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from calls.model import ChannelId, Person, TeamId, UserId
from calls.ports import Transaction
from calls.preferences import (
    ChannelPreferences,
    Effective,
    Holder,
    PersonPreferences,
    Preferences,
    WorkspacePreferences,
    changes,
    effective,
    read_form,
    stored_form,
)


def save_choice(
    transaction: Transaction, by: Person, whose: tuple[Holder, str], chosen: Preferences, at: datetime
) -> None:
    """Store what was chosen, with who changed what."""
    before = read_form(type(chosen), transaction.chosen(by.team_id, *whose))
    transaction.save_chosen(by.team_id, *whose, stored_form(chosen))
    for change in changes(by.team_id, whose, before, chosen, (by.user_id, at)):
        transaction.add_preference_change(change)


def workspace_chose(transaction: Transaction, team_id: TeamId) -> WorkspacePreferences:
    """Return what a workspace's admins chose."""
    return read_form(WorkspacePreferences, transaction.chosen(team_id, Holder.WORKSPACE, team_id))


def channel_chose(transaction: Transaction, team_id: TeamId, channel_id: ChannelId) -> ChannelPreferences:
    """Return what was chosen for a conversation."""
    return read_form(ChannelPreferences, transaction.chosen(team_id, Holder.CHANNEL, channel_id))


def person_chose(transaction: Transaction, team_id: TeamId, user_id: UserId) -> PersonPreferences:
    """Return what a person chose."""
    return read_form(PersonPreferences, transaction.chosen(team_id, Holder.PERSON, user_id))


@dataclass(frozen=True, slots=True)
class Choices:
    """What a workspace, a conversation in it and a person chose."""

    workspace: WorkspacePreferences
    channel: ChannelPreferences
    person: PersonPreferences

    @property
    def counting(self) -> Effective:
        """Return what counts for the person in the conversation."""
        return effective(self.workspace, self.channel, self.person)


def choices(transaction: Transaction, team_id: TeamId, channel_id: ChannelId, user_id: UserId) -> Choices:
    """Return what everybody chose that counts for a person in a conversation."""
    chosen = transaction.all_chosen(team_id, channel_id, user_id)
    return Choices(
        read_form(WorkspacePreferences, chosen.get(Holder.WORKSPACE, {})),
        read_form(ChannelPreferences, chosen.get(Holder.CHANNEL, {})),
        read_form(PersonPreferences, chosen.get(Holder.PERSON, {})),
    )


def counting(transaction: Transaction, team_id: TeamId, channel_id: ChannelId, user_id: UserId) -> Effective:
    """Return what counts for a person in a conversation."""
    return choices(transaction, team_id, channel_id, user_id).counting
