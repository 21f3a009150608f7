"""Codes with which a browser comes back to the app, and the app exchanges once."""

from __future__ import annotations

import secrets

CODE_LASTS_S = 600.0


def new_code() -> str:
    """Return a code that nobody can guess."""
    return f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(32)}"
