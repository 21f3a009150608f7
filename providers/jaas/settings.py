"""The settings of the JaaS provider, and what is usable as one."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from calls.errors import ConfigError
from providers.jaas.checks import JAAS_URL
from providers.room_names import check_room_key

_KEY_MIN_BITS = 2048


@dataclass(frozen=True, slots=True)
class JaasSettings:
    """What the JaaS provider is built with.

    Args:
        url: where people meet, without a slash at its end.
        app_id: the tenant, such as vpaas-magic-cookie-….
        key_id: of the API key, with the tenant before it, as tokens name it.
        hook_secret: what reports are signed with; None when there are none.
        room_key: keeps the names of rooms unguessable for those who know a call's id; at least 16 bytes.

    Raises:
        ConfigError: when the key for rooms is not usable.
    """

    app_id: str
    key_id: str
    private_key: RSAPrivateKey = field(repr=False)
    room_key: bytes = field(repr=False)
    hook_secret: str | None = field(default=None, repr=False)
    url: str = JAAS_URL

    def __post_init__(self) -> None:
        check_room_key(self.room_key)


def read_key_id(app_id: str, key_id: str) -> str:
    """Return the id of a key as tokens name it, from that or from its last part alone."""
    return key_id if "/" in key_id else f"{app_id}/{key_id}"


def read_private_key(value: str) -> RSAPrivateKey:
    r"""Return a key, from a PEM file's text, also with \n for its line breaks or as base64 of the whole.

    Raises:
        ConfigError: when it is no RSA key of 2048 bits or more.
    """
    text = value.replace("\\n", "\n").encode()
    try:
        pem = text if text.lstrip().startswith(b"-----BEGIN") else base64.b64decode(text, validate=True)
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error) as error:
        raise ConfigError(
            "jaas_key_not_usable", detail="is not the text of a private key without a password"
        ) from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < _KEY_MIN_BITS:
        raise ConfigError("jaas_key_not_usable", detail=f"is not an RSA key of {_KEY_MIN_BITS} bits or more")
    return key
