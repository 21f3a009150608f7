"""The page's part for Janus, `janus.js`, in real browsers on a real Janus; without the page around it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Browser, Page

from calls.clock import now
from calls.meetings import EventKind
from providers.janus.signed_token import core_token, room_token
from tests.browser.janus_site import JanusSite, new_page, running_janus_site, sees
from tests.janus_server import TOKEN_SECRET
from tests.janus_visitor import janus_visitor
from tests.lateness import least_of

_log = logging.getLogger(__name__)

PAGE = '<!doctype html><title>Room</title><script type="module" src="/janus_page.js"></script>'

SCRIPT = """
import { connect } from "/room/janus/assets/janus.js";
const post = { method: "POST", body: JSON.stringify({ token: location.hash.slice(1) }) };
const entry = await (await fetch(`${location.pathname}/enter`, post)).json();
const here = { people: {}, muted: {}, ended: null, states: [], streams: {} };
Object.assign(window, { here });
const events = {
  onPerson: ({ id, name }) => { here.people[id] = name; },
  onGone: (id) => { delete here.people[id]; here.streams[id]?.remove(); delete here.streams[id]; },
  onMuted: (id, muted) => { here.muted[here.people[id]] = muted; },
  onEnded: (reason) => { here.ended = reason; },
  onState: (state) => { here.states.push(state); },
  onStream: (id, stream) => {
    const video = Object.assign(document.createElement("video"), { autoplay: true, muted: true, srcObject: stream });
    video.setAttribute("aria-label", `Picture of ${here.people[id]}`);
    here.streams[id] = video;
    document.body.append(video);
  },
};
const wanted = new URLSearchParams(location.search).has("silent") ? null : { audio: true, video: true };
const stream = wanted ? await navigator.mediaDevices.getUserMedia(wanted) : new MediaStream();
here.connection = await connect(entry, { stream }, events);
here.camera = () => navigator.mediaDevices.getUserMedia({ video: true });
"""


async def _page(_: web.Request) -> web.Response:
    return web.Response(text=PAGE, content_type="text/html")


async def _script(_: web.Request) -> web.Response:
    return web.Response(text=SCRIPT, content_type="text/javascript")


@pytest.fixture
async def site() -> AsyncIterator[JanusSite]:
    """Run rooms with a page that has no face."""
    routes = (web.get("/room/janus/{room_id}", _page), web.get("/janus_page.js", _script))
    async with running_janus_site(*routes) as running:
        yield running


async def come(site: JanusSite, room_browser: Browser, name: str, *, query: str = "") -> Page:
    """Open somebody's link and wait until they are in."""
    page = await new_page(room_browser)
    link = (await site.link(name)).replace("#", f"{query}#")
    started = time.monotonic()
    await page.goto(link)
    await page.wait_for_function("window.here?.states.at(-1) === 'connected'")
    _log.info("took %.2f s: link opened, to being in the room", time.monotonic() - started)
    return page


async def names(page: Page) -> list[str]:
    """Return who else is in, as the page shows it."""
    return sorted(await page.evaluate("Object.values(here.people)"))


async def test_three_people_see_each_other_move(site: JanusSite, room_browser: Browser) -> None:
    """Whoever is in and whoever comes later receive each other, over one connection each."""
    ada, bob = [await come(site, room_browser, name) for name in ("Ada", "Bob")]
    started = time.monotonic()
    await sees(ada, "Bob")
    _log.info("took %.2f s: second person in, to their moving picture seen", time.monotonic() - started)
    cy = await come(site, room_browser, "Cy")
    for page, others in ((ada, ("Bob", "Cy")), (bob, ("Ada", "Cy")), (cy, ("Ada", "Bob"))):
        for other in others:
            await sees(page, other)
        assert list(others) == await names(page)
    await cy.close()
    await site.until_names("Ada", "Bob")
    again = await come(site, room_browser, "Cy")
    for page, other in ((again, "Ada"), (ada, "Cy"), (bob, "Cy"), (ada, "Bob")):
        await sees(page, other)


async def test_others_learn_who_is_muted(site: JanusSite, room_browser: Browser) -> None:
    """Muting reaches those who are in, and those who come later."""
    ada, bob = await come(site, room_browser, "Ada"), await come(site, room_browser, "Bob")
    await bob.wait_for_function("here.muted.Ada?.audio === false && here.muted.Ada.video === false")
    await ada.evaluate("here.connection.setMuted('audio', true)")
    await bob.wait_for_function("here.muted.Ada.audio === true && here.muted.Ada.video === false")
    cy = await come(site, room_browser, "Cy")
    await cy.wait_for_function("here.muted.Ada?.audio === true")
    await ada.evaluate("here.connection.setMuted('audio', false)")
    for page in (bob, cy):
        await page.wait_for_function("here.muted.Ada.audio === false")


async def test_person_without_camera_is_in_and_can_switch_one_on(site: JanusSite, room_browser: Browser) -> None:
    """Somebody who only listens sees the others, is known to them, and sends as soon as they want to."""
    ada = await come(site, room_browser, "Ada", query="?silent")
    bob = await come(site, room_browser, "Bob")
    await sees(ada, "Bob")
    await bob.wait_for_function("here.muted.Ada?.audio === true && here.muted.Ada.video === true")
    await ada.evaluate("here.camera().then((stream) => here.connection.replaceTrack('video', stream.getTracks()[0]))")
    await sees(bob, "Ada")
    await bob.wait_for_function("here.muted.Ada.audio === true && here.muted.Ada.video === false")
    await ada.evaluate("here.connection.replaceTrack('video', null)")
    await bob.wait_for_function("here.muted.Ada.video === true")


async def test_everybody_is_back_after_janus_has_crashed(site: JanusSite, room_browser: Browser) -> None:
    """Pages find their way back by themselves, as the same people, and see each other again."""
    ada, bob = await come(site, room_browser, "Ada"), await come(site, room_browser, "Bob")
    await site.server.stop(at_once=True)
    for page in (ada, bob):
        await page.wait_for_function("here.states.at(-1) === 'reconnecting'")
    await site.server.start()
    took_s = await site.until_names("Ada", "Bob", within_s=20)
    _log.info("took %.1f s: Janus back after a crash, to everybody back in the room", took_s)
    for page, other in ((ada, "Bob"), (bob, "Ada")):
        await sees(page, other)
        await page.wait_for_function("here.states.at(-1) === 'connected'")
        await page.wait_for_function("name => Object.values(here.people).join() === name", arg=other)


async def test_page_that_lost_its_connection_comes_back(site: JanusSite, room_browser: Browser) -> None:
    """A broken connection costs a new session, and no new link; nobody is left behind as a ghost."""
    ada, bob = await come(site, room_browser, "Ada"), await come(site, room_browser, "Bob")
    before = await site.session_of("Ada")
    site.wire.cut()
    await ada.wait_for_function("here.states.join().endsWith('reconnecting,connected')")
    await sees(bob, "Ada")
    await site.until_names("Ada", "Bob", within_s=20)
    assert before != await site.session_of("Ada")


async def test_leaving_is_known_at_once_everywhere(site: JanusSite, room_browser: Browser) -> None:
    """By its button or a closed tab: Janus reports it, and the others no longer see them; best of three tries."""
    bob = await come(site, room_browser, "Bob")

    async def gone_after_s(how: str) -> float:
        ada = await come(site, room_browser, "Ada")
        await bob.wait_for_function("Object.values(here.people).includes('Ada')")
        session_id = await site.session_of("Ada")
        started = time.monotonic()
        await (ada.close() if how == "close" else ada.evaluate("here.connection.leave()"))
        late_s = await site.until_reported(EventKind.LEFT, session_id)
        took_s = time.monotonic() - started
        _log.info("took %.0f ms: %s, to the app told of it", took_s * 1000, how)
        _log.info("took %.1f ms: Janus knows of it, to the app told of it", late_s * 1000)
        await bob.wait_for_function("!Object.values(here.people).includes('Ada')")
        return took_s

    for how in ("leave", "close"):
        assert await least_of(1, partial(gone_after_s, how)) < 1


async def test_connection_that_dies_in_silence_is_noticed(site: JanusSite, room_browser: Browser) -> None:
    """Nobody who is gone without a word stays on the card for long: with the documented times, 20 s."""
    await site.server.stop()
    site.server.changes |= {"pingpong_trigger = 10": "pingpong_trigger = 1", "timeout = 10": "timeout = 1"}
    await site.server.start()
    await come(site, room_browser, "Ada")
    session_id = await site.session_of("Ada")
    started = time.monotonic()
    site.wire.fall_silent()
    await site.until_reported(EventKind.LEFT, session_id, within_s=10)
    _log.info("took %.0f s: connection falls silent, to the app told of it", time.monotonic() - started)


async def test_ended_and_removed_pages_say_so_and_do_not_come_back(site: JanusSite, room_browser: Browser) -> None:
    """Who is shown out learns another reason than those for whom the call has ended."""
    ada, bob = await come(site, room_browser, "Ada"), await come(site, room_browser, "Bob")
    await site.provider.kick(site.room, await site.session_of("Ada"))
    await ada.wait_for_function("here.ended === 'room_removed'")
    await bob.wait_for_function("!Object.values(here.people).includes('Ada')")
    await site.end()
    await bob.wait_for_function("here.ended === 'room_ended'")
    await site.until_reported(EventKind.ENDED, None)
    await asyncio.sleep(1)
    assert [] == await site.names()


async def test_who_is_not_in_the_room_receives_nothing_of_it(site: JanusSite, room_browser: Browser) -> None:
    """Janus gives sound and picture only to those whom everybody in the room sees."""
    await come(site, room_browser, "Ada")
    await sees(await come(site, room_browser, "Bob"), "Ada")
    core = core_token(TOKEN_SECRET, now() + timedelta(minutes=1))
    token = room_token(TOKEN_SECRET, site.room.id, now() + timedelta(minutes=1))
    feed = {"feed": await site.session_of("Ada")}
    async with aiohttp.ClientSession() as session, janus_visitor(session, site.server.public_url, core) as stranger:
        asked = {"request": "join", "ptype": "subscriber", "room": site.room.id, "streams": [feed], "token": token}
        assert 433 == (await stranger.say(**asked))["error_code"]
        assert 433 == (await stranger.say(**asked, private_id=1))["error_code"]
