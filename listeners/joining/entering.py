"""`/j/{token}`: find out who comes, and send each person on by a link of their own."""

from __future__ import annotations

from aiohttp import web

from calls.errors import UsageError
from calls.joining import NAME_MAX_CHARS, Door
from calls.model import Call, Room, Visitor
from calls.words import pages
from listeners.joining.form import form_of
from listeners.joining.pages import moved
from listeners.joining.site import Site


class Entering:
    """The address that every link to a call leads to."""

    def __init__(self, site: Site) -> None:
        """Take what the pages need."""
        self._site = site

    async def show(self, request: web.Request) -> web.Response:
        """Send a person to the meeting who is known or says by the link who they are, or ask first."""
        token = request.match_info["token"]
        door = await self._site.joining.door(token)
        room = _room(door.call)
        if not self._site.joining.gives_own_links(door.call):
            return moved(room.join_url)
        if door.link is None:
            return await self._by_call(request, door.call, token)
        if door.link.slack_id is not None:
            return await self._by_own_link(request, door.call, token)
        return await self._by_guest_link(request, door.call, token)

    async def take(self, request: web.Request) -> web.Response:
        """Let in who has answered the page's question: a guest's name, or how somebody from elsewhere goes in."""
        token = request.match_info["token"]
        door = await self._site.joining.door(token)
        if door.link is None:
            return await self._take_from_elsewhere(request, door.call, token)
        return await self._take_guest(request, door, token)

    async def _by_call(self, request: web.Request, call: Call, token: str) -> web.Response:
        who = self._site.cookies.session(request)
        if who is None and self._site.openid is None:
            return self._site.pages.said(pages.press_join())
        if who is None:
            otherwise = pages.not_in_slack()
            return self._site.pages.drawn("sign_in", pages.sign_in(), None, token=token, otherwise=otherwise)
        if who.team_id == call.team_id:
            return await self._to_meeting(call, await self._site.joining.let_in(call.id, who))
        visitor = await self._site.joining.known(call, who)
        if visitor is not None:
            return await self._to_meeting(call, visitor)
        words = pages.from_elsewhere(who.name or who.user_id, who.team_name)
        signs_in = self._site.openid is not None
        return self._site.pages.drawn("from_elsewhere", words, who, token=token, signs_in=signs_in)

    async def _by_own_link(self, request: web.Request, call: Call, token: str) -> web.Response:
        who = await self._site.joining.come_by_own_link(token, self._site.cookies.session(request))
        response = await self._to_meeting(call, await self._site.joining.let_in(call.id, who))
        self._site.cookies.keep_session(response, who)
        return response

    async def _by_guest_link(self, request: web.Request, call: Call, token: str) -> web.Response:
        visitor_id = self._site.cookies.guest(request, call.id)
        visitor = None if visitor_id is None else await self._site.joining.known_guest(call, visitor_id)
        return self._ask_name(call, token) if visitor is None else await self._to_meeting(call, visitor)

    async def _take_from_elsewhere(self, request: web.Request, call: Call, token: str) -> web.Response:
        who = self._site.cookies.session(request)
        if who is None:
            return self._site.pages.moved_to_call(token)
        return self._entering(token, await self._site.joining.let_in(call.id, who))

    async def _take_guest(self, request: web.Request, door: Door, token: str) -> web.Response:
        if door.link is None or door.link.slack_id is not None:
            raise UsageError("join_link_unknown")
        name = (await form_of(request)).get("name", "")
        try:
            visitor = await self._site.joining.let_guest_in(token, name)
        except UsageError as error:
            if error.code != "guest_name_not_usable":
                raise
            return self._ask_name(door.call, token, refused=pages.about(error).text)
        response = self._entering(token, visitor)
        self._site.cookies.keep_guest(response, visitor)
        return response

    async def _to_meeting(self, call: Call, visitor: Visitor) -> web.Response:
        return moved(await self._site.joining.meeting_url(call, visitor))

    def _ask_name(self, call: Call, token: str, *, refused: str | None = None) -> web.Response:
        """Ask a guest for a name, again where the first could not be used."""
        status = 200 if refused is None else 422
        shown = {"token": token, "longest": NAME_MAX_CHARS, "refused": refused}
        return self._site.pages.drawn("guest", pages.guest(call.title), None, status=status, **shown)

    def _entering(self, token: str, visitor: Visitor) -> web.Response:
        """Send somebody on by a page: a form's answer that redirects may not leave our site."""
        return self._site.pages.drawn("entering", pages.entering(visitor.name), None, token=token)


def _room(call: Call) -> Room:
    if call.room is None:
        raise UsageError("room_not_ready")
    return call.room
