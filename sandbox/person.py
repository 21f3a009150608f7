"""What people do: type, press, choose, send. The page and the tests act through here and nowhere else.

Everything a delivery says about messages, dialogs and elements is looked up in the workspace, so nobody can press
a button that the app never posted, or that others alone can see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sandbox import answers, messages, views
from sandbox.delivery import payloads
from sandbox.delivery.ack import Ack
from sandbox.delivery.dispatcher import Dispatcher
from sandbox.delivery.suggestions import suggested_options, suggestion_payload
from sandbox.elements import NoSuchElementError, State, build_action, complete_state, find_element, interactive_elements
from sandbox.inputs import input_problems
from sandbox.messages import MessageError, NewMessage
from sandbox.shared_links import link_shared
from sandbox.typing import encode, escape
from sandbox.webapi.events import tell_posted
from sandbox.workspace import Channel, Json, Message, User, View, Workspace

_NOTHING: Mapping[str, object] = {}


class Person:
    """Somebody in the workspace.

    Every method raises `MessageError` (`channel_not_found`, `not_in_channel`, `is_archived`, `message_not_found`) or
    `NoSuchElementError` for what this person could not do on a screen.
    """

    def __init__(self, workspace: Workspace, dispatcher: Dispatcher, user: User) -> None:
        """Be this user."""
        self._workspace = workspace
        self._dispatcher = dispatcher
        self._user = user

    @property
    def user_id(self) -> str:
        """Return the person's id."""
        return self._user.id

    async def say(self, channel_id: str, text: str, *, thread_ts: str | None = None) -> Message | None:
        """Post a message and return it, or run the slash command a text begins with and return None."""
        if text.startswith("/") and not text.startswith("//"):
            name, *rest = text.split(maxsplit=1)
            if thread_ts is None:
                await self.command(channel_id, name, "".join(rest))
            else:
                self._slackbot(channel_id, f"{name} is not supported in threads. Sorry!", thread_ts)
            return None
        self._check_writable(channel_id)
        # In messages, unlike in commands, Slack leaves the handle out of a mention.
        sent = re.sub(r"<@(\w+)\|[^<>]*>", r"<@\1>", encode(self._workspace, self._user, text))
        message = messages.post(self._workspace, NewMessage(channel_id, self.user_id, sent, thread_ts=thread_ts))
        tell_posted(self._workspace, message)
        shared = link_shared(self._workspace, message)
        if shared is not None:
            # Unlike of messages, an app hears of its links wherever they are posted.
            self._dispatcher.tell(shared)
        self._tell_mentioned(message)
        return message

    async def command(self, channel_id: str, name: str, text: str = "") -> Ack:
        """Run a slash command; only this person sees what goes wrong with it.

        People of another workspace, met in a shared channel, do not have the commands of this one.

        Args:
            name: with its slash.
            text: as typed after it.
        """
        channel = self._channel(channel_id)
        installation = self._workspace.installation
        command = installation.manifest.command(name) if installation.is_installed and self._user.team is None else None
        if command is None:
            self._slackbot(
                channel_id,
                f"{escape(name)} is not a valid command. In Slack, all messages that start with the “/” character are "
                "interpreted as commands. If you are trying to send a message and not run a command, try preceding "
                "the “/” with an empty space.",
            )
            return Ack("invalid_command")
        typed = text.strip()
        sent = encode(self._workspace, self._user, typed) if command.should_escape else escape(typed)
        payload = payloads.slash_command(self._workspace, self._user, channel, name, sent)
        ack = await self._dispatcher.deliver("slash_commands", name, payload)
        if ack.is_ok:
            answers.show_command_answer(self._workspace, self._user, channel, name, ack.payload)
        else:
            self._slackbot(channel_id, answers.command_failure(name, ack))
        return ack

    async def click(
        self,
        channel_id: str,
        ts: str,
        action_id: str,
        *,
        block_id: str | None = None,
        values: Mapping[str, object] = _NOTHING,
    ) -> Ack:
        """Use an element of a message.

        Args:
            values: what the message's inputs and menus hold, as for `elements.complete_state`.
        """
        message = self._message(channel_id, ts)
        blocks = messages.all_blocks(message)
        block, element = find_element(blocks, action_id, block_id)
        state = complete_state(blocks, values, channel_id=channel_id)
        action = build_action(block, element, values, self._workspace.new_ts())
        payload = payloads.message_action(self._workspace, self._user, message, action)
        payload["state"] = {"values": state}
        return await self._interact("block_actions", payload, channel_id)

    async def click_in_view(
        self, view_id: str, action_id: str, *, block_id: str | None = None, values: Mapping[str, object] = _NOTHING
    ) -> Ack:
        """Use an element of a dialog or of the Home.

        Args:
            values: what its inputs and menus hold, as for `elements.complete_state`.
        """
        view = self._view(view_id)
        blocks = view.payload["blocks"]
        block, element = find_element(blocks, action_id, block_id)
        state = complete_state(blocks, values, channel_id=view.channel_id)
        action = build_action(block, element, values, self._workspace.new_ts())
        payload = payloads.view_action(self._workspace, self._user, view, action, state)
        return await self._interact("block_actions", payload)

    async def suggestions(self, channel_id: str, ts: str, action_id: str, typed: str) -> list[Json]:
        """Type in an external select of a message, and return the options that the app offers."""
        message = self._message(channel_id, ts)
        block, element = find_element(messages.all_blocks(message), action_id)
        action = build_action(block, element, _NOTHING, self._workspace.new_ts())
        pressed = payloads.message_action(self._workspace, self._user, message, action)
        return suggested_options(await self._deliver("block_suggestion", suggestion_payload(pressed, action, typed)))

    async def suggestions_in_view(self, view_id: str, action_id: str, typed: str) -> list[Json]:
        """Type in an external select of a dialog or of the Home, and return the options that the app offers."""
        view = self._view(view_id)
        block, element = find_element(view.payload["blocks"], action_id)
        action = build_action(block, element, _NOTHING, self._workspace.new_ts())
        pressed = payloads.view_action(self._workspace, self._user, view, action, {})
        return suggested_options(await self._deliver("block_suggestion", suggestion_payload(pressed, action, typed)))

    async def global_shortcut(self, callback_id: str, channel_id: str | None = None) -> Ack:
        """Use a shortcut of the lightning menu.

        Args:
            channel_id: the conversation the person looks at; the app is not told, but a dialog may begin with it.
        """
        answers.check_shortcut(self._workspace, callback_id, "global")
        payload = payloads.global_shortcut(self._workspace, self._user, callback_id, channel_id)
        return await self._interact("shortcut", payload)

    async def message_shortcut(self, callback_id: str, channel_id: str, ts: str) -> Ack:
        """Use a shortcut of a message's menu."""
        answers.check_shortcut(self._workspace, callback_id, "message")
        message = self._message(channel_id, ts)
        payload = payloads.message_shortcut(self._workspace, self._user, message, callback_id)
        return await self._interact("message_action", payload, channel_id)

    async def submit(self, view_id: str, values: Mapping[str, object] = _NOTHING) -> dict[str, str] | None:
        """Send a dialog, unless an input is missing or malformed: then the app does not hear of it.

        Args:
            values: what its inputs hold, as for `elements.complete_state`.

        Returns:
            What is wrong, by block id; None when the app took it.
        """
        view = self._view(view_id)
        blocks = view.payload["blocks"]
        state = complete_state(blocks, values, channel_id=view.channel_id)
        problems = input_problems(blocks, state)
        if problems:
            return answers.show_errors(self._workspace, view, problems)
        urls = self._response_urls(blocks, state)
        payload = payloads.view_submission(self._workspace, self._user, view, state, urls)
        ack = await self._deliver("view_submission", payload)
        return answers.show_submission_answer(self._workspace, view, ack)

    async def close_view(self, view_id: str, *, clear: bool = False) -> None:
        """Close a dialog without sending it; the app hears of it only if it asked to.

        Args:
            clear: whether to close all that lie below it, too, as the cross in the corner does.
        """
        view = self._view(view_id)
        is_cleared = clear or bool(view.payload.get("clear_on_close"))
        stack = self._workspace.modals.get(self.user_id, [])
        closing = stack if is_cleared or view_id not in stack else stack[stack.index(view_id) :]
        told = [self._workspace.views[closed_id] for closed_id in reversed(closing)]
        views.close_view(self._workspace, self._workspace.views[stack[0]] if is_cleared and stack else view)
        for closed in told:
            if closed.payload.get("notify_on_close"):
                payload = payloads.view_closed(self._workspace, self._user, closed, is_cleared=is_cleared)
                await self._deliver("view_closed", payload)

    async def open_home(self) -> None:
        """Look at the app's Home."""
        home = self._workspace.views.get(self._workspace.homes.get(self.user_id, ""))
        event: Json = {"type": "app_home_opened", "user": self.user_id, "channel": self._app_dm(), "tab": "home"}
        event["event_ts"] = self._workspace.new_ts()
        if home is not None:
            event["view"] = views.view_json(self._workspace, home)
        self._dispatcher.tell(event)

    async def decline_call(self, call_id: str, channel_id: str) -> None:
        """Decline a call that was posted in a direct message; the second time changes nothing.

        Source: https://docs.slack.dev/reference/events/call_rejected
        """
        channel = self._channel(channel_id)
        call = self._workspace.calls.get(call_id)
        if call is None or channel.kind != "im" or channel_id not in call.channels:
            raise MessageError("message_not_found")
        if call.date_end or self.user_id in call.rejected_by:
            return
        call.rejected_by.add(self.user_id)
        self._workspace.changed()
        event = {"type": "call_rejected", "call_id": call_id, "user_id": self.user_id, "channel_id": channel_id}
        self._dispatcher.tell({**event, "external_unique_id": call.external_unique_id})

    def _channel(self, channel_id: str) -> Channel:
        """Return a conversation this person can see."""
        channel = self._workspace.channels.get(channel_id)
        if channel is None or (channel.kind != "channel" and self.user_id not in channel.members):
            raise MessageError("channel_not_found")
        return channel

    def _check_writable(self, channel_id: str) -> None:
        channel = self._channel(channel_id)
        if channel.is_archived:
            raise MessageError("is_archived")
        if self.user_id not in channel.members:
            raise MessageError("not_in_channel")

    def _message(self, channel_id: str, ts: str) -> Message:
        """Return a message this person can see."""
        message = self._workspace.message(self._channel(channel_id).id, ts)
        if message is None or message.ephemeral_for not in {None, self.user_id}:
            raise MessageError("message_not_found")
        return message

    def _view(self, view_id: str) -> View:
        """Return a dialog or Home that is on this person's screen."""
        view = self._workspace.views.get(view_id)
        if view is None or view.user_id != self.user_id:
            raise NoSuchElementError("This window is gone.")
        return view

    async def _deliver(self, name: str, payload: Json) -> Ack:
        if not self._workspace.installation.manifest.interactivity_enabled:
            return Ack("interactivity_disabled")
        return await self._dispatcher.deliver("interactive", name, payload)

    async def _interact(self, name: str, payload: Json, channel_id: str | None = None) -> Ack:
        """Deliver a press; what goes wrong is shown where it was pressed, if that is a conversation."""
        ack = await self._deliver(name, payload)
        if not ack.is_ok and channel_id is not None:
            self._slackbot(channel_id, f"This app could not take that ({ack.failure}).")
        return ack

    def _response_urls(self, blocks: list[Json], state: State) -> list[Json]:
        """Return a response_url for each conversation chosen in an input that asks for one."""
        found = []
        for block, element in interactive_elements(blocks):
            if not element.get("response_url_enabled"):
                continue
            entered = state[block["block_id"]][element["action_id"]]
            channel_id = entered.get("selected_conversation") or entered.get("selected_channel")
            if channel_id:
                url = payloads.new_response_url(self._workspace, channel_id, self.user_id)
                ids = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel_id}
                found.append({**ids, "response_url": url})
        return found

    def _tell_mentioned(self, message: Message) -> None:
        if f"<@{self._workspace.installation.bot_user_id}>" not in message.text:
            return
        shown = messages.message_json(self._workspace, message)
        place = {"channel": message.channel_id, "event_ts": message.ts}
        self._dispatcher.tell({**shown, "type": "app_mention", **place}, message.channel_id)

    def _slackbot(self, channel_id: str, text: str, thread_ts: str | None = None) -> None:
        answers.whisper(self._workspace, self._user, channel_id, text, thread_ts)

    def _app_dm(self) -> str | None:
        bot = self._workspace.installation.bot_user_id
        pairs = (c for c in self._workspace.channels.values() if c.kind == "im" and c.members == {self.user_id, bot})
        return next((channel.id for channel in pairs), None)
