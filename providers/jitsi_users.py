"""Say who somebody is in a token of Jitsi's, on a server of one's own or at 8x8."""

from __future__ import annotations

from datetime import timedelta

from calls.model import Visitor

LEEWAY = timedelta(seconds=30)
"""How far the clocks of Jitsi's server and of this one may be apart."""


def jitsi_user(visitor: Visitor) -> dict[str, str]:
    """Return the user in a token's context; every field is a text, as Prosody's plugins demand.

    Source: https://github.com/jitsi/lib-jitsi-meet/blob/master/doc/tokens.md
    """
    user = {"id": visitor.id, "name": visitor.name, "moderator": "true" if visitor.is_host else "false"}
    return user if visitor.avatar_url is None else user | {"avatar": visitor.avatar_url}
