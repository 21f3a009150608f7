"""The dialog `settings`: what people choose for themselves, for a conversation, and for the workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from slack_bolt.async_app import AsyncAck

from calls.model import ChannelId, Person
from calls.preferences import Holder
from calls.settings_dialog import SettingsDialog
from calls.settings_entry import fields_of, shown_texts
from calls.words import settings as words
from listeners.answer import answer_view
from listeners.payload import interaction_person, view_delivery
from listeners.request_body import Body, reading
from listeners.routes import Listener
from listeners.views.settings_inputs import account_sections, block_id, entered_in, inputs_of

CALLBACK_ID: Final = "settings"

_SHOW_PART: Final = "settings_part"

SHOW_PARTS: Final = tuple(f"{_SHOW_PART}_{holder}" for holder in Holder)
"""The action ids of the buttons that show another part of the dialog."""
"""What the action ids of the buttons begin with that show a part of the dialog."""

_PARTS: Final = (Holder.PERSON, Holder.CHANNEL, Holder.WORKSPACE)

Json = dict[str, Any]
Texts = Mapping[Holder, Mapping[str, str | None]]


@dataclass(frozen=True, slots=True)
class Draft:
    """What an open dialog remembers, in its `private_metadata`.

    Args:
        shown: what each part held when it was first shown.
        changed: what was changed in parts that are not on the screen now.
    """

    part: Holder
    channel_id: ChannelId | None
    shown: Texts
    changed: Texts

    @classmethod
    def read(cls, body: Body) -> Self:
        """Return the draft of the dialog that a request is about, with what its inputs hold now."""
        with reading("view.private_metadata"):
            kept = json.loads(body["view"]["private_metadata"])
            part = Holder(kept["part"])
            shown, changed = _texts(kept["shown"]), _texts(kept["changed"])
            before = shown.get(part, {})
            changed[part] = {name: text for name, text in entered_in(body, part).items() if text != before.get(name)}
            return cls(part, None if kept["channel"] is None else ChannelId(str(kept["channel"])), shown, changed)

    def written(self) -> str:
        """Return the draft as text; what is shown as not chosen is left out, as a dialog keeps 3,000 characters."""
        shown = {holder: {name: text for name, text in texts.items() if text} for holder, texts in self.shown.items()}
        kept = {"part": self.part, "channel": self.channel_id, "shown": shown, "changed": self.changed}
        return json.dumps(kept, separators=(",", ":"))


def show_settings(settings: SettingsDialog) -> Listener:
    """Return the listener of the button on the Home that opens the dialog."""

    async def handle_show_settings(ack: AsyncAck, body: Body) -> None:
        await ack()
        open_settings(settings, interaction_person(body), body["trigger_id"], None)

    return handle_show_settings


def open_settings(settings: SettingsDialog, person: Person, trigger_id: str, channel_id: ChannelId | None) -> None:
    """Show the dialog, with a person's own choices first, once the present request is acknowledged."""
    draft = Draft(Holder.PERSON, channel_id, {}, {})
    settings.open(person, trigger_id, lambda: _built(settings, person, draft))


def show_settings_part(settings: SettingsDialog) -> Listener:
    """Return the listener of the buttons that show a part; what was entered into another is kept for later."""

    async def handle_show_settings_part(ack: AsyncAck, body: Body) -> None:
        await ack()
        person, draft = interaction_person(body), Draft.read(body)
        faults = list(settings.faults(draft.changed).values())
        with reading("actions.0.value"):
            wanted = Holder(body["actions"][0]["value"])
        draft = draft if faults else replace(draft, part=wanted)
        settings.change(person, body["view"]["id"], lambda: _built(settings, person, draft, faults))

    return handle_show_settings_part


def show_again(settings: SettingsDialog, body: Body) -> None:
    """Draw the open dialog anew, once the present request is acknowledged."""
    person, draft = interaction_person(body), Draft.read(body)
    settings.change(person, body["view"]["id"], lambda: _built(settings, person, draft))


def submit_settings(settings: SettingsDialog) -> Listener:
    """Return the listener of the dialog's button."""

    async def handle_settings_view(ack: AsyncAck, body: Body) -> None:
        draft = Draft.read(body)
        with reading("view.blocks"):
            first, *_ = [block["block_id"] for block in body["view"]["blocks"] if block["type"] == "input"]
        faults = settings.faults(draft.changed)
        if faults:
            here = {block_id(*place): fault for place, fault in faults.items() if place[0] is draft.part}
            await ack(response_action="errors", errors=here or {first: next(iter(faults.values()))})
            return
        person = interaction_person(body)
        await answer_view(ack, first, settings.save(person, draft.channel_id, draft.changed, view_delivery(body)))

    return handle_settings_view


async def _built(settings: SettingsDialog, person: Person, draft: Draft, faults: Sequence[str] = ()) -> Json:
    """Return the dialog as it should look for a draft."""
    page = await settings.page(person, draft.channel_id, draft.part)
    shown = {page.holder: shown_texts(page.chosen, page.holder), **draft.shown}
    draft = replace(draft, part=page.holder, shown=shown)
    inputs = inputs_of(page, {**shown[page.holder], **draft.changed.get(page.holder, {})})
    tabs = [_tab(holder, is_shown=holder is page.holder) for holder in _PARTS if holder in page.parts]
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "private_metadata": draft.written(),
        "title": _plain(words.dialog_title()),
        "submit": _plain(words.save_button()),
        "close": _plain(words.cancel_button()),
        "blocks": [
            *([{"type": "actions", "block_id": "parts", "elements": tabs}] if len(tabs) > 1 else []),
            _line(words.part_is_about(page.holder, page.channel_id)),
            *([{"type": "section", "text": _mrkdwn(words.correct_first(faults))}] if faults else []),
            *inputs,
            *account_sections(page),
        ],
    }


def _texts(kept: Mapping[str, Mapping[str, str | None]]) -> dict[Holder, Mapping[str, str | None]]:
    """Return what was kept of each part.

    Raises:
        ValueError: when it is none of the parts, or holds no texts.
    """
    found = {Holder(holder): dict(texts) for holder, texts in kept.items()}
    if not all(isinstance(text, str | None) for texts in found.values() for text in texts.values()):
        raise ValueError(found)
    return {
        holder: {name: text for name, text in texts.items() if name in fields_of(holder)}
        for holder, texts in found.items()
    }


def _tab(holder: Holder, *, is_shown: bool) -> Json:
    button = {
        "type": "button",
        "action_id": f"{_SHOW_PART}_{holder}",
        "value": holder,
        "text": _plain(words.part(holder)),
    }
    return button | ({"style": "primary"} if is_shown else {})


def _line(text: str) -> Json:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def _mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}
