"""The addresses of the pages."""

from __future__ import annotations

from aiohttp import web

from listeners.joining.entering import Entering
from listeners.joining.pages import HEADERS, HERE
from listeners.joining.signing_in import REDIRECT_PATH, SigningIn
from listeners.joining.site import Site

_STYLE = HERE / "static" / "join.css"


def join_routes(site: Site) -> list[web.RouteDef]:
    """Return every route of the pages; what asks with HEAD changes nothing."""
    entering, signing_in = Entering(site), SigningIn(site)
    style = _STYLE.read_bytes()

    async def show_style(_: web.Request) -> web.Response:
        headers = {**HEADERS, "Cache-Control": "max-age=3600"}
        return web.Response(body=style, content_type="text/css", charset="utf-8", headers=headers)

    return [
        web.get("/j/join.css", show_style),
        web.post("/j/sign_out", site.form(signing_in.sign_out)),
        web.get("/j/{token}", site.page(entering.show)),
        web.post("/j/{token}", site.form(entering.take)),
        web.get("/j/{token}/sign_in", site.page(signing_in.begin)),
        web.get(REDIRECT_PATH, site.page(signing_in.finish)),
    ]
