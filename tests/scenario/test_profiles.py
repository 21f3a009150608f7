"""What Slack says of people is asked late, kept for all processes, and never stands in anybody's way."""

from __future__ import annotations

import asyncio

from calls.clock import now
from calls.model import TeamId, UserId
from calls.profiles import Profiles
from calls.slack.users_api import UsersApi
from sandbox.people import ALICE, CAROL
from tests.world import GENERAL, World


def profiles_of(world: World) -> Profiles:
    """Return the profiles as another process knows them."""
    return Profiles(world.server.database, UsersApi(world.server.web_api), now)


async def test_what_slack_says_is_kept_for_every_process(world: World) -> None:
    """Ten who ask at once are one request, and another process asks nothing."""
    team_id = TeamId(world.slack.workspace.team.id)
    learned = await asyncio.gather(*(world.server.profiles.learned(team_id, UserId(CAROL)) for _ in range(10)))
    again = await profiles_of(world).learned(team_id, UserId(CAROL))

    assert {("ja-JP", "Asia/Tokyo", False)} == {(one.locale, one.zone, one.is_admin) for one in learned if one}
    assert again == learned[0]
    assert ["users.info"] == world.methods()


async def test_an_admin_is_known_as_one(world: World) -> None:
    """Alice administers the local Slack's workspace."""
    profile = await world.server.profiles.learned(TeamId(world.slack.workspace.team.id), UserId(ALICE))

    assert profile is not None
    assert profile.is_admin


async def test_somebody_slack_does_not_name_stays_unknown_and_is_not_asked_about_again_at_once(world: World) -> None:
    """A refusal is no profile, and no reason to ask with every request."""
    team_id = TeamId(world.slack.workspace.team.id)
    for _ in range(3):
        assert await world.server.profiles.learned(team_id, UserId("U0NOBODY")) is None
    assert ["users.info"] == world.methods()


async def test_a_first_command_waits_for_no_profile(world: World) -> None:
    """Starting and ending take the requests that they need, and no more."""
    await world.alice.command(GENERAL, "/startcall", "Quick")
    await world.card(GENERAL)

    assert ["calls.add", "chat.postMessage"] == world.methods()
