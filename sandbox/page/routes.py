"""Serve the page: one address for the whole, one for what changed, and one for each thing a person can do."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from sandbox.page.acting import Acting
from sandbox.page.backstage import Backstage
from sandbox.page.consent import CONSENT_PATH, LAST_PERSON
from sandbox.page.fault_acting import FaultActing
from sandbox.page.guard import HEADERS, Handler, guarded
from sandbox.page.inspected import as_json, fitting, pretty
from sandbox.page.place import Place, read_place
from sandbox.page.render import Renderer
from sandbox.page.streams import stream_changes
from sandbox.page.unread import Unread
from sandbox.workspace import Channel

_STATIC = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
_LONG = "max-age=31536000, immutable"


def routes(sandbox: Backstage) -> list[web.RouteDef]:
    """Return every route of the page, each guarded against other origins and hosts."""
    looking, acting, faults = Looking(sandbox), Acting(sandbox), FaultActing(sandbox)
    gets: dict[str, Handler] = {
        "/": looking.page,
        "/page/live": looking.live,
        "/page/changes": looking.changes,
        "/page/static/{name}": looking.static,
        "/page/traffic": looking.traffic,
        "/meet/{room}": looking.meeting,
    }
    posts: dict[str, Handler] = {
        "/page/say": acting.say,
        "/page/click": acting.click,
        "/page/view": acting.view,
        "/page/shortcut": acting.shortcut,
        "/page/home": acting.home,
        "/page/faults": faults.act,
    }
    return [
        *(web.get(path, guarded(handler)) for path, handler in gets.items()),
        *(web.post(path, guarded(handler)) for path, handler in posts.items()),
    ]


class Looking:
    """Everything that only looks.

    Args:
        sandbox: what there is to see.
    """

    def __init__(self, sandbox: Backstage) -> None:
        """Start with everything that is there already counted as read."""
        self._workspace = sandbox.workspace
        self._renderer = Renderer(sandbox, Unread(sandbox.workspace))

    async def page(self, request: web.Request) -> web.StreamResponse:
        """Return the whole page, or send the browser to somebody's first channel."""
        place = read_place(request.query)
        channel = self._channel(place)
        if channel is None:
            home = self._start(place)
            if home is None:
                text = "The workspace has no people yet."
                return _html(self._renderer.sorry("Nobody is here", text), status=404)
            raise web.HTTPFound(home.href, headers=HEADERS)
        response = _html(self._renderer.page(place, channel))
        response.set_cookie(LAST_PERSON, place.user_id, path=CONSENT_PATH, httponly=True, samesite="Lax")
        return response

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Return the regions that changed since the browser last looked."""
        place = read_place(request.query)
        channel = self._channel(place)
        if channel is None:
            return web.Response(headers={"HX-Redirect": "/"})
        changed = self._renderer.changes(place, channel, set(request.query.getall("seen", [])))
        return _html(changed) if changed else web.Response(status=204)

    async def changes(self, request: web.Request) -> web.StreamResponse:
        """Stream a word whenever something changed."""
        with_traffic = read_place(request.query).inspector
        return await stream_changes(request, self._workspace, with_traffic=with_traffic)

    async def traffic(self, request: web.Request) -> web.StreamResponse:
        """Return everything that the inspector's filter lets through as JSON, newest first."""
        lines = [as_json(entry) for entry in fitting(self._workspace, read_place(request.query))]
        return web.Response(text=pretty(lines), content_type="application/json", charset="utf-8")

    async def static(self, request: web.Request) -> web.StreamResponse:
        """Return the style sheet, a script or the icon."""
        path = _STATIC / Path(request.match_info["name"]).name
        if not path.is_file() or path.suffix not in _TYPES:
            return web.Response(status=404, text="There is no such file.\n")
        kept = {"Cache-Control": _LONG if request.query_string or "4.0.1" in path.name else "no-cache"}
        return web.Response(body=path.read_bytes(), content_type=_TYPES[path.suffix], charset="utf-8", headers=kept)

    async def meeting(self, request: web.Request) -> web.StreamResponse:
        """Return the stand-in meeting page of a room."""
        return _html(self._renderer.meeting(request.match_info["room"]))

    def _channel(self, place: Place) -> Channel | None:
        """Return the place's conversation if its person exists and may see it."""
        user = self._workspace.users.get(place.user_id)
        channel = self._workspace.channels.get(place.channel_id)
        if user is None or user.is_bot or channel is None:
            return None
        return channel if channel.kind == "channel" or user.id in channel.members else None

    def _start(self, place: Place) -> Place | None:
        """Return where somebody lands without a conversation: the first channel they are in."""
        people = [user for user in self._workspace.users.values() if not user.is_bot and not user.deleted]
        person = next((user for user in people if user.id == place.user_id), people[0] if people else None)
        if person is None:
            return None
        mine = [c for c in self._workspace.channels.values() if person.id in c.members and not c.is_archived]
        first = next((c for c in mine if c.kind == "channel"), mine[0] if mine else None)
        return None if first is None else place.seen_by(person.id).at_channel(first.id)


def _html(text: str, *, status: int = 200) -> web.Response:
    return web.Response(status=status, text=text, content_type="text/html", charset="utf-8")
