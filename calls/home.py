"""Build the app's Home: how to start a call, and the running calls of one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calls.blocks import JOIN_CALL
from calls.model import Call
from calls.text import escape
from calls.words import answers
from calls.words.settings import dialog_title

START_CALL = "start_call"
"""Action id of the button on the Home that opens the dialog."""

SETTINGS = "settings"
"""Action id of the button on the Home that opens the dialog of the settings."""

SHOWN_CALLS_MAX = 40
"""How many calls the Home lists; a view takes 100 blocks."""

Block = dict[str, Any]


def build_home(calls: Sequence[Call]) -> Block:
    """Return the Home of a person who started, or is in, these running calls."""
    start = {"type": "button", "action_id": START_CALL, "style": "primary", "text": _plain("Start a call")}
    settings = {"type": "button", "action_id": SETTINGS, "text": _plain(dialog_title())}
    blocks: list[Block] = [
        {"type": "section", "text": _mrkdwn(answers.home_welcome()), "accessory": start},
        {"type": "actions", "elements": [settings]},
        {"type": "divider"},
        {"type": "header", "text": _plain("Your running calls")},
        *(_call_section(call) for call in calls[:SHOWN_CALLS_MAX]),
    ]
    if not calls:
        blocks.append({"type": "context", "elements": [_mrkdwn(answers.home_empty())]})
    return {"type": "home", "blocks": blocks}


def _call_section(call: Call) -> Block:
    where = f"<#{call.channel_id}>" if call.channel_id.startswith("C") else "a direct message"
    text = f"*{escape(call.title)}*\nIn {where}, started by {answers.mention(call.started_by)} · `{call.display_id}`"
    section: Block = {"type": "section", "block_id": call.id, "text": _mrkdwn(text)}
    if call.join_url is not None:
        join = {"type": "button", "action_id": JOIN_CALL, "text": _plain("Join"), "value": call.id}
        # Behind our own page there is a link for each person, which the press gives.
        opens = call.room is not None and call.join_url == call.room.join_url
        section["accessory"] = {**join, "url": call.join_url} if opens else join
    return section


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}
