"""Look at the meeting system."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar

from calls.errors import CallsError, ConfigError
from calls.ids import new_call_id
from calls.meetings import DEADLINE, Capability, Provider, RoomSpec
from calls.model import ChannelId, TeamId, UserId, Visitor
from doctor.report import Finding, State
from parts import Providers

Answer = TypeVar("Answer")

ASKED = Capability.CREATE | Capability.END | Capability.POLL | Capability.STREAM | Capability.KICK
"""With any of these the app itself talks to the meeting system."""


async def check_provider(provider: Provider) -> Finding:
    """Ask the meeting system whether it works.

    One that the app itself never talks to only gets a warning: what counts is whether people's browsers reach it.
    """
    name = "meetings"
    trouble = State.BAD if provider.capabilities & ASKED else State.WARN
    cure = f"Check the settings of the provider {provider.name} (docs/providers.md), and that its server runs."
    if trouble is State.WARN:
        cure = "The app itself never asks it, so calls can still work: open its address in a browser to see."
    try:
        health = await provider.probe()
    except CallsError as error:
        return Finding(name, trouble, f"The provider {provider.name} could not be tried: {error}.", cure)
    sentence = f'{health.sentence} People read: "{provider.notice}"' if provider.notice else health.sentence
    return Finding(name, State.OK, sentence) if health.ok else Finding(name, trouble, sentence, cure)


def chosen_provider(providers: Providers, name: str) -> Provider:
    """Return one of the meeting systems that are chosen.

    Raises:
        ConfigError: when it is none of them.
    """
    if name not in providers.by_name:
        raise ConfigError("unknown_provider", detail=f"{name!r}; chosen are {', '.join(providers.by_name)}")
    return providers.by_name[name]


async def try_provider(provider: Provider) -> list[Finding]:
    """Make a meeting, have a link made for one person, look who is in, and end it: each as far as it is offered."""
    spec = RoomSpec(new_call_id(), TeamId("T0DOCTOR"), ChannelId("C0DOCTOR"), "Startcall's doctor", UserId("U0DOCTOR"))
    findings: list[Finding] = []
    room = await _step(provider, findings, "make a meeting", provider.create_room(spec))
    if room is None:
        return findings
    findings[-1] = Finding("meetings", State.OK, f"{provider.name}: made a meeting at {room.join_url}")
    can = provider.capabilities
    if Capability.PERSON_LINK in can:
        visitor = Visitor(new_call_id(), spec.call_id, "guest:doctor", "Startcall's doctor")
        link = provider.person_link(room, visitor, lasts=timedelta(minutes=5))
        await _step(provider, findings, "make a link for one person", link)
    if Capability.POLL in can:
        await _step(provider, findings, "look who is in", provider.roster(room))
    if Capability.END in can:
        await _step(provider, findings, "end the meeting", provider.end_room(room))
    return findings


async def _step(provider: Provider, findings: list[Finding], what: str, work: Awaitable[Answer]) -> Answer | None:
    """Do one thing and note how it went; return None where it did not work."""
    name = "meetings"
    try:
        async with asyncio.timeout(DEADLINE.total_seconds()):
            answer = await work
    except (CallsError, TimeoutError) as error:
        reason = "no answer in time" if isinstance(error, TimeoutError) else str(error)
        cure = f"See Troubleshooting in the provider's page (docs/providers.md leads to {provider.name})."
        findings.append(Finding(name, State.BAD, f"{provider.name} could not {what}: {reason}.", cure))
        return None
    findings.append(Finding(name, State.OK, f"{provider.name} could {what}."))
    return answer
