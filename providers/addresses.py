"""Say what is wrong with a web address that somebody configured."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from calls.loopback import is_loopback

ADDRESS_MAX_CHARS = 1000
"""Leaves room for what is filled in; Slack documents no limit for a call's address."""

# What RFC 3986 allows, and braces. A backslash is left out on purpose: browsers read it as a slash.
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%{}]*")


def find_address_fault(address: str) -> str | None:
    """Return what is wrong with a web address, as the end of a sentence that begins with its name; None when usable.

    The answer never repeats the address, which may hold a password by mistake.
    """
    if len(address) > ADDRESS_MAX_CHARS:
        return f"is longer than {ADDRESS_MAX_CHARS} characters"
    if not _CHARACTERS.fullmatch(address):
        return "has a space or another character that cannot stand in a web address"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "is not a web address"
    if port == 0:
        return "has port 0, at which nothing can be reached"
    return _scheme_fault(parts) or _host_fault(parts)


def _scheme_fault(parts: SplitResult) -> str | None:
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        return "begins with http://, which is allowed only for this computer itself (localhost, 127.0.0.1)"
    if parts.scheme not in {"https", "http"}:
        return "does not begin with https://"
    return None


def _host_fault(parts: SplitResult) -> str | None:
    """Check the host, which must be fixed: nothing that people type may choose it."""
    if "@" in parts.netloc:
        return "has a user name or password before its host"
    if not (parts.hostname or "").strip("."):
        return "has no host"
    if "{" in parts.netloc or "}" in parts.netloc:
        return "has a placeholder in its host, which must be fixed"
    return None
