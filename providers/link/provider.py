"""A meeting system that needs nothing but an address: whoever opens it is in the meeting."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from calls.meetings import Capability, Health, Provider, RoomSpec
from calls.model import Room
from providers.join_links import fits_template
from providers.link.settings import LinkSettings
from providers.reaching import reach_server
from providers.room_names import room_name

_TITLE_MAX_CHARS = 40


class LinkProvider(Provider):
    """Makes rooms by filling in a template; `calls.meetings.Provider` says what each method does."""

    def __init__(self, settings: LinkSettings) -> None:
        """Send nothing, now or later, except by `probe`."""
        self._settings = settings

    @property
    def name(self) -> str:
        """The name it is chosen by."""
        return "link"

    @property
    def capabilities(self) -> Capability:
        """Next to nothing: a link cannot be closed, so it goes on, and nobody tells who has opened it."""
        return Capability.REOPEN

    @property
    def notice(self) -> str | None:
        """Nothing: whoever chose the template knows the meeting system."""
        return None

    async def create_room(self, spec: RoomSpec) -> Room:
        """Fill in the template; the same call gets the same room, also after a restart."""
        room = room_name(self._settings.room_key, spec.call_id)
        values = {"room": room, "title": slug(spec.title), "channel": spec.channel_id, "team": spec.team_id}
        url = self._settings.template
        for placeholder, value in values.items():
            url = url.replace(f"{{{placeholder}}}", quote(value, safe=""))
        return Room(id=room, join_url=url)

    async def probe(self) -> Health:
        """Find out whether the meeting system's server answers this computer; any answer but a server error will do."""
        return await reach_server(self._settings.template)

    def is_join_link(self, url: str) -> bool:
        """Say whether a link leads to a meeting; nobody is asked."""
        return fits_template(url, self._settings.template)

    async def aclose(self) -> None:
        """Hold nothing that would have to be given back."""


def slug(title: str) -> str:
    """Return the letters and digits of a title, in any script, as at most 40 characters joined by hyphens."""
    normal = unicodedata.normalize("NFC", title).lower()
    words = "".join(character if unicodedata.category(character)[0] in "LNM" else " " for character in normal).split()
    return "-".join(words)[:_TITLE_MAX_CHARS].strip("-") or "call"
