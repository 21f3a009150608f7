"""What a token that lacks scopes cannot do, and whether calls work without."""

from __future__ import annotations

from collections.abc import Iterable

from doctor.report import Finding, State

_WITHOUT = {
    "channels:read": "nobody is asked before a call reaches a large public channel",
    "files:write": "the history cannot be sent as a file, and the Home has no chart",
    "groups:read": "nobody is asked before a call reaches a large private channel",
    "links:read": "pasted links of meetings do not become cards",
    "links:write": "pasted links of meetings do not become cards",
    "usergroups:read": "user groups cannot be invited, nor be the ones who may end calls",
    "users:read": "people's languages, time zones and admin rights are not known",
}
"""What is missed without a scope that only features need; every other one is needed for calls themselves."""


def lacking(name: str, lead: str, missing: Iterable[str], cure: str) -> Finding:
    """Say which scopes are missing: bad when calls need one of them, else a warning that names what is missed.

    Args:
        name: of the finding.
        lead: how the sentence begins; the scopes follow it.
        missing: one or more scopes.
    """
    scopes = sorted(missing)
    sentence = f"{lead} {', '.join(scopes)}."
    if not _WITHOUT.keys() >= set(scopes):
        return Finding(name, State.BAD, sentence, cure)
    missed = "; ".join(dict.fromkeys(_WITHOUT[scope] for scope in scopes))
    return Finding(name, State.WARN, f"{sentence} Calls work without, but: {missed}.", cure)
