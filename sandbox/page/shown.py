"""Gather what the page's frame shows: the sidebar, the title, what may be typed and started here."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sandbox.manifest import Shortcut, SlashCommand
from sandbox.page.pen import Pen
from sandbox.page.reader import Face, Reader, shown_name
from sandbox.page.unread import Unread
from sandbox.workspace import Channel, Json, View

_NAMED = frozenset({"channel", "private"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the sidebar."""

    name: str
    private: bool
    href: str
    current: bool
    unread: int
    archived: bool
    face: Face | None


@dataclass(frozen=True, slots=True)
class PersonLink:
    """A person one can become."""

    face: Face
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the frame of the page shows, and the pen that draws the rest."""

    pen: Pen
    team: str
    viewer_name: str
    title: str
    sign: str
    about: str
    beginning: str
    window_title: str
    cannot_post: str
    is_app: bool
    has_home: bool
    app_name: str
    app_face: Face
    commands: tuple[SlashCommand, ...]
    global_shortcuts: tuple[Shortcut, ...]
    message_shortcuts: tuple[Shortcut, ...]
    people: tuple[PersonLink, ...]
    sections: tuple[tuple[str, tuple[Entry, ...]], ...]

    @property
    def tz(self) -> ZoneInfo:
        """The viewer's time zone."""
        return self.pen.reader.tz

    def stray_errors(self, view: View) -> list[str]:
        """Return the errors of a modal that belong to none of its inputs."""
        inputs = {block.get("block_id") for block in view.payload.get("blocks", []) if block.get("type") == "input"}
        return [text for block_id, text in view.errors.items() if block_id not in inputs]

    def surface(self, scope: str, errors: dict[str, str] | None = None) -> Json:
        """Return what the element templates need to know about where they stand."""
        return {
            "scope": scope,
            "label": "",
            "has_label": False,
            "required": False,
            "dispatches": True,
            "described": "",
            "errors": errors or {},
        }


def show(pen: Pen, channel: Channel, unread: Unread) -> Shown:
    """Gather the frame of the page for one viewer and one conversation."""
    reader = pen.reader
    manifest = reader.workspace.installation.manifest
    is_app = reader.is_app_channel(channel)
    sections = _sections(reader, unread)
    waiting = sum(1 for _, entries in sections for entry in entries if entry.unread)
    sign, title = "#" if channel.kind in _NAMED else "", reader.title_of(channel)
    return Shown(
        pen=pen,
        team=reader.workspace.team.name,
        viewer_name=shown_name(reader.viewer),
        title=title,
        sign=sign,
        about=_about(reader, channel),
        beginning=_beginning(channel, title, is_app=is_app),
        window_title=f"{f'({waiting}) ' if waiting else ''}{sign}{title} · {shown_name(reader.viewer)}",
        cannot_post=_cannot_post(reader, channel, is_app=is_app),
        is_app=is_app,
        has_home=manifest.home_tab_enabled,
        app_name=_app_name(reader),
        app_face=reader.face(reader.workspace.installation.bot_user_id),
        commands=manifest.slash_commands,
        global_shortcuts=tuple(s for s in manifest.shortcuts if s.type == "global"),
        message_shortcuts=tuple(s for s in manifest.shortcuts if s.type == "message"),
        people=_people(reader),
        sections=sections,
    )


def _app_name(reader: Reader) -> str:
    bot = reader.workspace.installation.bot_user_id
    return reader.user_name(bot) or reader.workspace.installation.manifest.name


def _people(reader: Reader) -> tuple[PersonLink, ...]:
    """Return everybody; in a conversation they are not part of they land in the first channel they can see."""
    links: list[PersonLink] = []
    for user in reader.workspace.users.values():
        if user.is_bot or user.deleted:
            continue
        place = reader.place.seen_by(user.id)
        links.append(PersonLink(reader.face(user.id), place.href, user.id == reader.viewer_id))
    return tuple(links)


def _sections(reader: Reader, unread: Unread) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    channels: list[Channel] = []
    direct: list[Channel] = []
    apps: list[Channel] = []
    for channel in reader.workspace.channels.values():
        if reader.viewer_id not in channel.members and channel.kind != "channel":
            continue
        if channel.kind in _NAMED:
            channels.append(channel)
        else:
            (apps if reader.is_app_channel(channel) else direct).append(channel)
    channels.sort(key=lambda c: (c.is_archived, c.name))
    return tuple(
        (title, tuple(_entry(reader, channel, unread) for channel in group))
        for title, group in (("Channels", channels), ("Direct messages", direct), ("Apps", apps))
    )


def _entry(reader: Reader, channel: Channel, unread: Unread) -> Entry:
    is_app = reader.is_app_channel(channel)
    others = sorted(channel.members - {reader.viewer_id})
    is_direct = channel.kind in {"im", "mpim"}
    return Entry(
        name=_app_name(reader) if is_app else reader.title_of(channel),
        private=channel.kind == "private",
        href=reader.place.at_channel(channel.id, "home" if is_app and _opens_home(reader) else "messages").href,
        current=channel.id == reader.place.channel_id,
        unread=unread.count(reader.viewer_id, channel.id) if reader.viewer_id in channel.members else 0,
        archived=channel.is_archived,
        face=reader.face(others[0]) if is_direct and others else None,
    )


def _opens_home(reader: Reader) -> bool:
    return reader.workspace.installation.manifest.home_tab_enabled


def _about(reader: Reader, channel: Channel) -> str:
    if reader.is_app_channel(channel):
        return reader.workspace.installation.manifest.description or "App"
    if channel.kind == "im":
        others = [reader.workspace.users.get(user_id) for user_id in channel.members - {reader.viewer_id}]
        return ", ".join(f"{user.tz.split('/')[-1].replace('_', ' ')} time" for user in others if user)
    count = f"{len(channel.members)} {'member' if len(channel.members) == 1 else 'members'}"
    absent = reader.workspace.installation.bot_user_id not in channel.members
    return f"{count}{f', {_app_name(reader)} is not one of them' if absent else ''}"


def _beginning(channel: Channel, title: str, *, is_app: bool) -> str:
    if is_app:
        return f"Messages between you and {title}."
    if channel.kind == "im":
        return f"Messages between you and {title}. Nobody else sees them."
    if channel.kind == "mpim":
        return f"A group of you, {title}."
    return f"This is where #{title} begins." + (" Only its members see it." if channel.kind == "private" else "")


def _cannot_post(reader: Reader, channel: Channel, *, is_app: bool) -> str:
    if channel.is_archived:
        return "This channel is archived. Nobody can post here any more."
    if reader.viewer_id not in channel.members:
        return f"{shown_name(reader.viewer)} is not a member of #{channel.name}."
    manifest = reader.workspace.installation.manifest
    if is_app and (manifest.messages_tab_read_only_enabled or not manifest.messages_tab_enabled):
        return f"{_app_name(reader)} does not take messages here."
    return ""
