"""The example of a provider, for an Acme server that reports nothing and has to be asked."""

from __future__ import annotations

from dataclasses import replace

from startcall_acme import KIND as ACME
from startcall_acme import AcmeProvider

from calls.meetings import Capability


class QuietAcme(AcmeProvider):
    """Acme without its reports."""

    name = "acme_quiet"
    capabilities = AcmeProvider.capabilities & ~Capability.WEBHOOK


KIND = replace(ACME, name="acme_quiet", build=QuietAcme)
