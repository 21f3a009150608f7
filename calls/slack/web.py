"""Send requests to Slack and tell every outcome apart."""

from __future__ import annotations

import itertools
import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError

from calls import errors
from calls.holding import still_held
from calls.outgoing import NotConfiguredError
from calls.slack.answers import Answer, checked
from calls.slack.measured import measured
from calls.slack.pace import Pace
from calls.slack.response_urls import RESPONSE_URL, check_response, is_response_url
from calls.slack.sdk import OneTryClient, time_limits

TokenOf = Callable[[str], Awaitable[str]]
"""Returns the bot token of a workspace, by team id; raises SlackTokenDead when there is none."""

AnotherToken = Callable[[str, str], Awaitable[str | None]]
"""Returns a token for a workspace in place of one that Slack refused, or None; raises what TokenOf does."""

TIMEOUT_S = 10.0

UPLOAD = "the upload of a file"
"""What errors call the one request for a file that is no method of the Web API."""

REFUSALS_MAX = 5
"""How often in a row Slack may ask to wait before the work behind a request is put off."""

_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    NotConfiguredError,
)
_JSON_TYPE = {"Content-Type": "application/json; charset=utf-8"}


class SlackWeb:
    """Slack's Web API, one try a request; only what Slack did not do because it came too soon is sent again.

    Args:
        session: shared by the whole app, and closed by whoever made it; its `trust_env` decides about proxies.
        base_url: of the Web API, such as `https://slack.com/api/`.
        timeout_s: seconds for a whole exchange, from connecting to the last byte of the answer.
        pace: in which requests wait for their turn before they are sent; without it each is sent at once.
        another_token: asked when Slack refuses a token; without it that is final.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        token_of: TokenOf,
        *,
        timeout_s: float = TIMEOUT_S,
        pace: Pace | None = None,
        another_token: AnotherToken | None = None,
    ) -> None:
        self._session = session
        self._base_url = base_url
        self._token_of = token_of
        self._timeout_s = timeout_s
        self._pace = pace
        self._another_token = another_token
        self._clients: dict[str, OneTryClient] = {}

    async def call(self, team_id: str, method: str, body: Mapping[str, Any]) -> Answer:
        """Call a method for a workspace, with its arguments as JSON in the body.

        Args:
            method: such as `calls.add`.

        Raises:
            SlackError: the one that fits, for every outcome but an answer that says yes.
            StorageError: when it is not certain that the work is still ours, or whose turn it is; nothing was sent.
        """
        return await self._in_turn(team_id, method, body, lambda: self._call_now(team_id, method, body))

    async def call_as_person(self, team_id: str, token: str, method: str, body: Mapping[str, Any]) -> Answer:
        """Call a method with a token that somebody gave us for themselves, in the line of their workspace.

        Raises:
            SlackError: as in `call`.
            StorageError: as in `call`.
        """
        return await self._in_turn(team_id, method, body, lambda: self._send(self._client(token), method, body))

    async def _in_turn(
        self, team_id: str, method: str, body: Mapping[str, Any], send: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """Send a request when its turn has come, and again when Slack says that it came too soon."""
        if self._pace is None:
            return await send()
        turn = await self._pace.turn(team_id, method, body)
        for refusals in itertools.count(1):
            try:
                return await send()
            except errors.SlackRateLimited as refused:
                await turn.hold(refused.retry_after_s)
                if refusals == REFUSALS_MAX:
                    raise
            await turn.wait()
        raise AssertionError("the loop only ends by returning or raising")

    async def _call_now(self, team_id: str, method: str, body: Mapping[str, Any]) -> Answer:
        token = await self._token_of(team_id)
        try:
            return await self._send(self._client_for(team_id, token), method, body)
        except errors.SlackTokenDead:
            # Slack did nothing, so the request can be sent again with a token that another process has got meanwhile.
            other = None if self._another_token is None else await self._another_token(team_id, token)
            if other is None:
                raise
        return await self._send(self._client_for(team_id, other), method, body)

    def _client_for(self, team_id: str, token: str) -> OneTryClient:
        client = self._clients.get(team_id)
        if client is None or client.token != token.strip():
            client = self._clients[team_id] = self._client(token)
        return client

    async def call_with_token(self, token: str, method: str, body: Mapping[str, Any]) -> Answer:
        """Call a method with a token whose workspace is not known yet.

        Raises:
            SlackError: as in `call`.
        """
        return await self._send(self._client(token), method, body)

    async def call_as_client(self, client_id: str, client_secret: str, method: str, form: Mapping[str, str]) -> Answer:
        """Call a method with the app's own id and secret, for which Slack takes HTTP Basic and a form.

        Raises:
            SlackError: as in `call`.
        """
        headers = {"Authorization": aiohttp.encode_basic_auth(client_id, client_secret)}
        with measured(method):
            return await self._sent(self._client(""), method, {"data": dict(form), "headers": headers})

    async def get(self, path: str) -> Mapping[str, object]:
        """Return the JSON object at an address that Slack shows to everybody.

        Args:
            path: below Slack's address, which is the Web API's without `api`; begins with a slash.

        Raises:
            SlackError: for every other outcome.
        """
        if self._session.closed:
            raise errors.SlackUnreachable("session_closed", path)
        with measured(path):
            return await self._got(path)

    async def _got(self, path: str) -> Mapping[str, object]:
        try:
            status, headers, body = await self._look(f"{self.site_url}{path}")
            value = json.loads(body) if status == HTTPStatus.OK else None
        except (ValueError, RecursionError) as garbled:
            raise errors.SlackOutcomeUnknown("garbled_answer", path) from garbled
        except (aiohttp.ClientError, OSError) as failure:
            raise _lost(path, failure) from failure
        if isinstance(value, dict):
            return value
        return checked(path, status, headers, value).data

    @property
    def site_url(self) -> str:
        """Return Slack's own address, without a slash at its end."""
        return self._base_url.rstrip("/").removesuffix("/api")

    async def respond(self, response_url: str, payload: Mapping[str, Any]) -> None:
        """Post a message to a response_url, which needs no token and no membership.

        Slack takes 5 of them in 30 minutes.
        Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses

        Raises:
            SlackResponseUrlGone: when it is used up, too old or not Slack's; nothing was sent then to anybody else.
            SlackError: another one, for every other outcome but success.
        """
        if not is_response_url(response_url, self._base_url):
            raise errors.SlackResponseUrlGone("response_url_foreign", RESPONSE_URL)
        if self._session.closed:
            raise errors.SlackUnreachable("session_closed", RESPONSE_URL)
        await still_held()
        with measured(RESPONSE_URL):
            try:
                status, headers, body = await self._post(response_url, payload)
            except (aiohttp.ClientError, OSError) as failure:
                # The cause could name the address, and whoever has the address can post.
                raise _lost(RESPONSE_URL, failure) from None
            check_response(status, headers, body)

    async def upload(self, url: str, content: bytes) -> None:
        """Send the content of a file to the address that Slack gave for it.

        Source: https://docs.slack.dev/messaging/working-with-files

        Raises:
            SlackError: for every outcome but success.
        """
        if self._session.closed:
            raise errors.SlackUnreachable("session_closed", UPLOAD)
        await still_held()
        limits = time_limits(self._timeout_s)
        try:
            async with self._session.post(url, data=content, timeout=limits, allow_redirects=False) as answer:
                status, headers = answer.status, answer.headers
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            # The cause could name the address, and whoever has the address can send something else.
            raise _lost(UPLOAD, failure) from None
        checked(UPLOAD, status, headers, {"ok": True})

    def _client(self, token: str) -> OneTryClient:
        return OneTryClient(self._session, token=token, base_url=self._base_url, timeout_s=self._timeout_s)

    async def _send(self, client: OneTryClient, method: str, body: Mapping[str, Any]) -> Answer:
        await still_held()
        if not client.token and not self._session.closed:
            raise errors.SlackTokenDead("not_authed", method)
        with measured(method):
            return await self._sent(client, method, {"json": dict(body)})

    async def _sent(self, client: OneTryClient, method: str, arguments: Mapping[str, Any]) -> Answer:
        """Send a request.

        Args:
            arguments: what the SDK's `api_call` takes besides the method.
        """
        if self._session.closed:
            # The SDK would quietly open a session of its own.
            raise errors.SlackUnreachable("session_closed", method)
        try:
            response = await client.api_call(method, **arguments)
            status, headers, data = _parts(response)
        except SlackApiError as doubtful:
            # The SDK raises this for every answer that does not say `ok`; what it means is told apart below.
            status, headers, data = _parts(doubtful.response)
        except (UnicodeDecodeError, RecursionError) as garbled:
            raise errors.SlackOutcomeUnknown("garbled_answer", method) from garbled
        except (aiohttp.ClientError, OSError) as failure:
            raise _lost(method, failure) from failure
        return checked(method, status, headers, data)

    async def _post(self, url: str, payload: Mapping[str, Any]) -> tuple[int, Mapping[str, str], bytes]:
        limits = time_limits(self._timeout_s)
        sent = json.dumps(payload).encode("ascii")
        async with self._session.post(
            url, data=sent, headers=_JSON_TYPE, timeout=limits, allow_redirects=False
        ) as answer:
            return answer.status, answer.headers, await answer.read()

    async def _look(self, url: str) -> tuple[int, Mapping[str, str], bytes]:
        async with self._session.get(url, timeout=time_limits(self._timeout_s), allow_redirects=False) as answer:
            return answer.status, answer.headers, await answer.read()


def _lost(method: str, failure: Exception) -> errors.SlackError:
    """Return the error for a request without an answer."""
    kind = type(failure).__name__
    if isinstance(failure, _NEVER_SENT):
        return errors.SlackUnreachable("unreachable", method, detail=kind)
    if isinstance(failure, TimeoutError):
        return errors.SlackOutcomeUnknown("timeout", method, detail=kind)
    return errors.SlackOutcomeUnknown("lost_answer", method, detail=kind)


def _parts(response: Any) -> tuple[int, Mapping[str, str], object]:  # noqa: ANN401 - the SDK gives two kinds
    """Return status, headers and body of an answer: the SDK's, or aiohttp's when the body was no JSON."""
    if isinstance(response, aiohttp.ClientResponse):
        return response.status, response.headers, None
    return response.status_code, response.headers, response.data
