"""What somebody who means no good can do at the pages people join by: nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from calls.clock import now
from calls.joining import GUESTS_MAX
from calls.model import Call, CallId, JoinLink, Visitor
from calls.ports import Transaction
from sandbox.people import ALICE, BOB, ERIN
from tests.own_links import SETTINGS, announced
from tests.scenario.test_joining import join_by_command, new_guest_link, visitors
from tests.scenario.visiting import Seen, Visit, started, visit
from tests.world import World, running_world

EVIL = "https://evil.example"
HOSTILE = "\"'><script>alert(1)</script>{{7*7}}"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Run the app with rooms that people enter by links of their own, and with signing in."""
    with announced(tmp_path):
        async with running_world(tmp_path, http=True, signs_in=True, extra=SETTINGS) as running:
            yield running


@pytest.fixture
async def browser(world: World) -> AsyncIterator[Visit]:
    """Open a browser."""
    async with visit(world) as opened:
        yield opened


def changed(url: str, **query: str) -> str:
    """Return an address with other values in its query."""
    parts = urlsplit(url)
    return parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **query})).geturl()


async def way_back(browser: Visit, token: str, user_id: str = BOB) -> str:
    """Go to Slack and allow it; return the address Slack sends the browser back to."""
    begun = await browser.get(f"/j/{token}/sign_in")
    return (await browser.consent(begun.location, user_id)).location


async def is_nobody(browser: Visit, token: str) -> bool:
    """Say whether a browser is still asked to sign in."""
    return "Sign in with Slack" in (await browser.get(f"/j/{token}")).text


async def change_links(world: World, call_id: CallId, **fields: object) -> None:
    """Change all links of a call, as time would."""

    def work(transaction: Transaction) -> None:
        for link in transaction.links(call_id):
            changes: dict[str, object] = fields
            transaction.save_link(replace(link, **changes))  # type: ignore[arg-type] # fields of the link

    await world.server.database.write(work)


async def call_of(world: World, token: str) -> Call:
    """Return the call of a token."""
    call = await world.server.database.read(lambda transaction: transaction.call_of_join_token(token))
    assert call is not None
    return call


async def links_of(world: World, token: str) -> list[JoinLink]:
    """Return the links of the call of a token."""
    call = await call_of(world, token)
    return list(await world.server.database.read(lambda transaction: transaction.links(call.id)))


async def test_a_way_back_works_once(world: World, browser: Visit) -> None:
    """The same state and code a second time, in the same browser, are refused."""
    token = await started(world)
    back = await way_back(browser, token)

    assert 303 == (await browser.get(back)).status
    replayed = await browser.get(back)

    assert 400 == replayed.status
    assert "finished before" in replayed.text


async def test_a_code_works_once_even_for_a_browser_that_kept_its_cookies(world: World, browser: Visit) -> None:
    """Slack itself takes a code once, and what it then says is a page."""
    token = await started(world)
    back = await way_back(browser, token)
    kept = {cookie.key: cookie.value for cookie in browser.session.cookie_jar if "sign-in" in cookie.key}
    await browser.get(back)
    browser.session.cookie_jar.clear()
    browser.session.cookie_jar.update_cookies(kept)

    assert 400 == (await browser.get(back)).status
    assert await is_nobody(browser, token)


async def test_a_way_back_works_only_in_the_browser_that_was_sent(world: World, browser: Visit) -> None:
    """Whoever is given the address of somebody else's way back is not signed in as them."""
    token = await started(world)
    back = await way_back(browser, token)

    async with visit(world) as victim:
        refused = await victim.get(back)
        assert await is_nobody(victim, token)

    assert 400 == refused.status


async def test_a_planted_code_is_refused(world: World, browser: Visit) -> None:
    """A code that was made for another browser does not sign this one in as the other's person."""
    token = await started(world)
    mine = await browser.get(f"/j/{token}/sign_in")
    async with visit(world) as attacker:
        theirs = dict(parse_qsl(urlsplit(await way_back(attacker, token, ALICE)).query))
    state = dict(parse_qsl(urlsplit(mine.location).query))["state"]

    planted = f"/slack/openid_redirect?{urlencode({'state': state, 'code': theirs['code']})}"
    assert 400 == (await browser.get(planted)).status
    assert await is_nobody(browser, token)


async def test_another_nonce_is_refused(world: World, browser: Visit) -> None:
    """What Slack signed for another attempt does not count for this one."""
    token = await started(world)
    begun = await browser.get(f"/j/{token}/sign_in")
    back = (await browser.consent(changed(begun.location, nonce="x" * 43), BOB)).location

    refused = await browser.get(back)

    assert 400 == refused.status
    assert "could not be verified" in refused.text
    assert await is_nobody(browser, token)


async def test_cancelling_is_a_page_that_leads_back(world: World, browser: Visit) -> None:
    """Whoever does not allow it reads so, and can try again."""
    token = await started(world)
    begun = await browser.get(f"/j/{token}/sign_in")
    back = (await browser.consent(begun.location, BOB, "cancel")).location

    page = await browser.get(back)

    assert 400 == page.status
    assert "You did not sign in" in page.text
    assert f'href="/j/{token}"' in page.text


@pytest.mark.parametrize(
    "query", ["", "state=&code=", "state=x&code=y", "error=access_denied", "error=%3Cscript%3E", "state=%00&code=%ff"]
)
async def test_a_way_back_from_nowhere_is_refused(world: World, browser: Visit, query: str) -> None:
    """Without a sign-in of this browser's nothing is asked of Slack, and nothing of the query is shown."""
    before = world.methods()

    refused = await browser.get(f"/slack/openid_redirect?{query}")

    assert 400 == refused.status
    assert "<script" not in refused.text
    assert before == world.methods()


async def test_no_address_that_comes_with_a_request_is_followed(world: World, browser: Visit) -> None:
    """Neither the Host nor the query says where people are sent: Slack, our own pages, and the meeting."""
    token = await started(world)

    begun = await browser.get(f"/j/{token}/sign_in?redirect_uri={EVIL}&next={EVIL}", Host="evil.example")
    back = (await browser.consent(begun.location, BOB)).location
    returned = await browser.get(f"{back}&redirect_uri={EVIL}&next=//evil.example&token={EVIL}")
    entered = await browser.get(f"{returned.location}?next={EVIL}", Host="evil.example")

    assert begun.location.startswith(world.slack.url)
    assert back.startswith(f"{world.server.address}/slack/openid_redirect?")
    assert f"/j/{token}" == returned.headers["Location"]
    assert entered.location.startswith(f"{world.slack.url}meet/")


@pytest.mark.parametrize(
    "token", ["x", "x" * 22, "x" * 5_000, "%2e%2e%2f", "%00", "%E2%80%AE", "'--", "<script>alert(1)", "j%2Fx"]
)
async def test_made_up_tokens_lead_to_a_page(world: World, browser: Visit, token: str) -> None:
    """They open nothing, and nothing of them is shown."""
    refused = await browser.get(f"/j/{token}")

    assert 404 == refused.status
    assert "<script" not in refused.text
    assert "leads to no call" in refused.text


async def test_the_id_of_a_call_or_of_a_link_opens_nothing(world: World, browser: Visit) -> None:
    """What is in Slack's metadata, or in a stolen copy of the database's list of links, is no key."""
    token = await started(world)
    await join_by_command(world)
    (link,) = await links_of(world, token)

    for known in (link.call_id, link.id, link.id[:22]):
        assert 404 == (await browser.get(f"/j/{known}")).status


async def test_old_links_say_so(world: World, browser: Visit) -> None:
    """After 10 minutes one's own link, and after a day a guest's, say what to do."""
    token = await started(world)
    own, (guest, _) = await join_by_command(world), await new_guest_link(world)
    lasted = {link.slack_id is not None: link.expires_at - link.made_at for link in await links_of(world, token)}
    await change_links(world, (await call_of(world, token)).id, expires_at=now() - timedelta(seconds=1))

    pages = [await browser.get(own), await browser.get(guest), await browser.send(guest, {"name": "Gina"})]

    assert {True: timedelta(minutes=10), False: timedelta(hours=24)} == lasted
    assert [410] * 3 == [page.status for page in pages]
    assert "10 minutes" in pages[0].text
    assert "24 hours" in pages[1].text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "{ours}"},
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Accept": "text/html"},
    ],
)
async def test_forms_of_other_sites_are_refused(world: World, browser: Visit, headers: dict[str, str]) -> None:
    """No other page lets somebody in, or signs them out."""
    token = await started(world)
    guest, _ = await new_guest_link(world)
    await browser.get((await browser.sign_in(token, BOB)).location)
    sent = {name: value.replace("{ours}", world.server.address) for name, value in headers.items()}

    answers = [await browser.send(guest, {"name": "Gina"}, **sent), await browser.send("/j/sign_out", {}, **sent)]

    assert [403, 403] == [answer.status for answer in answers]
    assert 303 == (await browser.get(f"/j/{token}")).status
    assert [] == [visitor for visitor in await visitors(world, token) if visitor.slack_id is None]


async def test_an_old_browser_may_prove_itself_by_its_origin(world: World, browser: Visit) -> None:
    """One that does not send Sec-Fetch-Site is asked for the Origin."""
    await started(world)
    guest, _ = await new_guest_link(world)

    assert 200 == (await browser.send(guest, {"name": "Gina"}, Origin=world.server.address)).status


async def test_signing_out_forgets_who_it_was(world: World, browser: Visit) -> None:
    """Afterwards the page asks who comes."""
    token = await started(world)
    await browser.sign_in(token, BOB)

    assert 200 == (await browser.send("/j/sign_out", {})).status
    assert await is_nobody(browser, token)


async def test_text_of_others_is_shown_as_text(world: World, browser: Visit) -> None:
    """Titles, guests' names and the names of people and workspaces elsewhere cannot become part of a page."""
    stranger = world.slack.workspace.strangers[ERIN]
    stranger.user.real_name, stranger.team.name = HOSTILE, HOSTILE
    token = await started(world, f"“{HOSTILE}”")
    guest, _ = await new_guest_link(world)
    async with visit(world) as elsewhere:
        back = await elsewhere.sign_in(token, ERIN, elsewhere=True)
        pages = [await elsewhere.get(back.location), await elsewhere.send(f"/j/{token}", {})]
    pages += [await browser.get(guest), await browser.send(guest, {"name": HOSTILE})]

    assert [200] * 4 == [page.status for page in pages]
    assert not [page for page in pages if "<script" in page.text or "49" in page.text]
    assert "alert(1)" in pages[0].text


async def test_a_guests_cookie_is_good_for_its_call_only(world: World, browser: Visit) -> None:
    """Who is a guest of one call is asked again at another, and a changed cookie is no cookie."""
    first = await started(world, "First")
    guest, _ = await new_guest_link(world)
    await browser.send(guest, {"name": "Gina"})
    await world.alice.command("C0GENERAL01", "/startcall", "end")
    await world.settled()
    await started(world, "Second")
    other, _ = await new_guest_link(world)

    assert "Your name" in (await browser.get(other)).text
    assert await visitors(world, first) != []


async def test_a_guests_link_does_not_fill_the_database(world: World, browser: Visit) -> None:
    """It lets in many, and then says that it lets in no more; who is in stays a guest."""
    token = await started(world)
    guest, _ = await new_guest_link(world)
    await browser.send(guest, {"name": "Gina"})

    def fill(transaction: Transaction) -> None:
        call = transaction.call_of_join_token(token)
        assert call is not None
        for number in range(GUESTS_MAX - 1):
            transaction.add_visitor(Visitor(f"{number:032x}", call.id, f"guest:{number}", "Mallory"))

    await world.server.database.write(fill)
    async with visit(world) as late:
        refused = await late.send(guest, {"name": "Larry"})

    assert (403, True) == (refused.status, "Guest links have let 500 people into this call" in refused.text)
    assert GUESTS_MAX == sum(one.slack_id is None for one in await visitors(world, token))
    assert 303 == (await browser.get(guest)).status


async def test_a_person_of_elsewhere_cannot_use_a_guests_page_to_become_one_of_us(world: World, browser: Visit) -> None:
    """The only identity anybody gets without Slack's word or a link is a guest's."""
    token = await started(world)
    own = await join_by_command(world)
    async with visit(world) as attacker:
        posted = await attacker.send(own, {"name": "Bob Baker", "slack_id": BOB, "is_host": "1"})
        asked = await attacker.send(f"/j/{token}", {"name": "Bob Baker"})

    assert 404 == posted.status
    assert (303, f"/j/{token}") == (asked.status, asked.headers["Location"])
    assert 303 == (await browser.get(own)).status


async def test_every_answer_keeps_its_address_to_itself(world: World, browser: Visit) -> None:
    """No answer may be stored, framed, indexed, given scripts, or named to where it leads."""
    token = await started(world)
    guest, _ = await new_guest_link(world)
    begun = await browser.get(f"/j/{token}/sign_in")
    answers: list[Seen] = [
        *(begun, await browser.get(f"/j/{token}"), await browser.get("/j/nothing"), await browser.get(guest)),
        *(await browser.send(guest, {"name": "Gina"}), await browser.get(guest), await browser.send("/j/sign_out", {})),
        *(await browser.get("/slack/openid_redirect"), await browser.head(f"/j/{token}")),
    ]

    for answer in answers:
        assert "no-referrer" == answer.headers["Referrer-Policy"]
        assert "no-store" == answer.headers["Cache-Control"]
        assert "nosniff" == answer.headers["X-Content-Type-Options"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<script|style=|https?://(?!127)", answer.text)
    assert token not in begun.location


async def test_cookies_are_kept_from_scripts_and_from_other_sites(world: World, browser: Visit) -> None:
    """Every cookie is HttpOnly and SameSite=Lax, whatever it is for."""
    token = await started(world)
    guest, _ = await new_guest_link(world)
    begun = await browser.get(f"/j/{token}/sign_in")
    back = await browser.get((await browser.consent(begun.location, BOB)).location)
    named = await browser.send(guest, {"name": "Gina"})

    for answer in (begun, back, named):
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
