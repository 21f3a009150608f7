"""What people do: type, press, choose, send. The page and the tests act through here and nowhere else.

Everything a delivery says about messages, dialogs and elements is looked up in the workspace, so nobody can press
a button that the app never posted.
"""

from __future__ import annotations

from sandbox import messages, views
from sandbox.delivery import payloads
from sandbox.delivery.ack import Ack
from sandbox.delivery.dispatcher import Dispatcher
from sandbox.elements import State, build_action, complete_state, elements_of, find_element
from sandbox.messages import SLACKBOT, MessageError, NewMessage, message_json
from sandbox.typing import encode, escape
from sandbox.workspace import Json, Message, User, View, Workspace

_TROUBLE = "We had some trouble connecting. Please try again."


class Person:
    """Somebody in the workspace."""

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
        """Post a message, or run the slash command a text begins with."""
        if text.startswith("/") and not text.startswith("//"):
            name, _, rest = text.partition(" ")
            await self.command(channel_id, name, rest)
            return None
        new = NewMessage(channel_id, self.user_id, encode(self._workspace, text), thread_ts=thread_ts)
        message = messages.post(self._workspace, new)
        event = {**message_json(self._workspace, message), "channel": channel_id, "event_ts": message.ts}
        self._dispatcher.tell(event, channel_id)
        return message

    async def command(self, channel_id: str, name: str, text: str = "") -> Ack:
        """Run a slash command; only this person sees what goes wrong with it."""
        channel = self._workspace.channels[channel_id]
        command = self._workspace.installation.manifest.command(name)
        if command is None:
            self._slackbot(
                channel_id,
                f"{name} is not a valid command. In Slack, all messages that start with the “/” "
                "character are interpreted as commands.",
            )
            return Ack("invalid_command")
        sent = encode(self._workspace, text.strip()) if command.should_escape else escape(text.strip())
        payload = payloads.slash_command(self._workspace, self._user, channel, name, sent)
        ack = await self._dispatcher.deliver("slash_commands", name, payload)
        if ack.is_ok:
            self._show_answer(channel_id, name, ack.payload)
        else:
            self._slackbot(channel_id, f"{name} failed because the app did not respond ({ack.failure}).")
        return ack

    async def click(
        self, channel_id: str, ts: str, action_id: str, *, block_id: str | None = None, values: Json | None = None
    ) -> Ack:
        """Use an element of a message.

        Args:
            values: what the message's inputs hold, in the form of `state.values`.

        Raises:
            NoSuchElementError: when the message has no such element.
        """
        message = self._message(channel_id, ts)
        block, element = find_element(message.blocks, action_id, block_id)
        state = complete_state(message.blocks, values or {})
        action = self._action(block, element, state)
        payload = payloads.message_action(self._workspace, self._user, message, action)
        payload["state"] = {"values": state}
        return await self._interact("block_actions", payload, channel_id)

    async def click_in_view(
        self, view_id: str, action_id: str, *, block_id: str | None = None, values: Json | None = None
    ) -> Ack:
        """Use an element of a dialog or of the Home.

        Raises:
            NoSuchElementError: when the view has no such element.
        """
        view = self._workspace.views[view_id]
        blocks = view.payload.get("blocks", [])
        block, element = find_element(blocks, action_id, block_id)
        state = complete_state(blocks, values or {})
        action = self._action(block, element, state)
        payload = payloads.view_action(self._workspace, self._user, view, action, state)
        return await self._interact("block_actions", payload)

    async def global_shortcut(self, callback_id: str) -> Ack:
        """Use a shortcut of the lightning menu."""
        payload = payloads.global_shortcut(self._workspace, self._user, callback_id)
        return await self._interact("shortcut", payload)

    async def message_shortcut(self, callback_id: str, channel_id: str, ts: str) -> Ack:
        """Use a shortcut of a message's menu."""
        message = self._message(channel_id, ts)
        payload = payloads.message_shortcut(self._workspace, self._user, message, callback_id)
        return await self._interact("message_action", payload, channel_id)

    async def submit(self, view_id: str, values: Json) -> dict[str, str] | None:
        """Send a dialog.

        Args:
            values: in the form of `state.values`, or block id -> plain value.

        Returns:
            What is wrong, by block id; None when the app took it.
        """
        view = self._workspace.views[view_id]
        blocks = view.payload.get("blocks", [])
        state = complete_state(blocks, values)
        payload = payloads.view_submission(self._workspace, self._user, view, state, self._response_urls(blocks, state))
        ack = await self._dispatcher.deliver("interactive", "view_submission", payload)
        if not ack.is_ok:
            return {str(blocks[-1]["block_id"]): _TROUBLE}
        return self._answer_submission(view, ack.payload)

    async def close_view(self, view_id: str) -> None:
        """Close a dialog without sending it; the app hears of it only if it asked to."""
        view = self._workspace.views[view_id]
        payload = payloads.view_closed(self._workspace, self._user, view, is_cleared=False)
        views.close_view(self._workspace, view)
        if view.payload.get("notify_on_close"):
            await self._dispatcher.deliver("interactive", "view_closed", payload)

    async def open_home(self) -> None:
        """Look at the app's Home."""
        home = self._workspace.views.get(self._workspace.homes.get(self.user_id, ""))
        event: Json = {"type": "app_home_opened", "user": self.user_id, "channel": self._app_dm(), "tab": "home"}
        event["event_ts"] = self._workspace.new_ts()
        if home is not None:
            event["view"] = views.view_json(self._workspace, home)
        self._dispatcher.tell(event)

    async def decline_call(self, call_id: str, channel_id: str) -> None:
        """Decline a call in a direct message.

        Source: https://docs.slack.dev/reference/events/call_rejected
        """
        call = self._workspace.calls[call_id]
        call.rejected_by.add(self.user_id)
        self._workspace.changed()
        event = {"type": "call_rejected", "call_id": call_id, "user_id": self.user_id, "channel_id": channel_id}
        self._dispatcher.tell({**event, "external_unique_id": call.external_unique_id})

    def _message(self, channel_id: str, ts: str) -> Message:
        message = self._workspace.message(channel_id, ts)
        if message is None:
            raise MessageError("message_not_found")
        return message

    def _action(self, block: Json, element: Json, state: State) -> Json:
        entered = state.get(block["block_id"], {}).get(element["action_id"])
        return build_action(block, element, entered, self._workspace.new_ts())

    async def _interact(self, name: str, payload: Json, channel_id: str | None = None) -> Ack:
        """Deliver a press; what goes wrong is shown where it was pressed, if that is a conversation."""
        installation = self._workspace.installation
        if not installation.manifest.interactivity_enabled:
            ack = Ack("interactivity_disabled")
        else:
            ack = await self._dispatcher.deliver("interactive", name, payload)
        if not ack.is_ok and channel_id is not None:
            self._slackbot(channel_id, f"This app could not take that ({ack.failure}).")
        return ack

    def _answer_submission(self, view: View, answer: Json) -> dict[str, str] | None:
        """Do with a dialog what the app answered to it."""
        view.errors = {}
        action = answer.get("response_action")
        if action == "errors":
            view.errors = {str(block): str(text) for block, text in answer.get("errors", {}).items()}
            self._workspace.changed()
            return dict(view.errors)
        if action == "update":
            views.update_view(self._workspace, view, answer.get("view"))
        elif action == "push":
            views.push_view(self._workspace, self.user_id, answer.get("view"))
        elif action == "clear":
            views.clear_modals(self._workspace, self.user_id)
        else:
            views.close_view(self._workspace, view)
        return None

    def _response_urls(self, blocks: list[Json], state: State) -> list[Json]:
        """Return a response_url for each conversation chosen in an input that asks for one."""
        found = []
        for block, element in elements_of(blocks):
            if not element.get("response_url_enabled"):
                continue
            entered = state[block["block_id"]][element["action_id"]]
            channel_id = entered.get("selected_conversation") or entered.get("selected_channel")
            if channel_id:
                url = payloads.new_response_url(self._workspace, channel_id, self.user_id)
                ids = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": channel_id}
                found.append({**ids, "response_url": url})
        return found

    def _show_answer(self, channel_id: str, command: str, answer: Json) -> None:
        """Show what an app answered to a command: to this person alone, unless it says `in_channel`."""
        if not (answer.get("text") or answer.get("blocks")):
            return
        in_channel = answer.get("response_type") == "in_channel"
        new = NewMessage(
            channel_id=channel_id,
            user_id=self._workspace.installation.bot_user_id,
            text=str(answer.get("text", "")),
            blocks=answer.get("blocks") or [],
            attachments=answer.get("attachments") or [],
            by_app=True,
            ephemeral_for=None if in_channel else self.user_id,
        )
        try:
            messages.post(self._workspace, new)
        except MessageError as error:
            self._slackbot(channel_id, f"{command} answered with a message that Slack does not take ({error}).")

    def _slackbot(self, channel_id: str, text: str) -> None:
        messages.post(self._workspace, NewMessage(channel_id, SLACKBOT, text, ephemeral_for=self.user_id))

    def _app_dm(self) -> str | None:
        bot = self._workspace.installation.bot_user_id
        pairs = (c for c in self._workspace.channels.values() if c.kind == "im" and c.members == {self.user_id, bot})
        return next((channel.id for channel in pairs), None)
