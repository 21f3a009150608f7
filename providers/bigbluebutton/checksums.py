"""Sign requests to a BigBlueButton server, and check what it signed.

Sources: https://docs.bigbluebutton.org/development/api/#usage and, for reports,
https://docs.bigbluebutton.org/development/webhooks/#callback-format with
https://github.com/bigbluebutton/bbb-webhooks/blob/main/src/out/webhooks/callback-emitter.js.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

_BY_LENGTH = {hashlib.new(name).digest_size * 2: name for name in ("sha1", "sha256", "sha384", "sha512")}


def signed_query(call: str, parameters: Mapping[str, str], secret: str, algorithm: str) -> str:
    """Return the query string of a request, which has to be sent as it is: the signature is over its very bytes.

    Args:
        call: the last part of the path, such as `create` or `hooks/create`.
    """
    query = urlencode(parameters)
    checksum = hashlib.new(algorithm, f"{call}{query}{secret}".encode()).hexdigest()
    return f"{query}&checksum={checksum}" if query else f"checksum={checksum}"


def is_signed_report(callback_url: str, body: bytes, secret: str, checksum: str) -> bool:
    """Say whether a report was signed by the server, for this very address.

    bbb-webhooks uses SHA-1 unless it is told otherwise, so every algorithm it can be told is taken, by its length.
    """
    algorithm = _BY_LENGTH.get(len(checksum))
    if algorithm is None:
        return False
    expected = hashlib.new(algorithm, callback_url.encode() + body + secret.encode()).hexdigest()
    return hmac.compare_digest(expected.encode(), checksum.lower().encode(errors="replace"))
