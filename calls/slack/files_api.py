"""Upload files: Slack is told of one, gets its content, and is told that it is there.

Scope `files:write`. Source: https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from calls.slack.web import SlackWeb


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file to be uploaded.

    Args:
        name: with the ending that says of what kind it is.
        title: what people see.
        alt_text: what a picture shows, for those who do not see it.
    """

    name: str
    title: str
    content: bytes = field(repr=False)
    alt_text: str = ""


class FilesApi:
    """Files in any workspace the app is installed in.

    Every method raises a SlackError for every outcome but success.
    """

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    async def upload(self, team_id: str, file: OutgoingFile, channel_id: str | None = None) -> str:
        """Upload a file and return its id.

        Args:
            channel_id: where it is shared; None keeps it private, for image blocks of ours.

        Raises:
            SlackScopeMissing: where the app may not upload.
            SlackChannelRefused: when it is not in the conversation.

        Source: https://docs.slack.dev/reference/methods/files.completeUploadExternal
        """
        method = "files.getUploadURLExternal"
        body: dict[str, Any] = {"filename": file.name, "length": len(file.content)}
        if file.alt_text:
            body["alt_txt"] = file.alt_text
        answer = await self._web.call(team_id, method, body)
        file_id = answer.text("file_id", method)
        await self._web.upload(answer.text("upload_url", method), file.content)
        body = {"files": [{"id": file_id, "title": file.title}]}
        if channel_id is not None:
            body["channel_id"] = channel_id
        await self._web.call(team_id, "files.completeUploadExternal", body)
        return file_id
