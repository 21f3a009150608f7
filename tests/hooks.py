"""Requests of meeting systems, as the app hands them to a provider."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from calls.clock import now
from calls.meetings import Hook


def hook(body: bytes, headers: Mapping[str, str], *, method: str = "POST", path: str = "", query: str = "") -> Hook:
    """Return a request that came just now."""
    names = {name.lower(): (value,) for name, value in headers.items()}
    return Hook(method, path, query, names, body, now())


def with_bit_changed(body: bytes) -> bytes:
    """Return a body of which one bit is another."""
    return body[:-2] + bytes([body[-2] ^ 1]) + body[-1:]


def stamp(at: datetime) -> str:
    """Return a time in whole seconds since 1970."""
    return str(int(at.timestamp()))
