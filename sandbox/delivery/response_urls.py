"""Take what an app posts to a response_url: no token, no membership, 5 times within 30 minutes.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

import json

from aiohttp import web

from sandbox import messages
from sandbox.messages import MessageError, NewMessage
from sandbox.workspace import Json, Message, ResponseUrl, Traffic, Workspace

USES_MAX = 5
LASTS_S = 30 * 60


class ResponseError(Exception):
    """What Slack answers to a post it does not take.

    Args:
        status: the HTTP status.
        code: the error code.
    """

    def __init__(self, status: int, code: str) -> None:
        """Keep both."""
        super().__init__(code)
        self.status = status
        self.code = code


def routes(workspace: Workspace) -> list[web.RouteDef]:
    """Return the route of every response_url."""

    async def handle_response(request: web.Request) -> web.Response:
        status, answer, body = 200, "ok", {}
        try:
            body = _read(await request.text())
            respond(workspace, request.match_info["id"], body)
        except ResponseError as error:
            status, answer = error.status, error.code
        except MessageError as error:
            status, answer = 400, error.code
        reply: Json = {"ok": status == 200}  # noqa: PLR2004 - HTTP's success
        if not reply["ok"]:
            reply["error"] = answer
        workspace.log(Traffic(workspace.now(), "response_url", "response_url", body, reply, status))
        if status != 200:  # noqa: PLR2004 - HTTP's success
            return web.json_response(reply, status=status)
        return web.Response(text="ok")

    return [web.post("/response/{id}", handle_response)]


def respond(workspace: Workspace, url_id: str, body: Json) -> None:
    """Do what a post to a response_url asks for.

    Raises:
        ResponseError: when the address is unknown, too old or used up, or what it should change is gone.
        MessageError: when the message breaks a rule.
    """
    url = workspace.response_urls.get(url_id)
    if url is None:
        raise ResponseError(404, "invalid_url")
    if workspace.now() - url.made_at_s > LASTS_S:
        raise ResponseError(404, "expired_url")
    if url.uses >= USES_MAX:
        raise ResponseError(404, "used_url")
    original = workspace.message(url.channel_id, url.message_ts) if url.message_ts else None
    if body.get("delete_original"):
        messages.delete(workspace, _found(original))
    elif body.get("replace_original") and original is not None:
        _replace(workspace, original, body)
    else:
        _post(workspace, url, body, original)
    url.uses += 1


def _read(text: str) -> Json:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise ResponseError(400, "invalid_payload") from error
    if not isinstance(body, dict):
        raise ResponseError(400, "invalid_payload")
    return body


def _found(original: Message | None) -> Message:
    if original is None:
        raise ResponseError(404, "message_not_found")
    return original


def _replace(workspace: Workspace, original: Message, body: Json) -> None:
    messages.update(
        workspace,
        original,
        text=str(body.get("text", "")),
        blocks=body.get("blocks") or [],
        attachments=body.get("attachments") or [],
        metadata=body.get("metadata"),
    )


def _post(workspace: Workspace, url: ResponseUrl, body: Json, original: Message | None) -> None:
    in_channel = body.get("response_type") == "in_channel"
    in_thread = original is not None and body.get("replace_original") is False
    messages.post(
        workspace,
        NewMessage(
            channel_id=url.channel_id,
            user_id=workspace.installation.bot_user_id,
            text=str(body.get("text", "")),
            blocks=body.get("blocks") or [],
            attachments=body.get("attachments") or [],
            thread_ts=body.get("thread_ts") or (original.thread_ts if original is not None and in_thread else None),
            metadata=body.get("metadata"),
            by_app=True,
            ephemeral_for=None if in_channel else url.user_id,
        ),
    )
