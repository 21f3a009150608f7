"""Make sure that every family of methods has registered itself."""

from __future__ import annotations

import importlib

_FAMILIES = (
    *("apps", "auth", "blocks", "bookmarks", "calls", "chat", "conversations", "dnd", "files", "history", "membership"),
    *("oauth", "openid", "pins", "presence", "reactions", "scheduled", "team", "usergroups", "users", "views"),
)


def load() -> None:
    """Import every module that registers methods."""
    for family in _FAMILIES:
        importlib.import_module(f"sandbox.webapi.{family}")
