"""Decide which addresses become links: an app must not be able to run script in the page."""

from __future__ import annotations

from urllib.parse import urlsplit

_LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def safe_href(url: str) -> str | None:
    """Return the address if its scheme is harmless, else None."""
    parts = _split(url)
    return url.strip() if parts is not None and parts[0] in _LINK_SCHEMES else None


def safe_join_href(url: str) -> str | None:
    """Return a call's join address if it is https, or http on this machine, else None."""
    parts = _split(url)
    if parts is None:
        return None
    scheme, host = parts
    allowed = bool(host) and (scheme == "https" or (scheme == "http" and is_loopback(host)))
    return url.strip() if allowed else None


def safe_image_src(url: str) -> str | None:
    """Return an image's address if the page's own policy lets it load, else None."""
    return safe_join_href(url)


def is_loopback(host: str) -> bool:
    """Tell whether a host name means this machine."""
    return host in _LOOPBACK_HOSTS


def _split(url: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(url.strip())
        return parts.scheme.lower(), parts.hostname or ""
    except ValueError:
        return None
