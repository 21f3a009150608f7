"""Where Microsoft Teams is, and what is usable as one of its settings."""

from __future__ import annotations

import re

from calls.errors import ConfigError
from providers.credentials import find_credential_fault

GRAPH_URL = "https://graph.microsoft.com"
LOGIN_URL = "https://login.microsoftonline.com"

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def find_guid_fault(value: str) -> str | None:
    """Return what is wrong with an id of Microsoft's; None when it can be used."""
    return None if _GUID.fullmatch(value) else "is not an id such as 00000000-1111-2222-3333-444444444444"


def find_secret_fault(value: str) -> str | None:
    """Return what is wrong with a client secret; None when it can be used."""
    if _GUID.fullmatch(value):
        return "is an id; copy the secret's value, which is shown once, and not its Secret ID"
    return find_credential_fault(value)


def find_key_fault(value: str) -> str | None:
    """Return what is wrong with a private key; None when it can be used."""
    if value.startswith("your-"):
        return "still holds the placeholder, not a real key"
    from providers.teams.encryption import read_decryption

    try:
        read_decryption(value)
    except ConfigError as error:
        return error.detail
    return None
