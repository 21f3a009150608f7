"""Two workspaces on one app: what the first has to itself, and what somebody of the second sends to get at it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, select

from calls.clock import now
from calls.ids import new_join_token
from calls.invitation import Invitation, InvitationState
from calls.model import Call, JoinLink, Participant, Person, TeamId, UserId
from calls.plan import Plan
from calls.ports import Transaction
from calls.preferences import Holder, PersonPreferences, WorkspacePreferences
from sandbox.delivery import payloads
from sandbox.delivery.ack import Ack, DeliveryKind
from sandbox.delivery.dispatcher import Dispatcher
from sandbox.people import BOB
from sandbox.person import Person as SlackPerson
from sandbox.workspace import Channel, Json, User, Workspace
from storage.installation_tables import installations
from tests.choosing import Choosing
from tests.many_workspaces import Many, eventually, general

TITLE = "Merger with Nobody Inc"
OVER = "Settlement with Nobody Inc"
PLANNED = "Layoffs after the merger"
GUEST = "Gerda of Nobody Inc"
ROOM = "https://meet.example.com/room-of-alice"


@dataclass(frozen=True, slots=True)
class Owned:
    """What the first workspace has: calls that run, are over and are planned, with a guest, links and choices.

    Args:
        secrets: texts that nobody of another workspace may read.
    """

    team_id: TeamId
    channel_id: str
    alice_id: str
    card_ts: str
    call: Call
    over: Call
    plan: Plan
    link_id: str
    token: str
    guest_key: str
    secrets: Sequence[str]


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a request.

    Args:
        said: everything the second workspace got to hear since: the answer, messages, dialogs, the app's requests.
        ack: the answer itself.
    """

    ack: Ack
    said: str


async def furnished(many: Many, workspace: Workspace) -> Owned:
    """Let people of a workspace call, plan and choose."""
    team_id, alice_id = TeamId(workspace.team.id), many.person(workspace).user_id
    alice = Person(team_id, UserId(alice_id))
    over = await _ended(many, workspace, alice)
    card = await many.start(workspace, TITLE)
    call = await many.server.database.read(lambda work: work.open_calls(team_id)[0])
    await many.person(workspace).command(general(workspace), "/startcall", f"schedule {PLANNED} in 48 hours")
    await eventually(lambda: _is_planned(many, alice))
    await many.settled()
    plan = (await many.server.database.read(lambda work: work.plans_of(team_id, alice.user_id)))[0]
    link_id, guest_key, at = new_join_token(), "guest:gerda", now()

    def furnish(work: Transaction) -> None:
        guest = Participant(call.id, guest_key, present=True, told=True, joined_at=at, display_name=GUEST)
        work.save_participant(replace(guest, external_id="1"))
        work.save_invitation(Invitation(call.id, UserId(BOB), alice.user_id, InvitationState.DECLINED))
        work.save_link(JoinLink(link_id, call.id, alice.user_id, at, at + timedelta(days=1)))

    await many.server.database.write(furnish)
    await Choosing(many.server.database).choose(alice, Holder.PERSON, alice_id, PersonPreferences(room_url=ROOM))
    await Choosing(many.server.database).choose(alice, Holder.WORKSPACE, team_id, WorkspacePreferences(asks_above=7))
    named = [TITLE, OVER, PLANNED, GUEST, ROOM, link_id]
    ids = [one for row in (call, over) for one in (row.id, row.display_id, row.join_token, row.join_url)]
    secrets = [*named, *ids, plan.id, plan.display_id]
    channel_id = general(workspace)
    return Owned(
        team_id=team_id,
        channel_id=channel_id,
        alice_id=alice_id,
        card_ts=card.ts,
        call=call,
        over=over,
        plan=plan,
        link_id=link_id,
        token=call.join_token,
        guest_key=guest_key,
        secrets=[str(secret) for secret in secrets if secret],
    )


async def _ended(many: Many, workspace: Workspace, by: Person) -> Call:
    """Start a call and end it."""
    card = await many.start(workspace, OVER)
    call = await many.server.database.read(lambda work: work.open_calls(by.team_id)[0])
    await many.person(workspace).click(general(workspace), card.ts, "end_call")
    await eventually(lambda: is_over(many, call))
    await many.settled()
    found = await many.server.database.read(lambda work: work.call(call.id))
    assert found is not None
    return found


async def is_over(many: Many, call: Call) -> bool:
    """Say whether nothing of a call can change any more."""
    found = await many.server.database.read(lambda work: work.call(call.id))
    return found is not None and found.state.is_final


async def _is_planned(many: Many, by: Person) -> bool:
    found = await many.server.database.read(lambda work: work.plans_of(by.team_id, by.user_id))
    return bool(found) and found[0].message_ts is not None


async def rows_of(many: Many, owned: Owned) -> Mapping[str, list[str]]:
    """Return every row, in whatever table, that names the first workspace or its call."""

    def read(connection: Connection) -> dict[str, list[str]]:
        tables = installations.metadata.sorted_tables
        return {table.name: [str(tuple(row)) for row in connection.execute(select(table))] for table in tables}

    marks = (owned.team_id, owned.call.id, owned.over.id, owned.plan.id)
    found = await many.server.database.query(read)
    return {name: sorted(row for row in rows if any(mark in row for mark in marks)) for name, rows in found.items()}


class Mallory:
    """Somebody of the second workspace, who sends what Slack would deliver for them, with ids of the first in it."""

    def __init__(self, many: Many, workspace: Workspace, owned: Owned, *, user: User | None = None) -> None:
        """Be somebody of the second workspace, or a person of the first who acts in the second."""
        self.many = many
        self.workspace = workspace
        self.owned = owned
        person = many.person(workspace)
        self._user = user or workspace.users[person.user_id]
        self._dispatcher = dispatcher_of(person)

    @property
    def channel(self) -> Channel:
        """Return a conversation of the second workspace."""
        return self.workspace.channels[general(self.workspace)]

    def command(self, text: str, *, shared: bool = False, name: str = "/startcall") -> Json:
        """Return a command.

        Args:
            shared: typed in a conversation that both workspaces share, which has one id.
        """
        body: Json = dict(payloads.slash_command(self.workspace, self._user, self.channel, name, text))
        return {**body, "channel_id": self.owned.channel_id} if shared else body

    def press(self, action_id: str, value: str, *, in_view: bool = False) -> Json:
        """Return a press on a button: on a message of the second workspace, or on a dialog."""
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value, "action_ts": "1.1"}
        body = {**self._interaction("block_actions"), "actions": [action]}
        if in_view:
            return {**body, "view": self._view("settings", "")}
        url = payloads.new_response_url(self.workspace, self.channel.id, self._user.id)
        return {**body, "channel": {"id": self.channel.id}, "response_url": url}

    def sent_view(
        self, callback_id: str, private_metadata: str, values: Json | None = None, *, elsewhere: bool = False
    ) -> Json:
        """Return a dialog that was sent.

        Args:
            elsewhere: from the first workspace, in a conversation that both share.
        """
        body = self._interaction("view_submission")
        if elsewhere:
            body["team"] = {"id": self.owned.team_id}
            body["user"] = {"id": self.owned.alice_id, "name": "alice", "team_id": self.owned.team_id}
        return {**body, "view": self._view(callback_id, private_metadata, values or {}), "response_urls": []}

    def shortcut(self, callback_id: str) -> Json:
        """Return a global shortcut."""
        return payloads.global_shortcut(self.workspace, self._user, callback_id)

    def message_shortcut(self, callback_id: str) -> Json:
        """Return a shortcut from the menu of a message that both workspaces see: the card."""
        url = payloads.new_response_url(self.workspace, self.channel.id, self._user.id)
        return {
            **self._interaction("message_action"),
            "callback_id": callback_id,
            "channel": {"id": self.owned.channel_id, "name": "general"},
            "message": {"ts": self.owned.card_ts, "text": "Ours"},
            "response_url": url,
        }

    def event(self, event: Json) -> Json:
        """Return an event that the second workspace's installation may see."""
        return {**payloads.event_callback(self.workspace, event), "event_time": int(now().timestamp()) + 5}

    async def send(self, kind: DeliveryKind, body: Json) -> Told:
        """Deliver a body and wait until nothing more comes of it."""
        before = self._heard()
        ack = await self._dispatcher.deliver(kind, kind, body)
        await self.many.settled()
        for _ in range(3):
            # An answer may be told in the background of an answer.
            await self.many.server.replies.stop(5.0)
        known = set(before)
        return Told(ack, json.dumps([ack.payload, *(one for one in self._heard() if one not in known)]))

    def _heard(self) -> list[str]:
        workspace = self.workspace
        messages = [str(one) for channel in workspace.messages.values() for one in channel]
        views = [json.dumps(view.payload) for view in workspace.views.values()]
        requests = [f"{line.at_s} {line.request} {line.answer}" for line in workspace.traffic if line.kind == "api"]
        return [*messages, *views, *requests]

    def _interaction(self, kind: str) -> Json:
        user = self._user
        user_team = self.workspace.team.id if user.id in self.workspace.users else self.owned.team_id
        return {
            "type": kind,
            "user": {"id": user.id, "name": user.name, "team_id": user_team},
            "team": {"id": self.workspace.team.id, "domain": self.workspace.team.domain},
            "enterprise": None,
            "trigger_id": payloads.new_trigger(self.workspace, user.id),
            "api_app_id": self.workspace.installation.app_id,
        }

    def _view(self, callback_id: str, private_metadata: str, values: Json | None = None) -> Json:
        return {
            "id": "V0MALLORY01",
            "hash": f"{now().timestamp()}.x",
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": private_metadata,
            "team_id": self.workspace.team.id,
            "app_installed_team_id": self.workspace.team.id,
            "blocks": [{"type": "input", "block_id": "person.provider"}],
            "state": {"values": values or {}},
        }


def dispatcher_of(person: SlackPerson) -> Dispatcher:
    """Return what delivers for somebody's workspace."""
    return person._dispatcher  # noqa: SLF001 - bodies are sent here that nobody could make Slack send


def entered(block_id: str, **value: Any) -> Json:  # noqa: ANN401 - a dialog's value is of any kind
    """Return one input of a dialog as it was sent."""
    return {block_id: {block_id: value}}
