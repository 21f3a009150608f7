"""Tokens that expire are renewed in time, by one process at a time, also for work nobody waits for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from calls.clock import now
from calls.errors import SlackTokenDead
from calls.installations import Installation, Tokens
from calls.model import TeamId
from calls.secret import Secret
from calls.slack.messages_api import MessagesApi, OutgoingMessage
from calls.workspaces import Workspaces
from parts import build_installations, build_oauth
from sandbox.installs import TOKEN_LASTS_S
from sandbox.testing import wait_for
from sandbox.workspace import CallRecord
from tests.many_workspaces import OTHER_KEY, Many, cards_of, general, running_many

SOON = timedelta(minutes=90)
GONE = timedelta(seconds=-1)


@pytest.fixture
async def many(database_url: str) -> AsyncIterator[Many]:
    """Run the app, installed in one workspace with a token that expires, on either database."""
    async with running_many(database_url, rotates=True) as running:
        await running.install(running.home.team.id)
        yield running


async def stored(many: Many) -> Installation:
    """Return the installation."""
    found = await many.workspaces.find(TeamId(many.home.team.id))
    assert found is not None
    return found


async def make_expire(many: Many, after: timedelta) -> None:
    """Let the token of the installation expire, at Slack and as the app knows it."""
    installation = await stored(many)
    assert installation.tokens is not None
    grant = many.slack.installs.grants[installation.tokens.access.reveal()]
    grant.expires_at_s = many.slack.workspace.now() + after.total_seconds()
    expires_at = datetime.fromtimestamp(grant.expires_at_s, UTC)
    tokens = Tokens(installation.tokens.access, installation.tokens.refresh, expires_at)
    assert await build_installations(many.settings, many.server.database).renew(installation, tokens)
    many.workspaces.forget()


def refreshes(many: Many) -> list[bool]:
    """Return for each exchange of a refresh token whether Slack took it."""
    lines = [line for line in many.api_calls() if line.name == "oauth.v2.access"]
    return [line.answer.get("ok", False) for line in lines if line.request.get("grant_type") == "refresh_token"]


async def test_tokens_last_twelve_hours(many: Many) -> None:
    """What Slack says of them is stored with them."""
    lasts = ((await stored(many)).expires_at or now()) - now()

    assert TOKEN_LASTS_S - 60 < lasts.total_seconds() <= TOKEN_LASTS_S


@pytest.mark.parametrize("after", [SOON, GONE], ids=["two_hours_ahead", "expired"])
async def test_twenty_jobs_at_the_same_time_refresh_once(many: Many, after: timedelta) -> None:
    """And every one of them gets its message out, with the new token."""
    await make_expire(many, after)
    messages = MessagesApi(many.server.web_api)
    team_id, user_id = TeamId(many.home.team.id), many.person(many.home).user_id

    await asyncio.gather(
        *(
            messages.post_ephemeral(team_id, general(many.home), user_id, OutgoingMessage(f"Message {number}"))
            for number in range(20)
        )
    )

    assert [True] == refreshes(many)
    assert 20 == many.methods().count("chat.postEphemeral")
    assert {True} == {line.answer["ok"] for line in many.api_calls()}


async def test_two_processes_refresh_once(many: Many) -> None:
    """The one that has the lease refreshes; the other uses what it brings."""
    await make_expire(many, GONE)
    async with AsyncExitStack() as stack:
        others = [await another_process(many, stack) for _ in range(3)]
        tokens = await asyncio.gather(*(one.token_of(many.home.team.id) for one in (many.workspaces, *others)))

    assert [True] == refreshes(many)
    assert 1 == len(set(tokens))


async def test_tokens_nobody_uses_are_refreshed_too(many: Many) -> None:
    """A workspace without calls for weeks keeps its access."""
    await make_expire(many, SOON)

    keeping = asyncio.create_task(many.workspaces.keep_fresh())
    await wait_for(lambda: refreshes(many))
    keeping.cancel()

    assert [True] == refreshes(many)


async def test_a_process_that_died_between_refresh_and_save_is_recovered_from(many: Many) -> None:
    """Slack takes the same refresh token again until the next one is used; the lease of the dead has run out then."""
    await make_expire(many, GONE)
    await die_after_refresh(many)

    access = await many.workspaces.token_of(many.home.team.id)

    assert [True, True] == refreshes(many)
    assert access in many.slack.installs.grants
    assert "Weekly sync" == (await started(many)).title


async def test_where_slack_takes_no_token_twice_the_old_one_works_to_its_end_and_then_calls_wait(many: Many) -> None:
    """As Slack's guide has it: nothing is lost until the token expires, and a new installation goes on."""
    many.slack.switches.exchanged_twice = False
    await make_expire(many, SOON)
    await die_after_refresh(many)

    call = await started(many)
    assert [True, False] == refreshes(many)
    await make_expire(many, GONE)
    with pytest.raises(SlackTokenDead) as raised:
        await many.workspaces.token_of(many.home.team.id)
    assert "refresh_refused" == raised.value.code
    card = cards_of(many.home)[-1]
    await many.person(many.home).click(general(many.home), card.ts, "end_call")
    await many.stuck_for("refresh_refused")
    await many.install(many.home.team.id)
    await wait_for(lambda: next(iter(many.home.calls.values())).date_end > 0)

    assert "Weekly sync" == call.title


async def test_a_token_slack_calls_expired_before_its_time_is_refreshed(many: Many) -> None:
    """Clocks differ, and Slack's counts."""
    installation = await stored(many)
    assert installation.tokens is not None
    many.slack.installs.grants[installation.tokens.access.reveal()].expires_at_s = 1.0

    await started(many)

    assert [True] == refreshes(many)


async def test_a_token_that_still_works_is_used_while_slack_cannot_be_asked_for_the_next(many: Many) -> None:
    """A refresh that fails two hours ahead holds up nobody."""
    await make_expire(many, SOON)
    many.slack.faults.add("oauth.v2.access", "500")

    await started(many)

    assert 1 == len(refreshes(many))


async def test_a_token_that_cannot_be_refreshed_holds_up_no_other(many: Many) -> None:
    """Slack is asked about it again only after an hour, or when somebody needs it."""
    other = many.slack.add_workspace("Other")
    await many.install(other.team.id)
    await make_expire(many, GONE)
    many.slack.installs.uninstall(many.home.team.id, events=())
    store = build_installations(many.settings, many.server.database)
    second = await many.workspaces.find(TeamId(other.team.id))
    assert second is not None
    assert second.tokens is not None
    assert await store.renew(second, replace(second.tokens, expires_at=now() + SOON))

    for _ in range(3):
        await many.workspaces.refresh_expiring()

    assert [False, True] == refreshes(many)


async def test_calls_wait_for_a_key_that_fits(many: Many) -> None:
    """Nothing is given up because an operator set the wrong one."""
    wrong = replace(many.settings, encryption_keys=(Secret(OTHER_KEY),))
    store = build_installations(wrong, many.server.database)
    async with aiohttp.ClientSession() as session:
        blind = Workspaces(store, build_oauth(wrong, session).refresh, now)
        with pytest.raises(SlackTokenDead) as raised:
            await blind.token_of(many.home.team.id)

    assert "tokens_unreadable" == raised.value.code
    assert not await blind.serves(TeamId(many.home.team.id))


async def started(many: Many) -> CallRecord:
    """Start a call and return it as the local Slack knows it."""
    await many.start(many.home, "Weekly sync")
    return next(iter(many.home.calls.values()))


async def die_after_refresh(many: Many) -> None:
    """Do what a process does that takes the lease, is given new tokens, and dies before it stores them."""
    installation = await stored(many)
    assert installation.tokens is not None
    store = build_installations(many.settings, many.server.database)
    assert await store.lease(installation, now())
    async with aiohttp.ClientSession() as session:
        await build_oauth(many.settings, session).refresh(installation.tokens)


async def another_process(many: Many, stack: AsyncExitStack) -> Workspaces:
    """Return what another process on the same database knows."""
    session = await stack.enter_async_context(aiohttp.ClientSession())
    store = build_installations(many.settings, many.server.database)
    return Workspaces(store, build_oauth(many.settings, session).refresh, now)
