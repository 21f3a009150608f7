"""The keys Slack signs with when somebody signs in. Source: https://slack.com/openid/connect/keys."""

from __future__ import annotations

import time

import jwt

from calls.slack.web import SlackWeb

ASK_AGAIN_S = 60.0
"""How often keys are asked for at most, so that tokens with made-up keys cannot make us ask."""

_KEYS = "/openid/connect/keys"


class OpenIdKeys:
    """Slack's public keys, asked for when one is seen for the first time."""

    def __init__(self, web: SlackWeb) -> None:
        """Ask nothing yet."""
        self._web = web
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._asked_at_s = -ASK_AGAIN_S

    async def key_of(self, id_token: str) -> jwt.PyJWK:
        """Return the key a token says it is signed with.

        Raises:
            jwt.PyJWTError: when Slack has no such key, or the token is none.
            SlackError: when Slack could not be asked.
        """
        key_id = jwt.get_unverified_header(id_token).get("kid")
        if key_id not in self._keys and time.monotonic() - self._asked_at_s >= ASK_AGAIN_S:
            found = jwt.PyJWKSet.from_dict(dict(await self._web.get(_KEYS)))
            self._keys = {key.key_id: key for key in found.keys}
            self._asked_at_s = time.monotonic()
        if key_id not in self._keys:
            raise jwt.InvalidKeyError("Slack has no such key.")
        return self._keys[key_id]
