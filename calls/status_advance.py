"""Bring a person's status forward: one missing step, its result saved, then another look; as `calls.advance` does.

What stood there before, and what we are about to set, is stored before Slack is asked to set it. So whatever moment a
process dies at, the next one can tell by what Slack shows whether it is ours, and puts back what was there before. What
a person set themselves meanwhile is never touched.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from calls.accounts import Accounts
from calls.errors import CallsError, SlackRateLimited, SlackTokenDead, StorageError
from calls.linked_accounts import Owner
from calls.model import Person
from calls.outside import Outside
from calls.ports import Storage, Transaction
from calls.slack.status_api import StatusApi
from calls.snoozing import Record, SnoozeSteps, Work, snooze_given_up, snooze_rested
from calls.status import EMOJI, SLACK, PersonStatus, ShownStatus, StatusId, StatusState, Wanted
from calls.statuses import wanted_now
from calls.words import statuses as words
from calls.words.language import speaking

_log = logging.getLogger(__name__)

LOOK_AGAIN: Final = timedelta(minutes=5)
"""How often it is made sure that somebody whose status is ours is still in a call."""

PUT_OFF_S: Final = (1, 2, 5, 10, 30, 60, 300)
"""How long after each failure in a row a step is tried again."""

DEFECT_PAUSE: Final = timedelta(hours=1)


class StatusAdvancer:
    """Does the steps of statuses; one `advance` of the same person's at a time is the caller's duty."""

    def __init__(
        self,
        storage: Storage,
        outside: Outside,
        slack: StatusApi,
        accounts: Accounts | None,
        snooze: SnoozeSteps,
    ) -> None:
        """Take what the steps need.

        Args:
            accounts: keeps the tokens of people; None where nobody can give us one.
            snooze: the steps for their notifications, which come after those for what stands beside their name.
        """
        self._storage = storage
        self._outside = outside
        self._slack = slack
        self._accounts = accounts
        self._snooze = snooze

    async def advance(self, status_id: StatusId) -> datetime | None:
        """Do every step that can be done now.

        Returns:
            When the status is due again; None for never.

        Raises:
            StorageError: when a result could not be saved; the next wake-up goes on from the row.
        """
        try:
            return await self._advance(status_id)
        except CallsError:
            raise
        except Exception:  # noqa: BLE001 - a defect met by one status must neither be hidden nor hold up the others
            _log.exception("%s rests for an hour: it met a defect of Startcall's", status_id)
            await self._put_off(status_id, self._outside.now() + DEFECT_PAUSE)
            return None

    async def _advance(self, status_id: StatusId) -> datetime | None:
        while True:
            found = await self._storage.read(lambda transaction: _look(transaction, status_id))
            if found is None:
                return None
            status, wanted = found
            if status.due_at is None or status.due_at > self._outside.now():
                return status.due_at
            try:
                record = await self._step(status, wanted)
            except StorageError:
                raise
            except CallsError as error:
                _log.warning("%s: %s", status_id, error)
                at_least_s = error.retry_after_s if isinstance(error, SlackRateLimited) else 0.0
                wait_s = max(float(PUT_OFF_S[min(status.tries, len(PUT_OFF_S) - 1)]), at_least_s)
                return await self._put_off(status_id, self._outside.now() + timedelta(seconds=wait_s))
            if record is None:
                await self._forget(status)
                return None
            await self._save(status_id, record)

    async def _step(self, status: PersonStatus, wanted: Wanted) -> Record | None:
        """Do what is missing and return what to record of it; None when the person's status is no longer ours to set.

        Raises:
            CallsError: when it could not be done now.
        """
        on_status = self._missing(status, is_wanted=wanted.status)
        work = on_status or self._snooze.missing(status, is_wanted=wanted.snooze)
        if work is None:
            return None if status.leaves else lambda stored: _calmed(stored, wanted)
        try:
            return await self._with_token(status, work)
        except CallsError as error:
            if error.retryable or isinstance(error, StorageError):
                raise
            _log.warning("%s: %s", status.id, error)
            return snooze_given_up(error) if on_status is None else _given_up

    def _missing(self, status: PersonStatus, *, is_wanted: bool) -> Work | None:
        """Return what has to be done about the status itself; None for nothing."""
        if is_wanted:
            return {StatusState.AT_REST: self._begin, StatusState.SETTING: self._set}.get(status.state)
        return self._put_back if status.state in {StatusState.SETTING, StatusState.SHOWN} else None

    async def _with_token(self, status: PersonStatus, work: Work) -> Record | None:
        """Do work with a token of the person's, and once more with a new one if Slack no longer takes that."""
        owner = Owner(status.team_id, status.user_id, SLACK)
        token = None if self._accounts is None else await self._accounts.token(owner)
        if token is None or self._accounts is None:
            return None
        try:
            return await work(token, status)
        except SlackTokenDead:
            other = await self._accounts.token(owner, refused=token)
            return None if other is None else await work(other, status)

    async def _begin(self, token: str, status: PersonStatus) -> Record:
        """Find out what stands there, and decide what is going to."""
        before = await self._slack.status(status.team_id, token)
        profile = await self._outside.profiles.known(status.team_id, status.user_id)
        with speaking(None if profile is None else profile.locale):
            text = words.in_a_call()
        until = self._outside.now() + self._outside.rules.longest
        ours = ShownStatus(text, EMOJI, int(until.timestamp()))
        # A status that looks like ours is a left-over, as of a database that was put back from a copy.
        kept = ShownStatus() if before.looks_like(ours) else before
        return lambda stored: replace(stored, state=StatusState.SETTING, before=kept, ours=ours)

    async def _set(self, token: str, status: PersonStatus) -> Record:
        """Show that the person is in a call, unless they changed their status since it was looked at."""
        present = await self._slack.status(status.team_id, token)
        if not present.looks_like(status.before) and not present.looks_like(status.ours):
            return lambda stored: replace(stored, state=StatusState.LEFT)
        ours = await self._slack.set_status(status.team_id, token, status.ours)
        return lambda stored: replace(stored, state=StatusState.SHOWN, ours=ours)

    async def _put_back(self, token: str, status: PersonStatus) -> Record:
        """Put back what stood there before, unless the person changed their status meanwhile."""
        present = await self._slack.status(status.team_id, token)
        if present.looks_like(status.ours):
            before = status.before
            is_over = 0 < before.expires_at_s <= self._outside.now().timestamp()
            await self._slack.set_status(status.team_id, token, ShownStatus() if is_over else before)
        return _rested

    async def _save(self, status_id: StatusId, record: Record) -> None:
        """Put the result of a step into the row, and decide anew when it is due."""
        now = self._outside.now()

        def work(transaction: Transaction) -> None:
            stored = transaction.status(status_id)
            if stored is None:
                return
            changed = replace(record(stored), tries=0)
            wanted = wanted_now(transaction, changed)
            again_at = now + LOOK_AGAIN if wanted.anything else None
            transaction.save_status(replace(changed, due_at=again_at if wanted.is_settled(changed) else now))

        await self._storage.write(work)

    async def _put_off(self, status_id: StatusId, until: datetime) -> datetime:
        def work(transaction: Transaction) -> None:
            stored = transaction.status(status_id)
            if stored is not None:
                transaction.save_status(replace(stored, due_at=until, tries=stored.tries + 1))

        await self._storage.write(work)
        return until

    async def _forget(self, status: PersonStatus) -> None:
        """Forget a status, and the right to set it where the person has taken that back."""
        if status.leaves and self._accounts is not None:
            await self._accounts.unlink(Person(status.team_id, status.user_id), SLACK)
        await self._storage.write(lambda transaction: transaction.drop_status(status.id))


def _look(transaction: Transaction, status_id: StatusId) -> tuple[PersonStatus, Wanted] | None:
    status = transaction.status(status_id)
    return None if status is None else (status, wanted_now(transaction, status))


def _calmed(stored: PersonStatus, wanted: Wanted) -> PersonStatus:
    """Return a status of which what was left alone may be set again in the person's next call."""
    if stored.state is StatusState.LEFT and not wanted.status:
        stored = _rested(stored)
    return snooze_rested(stored) if stored.snooze_state is StatusState.LEFT and not wanted.snooze else stored


def _rested(stored: PersonStatus) -> PersonStatus:
    return replace(stored, state=StatusState.AT_REST, before=ShownStatus(), ours=ShownStatus())


def _given_up(stored: PersonStatus) -> PersonStatus:
    """Return a status that Slack does not let us set: it is left alone until the person's next call."""
    return replace(stored, state=StatusState.LEFT)
