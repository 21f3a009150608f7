"""Take the content of files, and give it out again.

Source: https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiohttp import BodyPartReader, web

from sandbox.files import mime_type
from sandbox.workspace import File, Workspace


def upload_routes(workspaces: Mapping[str, Workspace]) -> list[web.RouteDef]:
    """Return the routes of `/upload/v1/{ticket}` and `/files-pri/{id}/{name}`.

    Args:
        workspaces: by id, whose files they are; more may come.
    """

    async def take(request: web.Request) -> web.Response:
        """Keep what is sent for a file, as raw bytes or as a form; its length has to be the one that was announced."""
        file = _awaited(workspaces, request.match_info["ticket"])
        if file is None:
            return web.Response(status=404, text="There is no upload under this address, or it is over.\n")
        content = await _content(request)
        if len(content) != file.length_bytes:
            return web.Response(status=400, text=f"{file.length_bytes} bytes were announced, not {len(content)}.\n")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def show(request: web.Request) -> web.Response:
        """Return a file's content."""
        file = next((one for one in _files(workspaces) if one.id == request.match_info["id"]), None)
        if file is None or file.content is None or not file.is_complete:
            return web.Response(status=404, text="There is no such file.\n")
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
        if not file.is_image:
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=file.content, content_type=mime_type(file), headers=headers)

    return [
        web.post(r"/upload/v1/{ticket:[0-9a-f]+}", take),
        web.get(r"/files-pri/{id:F[0-9A-Z]+}/{name}", show),
    ]


def _files(workspaces: Mapping[str, Workspace]) -> Iterator[File]:
    for workspace in workspaces.values():
        yield from workspace.files.values()


def _awaited(workspaces: Mapping[str, Workspace], ticket: str) -> File | None:
    return next((file for file in _files(workspaces) if file.ticket == ticket and file.content is None), None)


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.filename:
            return bytes(await part.read(decode=True))
    return b""
