"""Requests go to configured hosts and nowhere else, whoever names another one: a payload, an answer or a redirect."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from calls.errors import SlackUnreachable
from calls.outgoing import NotConfiguredError, OutgoingGate
from calls.slack.web import SlackWeb
from config import read_settings
from outgoing import gate_for
from providers.reaches import addresses_of
from providers.registry import AUTO, OWN_KINDS

FORBIDDEN = (
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://127.0.0.1:6379/",
    "http://localhost:8910/api/",
    "http://10.0.0.7/",
    "https://slack.com.attacker.example/api/auth.test",
    "https://attacker.example/?https://slack.com/api/",
    "https://slack.com:8443/api/",
    "http://slack.com/api/",
    "https://hooks.slack.com.attacker.example/",
    "https://notslack.com/",
    "ftp://slack.com/",
)


@dataclass
class Inside:
    """A server that nobody outside may make us ask, and one that sends everybody there."""

    asked: list[str] = field(default_factory=list)
    url: str = ""
    redirects_url: str = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Note that somebody came."""
        self.asked.append(request.path)
        return web.Response(text="secret")

    async def redirect(self, request: web.Request) -> web.Response:
        """Send whoever asks to the other server."""
        return web.Response(status=int(request.query.get("status", "302")), headers={"Location": self.url})


@asynccontextmanager
async def two_servers() -> AsyncIterator[Inside]:
    """Run both."""
    inside, private, public = Inside(), web.Application(), web.Application()
    private.router.add_route("*", "/{path:.*}", inside.answer)
    public.router.add_route("*", "/{path:.*}", inside.redirect)
    async with TestServer(private, host="127.0.0.1") as one, TestServer(public, host="127.0.0.1") as other:
        inside.url, inside.redirects_url = str(one.make_url("/inside")), str(other.make_url("/"))
        yield inside


def gate_of(extra: Mapping[str, str]) -> OutgoingGate:
    """Return the gate of an app with some settings."""
    return gate_for(read_settings({"SLACK_BOT_TOKEN": "xoxb-1-abc", "SLACK_APP_TOKEN": "xapp-1-abc", **extra}))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_another_port_of_this_computer_is_not_followed(status: int) -> None:
    """Even where a request follows redirects, the other service is never asked."""
    async with two_servers() as inside:
        gate = OutgoingGate((inside.redirects_url,))
        async with aiohttp.ClientSession(middlewares=(gate,)) as session:
            with pytest.raises(NotConfiguredError):
                await session.post(inside.redirects_url, params={"status": str(status)}, data=b"x")
            with pytest.raises(NotConfiguredError):
                await session.ws_connect(inside.redirects_url)
            with pytest.raises(NotConfiguredError):
                await session.get(inside.url)
    assert [] == inside.asked


async def test_slack_is_told_apart_as_not_reached_where_it_is_not_configured() -> None:
    """Nothing was sent, so the same may be tried again once the setting is right."""
    async with two_servers() as inside, aiohttp.ClientSession(middlewares=(OutgoingGate(()),)) as session:
        slack = SlackWeb(session, inside.url, _token)
        with pytest.raises(SlackUnreachable):
            await slack.call("T1", "calls.add", {})
    assert [] == inside.asked


async def test_an_upload_to_an_address_that_is_not_slacks_is_not_sent() -> None:
    """The address comes with an answer, and is believed no more than any other."""
    async with two_servers() as inside, aiohttp.ClientSession(middlewares=(OutgoingGate(()),)) as session:
        with pytest.raises(SlackUnreachable):
            await SlackWeb(session, "https://slack.com/api/", _token).upload(inside.url, b"content")
    assert [] == inside.asked


@pytest.mark.parametrize("url", FORBIDDEN)
def test_nothing_but_what_is_configured_is_let_through(url: str) -> None:
    """Not the addresses of clouds' metadata, not this computer, and not what only looks like Slack."""
    assert not gate_of({}).lets_through(URL(url))


def test_slack_is_let_through() -> None:
    """Its Web API, answers to commands, files and WebSockets, wherever in Slack they are."""
    slack = (
        "https://slack.com/api/calls.add",
        "https://hooks.slack.com/commands/T1/2/3",
        "https://files.slack.com/upload/v1/abc",
        "wss://wss-primary.slack.com/link/?ticket=1",
        "https://SLACK.com./openid/connect/keys",
    )
    gate = gate_of({})
    assert [] == [url for url in slack if not gate.lets_through(URL(url))]


def test_a_local_slack_is_let_through_and_nothing_else_of_this_computer() -> None:
    """Loopback is allowed where, and only where, the setting names it."""
    gate = gate_of({"SLACK_API_URL": "http://127.0.0.1:8910/api/"})
    assert gate.lets_through(URL("http://127.0.0.1:8910/response/1"))
    assert gate.lets_through(URL("ws://127.0.0.1:8910/socket"))
    assert not gate.lets_through(URL("http://127.0.0.1:8911/"))


def test_each_meeting_system_is_asked_where_its_vendor_says() -> None:
    """What the settings do not name, the meeting system names itself; every other vendor stays out of reach."""
    wanted = {
        "zoom": ("https://api.zoom.us/v2/users", "https://zoom.us/oauth/token", "wss://ws.zoom.us/ws"),
        "googlemeet": ("https://meet.googleapis.com/v2/spaces", "https://oauth2.googleapis.com/token"),
        "teams": ("https://graph.microsoft.com/v1.0/", "https://login.microsoftonline.com/t/oauth2/v2.0/token"),
        "webex": ("https://webexapis.com/v1/meetings",),
        "daily": ("https://api.daily.co/v1/rooms",),
        "whereby": ("https://api.whereby.dev/v1/meetings",),
    }
    for name, urls in wanted.items():
        gate = OutgoingGate(addresses_of([name], {}))
        assert [] == [url for url in urls if not gate.lets_through(URL(url))], name
        others = [url for other in wanted if other != name for url in wanted[other]]
        assert [] == [url for url in others if gate.lets_through(URL(url))], name


def test_a_server_of_ones_own_is_asked_where_its_setting_says() -> None:
    """Also where it is in one's own network, and with the address of WebSockets."""
    gate = OutgoingGate(
        addresses_of(
            ["livekit", "zoom"],
            {
                "STARTCALL_LIVEKIT_URL": "wss://live.example.com",
                "STARTCALL_ZOOM_API_URL": "https://api.zoomgov.com/v2",
            },
        )
    )
    allowed = ("https://live.example.com/twirp", "https://zoomgov.com/oauth/token", "wss://ws.zoomgov.com/ws")
    assert [] == [url for url in allowed if not gate.lets_through(URL(url))]
    assert not gate.lets_through(URL("https://zoom.us/oauth/token"))


def test_every_meeting_system_says_where_it_is_asked() -> None:
    """None is forgotten: with its examples set, each builds a gate without an error."""
    for name, kind in OWN_KINDS.items():
        addresses_of([name], {one.name: one.example for one in kind.settings})
    assert addresses_of([AUTO], {})


async def _token(_team_id: str) -> str:
    return "xoxb-1-abc"
