"""The calls of a conversation that are over: the newest few at a glance, and many as a file."""

from __future__ import annotations

from typing import Final

from calls.history_csv import history_csv
from calls.model import ChannelId, Delivery, Person, Reply
from calls.ports import Storage, Transaction
from calls.replies import Replies
from calls.slack.files_api import FilesApi, OutgoingFile
from calls.slack.messages_api import MessagesApi, OutgoingMessage
from calls.words import afterwards

SHOWN_MAX: Final = 10
"""How many calls are shown at a glance."""

EXPORTED_MAX: Final = 1_000
"""How many calls a file holds."""


class History:
    """Looks back on a conversation, for somebody who is in it: only there can the command be typed."""

    def __init__(self, storage: Storage, replies: Replies, messages: MessagesApi, files: FilesApi) -> None:
        """Take where calls are kept, and how files are sent."""
        self._storage = storage
        self._replies = replies
        self._messages = messages
        self._files = files

    async def look(self, person: Person, channel_id: ChannelId) -> Reply:
        """Return the newest calls of a conversation that are over.

        Raises:
            StorageError: when calls cannot be read now.
        """
        past = await self._storage.read(
            lambda transaction: transaction.past_calls(person.team_id, channel_id, SHOWN_MAX)
        )
        return Reply(afterwards.history(past))

    async def export(self, person: Person, channel_id: ChannelId, delivery: Delivery) -> Reply:
        """Send a person the calls of a conversation as a file, by direct message; a copy of the request sends no other.

        Raises:
            StorageError: when the request could not be stored; nothing is sent then.
        """
        asked: list[Delivery] = []

        def work(transaction: Transaction) -> Reply:
            if not transaction.past_calls(person.team_id, channel_id, 1):
                return Reply(afterwards.history([]))
            asked.append(delivery)
            return Reply(afterwards.file_comes())

        reply = await self._storage.accept(delivery, work)
        if asked:
            self._replies.after_ack(person, self._send(person, channel_id))
        return reply

    async def _send(self, person: Person, channel_id: ChannelId) -> None:
        """Make the file and send it; a message opens the conversation with the person, which a file cannot."""

        def work(transaction: Transaction) -> tuple[int, bytes]:
            past = transaction.past_calls(person.team_id, channel_id, EXPORTED_MAX)
            ids = {one.call.started_by for one in past}
            ids |= {person.slack_id for one in past for person in one.people if person.slack_id is not None}
            return len(past), history_csv(past, transaction.names_of(person.team_id, ids))

        number, content = await self._storage.read(work)
        text = afterwards.here_is_file(number, channel_id)
        posted = await self._messages.post(person.team_id, person.user_id, OutgoingMessage(text))
        file = OutgoingFile("calls.csv", afterwards.file_title(), content)
        await self._files.upload(person.team_id, file, posted.channel_id)
