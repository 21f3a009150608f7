"""Draw people's Homes, and do what admins ask for there; whether they are is asked when they press."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from calls import operating
from calls.charts import Charts
from calls.errors import CallsError, SlackRefused
from calls.home import CHANGES_MAX, RECENT_MAX, ForAdmins, HomeContents, build_home
from calls.model import Call, CallId, Notice, Person
from calls.ports import Clock, Storage, Transaction, WakeUps
from calls.profiles import Profiles
from calls.replies import Replies
from calls.slack.views_api import ViewsApi
from calls.weeks import weeks_of
from calls.words import home as words
from calls.words import plans
from calls.words.language import speaking

_log = logging.getLogger(__name__)

LONG: Final = timedelta(hours=4)
"""From when on admins are shown that a call is running."""

STANDING_HOLDS: Final = timedelta(minutes=5)
"""How old what Slack said of a person may be for them to do what only admins may."""

Change = Callable[[Transaction, CallId], Call | None]


@dataclass(frozen=True, slots=True)
class Homes:
    """The Homes of all people.

    Args:
        offers: action ids of the buttons that are there for everybody.
    """

    storage: Storage
    wakeups: WakeUps
    replies: Replies
    profiles: Profiles
    views: ViewsApi
    charts: Charts
    now: Clock
    offers: Sequence[str]

    def show(self, person: Person) -> None:
        """Draw a person's Home as soon as the present request is acknowledged."""
        self.replies.in_background(self._show(person))

    def force_end(self, person: Person, call_id: CallId) -> None:
        """End a call of the workspace, if an admin asks for it, and draw their Home anew."""

        def change(transaction: Transaction, call_id: CallId) -> Call | None:
            return operating.force_end(transaction, call_id, self.now(), by=person.user_id)

        self.replies.after_ack(person, self._as_admin(person, call_id, change))

    def retry(self, person: Person, call_id: CallId) -> None:
        """Let a call of the workspace be tried again, if an admin asks for it, and draw their Home anew."""

        def change(transaction: Transaction, call_id: CallId) -> Call | None:
            return operating.retry(transaction, call_id, self.now())

        self.replies.after_ack(person, self._as_admin(person, call_id, change))

    async def _as_admin(self, person: Person, call_id: CallId, change: Change) -> None:
        refusal = await self._refusal(person)
        if refusal is None:

            def work(transaction: Transaction) -> Call | None:
                call = transaction.call(call_id)
                return change(transaction, call_id) if call is not None and call.team_id == person.team_id else None

            changed = await self.storage.write(work)
            if changed is not None:
                self.wakeups.wake(changed.id)
            refusal = words.nothing_to_do() if changed is None else None
        if refusal is not None:
            self.replies.tell(Notice.direct(person, refusal))
        await self._show(person)

    async def _refusal(self, person: Person) -> str | None:
        """Return why a person may not do what only admins may, or None."""
        profile = await self.profiles.learned(person.team_id, person.user_id, at_most=STANDING_HOLDS)
        if profile is None or self.now() - profile.read_at > STANDING_HOLDS:
            return words.standing_unknown()
        return None if profile.is_admin else words.admins_only()

    async def _show(self, person: Person) -> None:
        """Draw a Home; the chart comes after it, where a new one has to be drawn."""
        try:
            profile = await self.profiles.learned(person.team_id, person.user_id)
            is_admin = profile is not None and profile.is_admin
            with speaking(None if profile is None else profile.locale):
                contents = await self.storage.read(lambda transaction: self._contents(transaction, person, is_admin))
                await self._publish(person, contents)
                if self.charts.is_outdated(person.team_id, contents.weeks, contents.chart):
                    chart = await self.charts.draw(person.team_id, contents.weeks)
                    if chart is not None:
                        await self._publish(person, replace(contents, chart=chart))
        except CallsError as error:
            _log.warning("The Home of %s could not be drawn: %s", person.user_id, error)

    def _contents(self, transaction: Transaction, person: Person, is_admin: bool) -> HomeContents:  # noqa: FBT001
        now, team_id = self.now(), person.team_id
        return HomeContents(
            now,
            self.offers,
            running=transaction.open_calls_for(team_id, person.user_id),
            planned=[plans.line(plan) for plan in transaction.plans_of(team_id, person.user_id)],
            recent=transaction.past_calls_of(team_id, person.user_id, RECENT_MAX),
            weeks=weeks_of(transaction, team_id, now),
            chart=transaction.chart(team_id),
            admin=_for_admins(transaction, person, now) if is_admin else None,
        )

    async def _publish(self, person: Person, contents: HomeContents) -> None:
        """Show a Home; without its chart, when Slack does not take that, as in the seconds after its upload."""
        try:
            await self.views.publish(person.team_id, person.user_id, build_home(contents))
        except SlackRefused as refused:
            if contents.chart is None:
                raise
            _log.info("Slack does not show the chart of %s yet: %s", person.team_id, refused)
            await self.views.publish(person.team_id, person.user_id, build_home(replace(contents, chart=None)))


def _for_admins(transaction: Transaction, person: Person, now: datetime) -> ForAdmins:
    stuck = [call for call in transaction.stuck_calls() if call.team_id == person.team_id]
    open_calls = transaction.open_calls(person.team_id)
    long = [call for call in open_calls if call.stuck_code is None and now - call.created_at > LONG]
    return ForAdmins(stuck, long, transaction.preference_changes(person.team_id, CHANGES_MAX))
