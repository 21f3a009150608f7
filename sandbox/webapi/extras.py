"""What Web API answers point to: icons, and permalinks that lead to the page."""

from __future__ import annotations

import colorsys
import struct
import urllib.parse
import zlib

from aiohttp import web

from sandbox.workspace import Workspace

_LARGEST_PX = 1024
_ORIGINAL_PX = 512


def extra_routes(workspace: Workspace) -> list[web.RouteDef]:
    """Return the routes of `/icons/{name}_{size}.png` and `/archives/{channel}/p{ts}`."""

    async def show_icon(request: web.Request) -> web.Response:
        """Draw a square in the color of its name."""
        size = request.match_info["size"]
        side_px = _ORIGINAL_PX if size == "original" else int(size)
        if not 1 <= side_px <= _LARGEST_PX:
            raise web.HTTPNotFound
        image = draw_square(side_px, color_of(workspace, request.match_info["name"]))
        return web.Response(body=image, content_type="image/png", headers={"Cache-Control": "max-age=3600"})

    async def follow_permalink(request: web.Request) -> web.Response:
        """Lead to the conversation on the page."""
        query = {"channel": request.match_info["channel"]}
        if "thread_ts" in request.query:
            query["thread_ts"] = request.query["thread_ts"]
        raise web.HTTPFound(f"/?{urllib.parse.urlencode(query)}")

    return [
        web.get(r"/icons/{name:[A-Za-z0-9]+}_{size:\d{1,4}|original}.png", show_icon),
        web.get(r"/archives/{channel:[A-Z0-9]+}/{message:p\d+}", follow_permalink),
    ]


def color_of(workspace: Workspace, name: str) -> tuple[int, int, int]:
    """Choose a color: the manifest's for the app, and one derived from the name for all others."""
    wanted = workspace.installation.manifest.background_color.removeprefix("#")
    if name in {"app", workspace.installation.bot_user_id} and len(wanted) in {3, 6}:
        digits = wanted if len(wanted) == 6 else "".join(digit * 2 for digit in wanted)  # noqa: PLR2004 -- rrggbb
        try:
            return tuple(bytes.fromhex(digits))  # type: ignore[return-value]
        except ValueError:
            pass
    hue = zlib.crc32(name.encode()) % 360 / 360
    red, green, blue = colorsys.hls_to_rgb(hue, 0.45, 0.5)
    return round(red * 255), round(green * 255), round(blue * 255)


def draw_square(side_px: int, color: tuple[int, int, int]) -> bytes:
    """Draw a PNG of one color, `side_px` pixels wide and high."""
    header = struct.pack(">IIBBBBB", side_px, side_px, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(color) * side_px) * side_px
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
