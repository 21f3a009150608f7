"""Make the Bolt app: no request to Slack before an acknowledgement, and none at its start."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from listeners.request_body import Body, UnreadableBodyError
from listeners.tenant import Tenant, tenant_of

_log = logging.getLogger(__name__)
_bolt_log = logging.getLogger("listeners.bolt.requests")
# Bolt warns of a token in the environment that it does not use, and of every request nobody listens to.
_bolt_log.setLevel(logging.ERROR)

NO_HEADERS: Final[Mapping[str, Sequence[str]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Bot:
    """The app's own user in a workspace, by which Bolt knows what the app itself did; None for what is not known."""

    bot_id: str | None = None
    bot_user_id: str | None = None


BotOf = Callable[[str | None, str | None], Awaitable[Bot]]
"""Returns the bot of a workspace and its organisation, by their ids."""


def build_bolt_app(base_url: str, bot_of: BotOf) -> AsyncApp:
    """Return a Bolt app without listeners.

    Requests are verified before Bolt sees them, and who we are is learnt when the app starts or is installed; so Bolt
    is told not to ask Slack for either. It is given no token: what is sent to Slack goes another way.
    `process_before_response` lets an acknowledgement go out at once instead of at the next tick of 10 ms, which is
    right because no listener here waits for Slack.
    """

    async def authorize(tenant: Tenant) -> AuthorizeResult:
        team_id, enterprise_id = tenant.team_id, tenant.enterprise_id
        bot = await bot_of(team_id, enterprise_id)
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_id=bot.bot_id, bot_user_id=bot.bot_user_id
        )

    app = AsyncApp(
        name="startcall",  # without one, Bolt looks through the sources of all that is loaded for the file we are in
        client=AsyncWebClient(base_url=base_url),
        logger=_bolt_log,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        raise_error_for_unhandled_request=False,
    )
    app.error(_handle_error)
    return app


def bolt_request(body: Body, headers: Mapping[str, Sequence[str]] = NO_HEADERS) -> AsyncBoltRequest:
    """Return a delivery as Bolt takes it, with whose installation it is for.

    Bolt works that out by itself, too, but in conversations that several workspaces share it may put the organisation
    of one together with the workspace of another.

    Args:
        body: verified and read already; Bolt takes it so only under the name of Socket Mode.
    """
    named: dict[str, str | Sequence[str]] = dict(headers)
    return AsyncBoltRequest(mode="socket_mode", body=body, headers=named, context={"tenant": tenant_of(body)})


async def _handle_error(error: Exception) -> BoltResponse:
    """Answer a request that no listener could read; Slack then tells the person that it failed."""
    if isinstance(error, UnreadableBodyError):
        _log.warning("A request was refused: %s", error)
        return BoltResponse(status=400, body=str(error))
    _log.error("A request could not be read", exc_info=error)
    return BoltResponse(status=500, body="")
