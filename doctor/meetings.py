"""Look at the meeting system."""

from __future__ import annotations

from calls.errors import CallsError
from calls.meetings import Capability, Provider
from doctor.report import Finding, State

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
