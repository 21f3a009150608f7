"""`/hooks/{provider}[/…]`: what meeting systems tell us, checked by their provider before anything reads it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from aiohttp import web

from calls.errors import ProviderRefused, StorageError
from calls.intake import Intake
from calls.log_subject import about_delivery
from calls.measuring import HOOKS
from calls.meetings import Hook, HookReply, Provider
from calls.ports import Clock

_log = logging.getLogger(__name__)

_UNKNOWN = HookReply(404, b"No meeting system of this name reports here.")
_TRY_AGAIN = HookReply(503, b"This could not be stored; send it again.")

Handler = Callable[[web.Request], Awaitable[web.Response]]


def hook_routes(providers: Mapping[str, Provider], intake: Intake, now: Clock) -> list[web.RouteDef]:
    """Return the route of every meeting system's reports.

    A longer body than the site allows is refused with 413 before it is read to its end. What is reported is on disk
    when the answer goes out; when it cannot be stored the answer is 503, and most meeting systems send it again.
    """

    async def handle_hook(request: web.Request) -> web.Response:
        provider = providers.get(request.match_info["provider"])
        if provider is None:
            return _answer(_UNKNOWN)
        hook = await _hook(request, now)
        with about_delivery():
            reply, result = await answer_to(provider, hook)
        HOOKS.labels(provider.name, result).inc()
        return _answer(reply)

    async def answer_to(provider: Provider, hook: Hook) -> tuple[HookReply, str]:
        """Take a report in and return the answer, with what became of it in one word."""
        try:
            result = provider.receive(hook)
        except ProviderRefused:
            return _UNKNOWN, "refused"
        try:
            await intake.take(provider.name, result.events)
            is_wanted = result.room_id is None or await intake.is_open(provider.name, result.room_id)
        except StorageError as error:
            _log.warning("A report of %s could not be stored: %s", provider.name, error)
            return _TRY_AGAIN, "failed"
        if not is_wanted:
            return result.refusal, "unwanted"
        return result.reply, "taken" if result.reply.status < HTTPStatus.BAD_REQUEST else "refused"

    return [web.route("*", "/hooks/{provider}{path:(?:/.*)?}", handle_hook)]


async def _hook(request: web.Request, now: Clock) -> Hook:
    names = {name.lower() for name in request.headers}
    return Hook(
        method=request.method,
        path=request.match_info["path"].removeprefix("/"),
        query=request.rel_url.raw_query_string,
        headers={name: tuple(_legible(value) for value in request.headers.getall(name)) for name in names},
        body=await request.read(),
        received_at=now(),
    )


def _legible(value: str) -> str:
    """Return a header with a mark in place of bytes that are no text, which code that checks it could stumble over."""
    return value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _answer(reply: HookReply) -> web.Response:
    return web.Response(status=reply.status, body=reply.body, content_type=reply.content_type)
