"""The routes of the page: itself, its files, and the request by which somebody enters."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aiohttp import web

from calls.errors import CallsError, UsageError
from calls.words.accept_language import language_accepted
from calls.words.errors import sentence_for
from calls.words.language import speaking, spoken
from providers.room_page.entry import Enter, Entry
from providers.room_page.page import room_page
from providers.room_page.page_assets import Asset, page_assets
from providers.room_page.tokens import TOKEN_MAX_CHARS

STATUS_OF_CODE: Mapping[str, int] = MappingProxyType(
    {"room_link_unknown": 403, "room_link_expired": 403, "room_removed": 403, "room_ended": 410, "room_full": 409}
)
"""Why somebody may not enter, and the HTTP status that goes with it."""

_log = logging.getLogger(__name__)

_ROOM = "{room_id:[A-Za-z0-9_.-]{1,128}}"
_BODY_MAX_BYTES = TOKEN_MAX_CHARS + 100
_UNAVAILABLE = 503
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PERMISSIONS = "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), autoplay=(self)"


def room_page_routes(provider: str, enter: Enter, *, connect_to: Sequence[str] = ()) -> list[web.RouteDef]:
    """Return the page at `/room/{provider}/{room_id}`, its files, and `…/enter`.

    Args:
        enter: lets somebody in.
        connect_to: where else the page may connect to: origins such as `wss://media.example.com`.
    """
    assets = page_assets()
    page_headers = {**_HEADERS, "Content-Security-Policy": _policy(connect_to), "Permissions-Policy": _PERMISSIONS}

    async def handle_page(request: web.Request) -> web.Response:
        with speaking(_language(request)):
            headers = {**page_headers, "Cache-Control": "no-store", "Content-Language": spoken()}
            return web.Response(body=room_page(), content_type="text/html", charset="utf-8", headers=headers)

    async def handle_asset(request: web.Request) -> web.Response:
        asset = assets.get(request.match_info["name"])
        if asset is None:
            return web.Response(status=404, text="There is no such file.\n", headers=_HEADERS)
        return _asset_response(request, asset)

    async def handle_enter(request: web.Request) -> web.Response:
        with speaking(_language(request)):
            return await _entered(request, enter)

    return [
        web.get(f"/room/{provider}/assets/{{name}}", handle_asset),
        web.get(f"/room/{provider}/{_ROOM}", handle_page),
        web.post(f"/room/{provider}/{_ROOM}/enter", handle_enter),
    ]


async def _entered(request: web.Request, enter: Enter) -> web.Response:
    try:
        entry = await enter(request.match_info["room_id"], await _token(request))
    except UsageError as error:
        return _refusal(error, STATUS_OF_CODE.get(error.code, 403))
    except CallsError as error:
        _log.warning("Somebody could not be let into a room: %s", error)
        return _refusal(error, _UNAVAILABLE)
    return _entry_response(entry)


def _language(request: web.Request) -> str:
    return language_accepted(request.headers.get("Accept-Language", ""))


def _policy(connect_to: Sequence[str]) -> str:
    connect = " ".join(("'self'", *connect_to))
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src {connect}; "
        "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    )


def _asset_response(request: web.Request, asset: Asset) -> web.Response:
    """Return a file, or only that it has not changed; browsers ask each time, so that an update reaches them."""
    headers = {**_HEADERS, "Cache-Control": "no-cache"}
    known = {tag.value for tag in request.if_none_match or ()}
    if asset.etag in known:
        response = web.Response(status=304, headers=headers)
    else:
        response = web.Response(body=asset.content, content_type=asset.content_type, charset="utf-8", headers=headers)
    response.etag = asset.etag
    return response


async def _token(request: web.Request) -> str:
    """Return the token of a request.

    Raises:
        UsageError: when there is none to be read.
    """
    try:
        body = await request.read()
        sent = json.loads(body) if len(body) <= _BODY_MAX_BYTES else None
    except (ValueError, RecursionError, web.HTTPRequestEntityTooLarge):
        sent = None
    token = sent.get("token") if isinstance(sent, dict) else None
    if not isinstance(token, str):
        raise UsageError("room_link_unknown", detail="no token")
    return token


def _entry_response(entry: Entry) -> web.Response:
    sent = {
        "backend": entry.backend,
        "name": entry.name,
        "resume": entry.resume,
        "backend_settings": dict(entry.backend_settings),
    }
    return web.json_response(sent, headers={**_HEADERS, "Cache-Control": "no-store"})


def _refusal(error: CallsError, status: int) -> web.Response:
    sent = {"code": error.code, "sentence": sentence_for(error)}
    return web.json_response(sent, status=status, headers={**_HEADERS, "Cache-Control": "no-store"})
