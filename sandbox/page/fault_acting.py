"""Take what a person set in the pane of faults: plans, switches, ended connections, and the clock."""

from __future__ import annotations

import math
from collections.abc import Mapping

from aiohttp import web

from sandbox.page.backstage import Backstage
from sandbox.page.fault_pane import DELIVERY_WORDS, FAULT_WORDS, LEAVES, choices_of

STEP_MAX_S = 366 * 86_400.0
DELAY_MAX_S = 60.0
_DONE = 204


class FaultActing:
    """Everything the pane of faults can do.

    Args:
        sandbox: what is to go wrong.
    """

    def __init__(self, sandbox: Backstage) -> None:
        """Remember what to change."""
        self._sandbox = sandbox

    async def act(self, request: web.Request) -> web.StreamResponse:
        """Do the one thing that a form of the pane asks for."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        deeds = {
            "advance": self._advance,
            "api": self._plan_api,
            "delivery": self._plan_delivery,
            "forget": self._forget,
            "limits": self._limit,
            "switch": self._switch,
        }
        deed = form.get("do", "")
        if deed == "leave":
            await self._leave(form)
        elif deed in deeds:
            deeds[deed](form)
        else:
            raise web.HTTPBadRequest(text="Nothing was chosen. Use one of the pane’s buttons.")
        self._sandbox.workspace.changed()
        return web.Response(status=_DONE)

    def _advance(self, form: Mapping[str, str]) -> None:
        self._sandbox.advance(_number(form, "seconds", most=STEP_MAX_S))

    def _plan_api(self, form: Mapping[str, str]) -> None:
        kind = next((one for one in FAULT_WORDS if one == form.get("kind")), None)
        if kind is None:
            raise web.HTTPBadRequest(text="Choose what goes wrong.")
        wait_s = _number(form, "wait_s", most=DELAY_MAX_S) if form.get("wait_s") else None
        self._sandbox.faults.add(
            form.get("name", "").strip() or "*",
            kind,
            times=_times(form),
            error=form.get("error", "").strip() or None,
            retry_after_s=math.ceil(wait_s) if wait_s is not None and kind == "429" else None,
            delay_s=None if kind == "429" else wait_s,
        )

    def _plan_delivery(self, form: Mapping[str, str]) -> None:
        kind = next((one for one in DELIVERY_WORDS if one == form.get("kind")), None)
        if kind is None:
            raise web.HTTPBadRequest(text="Choose what goes wrong.")
        delay_s = _number(form, "wait_s", most=DELAY_MAX_S) if form.get("wait_s") else 0.0
        name = form.get("name", "").strip() or "*"
        self._sandbox.delivery_faults.add(name, kind, times=_times(form), delay_s=delay_s)

    def _forget(self, _: Mapping[str, str]) -> None:
        self._sandbox.faults.clear()
        self._sandbox.delivery_faults.clear()

    def _limit(self, form: Mapping[str, str]) -> None:
        self._sandbox.faults.rate_limits = form.get("value") == "on"

    def _switch(self, form: Mapping[str, str]) -> None:
        switches = self._sandbox.switches
        choice = next((one for one in choices_of(switches) if one.name == form.get("name")), None)
        value = form.get("value", "")
        if choice is None or (choice.options and value not in dict(choice.options)):
            raise web.HTTPBadRequest(text="There is no such choice. Reload the page.")
        setattr(switches, choice.name, value if choice.options else value == "on")

    async def _leave(self, form: Mapping[str, str]) -> None:
        reason = form.get("reason", "")
        if reason in LEAVES:
            # A warning only says that the connection will end.
            await self._sandbox.socket_mode.disconnect(reason, close=reason != "warning")
        else:
            self._sandbox.socket_mode.drop()


def _number(form: Mapping[str, str], name: str, *, most: float) -> float:
    try:
        value = float(form.get(name, ""))
    except ValueError:
        value = math.nan
    if not 0 <= value <= most:
        raise web.HTTPBadRequest(text=f"Give a number of seconds from 0 to {most:g}.")
    return value


def _times(form: Mapping[str, str]) -> int:
    text = form.get("times", "") or "1"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 1_000_000:  # noqa: PLR2004 - more is for ever
        raise web.HTTPBadRequest(text="Give how many times as a whole number, 1 or more.")
    return int(text)
