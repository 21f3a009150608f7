"""Where somebody is on the page: who they are, what they look at. The address bar holds all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

Tab = Literal["messages", "home"]

TrafficKind = Literal["", "api", "delivery", "response_url", "bad"]
"""Which lines of the inspector are shown: all, those of one kind, or those that did not go well."""

TRAFFIC_KINDS: tuple[TrafficKind, ...] = ("", "api", "delivery", "response_url", "bad")


@dataclass(frozen=True, slots=True)
class Place:
    """One address of the page, taken apart."""

    user_id: str
    channel_id: str
    tab: Tab = "messages"
    thread_ts: str = ""
    inspector: bool = False
    faults: bool = False
    kind: TrafficKind = ""
    find: str = ""
    list_only: bool = False

    @property
    def fields(self) -> dict[str, str]:
        """The parts of an address after `?`, leaving out what is at its default."""
        parts = {"user": self.user_id, "channel": self.channel_id}
        if self.tab != "messages":
            parts["tab"] = self.tab
        if self.thread_ts:
            parts["thread"] = self.thread_ts
        if self.inspector:
            parts["inspector"] = "1"
            parts |= {name: value for name, value in (("kind", self.kind), ("find", self.find)) if value}
        if self.faults:
            parts["faults"] = "1"
        if self.list_only:
            parts["list"] = "1"
        return parts

    @property
    def query(self) -> str:
        """The part of an address after `?`."""
        return urlencode(self.fields)

    @property
    def href(self) -> str:
        """The page's address for this place."""
        return f"/?{self.query}"

    def seen_by(self, user_id: str) -> Place:
        """Return the same conversation as another person sees it."""
        return replace(self, user_id=user_id, list_only=False)

    def at_channel(self, channel_id: str, tab: Tab = "messages") -> Place:
        """Return another conversation, with no thread open."""
        return replace(self, channel_id=channel_id, tab=tab, thread_ts="", list_only=False)

    def at_thread(self, thread_ts: str) -> Place:
        """Return this conversation with a thread open, or with none for an empty timestamp."""
        return replace(self, thread_ts=thread_ts, list_only=False)

    def with_inspector(self, *, shown: bool) -> Place:
        """Return this place with the inspector open or closed."""
        return replace(self, inspector=shown, faults=False)

    def with_faults(self, *, shown: bool) -> Place:
        """Return this place with the faults and the clock open or closed."""
        return replace(self, faults=shown, inspector=False)

    def with_kind(self, kind: TrafficKind) -> Place:
        """Return this place with the inspector showing one kind of line."""
        return replace(self, kind=kind)

    def as_list(self) -> Place:
        """Return the list of conversations, which is a screen of its own on a phone."""
        return replace(self, list_only=True, thread_ts="")


def read_place(query: Mapping[str, str]) -> Place:
    """Read a place from an address's query; ids are not checked here."""
    return Place(
        user_id=query.get("user", ""),
        channel_id=query.get("channel", ""),
        tab="home" if query.get("tab") == "home" else "messages",
        thread_ts=query.get("thread", ""),
        inspector=query.get("inspector") == "1",
        faults=query.get("faults") == "1",
        kind=next((kind for kind in TRAFFIC_KINDS if kind == query.get("kind")), ""),
        find=query.get("find", "").strip(),
        list_only=query.get("list") == "1",
    )
