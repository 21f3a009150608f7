"""Read a setting without which a meeting system cannot work."""

from __future__ import annotations

from collections.abc import Mapping

from calls.errors import ConfigError


def read_required(values: Mapping[str, str], name: str) -> str:
    """Return a setting.

    Raises:
        ConfigError: when it is not set.
    """
    value = values.get(name)
    if not value:
        raise ConfigError("setting_missing", detail=name)
    return value
