"""Read what installing by OAuth needs: the keys that encrypt what Slack gives for each workspace."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from calls.secret import Secret
from config_checks import Fault, names_in

KEY, KEY_FILE = "STARTCALL_ENCRYPTION_KEY", "STARTCALL_ENCRYPTION_KEY_FILE"
MAKE_KEY = "Make one with: openssl rand -base64 32"

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that were found.

    Args:
        name: the setting they come from.
        values: as Fernet takes them; the first one encrypts.
    """

    name: str
    values: tuple[Secret, ...] = ()
    fault: Fault | None = None


def installs_by_oauth(values: Mapping[str, str]) -> bool:
    """Say whether admins install the app, in any number of workspaces, instead of one token being set."""
    return "SLACK_BOT_TOKEN" not in values and ("SLACK_CLIENT_ID" in values or "SLACK_CLIENT_SECRET" in values)


def read_keys(values: Mapping[str, str]) -> Keys:
    """Return the keys of the environment, or of the file it names."""
    if KEY in values and KEY_FILE in values:
        fault = Fault(f"is set, and so is {KEY}.", "Set one of them; all keys belong into one place.")
        return Keys(KEY_FILE, fault=fault)
    if KEY_FILE not in values:
        return _checked(KEY, values.get(KEY, ""))
    try:
        text = Path(values[KEY_FILE]).read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        return Keys(KEY_FILE, fault=Fault(f"names a file that cannot be read ({why}).", "Put it right, or remove it."))
    if not text.strip():
        return Keys(KEY_FILE, fault=Fault("names a file with no key in it.", f"{MAKE_KEY}, and put it into the file."))
    return _checked(KEY_FILE, text)


def _checked(name: str, text: str) -> Keys:
    """Return keys written in either alphabet of base64."""
    found = []
    for word in names_in(text):
        try:
            key = base64.b64decode(word.replace("-", "+").replace("_", "/"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != _KEY_BYTES:
            return Keys(name, fault=Fault("holds something that is no key of 32 bytes in base64.", MAKE_KEY))
        found.append(Secret(base64.urlsafe_b64encode(key).decode()))
    return Keys(name, tuple(found))
