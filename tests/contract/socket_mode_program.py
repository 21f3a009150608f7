"""A program that answers every command over Socket Mode with its text, by one of Slack's clients, until it is ended.

A process of its own, because some of the clients take ten seconds to stop and leave sockets open.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading

from slack_sdk import WebClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.socket_mode.websocket_client import SocketModeClient as WebsocketClient
from slack_sdk.socket_mode.websockets import SocketModeClient as WebsocketsClient
from slack_sdk.web.async_client import AsyncWebClient

API_URL, APP_TOKEN = "SLACK_API_URL", "SLACK_APP_TOKEN"


def answer(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
    """Answer from a thread."""
    client.send_socket_mode_response(_response(request))


async def answer_async(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
    """Answer from a task."""
    await client.send_socket_mode_response(_response(request))


def _response(request: SocketModeRequest) -> SocketModeResponse:
    return SocketModeResponse(envelope_id=request.envelope_id, payload={"text": request.payload["text"]})


def with_websocket_client(api_url: str, app_token: str) -> None:
    """Serve with the client of the package websocket-client."""
    client = WebsocketClient(app_token, web_client=WebClient(base_url=api_url), ping_interval=1)
    client.socket_mode_request_listeners.append(answer)
    client.connect()
    threading.Event().wait()


async def with_websockets(api_url: str, app_token: str) -> None:
    """Serve with the client of the package websockets."""
    client = WebsocketsClient(app_token, web_client=AsyncWebClient(base_url=api_url))
    client.socket_mode_request_listeners.append(answer_async)
    await client.connect()  # type: ignore[no-untyped-call]
    await asyncio.Event().wait()


if __name__ == "__main__":
    where = os.environ[API_URL], os.environ[APP_TOKEN]  # noqa: TID251 - as any app is told
    if sys.argv[1] == "websocket_client":
        with_websocket_client(*where)
    else:
        asyncio.run(with_websockets(*where))
