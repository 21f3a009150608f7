"""Look at the workspace through one person's eyes: names, zones, and what they may see."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32
from zoneinfo import ZoneInfo

from sandbox.page.place import Place
from sandbox.page.when import zone
from sandbox.workspace import Channel, User, Workspace

_HUES = 12
"""How many avatar colours the style sheet has."""

_HUE_STEP = 5
"""People next to each other in the workspace get colours far from each other."""


@dataclass(frozen=True, slots=True)
class Face:
    """What is drawn for a person: a name, initials, and a colour that stays theirs."""

    user_id: str
    name: str
    initials: str
    hue: int
    is_app: bool = False


class Reader:
    """The workspace as one person reads it.

    Args:
        workspace: what there is.
        place: who reads, and where they are.
        declines_to_app: whether a call in a direct message of the app can be declined.
    """

    def __init__(self, workspace: Workspace, place: Place, *, declines_to_app: bool = False) -> None:
        """Remember who reads; nothing is copied from the workspace."""
        self.declines_to_app = declines_to_app
        self.workspace = workspace
        self.place = place
        self.viewer_id = place.user_id

    @property
    def viewer(self) -> User:
        """The person whose page this is."""
        return self.workspace.users[self.viewer_id]

    @property
    def channel(self) -> Channel | None:
        """The conversation that is looked at."""
        return self.workspace.channels.get(self.place.channel_id)

    @property
    def tz(self) -> ZoneInfo:
        """The viewer's time zone."""
        return zone(self.viewer.tz)

    def user_name(self, user_id: str) -> str | None:
        """Return the name shown for a person, or None when there is no such person."""
        user = self.workspace.users.get(user_id)
        return None if user is None else shown_name(user)

    def group_handle(self, group_id: str) -> str | None:
        """Return a user group's handle, or None when there is no such group."""
        group = self.workspace.groups.get(group_id)
        return None if group is None else group.handle

    def channel_name(self, channel_id: str) -> str | None:
        """Return a channel's name if the viewer may know it."""
        channel = self.workspace.channels.get(channel_id)
        return channel.name if channel is not None and self.may_see(channel) else None

    def channel_href(self, channel_id: str) -> str:
        """Return the address of a conversation on the page."""
        return self.place.at_channel(channel_id).href

    def may_see(self, channel: Channel) -> bool:
        """Tell whether the viewer can open a conversation: theirs, or any public channel."""
        return channel.kind == "channel" or self.viewer_id in channel.members

    def face(self, user_id: str) -> Face:
        """Return what to draw for an id; somebody unknown is drawn too."""
        user = self.workspace.users.get(user_id)
        if user is None:
            return guest_face(user_id, "Slackbot" if user_id == "USLACKBOT" else user_id)
        hue = list(self.workspace.users).index(user_id) * _HUE_STEP % _HUES
        return Face(user.id, shown_name(user), _initials(shown_name(user)), hue, user.is_bot)

    def title_of(self, channel: Channel) -> str:
        """Return what a conversation is called for the viewer, without `#`."""
        if channel.kind in {"channel", "private"}:
            return channel.name
        others = sorted(channel.members - {self.viewer_id})
        names = [self.user_name(user_id) or user_id for user_id in others]
        return ", ".join(names) if names else f"{shown_name(self.viewer)} (you)"

    def app_channel(self) -> Channel | None:
        """Return the viewer's conversation with the app, if there is one."""
        pair = {self.viewer_id, self.workspace.installation.bot_user_id}
        return next((c for c in self.workspace.channels.values() if c.kind == "im" and c.members == pair), None)

    def is_app_channel(self, channel: Channel) -> bool:
        """Tell whether a conversation is the viewer's own with the app."""
        return channel.kind == "im" and self.workspace.installation.bot_user_id in channel.members


def guest_face(identity: str, name: str) -> Face:
    """Return what to draw for somebody who is not in the workspace."""
    return Face("", name, _initials(name), crc32(identity.encode()) % _HUES)


def shown_name(user: User) -> str:
    """Return the name people call somebody by: bots by their name, people by their real one."""
    return user.real_name or user.name


def _initials(name: str) -> str:
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "") if words else "?"
    return letters.upper()
