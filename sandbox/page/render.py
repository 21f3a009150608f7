"""Render the page: the frame once, its live regions again whenever something changes.

Each region carries a fingerprint of itself in a hidden field. The browser sends back the fingerprints it
holds, and gets only the regions that look different now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup, escape

from sandbox.page.backstage import Backstage
from sandbox.page.fault_pane import show_faults
from sandbox.page.flow import Memory, Piece, fingerprint, make_piece
from sandbox.page.inspected import KIND_WORDS, newest_lines
from sandbox.page.pen import Pen
from sandbox.page.place import Place
from sandbox.page.reader import Reader
from sandbox.page.shown import Shown, show
from sandbox.page.timeline import Slot, conversation_slots, look_of, make_row, thread_slots
from sandbox.page.unread import Unread
from sandbox.workspace import Channel

HERE = Path(__file__).parent
_DRAWN_MAX = 4_000
"""How many drawn messages are kept, for all people and conversations together."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the page that changes by itself: its HTML, its fingerprint, and its pieces if it is a list."""

    mark: str
    html: Markup
    pieces: tuple[Piece, ...] = ()


def make_environment() -> Environment:
    """Return the templates, with everything escaped that is not marked safe."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=ChainableUndefined,
    )
    environment.globals["stamp"] = _stamp()
    return environment


class Renderer:
    """Draw pages and fragments of one workspace.

    Args:
        sandbox: what there is to draw.
        unread: the read marks.
    """

    def __init__(self, sandbox: Backstage, unread: Unread) -> None:
        """Load the templates."""
        self._sandbox = sandbox
        self._workspace = sandbox.workspace
        self._unread = unread
        self._environment = make_environment()
        self._memory = Memory()
        self._drawn: dict[tuple[object, ...], Piece] = {}

    def page(self, place: Place, channel: Channel) -> str:
        """Return the whole page."""
        shown = self._shown(place, channel)
        regions = {name: region.html for name, region in self._regions(place, channel, shown).items()}
        return self._draw("page.html", view=shown, place=place, regions=regions, kinds=KIND_WORDS)

    def changes(self, place: Place, channel: Channel, seen: Collection[str]) -> str:
        """Return the regions that differ from the fingerprints seen, as htmx partials; empty when none does."""
        shown = self._shown(place, channel)
        regions = self._regions(place, channel, shown)
        parts = [self._part(name, region, seen) for name, region in regions.items() if region.mark not in seen]
        return f"<title>{escape(shown.window_title)}</title>{''.join(parts)}" if parts else ""

    def meeting(self, room: str) -> str:
        """Return the stand-in meeting page."""
        return self._draw("meet.html", room=room)

    def sorry(self, title: str, text: str) -> str:
        """Return a page that says why there is nothing to see."""
        return self._draw("sorry.html", title=title, text=text)

    def _part(self, name: str, region: Region, seen: Collection[str]) -> str:
        steps = self._memory.since(seen, name, region.pieces)
        if steps is None:
            return f'<hx-partial hx-target="#{name}" hx-swap="innerMorph">{region.html}</hx-partial>'
        field = _mark_field(name, region.mark)
        return f'{steps}<hx-partial hx-target="#seen-{name}" hx-swap="outerMorph">{field}</hx-partial>'

    def _shown(self, place: Place, channel: Channel) -> Shown:
        if place.tab == "messages" and not place.list_only:
            self._unread.mark(place.user_id, channel.id)
        declines_to_app = self._sandbox.switches.declined_in_app_messages
        return show(Pen(Reader(self._workspace, place, declines_to_app=declines_to_app)), channel, self._unread)

    def _regions(self, place: Place, channel: Channel, shown: Shown) -> dict[str, Region]:
        drawers: dict[str, Callable[[], Region]] = {
            "sidebar": lambda: self._plain("sidebar", view=shown),
            "talk": lambda: self._home(place, shown) if place.tab == "home" else self._talk(channel, shown),
            "dialogs": lambda: self._dialogs(place, shown),
        }
        if place.thread_ts:
            drawers["thread"] = lambda: self._thread(place, channel, shown)
        if place.inspector:
            drawers["inspector"] = lambda: self._inspector(place, shown)
        if place.faults:
            drawers["faults"] = lambda: self._plain("faults", pane=show_faults(self._sandbox))
        return {name: draw() for name, draw in drawers.items()}

    def _talk(self, channel: Channel, shown: Shown) -> Region:
        return self._list("talk", conversation_slots(shown.pen.reader, channel), shown)

    def _thread(self, place: Place, channel: Channel, shown: Shown) -> Region:
        return self._list("thread", thread_slots(shown.pen.reader, channel, place.thread_ts), shown)

    def _home(self, place: Place, shown: Shown) -> Region:
        home = self._workspace.views.get(self._workspace.homes.get(place.user_id, ""))
        return self._plain("talk", "home", view=shown, home=home)

    def _dialogs(self, place: Place, shown: Shown) -> Region:
        ids = self._workspace.modals.get(place.user_id, [])
        modals = [self._workspace.views[view_id] for view_id in ids if view_id in self._workspace.views]
        return self._plain("dialogs", view=shown, modals=modals)

    def _inspector(self, place: Place, shown: Shown) -> Region:
        lines = newest_lines(self._workspace, place, shown.tz)
        return self._plain("inspector", lines=lines, filtered=bool(place.kind or place.find))

    def _plain(self, name: str, template: str = "", **values: object) -> Region:
        html = self._draw(f"{template or name}.html", **values)
        mark = f"{name}-{fingerprint(html)}"
        return Region(mark, _marked(name, mark, html))

    def _list(self, name: str, slots: Sequence[Slot], shown: Shown) -> Region:
        pieces = tuple(self._piece(slot, shown, in_thread=name == "thread") for slot in slots)
        mark = f"{name}-{fingerprint(''.join(piece.dom_id + piece.mark for piece in pieces))}"
        self._memory.remember(mark, pieces)
        rows = Markup("".join(piece.html for piece in pieces))  # noqa: S704 - drawn by templates that escape
        return Region(mark, _marked(name, mark, self._draw(f"{name}.html", view=shown, rows=rows)), pieces)

    def _piece(self, slot: Slot, shown: Shown, *, in_thread: bool) -> Piece:
        look = look_of(shown.pen.reader, slot)
        piece = self._drawn.get(look)
        if piece is None:
            row = make_row(shown.pen.reader, slot)
            html = self._draw("message.html", view=shown, row=row, in_thread=in_thread)
            if len(self._drawn) >= _DRAWN_MAX:
                self._drawn.clear()
            piece = self._drawn[look] = make_piece(slot.dom_id, html)
        return piece

    def _draw(self, template: str, **values: object) -> str:
        return self._environment.get_template(template).render(**values)


def _marked(name: str, mark: str, html: str) -> Markup:
    return Markup(_mark_field(name, mark) + html)  # noqa: S704 - drawn by templates that escape


def _mark_field(name: str, mark: str) -> str:
    return f'<input type="hidden" name="seen" id="seen-{name}" value="{mark}">'


@lru_cache(maxsize=1)
def _stamp() -> str:
    """Return a mark that changes with the style sheets and the script, so that no old copy is used."""
    return fingerprint(
        "".join((HERE / "static" / name).read_text("utf-8") for name in ("page.css", "panes.css", "page.js"))
    )
