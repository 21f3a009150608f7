"""A private Prosody for tests, with our module, and people who come into its rooms."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import slixmpp

from tests.ports import free_port

MISSING = "These tests need Prosody. On Debian or Ubuntu: apt-get install prosody."

ROOT = Path(__file__).resolve().parents[1]
DOMAIN = "meet.test"
MUC = f"conference.{DOMAIN}"
BREAKOUT = f"breakout.{DOMAIN}"
GUESTS = f"guest.{DOMAIN}"
SERVICES = f"auth.{DOMAIN}"
SECRET = "a hook secret for tests".replace(" ", "-")
APP_ID = "startcall"
APP_SECRET = "an app secret of 32 characters and more".replace(" ", "-")

_CONFIG = """
daemonize = false
run_as_root = true
data_path = "{folder}"
certificates = "{folder}"
log = {{ info = "{folder}/log" }}
plugin_paths = {{ "{root}/providers/jitsi/prosody", "{root}/tests/prosody" }}
modules_enabled = {{ "saslauth"; "disco"; "http" }}
modules_disabled = {{ "s2s"; "tls"; "offline"; "register" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {xmpp_port} }}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
http_ports = {{ {http_port} }}
http_interfaces = {{ "127.0.0.1" }}
https_ports = {{ }}
startcall_url = "{hook_url}"
startcall_secret = "{secret}"
startcall_retry_s = 0.1
startcall_timeout_s = 1
startcall_switch_s = 1

VirtualHost "{domain}"
  authentication = "test_token"
  app_id = "{app_id}"
  app_secret = "{app_secret}"
VirtualHost "{guests}"
  authentication = "anonymous"
VirtualHost "{services}"
  authentication = "anonymous"
Component "{muc}" "muc"
  modules_enabled = {{ "startcall"; "test_rooms" }}
  muc_room_locking = false
  muc_room_default_public_jids = true
  storage = "memory"
Component "{breakout}" "muc"
  modules_enabled = {{ "startcall" }}
  muc_room_locking = false
  storage = "memory"
"""


@dataclass(frozen=True, slots=True)
class ProsodyServer:
    """A running Prosody.

    Args:
        folder: of its data, and of its log.
    """

    folder: Path
    xmpp_port: int
    http_port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The address of its HTTP server."""
        return f"http://127.0.0.1:{self.http_port}"

    def stop(self) -> None:
        """End it and wait for that."""
        self.process.terminate()
        self.process.wait(timeout=10)


def start_prosody(folder: Path, hook_url: str, secret: str = SECRET) -> ProsodyServer:
    """Start Prosody on free ports, on loopback only, and wait until it takes connections."""
    if shutil.which("prosody") is None:
        pytest.fail(MISSING)
    xmpp_port, http_port = free_port(), free_port()
    config = folder / "prosody.cfg.lua"
    config.write_text(
        _CONFIG.format(
            folder=folder,
            root=ROOT,
            xmpp_port=xmpp_port,
            http_port=http_port,
            hook_url=hook_url,
            secret=secret,
            domain=DOMAIN,
            guests=GUESTS,
            services=SERVICES,
            muc=MUC,
            breakout=BREAKOUT,
            app_id=APP_ID,
            app_secret=APP_SECRET,
        ),
        encoding="utf-8",
    )
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(["prosody", "-F", "--config", str(config)], stdout=output, stderr=output)
    server = ProsodyServer(folder, xmpp_port, http_port, process)
    for port in (xmpp_port, http_port):
        _wait_for(port, process, folder)
    return server


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    give_up_at = time.monotonic() + 15
    while time.monotonic() < give_up_at and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    process.kill()
    pytest.fail(f"Prosody did not start: {(folder / 'output').read_text()}")


class NotLetInError(Exception):
    """A room does not let somebody in."""


class Client(slixmpp.ClientXMPP):
    """One device of somebody; `put_out` is set when it, or somebody beside it, goes out of a room."""

    def __init__(self, account: str, password: str = "") -> None:
        config = {"feature_mechanisms": {"unencrypted_plain": True}}
        super().__init__(account, password, plugin_config=config)
        self.enable_direct_tls = self.enable_starttls = False
        self.enable_plaintext = True
        self.put_out = asyncio.Event()
        self.add_event_handler("presence_unavailable", lambda _: self.put_out.set())

    async def join(self, room: str, nick: str, name: str | None = None, muc: str = MUC) -> None:
        """Come into a room as Jitsi's page does, with a name to be shown if there is one."""
        presence = self.make_presence(pto=f"{room}@{muc}/{nick}")
        presence.append(ET.Element("{http://jabber.org/protocol/muc}x"))
        if name is not None:
            nick_element = ET.Element("{http://jabber.org/protocol/nick}nick")
            nick_element.text = name
            presence.append(nick_element)
        answered: asyncio.Future[slixmpp.Presence] = asyncio.get_running_loop().create_future()
        sent_to = f"{room}@{muc}/{nick}"

        def on_presence(stanza: slixmpp.Presence) -> None:
            is_answer = str(stanza["from"]) == sent_to and stanza["type"] != "unavailable"
            if is_answer and not answered.done():
                answered.set_result(stanza)

        self.add_event_handler("presence", on_presence)
        self.add_event_handler("presence_error", on_presence)
        presence.send()
        try:
            stanza = await asyncio.wait_for(answered, 5)
        finally:
            self.del_event_handler("presence", on_presence)
            self.del_event_handler("presence_error", on_presence)
        if stanza["type"] == "error":
            raise NotLetInError(stanza["error"]["condition"])

    def close_room(self, room: str) -> None:
        """Close a room for everybody, as its owner can."""
        stanza = self.make_iq_set(ito=f"{room}@{MUC}")
        query = ET.Element("{http://jabber.org/protocol/muc#owner}query")
        ET.SubElement(query, "{http://jabber.org/protocol/muc#owner}destroy")
        stanza.append(query)
        self.send(stanza)

    def leave(self, room: str, nick: str, status: str | None = None, muc: str = MUC) -> None:
        """Go out of a room."""
        self.make_presence(pto=f"{room}@{muc}/{nick}", ptype="unavailable", pstatus=status).send()


def _note_first(first: asyncio.Future[str], event: str, _: object) -> None:
    if not first.done():
        first.set_result(event)


@asynccontextmanager
async def connected(server: ProsodyServer, account: str = GUESTS, password: str = "") -> AsyncIterator[Client]:
    """Connect somebody; by default without a name or password, as a guest."""
    client = Client(account, password)
    started: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    for event in ("session_start", "failed_all_auth", "connection_failed"):
        client.add_event_handler(event, partial(_note_first, started, event))
    client.connect("127.0.0.1", server.xmpp_port)
    try:
        outcome = await asyncio.wait_for(started, 10)
        if outcome != "session_start":
            raise ConnectionRefusedError(outcome)
        yield client
    finally:
        await client.disconnect(wait=0.5)
