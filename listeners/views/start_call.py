"""The dialog `start_call`: a title, a conversation, people to invite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.model import ChannelId, UserId
from calls.service import CallService
from calls.starts import Origin, StartRequest, Starts
from calls.text import TITLE_MAX_CHARS
from calls.words import settings as words
from calls.words.language import _
from listeners.answer import answer_view
from listeners.payload import interaction_person, view_delivery, view_value
from listeners.request_body import Body, UnreadableBodyError
from listeners.routes import Listener

CALLBACK_ID = "start_call"

AS_USUAL = "usual"
"""The choice to leave the meeting system to what the person, the conversation or the workspace has chosen."""


def build_start_call_view(providers: Sequence[str]) -> dict[str, Any]:
    """Return the dialog; the conversation it was opened in is chosen already.

    Args:
        providers: the meeting systems there are; one alone is not asked about.
    """
    title = {
        "type": "plain_text_input",
        "action_id": "title",
        "max_length": TITLE_MAX_CHARS,
        "placeholder": _plain(_("Weekly sync")),
    }
    channel = {
        "type": "conversations_select",
        "action_id": "channel",
        "default_to_current_conversation": True,
        # The address Slack sends along lets the card be posted where the app is no member.
        "response_url_enabled": True,
        "placeholder": _plain(_("Choose a conversation")),
    }
    people = {"type": "multi_users_select", "action_id": "people", "placeholder": _plain(_("Choose people"))}
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": _plain(_("Start a call")),
        "submit": _plain(_("Start")),
        "close": _plain(_("Cancel")),
        "blocks": [
            _input("title", _("Title"), title, optional=True),
            _input("channel", _("Where the card is posted"), channel, optional=False),
            _input("people", _("People to invite"), people, optional=True),
            *(
                [_input("provider", _("Meeting system"), _choice(providers), optional=False)]
                if len(providers) > 1
                else []
            ),
            _input("silent", _("Silent"), _silence(), optional=True),
        ],
    }


def show_start_call(calls: CallService) -> Listener:
    """Return the listener of everything that opens the dialog: the global shortcut, the button on the Home."""

    async def handle_show_start_call(ack: AsyncAck, body: Body) -> None:
        await ack()
        person = interaction_person(body)
        try:
            choices = await calls.choices_of(person)
        except CallsError:
            choices = calls.choices
        calls.open_view(person, body["trigger_id"], build_start_call_view(choices))

    return handle_show_start_call


def submit_start_call(starts: Starts) -> Listener:
    """Return the listener of the dialog's button."""

    async def handle_start_call_view(ack: AsyncAck, body: Body) -> None:
        response_urls = body.get("response_urls") or [{}]
        channel_id = view_value(body, "channel", "selected_conversation")
        if channel_id is None:
            raise UnreadableBodyError("A dialog lacks the conversation to start a call in.")
        request = StartRequest(
            person=interaction_person(body),
            channel_id=ChannelId(channel_id),
            title=view_value(body, "title", "value") or "",
            invited=tuple(UserId(user) for user in view_value(body, "people", "selected_users") or ()),
            response_url=response_urls[0].get("response_url"),
            provider=_chosen(view_value(body, "provider", "selected_option")),
            silent=bool(view_value(body, "silent", "selected_options")),
            origin=Origin.DIALOG,
        )
        await answer_view(ack, "title", starts.start(request, view_delivery(body)))

    return handle_start_call_view


def _silence() -> dict[str, Any]:
    option = {"text": _plain(_("Ring and mention nobody")), "value": "silent"}
    return {"type": "checkboxes", "action_id": "silent", "options": [option]}


def _choice(providers: Sequence[str]) -> dict[str, Any]:
    named = ((AS_USUAL, words.as_usual()), *((name, words.provider_name(name)) for name in providers))
    options = [{"text": _plain(text), "value": value} for value, text in named]
    return {"type": "static_select", "action_id": "provider", "options": options, "initial_option": options[0]}


def _chosen(option: dict[str, Any] | None) -> str | None:
    value = (option or {}).get("value")
    return None if value == AS_USUAL else value


def _input(block_id: str, label: str, element: dict[str, Any], *, optional: bool) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": _plain(label), "element": element, "optional": optional}


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}
