"""Sign, as a service account, that it may act for somebody of its Google Workspace."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from calls.errors import ConfigError

TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

_LASTS = timedelta(hours=1)
_FILE_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account with its key.

    Args:
        email: by which Google knows the account.
        key_id: which of its keys this is.
    """

    email: str
    key_id: str
    private_key: RSAPrivateKey = field(repr=False)

    def assertion(self, scopes: tuple[str, ...], at: datetime, *, user: str | None = None) -> str:
        """Return a signed wish for an access token, good for an hour from `at`.

        Source: https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests

        Args:
            user: e-mail of the person to act for; None to act for the account itself.
        """
        claims = {
            "iss": self.email,
            "scope": " ".join(scopes),
            "aud": TOKEN_URL,
            "iat": int(at.timestamp()),
            "exp": int((at + _LASTS).timestamp()),
        }
        for_user = claims if user is None else claims | {"sub": user}
        return jwt.encode(for_user, self.private_key, algorithm="RS256", headers={"kid": self.key_id})


def read_service_account(value: str) -> ServiceAccount:
    """Return the account of a key as Google gives it out: the JSON itself, or the path of the file it is in.

    Raises:
        ConfigError: when it cannot be read, with what is wrong as `detail`, which repeats nothing of it.
    """
    try:
        text = value if value.lstrip().startswith("{") else _file_text(Path(value))
    except (OSError, UnicodeDecodeError) as error:
        detail = "names a file that cannot be read, and is no JSON either"
        raise ConfigError("googlemeet_key_not_usable", detail=detail) from error
    try:
        found = json.loads(text)
        key = load_pem_private_key(found["private_key"].encode(), password=None)
        email, key_id = found["client_email"], found["private_key_id"]
    except (ValueError, LookupError, TypeError, AttributeError, UnsupportedAlgorithm) as error:
        detail = "is not the JSON of a service account's key as Google gives it out"
        raise ConfigError("googlemeet_key_not_usable", detail=detail) from error
    if not isinstance(key, RSAPrivateKey) or not isinstance(email, str) or not isinstance(key_id, str):
        raise ConfigError("googlemeet_key_not_usable", detail="is not an RSA key of a service account")
    return ServiceAccount(email, key_id, key)


def _file_text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_FILE_MAX_BYTES).decode()
