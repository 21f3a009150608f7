"""Take what an app posts to a response_url: no token, no membership, 5 times within 30 minutes.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from __future__ import annotations

import json
import time
from http import HTTPStatus

from aiohttp import web

from sandbox import messages
from sandbox.installs import Installs
from sandbox.messages import MessageError, NewMessage
from sandbox.webapi.events import tell_posted
from sandbox.workspace import Json, Message, Traffic, Workspace

USES_MAX = 5
LASTS_S = 30 * 60


class ResponseError(Exception):
    """Slack does not take what was posted.

    Args:
        status: the HTTP status.
        code: the error code.
    """

    def __init__(self, status: HTTPStatus, code: str) -> None:
        """Keep both."""
        super().__init__(code)
        self.status = status
        self.code = code


def routes(installs: Installs) -> list[web.RouteDef]:
    """Return the route of every response_url."""

    async def handle_response(request: web.Request) -> web.Response:
        url_id, places = request.match_info["id"], installs.workspaces.values()
        workspace = next((one for one in places if url_id in one.response_urls), installs.home)
        at_s, started_s, status = workspace.now(), time.monotonic(), HTTPStatus.OK
        body: Json = {}
        answer: Json = {"ok": True}
        try:
            body = await _read(request)
            respond(workspace, url_id, body)
        except ResponseError as error:
            answer, status = {"ok": False, "error": error.code}, error.status
        except MessageError as error:
            answer, status = {"ok": False, "error": error.code}, HTTPStatus.BAD_REQUEST
            if error.problems:
                answer["errors"] = list(error.problems)
        took_ms = (time.monotonic() - started_s) * 1000
        workspace.log(Traffic(at_s, "response_url", "response_url", body, answer, status, took_ms=took_ms))
        return web.json_response(answer, status=status) if status != HTTPStatus.OK else web.Response(text="ok")

    return [web.post("/response/{id}", handle_response)]


def respond(workspace: Workspace, url_id: str, body: Json) -> None:
    """Do what a post to a response_url asks for; a post that is refused does not count as a use (a choice).

    Raises:
        ResponseError: when the address is unknown, too old or used up, or what it should change is gone.
        MessageError: when the message breaks a rule.
    """
    url = workspace.response_urls.get(url_id)
    if url is None:
        raise ResponseError(HTTPStatus.NOT_FOUND, "invalid_url")
    if workspace.now() - url.made_at_s > LASTS_S:
        raise ResponseError(HTTPStatus.NOT_FOUND, "expired_url")
    if url.uses >= USES_MAX:
        raise ResponseError(HTTPStatus.NOT_FOUND, "used_url")
    original = workspace.message(url.channel_id, url.message_ts) if url.message_ts else None
    if _flag(body, "delete_original"):
        messages.delete(workspace, _found(original))
    elif _flag(body, "replace_original") and url.message_ts:
        _replace(workspace, _found(original), body)
    else:
        post_answer(workspace, url.channel_id, url.user_id, body)
    url.uses += 1


async def _read(request: web.Request) -> Json:
    """Read a JSON body, or the `payload` of a form."""
    try:
        if request.content_type == "application/x-www-form-urlencoded":
            text = str((await request.post()).get("payload", ""))
        else:
            text = await request.text()
        body = json.loads(text)
    except (ValueError, LookupError) as error:
        raise ResponseError(HTTPStatus.BAD_REQUEST, "invalid_payload") from error
    if not isinstance(body, dict):
        raise ResponseError(HTTPStatus.BAD_REQUEST, "invalid_payload")
    return body


def _flag(body: Json, name: str) -> bool:
    return body.get(name) in (True, "true")


def _found(original: Message | None) -> Message:
    if original is None:
        raise ResponseError(HTTPStatus.NOT_FOUND, "message_not_found")
    return original


def _objects(body: Json, name: str) -> list[Json]:
    """Read blocks or attachments, which may also come as a string of JSON."""
    value = body.get(name) or []
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise MessageError(f"invalid_{name}") from error
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise MessageError(f"invalid_{name}")
    return value


def _metadata(body: Json) -> Json | None:
    value = body.get("metadata")
    return value if isinstance(value, dict) else None


def _replace(workspace: Workspace, original: Message, body: Json) -> None:
    messages.update(
        workspace,
        original,
        text=str(body.get("text") or ""),
        blocks=_objects(body, "blocks"),
        attachments=_objects(body, "attachments"),
        metadata=_metadata(body),
    )


def post_answer(workspace: Workspace, channel_id: str, user_id: str, body: Json) -> None:
    """Post what an app answered a person with: seen by them alone, unless it says `in_channel`.

    Raises:
        MessageError: when the message breaks a rule.
    """
    message = messages.post(
        workspace,
        NewMessage(
            channel_id=channel_id,
            user_id=workspace.installation.bot_user_id,
            text=str(body.get("text") or ""),
            blocks=_objects(body, "blocks"),
            attachments=_objects(body, "attachments"),
            thread_ts=str(body.get("thread_ts") or "") or None,
            metadata=_metadata(body),
            by_app=True,
            ephemeral_for=None if body.get("response_type") == "in_channel" else user_id,
        ),
    )
    if message.ephemeral_for is None:
        tell_posted(workspace, message)
