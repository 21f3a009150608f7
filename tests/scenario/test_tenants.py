"""No workspace sees or touches anything of another, by whatever way somebody comes in.

The ways are those that are registered: a listener or an address without a case here fails the test.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

import pytest
from aiohttp import web

from calls.model import TeamId, UserId
from calls.signed_in import SignedIn
from listeners.routes import name_of
from sandbox.delivery.ack import DeliveryKind
from sandbox.people import BOB
from sandbox.workspace import Json
from tests.many_workspaces import Many, a_second_later, new_browser, running_many
from tests.registered import registered
from tests.tenancy import Mallory, Owned, entered, furnished, rows_of

UNKNOWN = "no longer"
NO_CALL = "No call is running"

Text = Callable[[Owned], str]


@dataclass(frozen=True, slots=True)
class Case:
    """One way in, with ids of the other workspace.

    Args:
        build: returns what Slack would deliver.
        says: a part of what the person is told; empty where what they ask for is their own workspace's to give.
    """

    name: str
    kind: DeliveryKind
    build: Callable[[Mallory, Owned], Json]
    says: str = ""


def _command(text: Text, says: str, *, shared: bool = False) -> Case:
    where = "a shared conversation" if shared else "their own"
    return Case(f"command in {where}", "slash_commands", lambda who, of: who.command(text(of), shared=shared), says)


def _settings_part(holder: str) -> Case:
    return Case(
        f"button settings_part of the {holder}",
        "interactive",
        lambda who, of: _with_metadata(who.press(f"settings_part_{holder}", holder, in_view=True), of),
    )


def _press(action_id: str, says: str, value: Text = lambda of: of.call.id) -> Case:
    return Case(f"button {action_id}", "interactive", lambda who, of: who.press(action_id, value(of)), says)


def _view(callback_id: str, says: str, metadata: Text, *inputs: Callable[[Owned], Json]) -> list[Case]:
    """Return a dialog sent from the second workspace, and from the first in a conversation that both share."""

    def build(who: Mallory, of: Owned, *, elsewhere: bool) -> Json:
        values = {name: value for one in inputs for name, value in one(of).items()}
        return who.sent_view(callback_id, metadata(of), values, elsewhere=elsewhere)

    return [
        Case(f"dialog {callback_id}", "interactive", lambda who, of: build(who, of, elsewhere=False), says),
        Case(f"dialog {callback_id}, shared", "interactive", lambda who, of: build(who, of, elsewhere=True), says),
    ]


def _shortcut(callback_id: str) -> Case:
    return Case(f"shortcut {callback_id}", "interactive", lambda who, _: who.shortcut(callback_id))


def _unlinking(who: Mallory, of: Owned) -> Json:
    return _with_metadata(who.press("unlink_account", "link", in_view=True), of)


def _jitsi(text: str) -> Case:
    return Case("/jitsi", "slash_commands", lambda who, _: who.command(text, shared=True, name="/jitsi"))


def _plan_of(of: Owned) -> str:
    return json.dumps({"plan": of.plan.id, "zone": "Europe/Berlin", "channel": of.channel_id})


def _settings_of(of: Owned) -> str:
    changed = {"person": {"rings": "no"}, "channel": {"records": "no"}, "workspace": {"asks_above": "3"}}
    return json.dumps({"part": "person", "channel": of.channel_id, "shown": {}, "changed": changed})


def _event(event: Callable[[Owned], Json]) -> Case:
    return Case("event", "events_api", lambda who, of: who.event(event(of)))


PLAN_BUTTONS = ("yes", "maybe", "no", "start", "edit", "skip", "calendar", "cancel")

ON_CALL = {"join": "", "leave": "", "end": "", "rename": " Ours"}
"""The commands about a running call, and what follows its id."""


def _named(word: str, rest: str, *, shared: bool) -> Case:
    return _command(lambda of: f"{word} {of.call.display_id}{rest}", "No running call of yours", shared=shared)


def _only(text: str) -> Text:
    return lambda _: text


CASES: Sequence[Case] = (
    _command(lambda _: "list", NO_CALL),
    _command(lambda _: "list", NO_CALL, shared=True),
    *(_named(word, rest, shared=shared) for word, rest in ON_CALL.items() for shared in (False, True)),
    *(_command(_only(word + rest), NO_CALL, shared=True) for word, rest in ON_CALL.items()),
    *(_command(lambda _: "history", "", shared=shared) for shared in (False, True)),
    _command(lambda _: "history csv", "", shared=True),
    _command(lambda of: f"invite {of.call.display_id} <@U0BOB000002>", "No running call of yours", shared=True),
    _command(lambda _: "invite <@U0BOB000002>", NO_CALL, shared=True),
    _command(lambda _: "schedule Ours in 3 hours", "", shared=True),
    _command(lambda _: "settings", "", shared=True),
    _command(lambda _: "help", "/startcall"),
    _command(lambda _: "Ours", "", shared=True),
    *(_press(name, UNKNOWN) for name in ("join_call", "leave_call", "end_call")),
    _press("rename_call", "That call has ended."),
    _press("claim_participant", "Everybody in this call"),
    _press("guest_link", "leads to no call"),
    _press("revoke_guest_link", "leads to no call", lambda of: of.link_id),
    *(_press(name, UNKNOWN) for name in ("invite_to_call", "decline_call", "call_back")),
    _press("reopen_call", UNKNOWN, lambda of: of.over.id),
    _press("call_back", UNKNOWN, lambda of: of.over.id),
    *(_press(name, "nothing was changed") for name in ("retry_call", "force_end_call")),
    *(_press(f"plan_{name}", "no longer planned", lambda of: of.plan.id) for name in PLAN_BUTTONS),
    _press("schedule_call", ""),
    *(_press(name, "answered already") for name in ("confirm_start_call", "replace_call", "cancel_start_call")),
    _press("open_meeting", ""),
    _press("connect_account", ""),
    Case("button unlink_account", "interactive", _unlinking),
    *(_jitsi(text) for text in ("", "Ours", "server", "server https://meet.example.com", "server default", "help")),
    _press("settings", ""),
    _press("start_call", ""),
    *(_settings_part(holder) for holder in ("workspace", "channel", "person")),
    *(_shortcut(name) for name in ("start_call", "schedule_call")),
    Case("message shortcut", "interactive", lambda who, _: who.message_shortcut("start_call_about_message")),
    *_view(
        "start_call",
        "",
        lambda _: "",
        lambda _: entered("title", value="Ours"),
        lambda of: entered("channel", selected_conversation=of.channel_id),
    ),
    *_view("settings", "", _settings_of),
    *_view("rename_call", UNKNOWN, lambda of: of.call.id, lambda _: entered("title", value="Ours")),
    *_view(
        "claim_participant",
        UNKNOWN,
        lambda of: of.call.id,
        lambda of: entered("participant", selected_option={"value": of.guest_key}),
    ),
    *_view(
        "invite_to_call",
        UNKNOWN,
        lambda of: of.call.id,
        lambda _: entered("people", selected_users=["U0BOB000002"]),
    ),
    *_view(
        "schedule_call",
        "no longer planned",
        _plan_of,
        lambda _: entered("date", selected_date="2099-12-24"),
        lambda _: entered("time", selected_time="12:00"),
    ),
    _event(lambda of: {"type": "call_rejected", "call_id": of.call.slack_call_id, "user_id": BOB, **_message(of)}),
    _event(lambda of: {"type": "app_home_opened", "user": of.alice_id, "tab": "home", "channel": of.channel_id}),
    _event(lambda of: {"type": "link_shared", "user": of.alice_id, **_message(of)}),
    _event(lambda of: {"type": "team_access_revoked", "team_ids": [of.call.team_id]}),
    _event(lambda of: {"type": "team_access_granted", "team_ids": [of.call.team_id]}),
    _event(lambda _: {"type": "tokens_revoked", "tokens": {"bot": ["U0APPBOT002"]}}),
    _event(lambda _: {"type": "app_uninstalled"}),
)
"""Every way in; the last two leave the second workspace without the app."""


def _with_metadata(body: Json, of: Owned) -> Json:
    return {**body, "view": {**body["view"], "private_metadata": _settings_of(of)}}


def _message(of: Owned) -> Json:
    urls = [of.call.join_url, f"https://meet.example.com/{of.token}"]
    links = [{"domain": "example.com", "url": url} for url in urls if url]
    return {"channel": of.channel_id, "message_ts": of.card_ts, "links": links, "event_ts": "1.1"}


@pytest.fixture(params=["http", "socket_mode"])
async def many(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Many]:
    """Run the app on either database."""
    async with running_many(database_url, http=request.param == "http") as running:
        yield running


async def _two_workspaces(many: Many) -> tuple[Owned, Mallory]:
    other = many.slack.add_workspace("Other")
    for workspace in (many.home, other):
        await many.install(workspace.team.id)
    await a_second_later()
    owned = await furnished(many, many.home)
    await many.settled()
    return owned, Mallory(many, other, owned)


async def _faults(case: Case, who: Mallory, owned: Owned) -> list[str]:
    """Send one request and return what is wrong with what came of it."""
    many = who.many
    rows, requests = await rows_of(many, owned), _requests_for(many)
    body = case.build(who, owned)
    told = await who.send(case.kind, body)
    sent = json.dumps(body)
    after = await rows_of(many, owned)
    found = [
        *([] if told.ack.is_ok else [f"was not taken: {told.ack.failure}"]),
        *([] if case.says in told.said else [f"did not say “{case.says}” but {told.said}"]),
        *(f"told {secret}" for secret in owned.secrets if secret in told.said and secret not in sent),
        *(f"changed {name}: {rows[name]} to {after[name]}" for name in rows if rows[name] != after[name]),
        *([] if requests == _requests_for(many) else ["sent something with the other workspace’s token"]),
    ]
    return [f"{case.name}, {sent}: it {fault}" for fault in found]


def _requests_for(many: Many) -> int:
    return sum(1 for line in many.home.traffic if line.kind == "api")


async def test_every_way_in_is_closed_to_other_workspaces(many: Many) -> None:
    """Whatever ids of another workspace are sent, its people learn nothing and nothing of it changes."""
    owned, mallory = await _two_workspaces(many)

    assert [] == [fault for case in CASES for fault in await _faults(case, mallory, owned)]
    assert ["T0SANDBOX01"] == [one.place.team_id for one in await many.installed()]


async def test_somebody_of_one_workspace_acting_in_another_brings_nothing_along(many: Many) -> None:
    """In a conversation that both share, Alice is known to the other workspace, too, by the same id."""
    owned, mallory = await _two_workspaces(many)
    alice = many.home.users[owned.alice_id]
    visiting = Mallory(many, mallory.workspace, owned, user=alice)

    quiet = [replace(case, says="") for case in CASES[:-2]]
    assert [] == [fault for case in quiet for fault in await _faults(case, visiting, owned)]


async def test_every_listener_has_a_case(many: Many) -> None:
    """The ways are those that are registered."""
    owned, mallory = await _two_workspaces(many)
    assert registered() == {name_of(case.build(mallory, owned)) for case in CASES}


PAGES = {
    "/healthz": "/healthz",
    "/readyz": "/readyz",
    "/metrics": "/metrics",
    "/hooks/{provider}{path}": "/hooks/link/{room}",
    "/j/join.css": "/j/join.css",
    "/j/sign_out": "/j/sign_out",
    "/j/{token}": "/j/{link}",
    "/j/{token}/sign_in": "/j/{link}/sign_in",
    "/slack/openid_redirect": "/slack/openid_redirect?state={link}&code={link}",
    "/slack/install": "/slack/install",
    "/slack/oauth_redirect": "/slack/oauth_redirect?state={link}&code={link}",
    "/slack/events": "/slack/events",
    "/link/{provider}": "/link/slack?to={link}",
    "/link/{provider}/go": "/link/slack/go?to={link}",
    "/link/{provider}/back": "/link/slack/back?state={link}&code={link}",
}
"""What is asked for at every address, with ids of a call that are no key to it."""


@pytest.mark.parametrize("many", ["http"], indirect=True)
async def test_every_address_is_closed_to_who_only_knows_ids(many: Many) -> None:
    """Also to somebody who is signed in, as of another workspace; the call's own link alone lets people in."""
    owned, mallory = await _two_workspaces(many)
    room = owned.call.room
    routes = {route.resource.canonical for route in many.server.web_app().router.routes() if route.resource}
    assert set(PAGES) == routes

    who = SignedIn(TeamId(mallory.workspace.team.id), UserId("U0MALLORY01"), "Mallory")
    kept = web.Response()
    many.server.join_site.cookies.keep_session(kept, who)
    before = await rows_of(many, owned)
    told = ""
    async with new_browser() as browser:
        for address in PAGES.values():
            url = many.server.address + address.format(link=owned.link_id, room=room.id if room else "")
            for ask in (browser.get, browser.post):
                cookies = {name: morsel.value for name, morsel in kept.cookies.items()}
                async with ask(url, cookies=cookies, allow_redirects=False) as answer:
                    assert HTTPStatus.INTERNAL_SERVER_ERROR != answer.status, url
                    told += await answer.text()

    assert [] == [secret for secret in owned.secrets if secret in told and secret != owned.link_id]
    assert before == await rows_of(many, owned)


async def test_an_organisation_is_not_put_together_with_a_workspace_of_another(many: Many) -> None:
    """Somebody of an organisation sends a dialog in a conversation shared with a workspace outside of it."""
    organisation = many.slack.installs.add_organisation("Acme")
    north = many.slack.add_workspace("North", organisation)
    await many.install(organisation.team.id)
    owned, mallory = await _two_workspaces(many)
    body = mallory.sent_view("rename_call", owned.call.id, entered("title", value="Ours"))
    view = {**body["view"], "app_installed_team_id": "T0ELSEWHERE", "team_id": north.team.id}
    enterprise = {"id": organisation.team.id, "name": "Acme"}

    await mallory.send("interactive", {**body, "team": {"id": north.team.id}, "enterprise": enterprise, "view": view})

    assert None is await many.workspaces.find(TeamId("T0ELSEWHERE"))
