"""The app's own id and secret, which some methods take instead of a token."""

from __future__ import annotations

import hmac

from sandbox.webapi.errors import SlackError
from sandbox.webapi.registry import ApiCall


def check_client(call: ApiCall) -> None:
    """Insist on the app's id and secret, by HTTP Basic or among the arguments.

    Raises:
        SlackError: `invalid_client_id` or `bad_client_secret`.
    """
    installation = call.workspace.installation
    arguments = call.arguments
    client_id, secret = call.client or (arguments.text("client_id") or "", arguments.text("client_secret") or "")
    if client_id != installation.client_id:
        raise SlackError("invalid_client_id")
    if not hmac.compare_digest(secret.encode(), installation.client_secret.encode()):
        raise SlackError("bad_client_secret")
