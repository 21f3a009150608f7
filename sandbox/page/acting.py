"""Do what a person did on the page. The browser sends ids and plain values; everything else is looked up."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from aiohttp import web

from sandbox import messages
from sandbox.delivery.ack import Ack
from sandbox.elements import all_options, interactive_elements
from sandbox.page.backstage import Backstage
from sandbox.page.fields import Act, read_act, read_values
from sandbox.page.when import zone
from sandbox.person import Person
from sandbox.workspace import Json

Form = dict[str, list[str]]
_DONE = 204


class Acting:
    """Everything that changes something.

    Args:
        sandbox: whose people act.
    """

    def __init__(self, sandbox: Backstage) -> None:
        """Remember where to act."""
        self._sandbox = sandbox
        self._workspace = sandbox.workspace

    async def say(self, request: web.Request) -> web.StreamResponse:
        """Post a message, or run it when it is a slash command.

        The browser is answered before a command runs: an app may take 3 s for it, and nobody should have to wait
        that long to send the next message.
        """
        form = await _read(request)
        text, channel_id, person = _one(form, "text").rstrip(), _one(form, "channel"), self._person(form)
        thread_ts = _one(form, "thread") or None
        response = web.Response(status=_DONE)
        if text.startswith("/") and thread_ts is None:
            response.force_close()
            await response.prepare(request)
            await response.write_eof()
        if text.strip():
            await person.say(channel_id, text, thread_ts=thread_ts)
        return response

    async def click(self, request: web.Request) -> web.StreamResponse:
        """Use an element of a message, or decline the call in it."""
        form = await _read(request)
        person, channel_id = self._person(form), _one(form, "channel")
        if "decline" in form:
            await person.decline_call(_one(form, "decline"), channel_id)
            return web.Response(status=_DONE)
        message = self._workspace.message(channel_id, _one(form, "ts"))
        if message is None or message.ephemeral_for not in {None, person.user_id}:
            raise web.HTTPNotFound(text="This message is gone.")
        act, values = self._used(form, messages.all_blocks(message))
        await person.click(channel_id, message.ts, act.action_id, block_id=act.block_id, values=values)
        return web.Response(status=_DONE)

    async def view(self, request: web.Request) -> web.StreamResponse:
        """Use an element of a modal or a Home, close a modal, or submit it."""
        form = await _read(request)
        person = self._person(form)
        view = self._workspace.views.get(_one(form, "view"))
        if view is None or view.user_id != person.user_id:
            raise web.HTTPNotFound(text="This window is gone.")
        blocks = view.payload.get("blocks", [])
        if "close" in form:
            await person.close_view(view.id)
        elif "act" in form:
            act, values = self._used(form, blocks)
            _check(await person.click_in_view(view.id, act.action_id, block_id=act.block_id, values=values))
        else:
            await person.submit(view.id, read_values(blocks, form, self._tz(form)))
        return web.Response(status=_DONE)

    async def shortcut(self, request: web.Request) -> web.StreamResponse:
        """Run a global shortcut, or a message shortcut on the message whose menu was open."""
        form = await _read(request)
        callback_id, person = _one(form, "shortcut"), self._person(form)
        if self._workspace.installation.manifest.shortcut(callback_id, "message") is not None:
            await person.message_shortcut(callback_id, _one(form, "channel"), _one(form, "ts"))
        else:
            _check(await person.global_shortcut(callback_id, _one(form, "channel") or None))
        return web.Response(status=_DONE)

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Tell the app that somebody opened its Home."""
        await self._person(await _read(request)).open_home()
        return web.Response(status=_DONE)

    def _person(self, form: Form) -> Person:
        user = self._workspace.users.get(_one(form, "user"))
        if user is None or user.is_bot:
            raise web.HTTPNotFound(text="There is no such person.")
        return self._sandbox.person(user.id)

    def _tz(self, form: Form) -> ZoneInfo:
        return zone(self._workspace.users[_one(form, "user")].tz)

    def _used(self, form: Form, blocks: Sequence[Json]) -> tuple[Act, dict[str, Json]]:
        """Return which element was used, and the values of all of them."""
        act = read_act(_one(form, "act"))
        if act is None:
            raise web.HTTPBadRequest(text="Nothing was chosen.")
        values = read_values(blocks, form, self._tz(form))
        for block, element in interactive_elements(blocks):
            if act.option is not None and (block["block_id"], element["action_id"]) == (act.block_id, act.action_id):
                chosen = all_options(element)[act.option : act.option + 1]
                state = {"type": element["type"], "selected_option": chosen[0] if chosen else None}
                values.setdefault(act.block_id, {})[act.action_id] = state
        return act, values


async def _read(request: web.Request) -> Form:
    posted = await request.post()
    return {name: [str(value) for value in posted.getall(name)] for name in posted}


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[-1]


def _check(ack: Ack) -> None:
    """Say on the page that the app did not answer, where no message can say it."""
    if not ack.is_ok:
        raise web.HTTPBadGateway(text=f"The app did not take that ({ack.failure}). Is it running?")
