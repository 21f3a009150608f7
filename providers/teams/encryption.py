"""Have Microsoft Graph encrypt for us what it reports, and read it.

Source: https://learn.microsoft.com/en-us/graph/change-notifications-with-resource-data
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from calls.errors import ConfigError
from providers.reading import UnreadableError

KEY_MIN_BITS = 2048

_BLOCK_BYTES, _BLOCK_BITS, _KEY_BYTES = 16, 128, 32
_LASTS = timedelta(days=365)
_FILE_MAX_BYTES = 64 * 1024

# What Graph wraps the data key with; SHA-1 is sound here, and only for this.
_WRAPPING = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)  # noqa: S303 - as said above


@dataclass(frozen=True, slots=True)
class Decryption:
    """Our key, and the certificate that says so to Graph."""

    private_key: RSAPrivateKey = field(repr=False)

    @property
    def certificate_id(self) -> str:
        """Name the key in a way that follows from it."""
        public = self.private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(public).hexdigest()[:32]

    def certificate(self, at: datetime) -> str:
        """Return a certificate signed by itself, in base64: Graph takes the public key from it."""
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "startcall")])
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.private_key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(at - timedelta(days=1))
            .not_valid_after(at + _LASTS)
            .sign(self.private_key, hashes.SHA256())
        )
        return base64.b64encode(built.public_bytes(Encoding.DER)).decode("ascii")

    def decrypt(self, content: object) -> bytes:
        """Return what an `encryptedContent` holds.

        Raises:
            UnreadableError: when it was not encrypted for us, or was changed.
        """
        if not isinstance(content, dict):
            raise UnreadableError("no encrypted content")
        data, wrapped, signature = (_bytes(content, name) for name in ("data", "dataKey", "dataSignature"))
        try:
            key = self.private_key.decrypt(wrapped, _WRAPPING)
        except ValueError as error:
            raise UnreadableError("wrapped for another key") from error
        if not hmac.compare_digest(hmac.digest(key, data, hashlib.sha256), signature):
            raise UnreadableError("changed on its way")
        if len(key) != _KEY_BYTES or not data or len(data) % _BLOCK_BYTES:
            raise UnreadableError("not in blocks")
        decryptor = Cipher(AES256(key), CBC(key[:_BLOCK_BYTES])).decryptor()
        unpadder = PKCS7(_BLOCK_BITS).unpadder()
        try:
            return unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()
        except ValueError as error:
            raise UnreadableError("not padded") from error


def read_decryption(value: str) -> Decryption:
    """Return the key of a PEM, or of the file that holds one.

    Raises:
        ConfigError: when it cannot be read, with what is wrong as `detail`, which repeats nothing of it.
    """
    try:
        pem = value.replace("\\n", "\n").encode() if value.startswith("-----BEGIN") else _file_bytes(Path(value))
    except OSError as error:
        raise ConfigError("teams_key_not_usable", detail="names a file that cannot be read") from error
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError("teams_key_not_usable", detail="is not a private key without a passphrase") from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < KEY_MIN_BITS:
        raise ConfigError("teams_key_not_usable", detail=f"is not an RSA key of at least {KEY_MIN_BITS} bits")
    return Decryption(key)


def _file_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_FILE_MAX_BYTES)


def _bytes(content: dict[str, Any], name: str) -> bytes:
    try:
        return base64.b64decode(content[name], validate=True)
    except (LookupError, TypeError, ValueError, binascii.Error) as error:
        raise UnreadableError(name) from error
