"""Furnish an empty workspace: a few people who differ where apps trip, and every kind of conversation."""

from __future__ import annotations

from dataclasses import replace

from sandbox.messages import NewMessage, post
from sandbox.workspace import Channel, ChannelKind, Stranger, Team, User, UserGroup, Workspace

ALICE, BOB, CAROL, DAVE = "U0ALICE0001", "U0BOB000001", "U0CAROL0001", "U0DAVE00001"
ERIN = "U0ERIN00001"
"""Works elsewhere: of another workspace, and in no conversation here."""

DESIGNERS = "S0DESIGN001"
"""A user group: Bob and Carol."""

PEOPLE = (ALICE, BOB, CAROL, DAVE)
GENERAL = "C0GENERAL01"

_USERS = (
    User(ALICE, "alice", "Alice Arnold", tz="Europe/Berlin", locale="en-US", is_admin=True),
    User(BOB, "bob", "Bob Baker", tz="America/New_York", locale="en-US"),
    User(CAROL, "carol", "Carol Chiba", tz="Asia/Tokyo", locale="ja-JP"),
    User(DAVE, "dave", "Dave Durand", tz="Europe/Paris", locale="fr-FR"),
)


def furnish(workspace: Workspace, number: str = "01", *, person: str = "U") -> None:
    """Fill a workspace with people, the app's bot user, conversations and a first message.

    Args:
        number: two digits at the end of its ids; the first workspace has `01`.
        person: what people's ids begin with: `W` in an organisation.
    """
    if number != "01":
        _furnish_further(workspace, number, person)
        return
    bot_id = workspace.installation.bot_user_id
    workspace.users.update({user.id: replace(user) for user in (*_USERS, _bot(workspace))})
    _add(workspace, GENERAL, "general", "channel", {*PEOPLE, bot_id})
    _add(workspace, "C0RANDOM001", "random", "channel", {*PEOPLE})
    _add(workspace, "C0PROJECT01", "project-x", "private", {ALICE, BOB})
    _add(workspace, "C0OLDNEWS01", "old-news", "channel", {*PEOPLE}, is_archived=True)
    _add(workspace, "D0ALICEBOB1", "alice--bob", "im", {ALICE, BOB})
    _add(workspace, "G0ALIBOBCAR", "mpdm-alice--bob--carol-1", "mpim", {ALICE, BOB, CAROL})
    for user_id in PEOPLE:
        _add(workspace, f"D0APP{user_id[2:8]}", f"app--{user_id}", "im", {user_id, bot_id})
    workspace.groups[DESIGNERS] = UserGroup(DESIGNERS, "designers", "Designers", {BOB, CAROL})
    erin = User(ERIN, "erin", "Erin Engel", tz="Europe/London", locale="en-GB")
    workspace.strangers[ERIN] = Stranger(erin, Team("T0OTHER0001", "Other Inc", "other"))
    post(workspace, NewMessage(GENERAL, BOB, "Good morning! Who has time for the release today?"))


def _furnish_further(workspace: Workspace, number: str, person: str) -> None:
    """Fill a workspace beside the first with the same people and fewer conversations, under ids of their own."""
    bot_id = workspace.installation.bot_user_id
    users = [replace(user, id=f"{person}{user.id[1:-2]}{number}") for user in _USERS]
    workspace.users.update({user.id: user for user in (*users, _bot(workspace))})
    general = f"C0GENERAL{number}"
    _add(workspace, general, "general", "channel", {*(user.id for user in users), bot_id})
    _add(workspace, f"G0PROJECT{number}", "project-x", "private", {user.id for user in users[:2]})
    for user in users:
        _add(workspace, f"D0APP{user.id[2:7]}{number}", f"app--{user.id}", "im", {user.id, bot_id})
    post(workspace, NewMessage(general, users[1].id, "Good morning!"))


def _bot(workspace: Workspace) -> User:
    installation = workspace.installation
    name = installation.manifest.bot_display_name.lower().replace(" ", "")
    return User(installation.bot_user_id, name, installation.manifest.name, tz="Etc/UTC", is_bot=True)


def _add(
    workspace: Workspace,
    channel_id: str,
    name: str,
    kind: ChannelKind,
    members: set[str],
    *,
    is_archived: bool = False,
) -> None:
    channel = Channel(channel_id, name, kind, members, is_archived=is_archived, created=int(workspace.now()))
    workspace.channels[channel_id] = channel
