"""Files: how they are found, and how Slack describes them."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from urllib.parse import quote

from sandbox.workspace import File, Json, Workspace


def content_path(file: File) -> str:
    """Return where the content of a file is, below the workspace's own address."""
    return f"/files-pri/{file.id}/{quote(file.name, safe='')}"


def mime_type(file: File) -> str:
    """Return a file's media type, as its name lets expect."""
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def find_file(workspace: Workspace, slack_file: Json) -> File | None:
    """Find the file that a `slack_file` object names, by its id or by one of its addresses, not by both.

    Source: https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
    """
    file_id, url = slack_file.get("id"), slack_file.get("url")
    if (file_id is None) == (url is None):
        return None
    if file_id is not None:
        return workspace.files.get(str(file_id))
    return next((file for file in workspace.files.values() if url in _addresses(workspace, file)), None)


def is_known_image(workspace: Workspace, slack_file: Json) -> bool:
    """Tell whether a `slack_file` may be shown in an image block: an image whose upload is complete."""
    file = find_file(workspace, slack_file)
    return file is not None and file.is_complete and file.is_image


def file_json(workspace: Workspace, file: File) -> Json:
    """Show a file as Slack does. Source: https://docs.slack.dev/reference/objects/file-object."""
    private, permalink = _addresses(workspace, file)
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": mime_type(file),
        "filetype": file.extension,
        "user": file.user_id,
        "editable": False,
        "size": file.length_bytes,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "alt_txt": file.alt_text,
        "url_private": private,
        "url_private_download": private,
        "permalink": permalink,
        "channels": [],
        "groups": [],
        "ims": list(file.channels),
    }


def files_json(workspace: Workspace, file_ids: Iterable[str]) -> list[Json]:
    """Show the files of a message; of one that was deleted only that it was."""
    found = [(file_id, workspace.files.get(file_id)) for file_id in file_ids]
    return [
        {"id": file_id, "mode": "tombstone"} if file is None else file_json(workspace, file) for file_id, file in found
    ]


def _addresses(workspace: Workspace, file: File) -> tuple[str, str]:
    base = workspace.base_url
    return f"{base}{content_path(file)}", f"{base}/files/{file.user_id}/{file.id}/{quote(file.name, safe='')}"
