"""Bolt for Python as its documentation starts it without asyncio: `App` with the built-in `SocketModeHandler`."""

from __future__ import annotations

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from slack_bolt import Ack, App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient


class Ready(BaseHTTPRequestHandler):
    """Says that the process runs."""

    def do_GET(self) -> None:
        """Answer 200."""
        self.send_response(200)
        self.end_headers()


def main() -> None:
    """Serve until killed."""
    client = WebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])  # noqa: TID251
    app = App(client=client)

    @app.command("/startcall")
    def startcall(ack: Ack) -> None:
        ack("Starting a call.")

    SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).connect()  # type: ignore[no-untyped-call]  # noqa: TID251
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Ready).serve_forever()  # noqa: TID251


if __name__ == "__main__":
    main()
