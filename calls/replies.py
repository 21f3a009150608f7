"""Answers to a person that are worth nothing later, and are therefore sent once and not stored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from calls.acknowledged import acknowledged
from calls.errors import CallsError
from calls.model import Notice, Person
from calls.outside import Outside
from calls.slack.messages_api import OutgoingMessage
from calls.slack.views_api import ViewsApi
from calls.telling import tell
from calls.words.errors import sentence_for

_log = logging.getLogger(__name__)

Json = dict[str, Any]


class Replies:
    """Sends dialogs and sentences after the acknowledgement, in the background."""

    def __init__(self, outside: Outside, views: ViewsApi) -> None:
        """Send nothing yet."""
        self._outside = outside
        self._views = views
        self._tasks: set[asyncio.Task[None]] = set()

    def open_view(self, person: Person, trigger_id: str, view: Json) -> None:
        """Show a person a dialog; one that Slack does not take is explained by a direct message."""
        self._do(person, lambda: self._views.open(person.team_id, trigger_id, view))

    def open_built_view(self, person: Person, trigger_id: str, build: Callable[[], Awaitable[Json]]) -> None:
        """Show a person a dialog that takes looking something up first."""

        async def show() -> None:
            await self._views.open(person.team_id, trigger_id, await build())

        self._do(person, show)

    def update_view(self, person: Person, view_id: str, build: Callable[[], Awaitable[Json]]) -> None:
        """Put a dialog that takes looking something up in the place of one that a person has open."""

        async def show() -> None:
            await self._views.update(person.team_id, view_id, await build())

        self._do(person, show)

    def tell(self, notice: Notice) -> None:
        """Tell a person a sentence."""
        self._start(self._tell(notice))

    def show(
        self, person: Person, response_url: str, message: OutgoingMessage, *, replace_original: bool = False
    ) -> None:
        """Show a person a message that must be in no history: only where it was asked for, and never otherwise.

        Args:
            replace_original: put it in the place of the message that was pressed on, which one person sees.
        """
        respond = self._outside.messages.respond
        self._do(person, lambda: respond(response_url, message, in_channel=False, replace_original=replace_original))

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do work that nobody waits for, and that sees to its own errors, after the acknowledgement."""
        self._start(self._after(work))

    def after_ack(self, person: Person, work: Coroutine[Any, Any, None]) -> None:
        """Do what a person asked for as soon as the present request is acknowledged; they are told what stops it."""
        self._do(person, lambda: work)

    async def stop(self, grace_s: float) -> None:
        """Wait for what is being sent, at most `grace_s` seconds."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace_s)

    def _do(self, person: Person, work: Callable[[], Awaitable[object]]) -> None:
        """Do something for a person after the acknowledgement; they are told what stops it."""
        self._start(self._done(person, work))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _after(self, work: Coroutine[Any, Any, None]) -> None:
        await acknowledged()
        await work

    async def _done(self, person: Person, work: Callable[[], Awaitable[object]]) -> None:
        await acknowledged()
        try:
            await work()
        except CallsError as error:
            _log.warning("What %s asked for could not be done: %s", person.user_id, error)
            await self._tell(Notice.direct(person, sentence_for(error)))

    async def _tell(self, notice: Notice) -> None:
        await acknowledged()
        try:
            await tell(self._outside, notice)
        except CallsError as error:
            _log.warning("%s could not be told: %s", notice.user_id, error)
