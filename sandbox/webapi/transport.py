"""Read a Web API call off the wire: where its arguments and its token may be, and what is wrong with its form."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.webapi.errors import SlackError
from sandbox.workspace import Json

_FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class RawCall:
    """What arrived: arguments, token, the warnings that the answer will carry, and an app's id and secret."""

    values: Json = field(default_factory=dict)
    token: str | None = None
    warnings: list[str] = field(default_factory=list)
    client: tuple[str, str] | None = None


async def read_call(request: web.Request) -> RawCall:
    """Read arguments and token of a call; body arguments win over those of the query.

    An empty body is fine whatever its content type: slack_sdk sends `application/json` without a body. A token inside
    a JSON body does not count, because Slack takes it from the header or from a form.

    Raises:
        SlackError: `invalid_json`, `json_not_object`, `invalid_form_data`, `invalid_charset`, `missing_post_type` or
            `invalid_post_type` for a body that cannot be read.

    Source: https://docs.slack.dev/apis/web-api/#basics
    """
    raw = RawCall(values=dict(request.query))
    is_json = False
    if request.method == "POST" and request.can_read_body:
        is_json = request.content_type == "application/json"
        body = await _read_json(request, raw) if is_json else await _read_form(request, raw)
        raw.values |= body
    authorization = request.headers.get("Authorization", "")
    scheme, _, bearer = authorization.partition(" ")
    if scheme.lower() == "bearer":
        raw.token = bearer.strip() or None
    elif scheme.lower() == "basic":
        raw.client = _client(bearer)
    elif not is_json or "token" in request.query:
        token = request.query.get("token") or raw.values.get("token")
        raw.token = str(token) if token else None
    raw.values.pop("token", None)
    return raw


def _client(encoded: str) -> tuple[str, str] | None:
    """Return the id and the secret of HTTP Basic, or None. Source: https://www.rfc-editor.org/rfc/rfc7617."""
    try:
        client_id, separator, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (client_id, secret) if separator else None


async def _read_json(request: web.Request, raw: RawCall) -> Json:
    text = await _read_text(request)
    if not text.strip():
        return {}
    if request.charset is None:
        raw.warnings.append("missing_charset")
    try:
        body = json.loads(text)
    except ValueError as error:
        raise SlackError("invalid_json") from error
    if not isinstance(body, dict):
        raise SlackError("json_not_object")
    return body


async def _read_form(request: web.Request, raw: RawCall) -> Json:
    if "Content-Type" not in request.headers:
        if not (await request.read()).strip():
            return {}
        raise SlackError("missing_post_type")
    if request.content_type not in {_FORM, "multipart/form-data"}:
        if not (await request.read()).strip():
            return {}
        raise SlackError("invalid_post_type")
    if request.content_type == _FORM and request.charset is not None:
        raw.warnings.append("superfluous_charset")
    try:
        form = await request.post()
    except (ValueError, LookupError) as error:
        raise SlackError("invalid_form_data") from error
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def _read_text(request: web.Request) -> str:
    try:
        return await request.text()
    except (UnicodeDecodeError, LookupError) as error:
        raise SlackError("invalid_charset") from error
