"""The parts of the local Slack's page that need no browser: who may use it, what forms mean, what travels."""

from __future__ import annotations

from collections.abc import AsyncIterator
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from sandbox.manifest import parse_manifest
from sandbox.page.fields import Act, act_name, field_name, read_act, read_values
from sandbox.page.flow import Memory, make_piece
from sandbox.page.links import safe_href, safe_join_href
from sandbox.page.place import Place, read_place
from sandbox.page.when import day_name, duration_words, moment, zone
from sandbox.people import ALICE, GENERAL
from sandbox.server import Options, Sandbox
from sandbox.workspace import Json

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
async def slack() -> AsyncIterator[Sandbox]:
    """Run a furnished local Slack without an app."""
    manifest = parse_manifest({"display_information": {"name": "Caller"}})
    running = await Sandbox.start(options=Options(manifest=manifest))
    yield running
    await running.stop()


async def posted(slack: Sandbox, headers: dict[str, str]) -> int:
    """Say something through the page's form with these headers and return the status."""
    form = {"user": ALICE, "channel": GENERAL, "text": "hello"}
    async with (
        aiohttp.ClientSession() as client,
        client.post(f"{slack.url}page/say", data=form, headers=headers) as answer,
    ):
        return answer.status


@pytest.mark.parametrize(
    ("site", "origin", "status"),
    [
        ("same-origin", "here", 204),
        (None, "here", 204),
        ("cross-site", "https://evil.example", 403),
        ("same-site", "http://127.0.0.1:1", 403),
        (None, "https://evil.example", 403),
        (None, "null", 403),
        ("none", "here", 403),
        (None, None, 403),
    ],
)
async def test_only_the_page_itself_can_act(slack: Sandbox, site: str | None, origin: str | None, status: int) -> None:
    """A foreign web page cannot make anybody say anything."""
    headers = {"Sec-Fetch-Site": site} if site else {}
    if origin:
        headers["Origin"] = slack.url.rstrip("/") if origin == "here" else origin
    before = len(slack.workspace.messages[GENERAL])
    assert status == await posted(slack, headers)
    assert (status == 204) == (len(slack.workspace.messages[GENERAL]) > before)


@pytest.mark.parametrize(
    ("host", "status"), [("evil.example", 403), ("127.0.0.1.evil.example:80", 403), ("localhost", 200)]
)
async def test_only_loopback_names_are_answered(slack: Sandbox, host: str, status: int) -> None:
    """A name somebody else's server hands out for 127.0.0.1 does not open the page."""
    address = f"{slack.url}?user={ALICE}&channel={GENERAL}"
    async with aiohttp.ClientSession() as client, client.get(address, headers={"Host": host}) as answer:
        assert status == answer.status


async def test_the_page_forbids_scripts_of_others(slack: Sandbox) -> None:
    """No inline script, no foreign script, no frame."""
    async with aiohttp.ClientSession() as client, client.get(slack.url) as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = await answer.text()
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script>" not in html
    assert " style=" not in html


@pytest.mark.parametrize("path", ["../routes.py", "..%2froutes.py", "nothing.css", "emoji.txt"])
async def test_only_static_files_are_served(slack: Sandbox, path: str) -> None:
    """No path leads out of the folder."""
    async with aiohttp.ClientSession() as client, client.get(f"{slack.url}page/static/{path}") as answer:
        assert answer.status == 404


async def test_the_address_without_anything_leads_to_alice_in_general(slack: Sandbox) -> None:
    """A newcomer needs only the bare address."""
    async with aiohttp.ClientSession() as client, client.get(slack.url, allow_redirects=False) as answer:
        assert answer.status == 302
        assert answer.headers["Location"] == f"/?user={ALICE}&channel={GENERAL}"


async def test_a_private_conversation_is_not_shown_to_others(slack: Sandbox) -> None:
    """Whoever is no member is led elsewhere, whatever address they type."""
    private = f"{slack.url}?user=U0CAROL0001&channel=C0PROJECT01"
    async with aiohttp.ClientSession() as client, client.get(private, allow_redirects=False) as answer:
        assert answer.status == 302


async def test_the_stand_in_meeting_says_what_it_is(slack: Sandbox) -> None:
    """Nobody takes it for a real meeting, and the room's name is only text."""
    async with aiohttp.ClientSession() as client, client.get(f"{slack.url}meet/%3Cb%3Eowl") as answer:
        html = await answer.text()
    assert "Stand-in for a meeting system" in html
    assert "&lt;b&gt;owl" in html


def test_acts_and_fields_survive_any_id() -> None:
    """Ids may hold slashes, blanks and per cent signs."""
    assert Act("a/b %", "c d") == read_act(act_name("a/b %", "c d"))
    assert Act("a", "b", 3) == read_act(act_name("a", "b", 3))
    assert read_act("") is None
    assert read_act("a/b/c") is None


def test_form_values_become_slacks_state() -> None:
    """Options are the app's own, times are in the person's zone, and what was never offered is dropped."""
    option = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
    blocks: list[Json] = [
        {"type": "input", "block_id": "b", "element": {"type": "static_select", "action_id": "s", "options": [option]}},
        {"type": "input", "block_id": "c", "element": {"type": "datetimepicker", "action_id": "t"}},
        {"type": "section", "block_id": "d", "accessory": {"type": "multi_users_select", "action_id": "u"}},
        {"type": "actions", "block_id": "e", "elements": [{"type": "button", "action_id": "x"}]},
    ]
    form = {field_name("b", "s"): ["1"], field_name("c", "t"): ["2026-07-01T12:00"], field_name("d", "u"): ["U1", "U2"]}
    assert read_values(blocks, form, BERLIN) == {
        "b": {"s": {"type": "static_select", "selected_option": option}},
        "c": {"t": {"type": "datetimepicker", "selected_date_time": 1782900000}},
        "d": {"u": {"type": "multi_users_select", "selected_users": ["U1", "U2"]}},
    }
    forged = read_values(blocks, {field_name("b", "s"): ["2"], field_name("c", "t"): ["soon"]}, BERLIN)
    assert forged["b"]["s"]["selected_option"] is None
    assert forged["c"]["t"]["selected_date_time"] is None


def test_only_changed_messages_travel() -> None:
    """Added, changed and removed ones are sent; anything else means the whole list."""
    memory = Memory()
    one, two, three = (make_piece(name, f"<li id={name}>") for name in ("m-1", "m-2", "m-3"))
    memory.remember("talk-a", [one, two])
    new_two = make_piece("m-2", "<li id=m-2>new")
    steps = memory.since({"talk-a", "sidebar-x"}, "talk", [new_two, three])
    assert steps == (
        '<hx-partial hx-target="#m-1" hx-swap="delete"></hx-partial>'
        '<hx-partial hx-target="#m-2" hx-swap="outerMorph"><li id=m-2>new</hx-partial>'
        '<hx-partial hx-target="#talk .messages" hx-swap="beforeend"><li id=m-3></hx-partial>'
    )
    assert memory.since({"talk-unknown"}, "talk", [one]) is None
    assert memory.since({"talk-a"}, "thread", [one]) is None
    assert memory.since({"talk-a"}, "talk", [two, one]) is None
    assert memory.since({"talk-a"}, "talk", [three]) is None
    assert memory.since({"talk-a"}, "talk", [three, one, two]) is None


def test_an_address_is_read_as_it_was_written() -> None:
    """Every part of a place is in the address, and defaults are not."""
    place = Place("U1", "C1", "home", "1.2", inspector=True, list_only=True)
    parts = dict(part.split("=") for part in place.query.split("&"))
    assert place == read_place(parts)
    assert Place("U1", "C1").query == "user=U1&channel=C1"


def test_times_are_said_in_words() -> None:
    """Lengths and days read as people say them."""
    assert [duration_words(s) for s in (-5, 1, 59, 60, 3_600, 3_661, 7_320)] == [
        "0 seconds",
        "1 second",
        "59 seconds",
        "1 minute",
        "1 hour",
        "1 hour 1 minute",
        "2 hours 2 minutes",
    ]
    now = moment(1_795_000_000, BERLIN)
    days = [day_name(moment(1_795_000_000 - back * 86_400, BERLIN), now) for back in (0, 1, 2, 400)]
    assert days == ["Today", "Yesterday", "Monday, 16 November", "Tuesday, 14 October 2025"]
    assert zone("No/Where").key == "UTC"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", " JAVASCRIPT:x", "data:text/html,x", "vbscript:x", "//x", "x", "http://["]
)
def test_harmful_addresses_are_no_links(url: str) -> None:
    """Neither text nor cards link to them."""
    assert safe_href(url) is None
    assert safe_join_href(url) is None


def test_a_call_is_joined_by_https_or_on_this_machine() -> None:
    """Plain http is for the meeting page of the local Slack only."""
    assert safe_join_href("https://a.example/x") == "https://a.example/x"
    assert safe_join_href("http://127.0.0.1:8910/meet/x") == "http://127.0.0.1:8910/meet/x"
    assert safe_join_href("http://a.example/x") is None
    assert safe_join_href("https:///x") is None
