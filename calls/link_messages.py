"""Build what a person is shown who gets a link: seen by nobody else, and in no history."""

from __future__ import annotations

from typing import Any

from calls.joining import NewLink
from calls.slack.messages_api import OutgoingMessage
from calls.text import escape
from calls.words import links
from calls.words.language import _

OPEN_MEETING = "open_meeting"
GUEST_LINK = "guest_link"
REVOKE_GUEST_LINK = "revoke_guest_link"

Block = dict[str, Any]


def own_link_message(new: NewLink) -> OutgoingMessage:
    """Return the message with a person's own link, which also offers one for guests."""
    opens = {**_button(OPEN_MEETING, _("Open the meeting"), new.call.id), "url": new.url, "style": "primary"}
    guests = _button(GUEST_LINK, _("Guest link"), new.call.id)
    line = links.own(escape(new.call.title))
    return _message(line, [opens, guests], links.own_lasts())


def own_link_view(new: NewLink) -> Block:
    """Return the dialog with a person's own link, for presses outside of a conversation."""
    opens = {**_button(OPEN_MEETING, _("Open the meeting"), new.call.id), "url": new.url, "style": "primary"}
    message = _message(links.own(escape(new.call.title)), [opens], links.own_lasts())
    return {
        "type": "modal",
        "callback_id": "own_link",
        "title": {"type": "plain_text", "text": _("Join")},
        "close": {"type": "plain_text", "text": _("Close")},
        "blocks": list(message.blocks),
    }


def guest_link_message(new: NewLink) -> OutgoingMessage:
    """Return the message with a link for guests, which also takes it back."""
    revoke = {**_button(REVOKE_GUEST_LINK, _("Revoke"), new.link.id), "style": "danger"}
    line = links.guest(escape(new.call.title), new.url)
    return _message(line, [revoke], links.guest_lasts(new.link.expires_at))


def _message(line: str, buttons: list[Block], small: str) -> OutgoingMessage:
    blocks: list[Block] = [
        {"type": "section", "block_id": "link", "text": {"type": "mrkdwn", "text": line}},
        {"type": "actions", "block_id": "link_actions", "elements": buttons},
        {"type": "context", "block_id": "link_lasts", "elements": [{"type": "mrkdwn", "text": small}]},
    ]
    return OutgoingMessage(text=line, blocks=tuple(blocks))


def _button(action_id: str, label: str, value: str) -> Block:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": label}, "value": value}
