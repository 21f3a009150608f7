"""Serve `/api/{method}`: token, scope, arguments, the method itself, planned faults, and a line for the inspector."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Final

from aiohttp import web

from sandbox.installs import Installs
from sandbox.refused import RefusedError
from sandbox.webapi import families
from sandbox.webapi.arguments import Arguments
from sandbox.webapi.auth import check_token
from sandbox.webapi.errors import SlackError, invalid_argument, invalid_arguments
from sandbox.webapi.extras import extra_routes
from sandbox.webapi.faults import Fault, Faults
from sandbox.webapi.registry import ApiCall, Method, built_methods, known_methods, missing_scope
from sandbox.webapi.switches import Switches
from sandbox.webapi.transport import RawCall, read_call
from sandbox.webapi.uploads import upload_routes
from sandbox.workspace import Json, Traffic, Workspace

_POLL_S: Final = 0.2
_DROPPED: Final = 0
"""The status the inspector shows for a call that got no answer."""

families.load()


@dataclass(slots=True)
class _Outcome:
    body: Json
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None


def routes(
    workspace: Workspace,
    *,
    faults: Faults | None = None,
    switches: Switches | None = None,
    installs: Installs | None = None,
) -> list[web.RouteDef]:
    """Return the routes of the Web API, the icons, and the permalinks.

    Args:
        workspace: the state to work on.
        faults: the planned faults; none are planned when not given.
        switches: the choices where Slack's behaviour is unknown; the defaults when not given.
        installs: further workspaces; there is only the one when not given.
    """
    choices = switches or Switches()
    known = installs or Installs(workspace, choices)
    api = _WebApi(known, faults or Faults(), choices)
    return [
        web.get("/api/{method}", api.handle, allow_head=False),
        web.post("/api/{method}", api.handle),
        *extra_routes(workspace),
        *upload_routes(known.workspaces),
    ]


class _WebApi:
    def __init__(self, installs: Installs, faults: Faults, switches: Switches) -> None:
        self.installs = installs
        self.home = installs.home
        self.faults = faults
        self.switches = switches

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, unless a planned fault loses it."""
        name = request.match_info["method"]
        at_s, started_s = self.home.now(), time.monotonic()
        raw = RawCall()
        try:
            raw = await read_call(request)
            unreadable = None
        except SlackError as error:
            unreadable = _Outcome(error.answer())
        fault = self.faults.take(name)
        if fault is not None and fault.delay_s > 0:
            await asyncio.sleep(fault.delay_s)
        workspace = self.installs.workspace_of(raw.token, raw.values)
        outcome = self._refusal(fault) or unreadable or self._run(workspace, name, raw, request.method)
        if fault is not None and fault.kind == "ok_with_error":
            outcome.body = {"ok": True, "error": fault.error}
        lost = fault is not None and fault.kind in {"drop_before", "drop_after", "hang_after"}
        took_ms = (time.monotonic() - started_s) * 1000
        entry = Traffic(at_s, "api", name, Arguments(raw.values).shown(), outcome.body, took_ms=took_ms)
        self._log(workspace, entry, outcome, lost=lost)
        if fault is not None and lost:
            await self._lose(request, fault)
        return self._respond(workspace, name, outcome)

    def _refusal(self, fault: Fault | None) -> _Outcome | None:
        """Return the answer of a fault that keeps the method from being done."""
        if fault is None:
            return None
        if fault.kind == "error":
            return _Outcome(SlackError(fault.error).answer())
        if fault.kind == "429":
            return _too_many(fault.retry_after_s)
        if fault.kind == "500":
            return _Outcome({}, status=500, text="Internal Server Error")
        return _Outcome({}) if fault.kind == "drop_before" else None

    def _run(self, workspace: Workspace, name: str, raw: RawCall, http_method: str) -> _Outcome:
        arguments = Arguments(raw.values)
        call = ApiCall(
            workspace, self.installs, arguments, self.switches, raw.warnings, token=raw.token, client=raw.client
        )
        try:
            method = _find(name)
            check_token(workspace, self.installs, method, raw.token)
            wait_s = self._wait_s(workspace, method, raw)
            if wait_s:
                return _too_many(wait_s)
            if method.scopes and call.scopes.isdisjoint(method.scopes):
                raise missing_scope(method.scopes, call.scopes)
            _check_required(name, raw.values)
            _check_http_method(name, http_method)
            body = {"ok": True, **method.handler(call)}
        except SlackError as error:
            body = error.answer()
        except RefusedError as error:
            body = SlackError(error.code, error.problems).answer()
        return _Outcome(_with_warnings(body, call.warnings))

    def _wait_s(self, workspace: Workspace, method: Method, raw: RawCall) -> int:
        if not self.faults.rate_limits:
            return 0
        now_s = workspace.now()
        if method.name in {"chat.postMessage", "chat.postEphemeral"}:
            wait_s = self.faults.limits.post_wait_s(f"{workspace.team.id}:{raw.values.get('channel')}", now_s)
            if wait_s:
                return wait_s
        return self.faults.limits.wait_s(f"{workspace.team.id}:{method.name}", method.tier, now_s)

    async def _lose(self, request: web.Request, fault: Fault) -> None:
        """Close the connection without an answer; after a hang, only when let go or left alone."""
        released = self.faults.released
        while fault.kind == "hang_after" and not released.is_set() and _connected(request):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(released.wait(), _POLL_S)
        if request.transport is not None:
            request.transport.abort()

    def _respond(self, workspace: Workspace, name: str, outcome: _Outcome) -> web.Response:
        method = built_methods().get(name)
        headers = {
            "x-oauth-scopes": ",".join(sorted(workspace.installation.scopes)),
            "Date": formatdate(workspace.now(), usegmt=True),
            "x-accepted-oauth-scopes": ",".join(method.scopes) if method else "",
            "x-slack-req-id": secrets.token_hex(16),
            **outcome.headers,
        }
        if outcome.text is not None:
            return web.Response(text=outcome.text, status=outcome.status, headers=headers)
        return web.json_response(outcome.body, status=outcome.status, headers=headers)

    def _log(self, workspace: Workspace, entry: Traffic, outcome: _Outcome, *, lost: bool) -> None:
        status = _DROPPED if lost else outcome.status
        retry_after_s = int(outcome.headers.get("Retry-After", 0))
        workspace.log(replace(entry, status=status, retry_after_s=retry_after_s))


def _find(name: str) -> Method:
    """Find a built method.

    Raises:
        SlackError: `unknown_method` for a name Slack does not have; `sandbox_not_implemented`, which is the sandbox's
            own and tells what to do, for one Slack has and the sandbox does not.
    """
    method = built_methods().get(name)
    if method is not None:
        return method
    if name not in known_methods():
        raise SlackError("unknown_method", extra={"req_method": name})
    hint = f"Slack has {name}, the local Slack does not: add it to sandbox/webapi/ or try it in a real workspace"
    raise SlackError("sandbox_not_implemented", [hint])


def _check_required(name: str, values: Json) -> None:
    # The app's id and secret may come by HTTP Basic instead; methods that need them look themselves.
    required = [argument for argument in known_methods().get(name, ()) if not argument.startswith("client_")]
    missing = [argument for argument in required if argument not in values]
    if missing:
        raise invalid_arguments(*(f"missing required field: {argument}" for argument in missing))
    for argument in required:
        if values[argument] is None:
            raise invalid_argument(argument, "must provide a string")


def _check_http_method(name: str, http_method: str) -> None:
    if name == "apps.connections.open" and http_method != "POST":
        raise SlackError("insecure_request")


def _too_many(retry_after_s: int) -> _Outcome:
    """Build Slack's HTTP 429. Source: https://docs.slack.dev/apis/web-api/rate-limits."""
    return _Outcome({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(retry_after_s)})


def _with_warnings(body: Json, warnings: list[str]) -> Json:
    if warnings:
        body["warning"] = ",".join(warnings)
        body.setdefault("response_metadata", {})["warnings"] = list(warnings)
    return body


def _connected(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()
