"""Calls taken through their lives in one process, with a clock that only moves when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import aiohttp
from sqlalchemy import delete

from calls.advance import Advancer
from calls.finding import CallRef
from calls.groups import Groups
from calls.meetings import Surroundings
from calls.model import CallId, ChannelId, Delivery, Person, Reply, TeamId, UserId
from calls.outside import Outside
from calls.permissions import Permissions
from calls.plan_advance import PlanAdvancer
from calls.profiles import Profiles
from calls.replies import Replies
from calls.reports import Reports
from calls.scheduling import Scheduling
from calls.service import CallService
from calls.sizes import Sizes
from calls.slack.calls_api import CallsApi
from calls.slack.conversations_api import ConversationsApi
from calls.slack.files_api import FilesApi
from calls.slack.messages_api import MessagesApi
from calls.slack.user_groups_api import UserGroupsApi
from calls.slack.users_api import UsersApi
from calls.slack.views_api import ViewsApi
from calls.slack.web import SlackWeb
from calls.starts import StartRequest, Starts
from calls.status import StatusId
from calls.work import WorkId, either
from providers.registry import build_provider
from sandbox.server import Options, Sandbox
from sandbox.testing import wait_for
from storage.database import Database
from storage.opening import open_engine
from storage.schema import upgrade
from storage.tables import metadata
from tests.durability.at_rest import SOON
from tests.world import new_channel

Answer = TypeVar("Answer")

GENERAL = ChannelId("C0GENERAL01")
BEGINNING = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)

ROUNDS_MAX = 100
"""How often calls are advanced until they must be at rest."""


class Sleepers:
    """Wake-ups that wake nobody: who drives the life says when a call is advanced."""

    def wake(self, work_id: WorkId) -> None:
        """Do nothing."""

    def wake_at(self, work_id: WorkId, due_at: datetime) -> None:
        """Do nothing."""


class Life:
    """The real calls, storage and local Slack, with nothing running that was not asked for."""

    def __init__(self, database_url: str) -> None:
        """Start a local Slack, and empty the database."""
        self.now = BEGINNING
        self.loop = asyncio.new_event_loop()
        self._numbers = count(1)
        self.slack = self.run(Sandbox.start(options=Options(now=self._now_s)))
        self._session = self.run(_session())
        engine = open_engine(database_url)
        upgrade(engine)
        with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
        self.database = Database(engine, lambda: self.now)
        web = SlackWeb(self._session, self.slack.api_url, self._token)
        self._provider = build_provider(
            "link",
            Surroundings(
                b"a key of no worth", self._session, {"STARTCALL_LINK_TEMPLATE": "https://meet.example.com/{room}"}
            ),
        )
        providers = {self._provider.name: self._provider}
        reports = Reports(providers, lambda: self.now, b"a key of no worth")
        users = UsersApi(web)
        profiles = Profiles(self.database, users, lambda: self.now)
        groups = Groups(UserGroupsApi(web), lambda: self.now)
        sizes = Sizes(self.database, ConversationsApi(web), lambda: self.now)
        self.run(self._learn(sizes))
        calls, messages = CallsApi(web), MessagesApi(web)
        self._outside = Outside(calls, messages, providers, lambda: self.now, reports, users, profiles, groups, sizes)
        self.advancer = Advancer(self.database, self._outside)
        replies = Replies(self._outside, ViewsApi(web))
        allowed = Permissions(self.database, profiles, groups)
        self.service = CallService(
            self.database,
            Sleepers(),
            replies,
            lambda: self.now,
            allowed,
            providers=providers,
        )
        self.starts = Starts(self.database, Sleepers(), self._outside, allowed, default_provider=self._provider.name)
        self.scheduling = Scheduling(
            self.database, Sleepers(), replies, self._outside, self.starts.add_call, files=FilesApi(web)
        )
        self.plans = self._planner()

    def _planner(self) -> PlanAdvancer:
        return PlanAdvancer(self.database, self._outside, self.starts.add_call, Sleepers().wake)

    def _now_s(self) -> float:
        return self.now.timestamp()

    async def _learn(self, sizes: Sizes) -> None:
        """Have the workspace's size known, as the app does when it starts."""
        await sizes.learn_general(TeamId(self.slack.workspace.team.id))

    async def _token(self, _: str) -> str:
        return self.slack.installation.bot_token

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Do something, and nothing else meanwhile."""
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        """Stop everything."""
        self.run(self._session.close())
        self.run(self._provider.aclose())
        self.run(self.slack.stop())
        self.database.close()
        self.loop.close()

    def pass_s(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def person(self, user_id: str) -> Person:
        """Return somebody of the workspace."""
        return Person(TeamId(self.slack.workspace.team.id), UserId(user_id))

    def delivery(self) -> Delivery:
        """Return the key of a delivery that never came before."""
        return Delivery(TeamId(self.slack.workspace.team.id), f"life:{next(self._numbers)}")

    def act(self, action: str, person: Person, call_id: CallId | None, title: str, delivery: Delivery) -> Reply:
        """Ask for something as a person; the same delivery again is a copy."""
        return self.run(self.acting(action, person, call_id, title, delivery))

    async def acting(
        self, action: str, person: Person, call_id: CallId | None, title: str, delivery: Delivery
    ) -> Reply:
        """Do the same within other work."""
        if action == "start":
            channel_id = ChannelId(new_channel(self.slack))
            return await self.starts.start(StartRequest(person, channel_id, title=title), delivery)
        ref = CallRef(call_id=call_id)
        if action == "rename":
            return await self.service.rename(ref, title, person, delivery)
        work = {"join": self.service.join, "leave": self.service.leave, "end": self.service.end}
        return await work[action](ref, person, delivery)

    def advance_due(self) -> None:
        """Advance what is due now, as a sweep does."""
        self.run(self._advance_due())

    async def _advance_due(self) -> None:
        advance = either(self.advancer.advance, self.plans.advance, _no_status)
        for work_id in await self.database.due(self.now, 200):
            await advance(work_id)

    def advance_and_die(self) -> None:
        """Advance what is due until a request to Slack hangs, then go on with a new advancer, as after a crash."""
        self.run(self._advance_and_die())
        self.advancer = Advancer(self.database, self._outside)
        self.plans = self._planner()

    async def _advance_and_die(self) -> None:
        planned = self.slack.faults.planned
        work = asyncio.create_task(self._advance_due())
        await wait_for(lambda: work.done() or self.slack.faults.planned < planned)
        await asyncio.sleep(0)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        self.slack.faults.clear()

    async def act_meanwhile(self, action: str, person: Person, call_id: CallId, title: str) -> Reply:
        """Ask for something while a request about what is due is at Slack."""
        self.slack.faults.add("*", "delay", delay_s=0.02)
        planned = self.slack.faults.planned
        work = asyncio.create_task(self._advance_due())
        await wait_for(lambda: work.done() or self.slack.faults.planned < planned)
        reply = await self.acting(action, person, call_id, title, self.delivery())
        await work
        self.slack.faults.clear()
        return reply

    def settle(self) -> None:
        """Let nothing more go wrong, and advance until nothing is due, now or soon."""
        self.slack.faults.clear()
        for _ in range(ROUNDS_MAX):
            due_at = self.run(self.database.next_due_at())
            if due_at is None or due_at > self.now + SOON:
                return
            self.now = max(self.now, due_at)
            self.advance_due()
        raise AssertionError("The calls never come to rest.")


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


async def _no_status(status_id: StatusId) -> None:
    raise AssertionError(status_id)
