"""Hand templates what they need to draw Block Kit for one viewer: text, names of fields, cards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from markupsafe import Markup, escape

from sandbox.files import content_path, find_file
from sandbox.page import fields
from sandbox.page.call_card import CallCard, read_card
from sandbox.page.emoji import emoji_for
from sandbox.page.links import safe_href, safe_image_src
from sandbox.page.mrkdwn import render_mrkdwn, render_plain
from sandbox.page.reader import Reader
from sandbox.page.rich_text import render_rich_text
from sandbox.workspace import File, Json, Message

_NOT_ID = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as a message shows it."""

    file: File

    @property
    def href(self) -> str:
        """Return where its content is."""
        return content_path(self.file)

    @property
    def size(self) -> str:
        """Return how large it is."""
        return f"{max(1, round(self.file.length_bytes / 1024))} kB"


class Pen:
    """Draw for one viewer on one page.

    Args:
        reader: whose eyes the page is for.
    """

    def __init__(self, reader: Reader) -> None:
        """Remember whose page it is."""
        self.reader = reader

    def text(self, value: Json | str | None) -> Markup:
        """Return a text object (or a bare string, which is mrkdwn) as HTML."""
        if not value:
            return Markup()
        if isinstance(value, str):
            return render_mrkdwn(value, self.reader)
        if value.get("type") == "mrkdwn":
            return render_mrkdwn(str(value.get("text", "")), self.reader, verbatim=bool(value.get("verbatim")))
        return render_plain(str(value.get("text", "")), emoji=value.get("emoji") is not False)

    def words(self, value: Json | None) -> str:
        """Return a text object without any markup, for attributes and options."""
        return self.text(value).replace("<br>", " ").striptags()

    def rich_text(self, block: Json) -> Markup:
        """Return a rich_text block as HTML."""
        return render_rich_text(block, self.reader)

    def card(self, block: Json) -> CallCard | None:
        """Return what a `call` block shows."""
        return read_card(block, self.reader)

    def href(self, url: str | None) -> str | None:
        """Return an address only if it is safe to open."""
        return safe_href(url) if url else None

    def image(self, element: Json) -> str | None:
        """Return the address of an image element or block only if the page may load it."""
        slack_file, url = element.get("slack_file"), element.get("image_url")
        if isinstance(slack_file, dict):
            file = find_file(self.reader.workspace, slack_file)
            return None if file is None else content_path(file)
        return safe_image_src(url) if url else None

    def files(self, message: Message) -> list[ShownFile]:
        """Return the files of a message."""
        stored = self.reader.workspace.files
        return [ShownFile(stored[file_id]) for file_id in message.file_ids if file_id in stored]

    def reaction(self, name: str) -> str:
        """Return an emoji by its short name, or the name itself."""
        return emoji_for(name)

    def dom_id(self, scope: str, block_id: str, action_id: str) -> str:
        """Return an element id that stays the same as long as the element does."""
        exact = crc32(f"{block_id}/{action_id}".encode())
        return f"{scope}-{_NOT_ID.sub('-', action_id)}-{exact:08x}"

    def field(self, block_id: str, element: Json) -> str:
        """Return the name of the form field that carries an element's value."""
        return fields.field_name(block_id, str(element["action_id"]))

    def act(self, block_id: str, element: Json, option: int | None = None) -> str:
        """Return the value of the button that stands for using an element."""
        return fields.act_name(block_id, str(element["action_id"]), option)

    def described(self, dom_id: str, hint: Json | None, error: str | None) -> Markup:
        """Return the attributes that tie an input to its hint and its error."""
        ids = [f"{dom_id}-error"] if error else []
        ids += [f"{dom_id}-hint"] if hint else []
        described = Markup(' aria-describedby="{}"').format(" ".join(ids)) if ids else Markup()
        return described + (Markup(' aria-invalid="true"') if error else Markup())

    def options(self, element: Json) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """Return a menu's groups: a group's label, then each option's value, words and whether it is chosen."""
        chosen = self._chosen(element)
        people = self._workspace_options(str(element.get("type")))
        if people is not None:
            return [("", [(value, label, value in chosen) for value, label in people])]
        groups = element.get("option_groups")
        if groups is None:
            return [("", self._listed(element.get("options") or [], chosen))]
        return [(self.words(group.get("label")), self._listed(group.get("options") or [], chosen)) for group in groups]

    def datetime_value(self, element: Json) -> str:
        """Return the start value of a date and time picker in the viewer's zone."""
        initial = element.get("initial_date_time")
        return "" if initial is None else fields.local_input(int(initial), self.reader.tz)

    def initial(self, element: Json) -> str:
        """Return the start value of a plain input."""
        return str(element.get("initial_value") or element.get("initial_date") or element.get("initial_time") or "")

    def zone_note(self) -> str:
        """Return which clock times on this page are by."""
        return self.reader.viewer.tz.replace("_", " ")

    def lines(self, text: str) -> Markup:
        """Return plain text with line breaks, nothing formatted."""
        return Markup(str(escape(text)).replace("\n", "<br>"))  # noqa: S704 - escaped

    def _listed(self, options: Sequence[Json], chosen: set[str]) -> list[tuple[str, str, bool]]:
        return [(str(o.get("value", "")), self.words(o.get("text")), o.get("value") in chosen) for o in options]

    def _chosen(self, element: Json) -> set[str]:
        chosen = {
            str(element[key]) for key in ("initial_user", "initial_channel", "initial_conversation") if key in element
        }
        for key in ("initial_users", "initial_channels", "initial_conversations"):
            chosen |= set(element.get(key) or [])
        options = [*(element.get("initial_options") or [])]
        if element.get("initial_option"):
            options.append(element["initial_option"])
        if element.get("default_to_current_conversation"):
            chosen.add(self.reader.place.channel_id)
        return chosen | {str(option.get("value")) for option in options}

    def _workspace_options(self, kind: str) -> list[tuple[str, str]] | None:
        """Return the people or conversations a menu offers, or None for a menu with options of its own."""
        workspace = self.reader.workspace
        if kind.endswith("users_select"):
            people = [user for user in workspace.users.values() if not user.deleted and not user.is_bot]
            return [(user.id, self.reader.user_name(user.id) or user.id) for user in people]
        channels = [c for c in workspace.channels.values() if self.reader.may_see(c) and not c.is_archived]
        if kind.endswith("channels_select"):
            return [(c.id, f"#{c.name}") for c in channels if c.kind == "channel"]
        if kind.endswith("conversations_select"):
            sign = {"channel": "#", "private": "#"}
            return [(c.id, f"{sign.get(c.kind, '')}{self.reader.title_of(c)}") for c in channels]
        return None
