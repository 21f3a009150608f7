"""Where JaaS is, and what is usable as one of its settings."""

from __future__ import annotations

import re

from calls.errors import ConfigError

JAAS_URL = "https://8x8.vc"

_APP_ID = re.compile(r"vpaas-magic-cookie-[0-9a-f]{32}")
_KEY_ID = re.compile(r"(vpaas-magic-cookie-[0-9a-f]{32}/)?[0-9A-Za-z_-]{1,64}")


def find_private_key_fault(value: str) -> str | None:
    """Return what is wrong with a private key; None when it can be used."""
    if value.startswith("your-"):
        return "still holds the placeholder, not a real key"
    from providers.jaas.settings import read_private_key

    try:
        read_private_key(value)
    except ConfigError as error:
        return error.detail
    return None


def find_app_id_fault(value: str) -> str | None:
    """Return what is wrong with a tenant's id; None when it can be used."""
    return None if _APP_ID.fullmatch(value) else "is not vpaas-magic-cookie- and 32 digits or letters from a to f"


def find_key_id_fault(value: str) -> str | None:
    """Return what is wrong with a key's id; None when it can be used."""
    return None if _KEY_ID.fullmatch(value) else "is not the id of an API key, such as vpaas-magic-cookie-…/4f4910"
