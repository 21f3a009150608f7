"""Say what is wrong with a key, a secret or an API's address that somebody configured."""

from __future__ import annotations

import re
from typing import Final

from providers.addresses import find_address_fault

LONG_ENOUGH_BYTES: Final = 32
"""Source: https://datatracker.ietf.org/doc/html/rfc7518#section-3.2"""

_VISIBLE = re.compile(r"[!-~]+")


def find_credential_fault(value: str) -> str | None:
    """Return what is wrong with a key or secret, as the end of a sentence that begins with its name; None when usable.

    The answer never repeats the value.
    """
    if value.startswith("your-"):
        return "still holds the placeholder, not a real value"
    if not _VISIBLE.fullmatch(value):
        return "has a space or another character that a key should not have"
    return None


def find_shortness(secret: str) -> str | None:
    """Return why a secret that links or their tokens are signed with is too short; None when it is not.

    Whoever was given one link can try secrets, without asking anybody, until one fits.
    """
    if len(secret.encode()) >= LONG_ENOUGH_BYTES:
        return None
    return (
        f"is shorter than {LONG_ENOUGH_BYTES} characters: whoever is given a link into a meeting could find it out by "
        "trying. Give the meeting system a longer one, and set that here"
    )


def read_secrets(value: str) -> tuple[str, ...]:
    """Return secrets that are separated by commas, so that one can take another's place without a gap."""
    return tuple(secret.strip() for secret in value.split(",") if secret.strip())


def find_credentials_fault(value: str) -> str | None:
    """Return what is wrong with one or more secrets separated by commas; None when all can be used."""
    faults = (find_credential_fault(secret) for secret in read_secrets(value))
    return next((fault for fault in faults if fault is not None), None)


def find_api_url_fault(value: str) -> str | None:
    """Return what is wrong with the address of an API, to which paths are appended; None when usable."""
    fault = find_address_fault(value)
    if fault is None and set("?#{}") & set(value):
        return "must be an address alone, without ?, # or braces"
    return fault
