"""Recognise the links by which people join meetings, without asking anybody."""

from __future__ import annotations

import re
from urllib.parse import urlsplit


def leads_to(url: str, hosts: str, path: str) -> bool:
    """Say whether a link is one to a meeting.

    Args:
        hosts: a host, or `*.` and a host for itself and everything below it.
        path: pattern that the whole path has to match.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    host, wanted = (parts.hostname or "").lower(), hosts.removeprefix("*.").lower()
    is_there = host == wanted or (hosts.startswith("*.") and host.endswith(f".{wanted}"))
    return parts.scheme == "https" and is_there and re.fullmatch(path, parts.path) is not None


def fits_template(url: str, template: str) -> bool:
    """Say whether a link can have come from a template in which something stands in for each `{placeholder}`."""
    fixed = [re.escape(part) for part in re.split(r"\{[^{}]*\}", template)]
    return re.fullmatch(r"[^/?#&]+".join(fixed), url) is not None
