"""A call that cannot go on is set aside with its reason, holds up nobody, and goes on when the cause is gone."""

from __future__ import annotations

import pytest

import command_line
import operate
from calls.advance import Advancer
from calls.clock import now
from calls.meetings import Capability, Health, Provider, RoomSpec
from calls.model import Call, Person, Room, TeamId, UserId
from calls.outside import Outside
from calls.reports import Reports
from calls.slack.calls_api import CallsApi
from calls.slack.messages_api import MessagesApi
from calls.slack.users_api import UsersApi
from calls.starts import StartRequest
from sandbox.testing import wait_for
from tests.world import GENERAL, World

pytestmark = pytest.mark.parametrize("world", ["http"], indirect=True)


async def run(world: World, *words: str) -> int:
    """Run one operator's command."""
    return await operate.run(world.server.settings, command_line.parser().parse_args(["calls", *words]))


async def test_an_operator_sees_what_was_set_aside_and_tries_it_again(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """`calls failed` names the reason, `calls retry` lets the running server finish the work."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))
    world.slack.faults.add("calls.end", "error", error="token_revoked")
    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: "calls.end" in world.methods())
    await world.settled()

    assert 0 == await run(world, "failed")
    assert "token_revoked" in capsys.readouterr().out
    assert 0 == await run(world, "retry", call.id)
    await wait_for(lambda: call.date_end > 0)
    assert 1 == await run(world, "retry", call.id)

    assert "No set aside call has the id" in capsys.readouterr().err


async def test_calls_go_on_when_slack_accepts_the_token_again(world: World) -> None:
    """What waited for a reinstall is finished as soon as Slack says who we are."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))
    world.slack.installation.token_revoked = True
    await world.bob.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: "calls.end" in world.methods())
    await world.settled()
    assert ["token_revoked"] == await world.set_aside()

    world.slack.installation.token_revoked = False
    await world.server.find_out_who_we_are()
    await wait_for(lambda: call.date_end > 0)
    await world.settled()

    assert [] == await world.set_aside()


class BrokenProvider(Provider):
    """A meeting system whose author made a mistake."""

    name = "link"
    capabilities = Capability.NONE
    notice = None

    async def create_room(self, spec: RoomSpec) -> Room:
        """Fail as no provider may."""
        raise KeyError(spec.title)

    async def end_room(self, room: object) -> None:
        """Do nothing."""

    async def probe(self) -> Health:
        """Claim to be well."""
        return Health(ok=True, sentence="Fine.")

    async def aclose(self) -> None:
        """Do nothing."""


async def test_a_defect_sets_its_call_aside_and_holds_up_no_other(world: World) -> None:
    """A call that meets a programming error is tried once, kept for a look, and the next call starts as ever."""
    server = world.server
    providers: dict[str, Provider] = {"link": BrokenProvider()}
    reports = Reports(providers, now, b"a key of no worth")
    slack_calls, messages = CallsApi(server.web_api), MessagesApi(server.web_api)
    users, groups = UsersApi(server.web_api), server.groups
    outside = Outside(slack_calls, messages, providers, now, reports, users, server.profiles, groups, server.sizes)
    broken = Advancer(server.database, outside)
    call = a_call(world)
    await server.database.write(lambda transaction: transaction.add_call(call))

    await broken.advance(call.id)
    await world.alice.command(world.channel("random"), "/startcall", "Another")
    await world.card(world.channel("random"))

    assert ["defect"] == await world.set_aside()


def a_call(world: World) -> Call:
    """Return a call that nobody has begun to work on."""
    person = Person(TeamId(world.slack.workspace.team.id), UserId(world.alice.user_id))
    return world.server.starts.new_call(StartRequest(person=person, channel_id=GENERAL, title="Broken"))  # type: ignore[arg-type]


async def test_a_call_that_went_on_is_no_longer_listed_as_set_aside(world: World) -> None:
    """Whoever ends a call that was set aside, once its cause is gone, also takes it off the operator's list."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))
    world.slack.faults.add("calls.update", "error", error="token_revoked")
    await world.alice.command(GENERAL, "/startcall", "rename Retro")
    await wait_for(lambda: "calls.update" in world.methods())
    await world.settled()
    assert ["token_revoked"] == await world.set_aside()

    await world.alice.command(GENERAL, "/startcall", "end")
    await wait_for(lambda: call.date_end > 0 and "chat.update" in world.methods())
    await world.settled()

    assert [] == await world.set_aside()
