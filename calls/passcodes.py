"""Take passcodes out of the addresses of recordings and the like."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from calls.model import Artifact

_NAMES: Final = frozenset({"pwd", "pw", "pass", "passcode", "passwd", "password", "pin"})


def without_passcode(artifact: Artifact) -> Artifact:
    """Return what a meeting left behind with an address that holds no passcode; people then have to be told it."""
    parts = urlsplit(artifact.url)
    query = _without(parts.query)
    fragment = _without(parts.fragment) if "=" in parts.fragment else parts.fragment
    if (query, fragment) == (parts.query, parts.fragment):
        return artifact
    return replace(artifact, url=urlunsplit(parts._replace(query=query, fragment=fragment)))


def _without(query: str) -> str:
    """Return a query without passcodes; one that has none stays as it is, letter for letter."""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name.lower() not in _NAMES]
    return query if len(kept) == len(pairs) else urlencode(kept)
