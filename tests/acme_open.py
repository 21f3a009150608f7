"""The example of a provider, for an Acme server that lets anybody in who has the address."""

from __future__ import annotations

from dataclasses import replace

from startcall_acme import KIND as ACME
from startcall_acme import AcmeProvider

from calls.meetings import Capability


class OpenAcme(AcmeProvider):
    """Acme without links of one's own."""

    name = "acme_open"
    capabilities = AcmeProvider.capabilities & ~(Capability.PERSON_LINK | Capability.KICK)


KIND = replace(ACME, name="acme_open", build=OpenAcme)
