"""Installed by OAuth: several workspaces and an organisation side by side, without asking Slack who is who."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from calls.installations import Tokens
from calls.model import TeamId
from calls.secret import Secret
from parts import build_installations
from sandbox.delivery.payloads import message_action
from sandbox.elements import build_action, find_element
from sandbox.installs import Organisation
from sandbox.testing import wait_for
from sandbox.workspace import Json, Message, Workspace
from tests.many_workspaces import Many, a_second_later, cards_of, eventually, general, running_many


@pytest.fixture(params=["http", "socket_mode"])
async def many(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Many]:
    """Run the app, installed nowhere yet, on either database."""
    async with running_many(database_url, http=request.param == "http") as running:
        yield running


async def test_a_start_costs_two_requests_and_an_end_two(many: Many) -> None:
    """Also where tokens are in the database; who we are was asked once, when the app was installed."""
    assert "Startcall is installed in Sandbox" in await many.install(many.home.team.id)
    assert ["oauth.v2.access", "auth.test"] == many.methods()

    card = await many.start(many.home, "Weekly sync")
    assert ["calls.add", "chat.postMessage"] == many.methods()[2:]
    await many.person(many.home, "bob").click(general(many.home), card.ts, "end_call")
    await wait_for(lambda: many.methods()[-1] == "chat.update")
    await many.settled()

    assert ["calls.end", "chat.update"] == many.methods()[4:]


async def test_two_workspaces_and_an_organisation_have_their_own_calls(many: Many) -> None:
    """Each call is in the workspace it was started in, and was made with that workspace's token."""
    other = many.slack.add_workspace("Other")
    organisation = many.slack.installs.add_organisation("Acme")
    north, south = (many.slack.add_workspace(name, organisation) for name in ("North", "South"))
    for place in (many.home.team.id, other.team.id, organisation.team.id):
        await many.install(place)
    places = (many.home, other, north, south)

    for workspace in places:
        await many.start(workspace, f"Call of {workspace.team.name}")

    assert [["Call of Sandbox"], ["Call of Other"], ["Call of North"], ["Call of South"]] == [
        [call.title for call in workspace.calls.values()] for workspace in places
    ]
    assert [1, 1, 1, 1] == [len(cards_of(workspace)) for workspace in places]
    assert {one.team.id for one in (many.home, other, organisation)} == {
        one.place.team_id or one.place.enterprise_id for one in await many.installed()
    }


async def test_fifty_first_requests_at_once_ask_slack_nothing(many: Many) -> None:
    """A process that has just started knows its bot from the database."""
    await many.install(many.home.team.id)
    many.workspaces.forget()
    before = Counter(many.methods())

    person = many.person(many.home)
    acks = await asyncio.gather(*(person.command(general(many.home), "/startcall", "help") for _ in range(50)))

    assert all(ack.is_ok for ack in acks)
    assert Counter() == Counter(many.methods()) - before


async def test_calls_of_a_workspace_that_removed_the_app_wait_for_it_to_come_back(many: Many) -> None:
    """What has to be told to Slack is set aside, no other workspace notices, and a new installation goes on with it."""
    other = many.slack.add_workspace("Other")
    for workspace in (many.home, other):
        await many.install(workspace.team.id)
    card = await many.start(other, "Weekly sync")
    call = next(iter(other.calls.values()))
    many.slack.installs.uninstall(other.team.id, events=())
    await many.person(other, "bob").click(general(other), card.ts, "end_call")
    await many.stuck_for("token_revoked")
    await many.start(many.home, "Another")
    assert 0 == call.date_end

    await many.install(other.team.id)
    await wait_for(lambda: call.date_end > 0)
    await many.settled()

    assert [] == await many.stuck()


async def test_somebody_in_a_workspace_without_the_app_is_told(many: Many) -> None:
    """Slack may deliver a last command after the app was removed."""
    await many.install(many.home.team.id)
    await a_second_later()
    many.slack.installs.uninstall(many.home.team.id)
    await many.removed_from(many.home.team.id)
    many.home.installation.is_installed = True

    person = many.person(many.home)
    await person.command(general(many.home), "/startcall", "Weekly sync")
    await wait_for(lambda: many.told(many.home, person))

    assert "A workspace admin has to install Startcall again." in many.told(many.home, person)[-1]


async def test_a_new_token_that_another_process_was_given_is_found(many: Many) -> None:
    """What this process remembers is looked up again once Slack refuses it; the person notices nothing."""
    place = many.home.team.id
    await many.install(place)
    await many.start(many.home, "First")
    await many.person(many.home).command(general(many.home), "/startcall", "end")
    await wait_for(lambda: "chat.update" in many.methods())
    await many.settled()
    before = (await many.workspaces.find(TeamId(place))) or pytest.fail("It is installed.")
    many.slack.installs.uninstall(place, events=())
    grant = many.slack.installs.install(place, tuple(before.scopes))
    store = build_installations(many.settings, many.server.database)
    await store.save(replace(before, tokens=Tokens(Secret(grant.token))))

    await many.start(many.home, "Second")

    assert ["calls.add", "calls.add", "chat.postMessage"] == many.methods()[-3:]
    assert ["First", "Second"] == [call.title for call in many.home.calls.values()]


async def test_an_organisation_that_removed_the_app_is_left_in_all_its_workspaces(many: Many) -> None:
    """A workspace outside of it is not."""
    organisation = many.slack.installs.add_organisation("Acme")
    north = many.slack.add_workspace("North", organisation)
    for place in (many.home.team.id, organisation.team.id):
        await many.install(place)
    await many.start(north, "Weekly sync")
    await a_second_later()

    many.slack.installs.uninstall(organisation.team.id)
    await many.removed_from(organisation.team.id)

    assert None is await many.workspaces.find(TeamId(north.team.id))
    await many.start(many.home, "Another")


async def test_a_workspace_that_its_organisation_took_away_is_left_until_it_is_given_back(many: Many) -> None:
    """Its calls wait and then go on; the other workspaces notice nothing."""
    organisation = many.slack.installs.add_organisation("Acme")
    north, south = (many.slack.add_workspace(name, organisation) for name in ("North", "South"))
    await many.install(organisation.team.id)
    card = await many.start(north, "Weekly sync")
    end = message_action(north, north.users[many.person(north).user_id], card, _end_of(card))
    await a_second_later()

    many.slack.installs.change_access(organisation, north, is_granted=False)
    await eventually(lambda: _serves(many, north, organisation, is_expected=False))
    assert (await many.slack.way.deliver("interactive", end)).is_ok
    await many.stuck_for("not_installed")
    await many.start(south, "Another")
    many.slack.installs.change_access(organisation, north, is_granted=True)
    await eventually(lambda: _serves(many, north, organisation, is_expected=True))
    await wait_for(lambda: all(call.date_end for call in north.calls.values()))

    assert [] == [code for code in await many.stuck() if code]


async def _serves(many: Many, workspace: Workspace, organisation: Organisation, *, is_expected: bool) -> bool:
    """Say whether an installation serves a workspace, as expected, whatever is named with it."""
    found = [await many.workspaces.find(TeamId(workspace.team.id), one) for one in (None, organisation.team.id)]
    return [is_expected] * 2 == [one is not None for one in found]


def _end_of(card: Message) -> Json:
    block, element = find_element(card.blocks, "end_call")
    return build_action(block, element, {}, "1.2")


async def test_dialogs_work_where_the_app_belongs_to_an_organisation(many: Many) -> None:
    """Slack then leaves the workspace out of what it says of a dialog."""
    organisation = many.slack.installs.add_organisation("Acme")
    north = many.slack.add_workspace("North", organisation)
    await many.install(organisation.team.id)
    person = many.person(north)
    await person.global_shortcut("start_call", general(north))
    await wait_for(lambda: north.modals.get(person.user_id))
    view = north.views[north.modals[person.user_id][-1]]

    problems = await person.submit(view.id)
    await wait_for(lambda: cards_of(north))

    assert None is problems
