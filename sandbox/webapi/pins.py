"""The pins.* methods: messages that are kept at hand in a conversation."""

from __future__ import annotations

import re

from sandbox.channel_items import Pin
from sandbox.messages import message_json
from sandbox.webapi.errors import SlackError
from sandbox.webapi.places import is_member, visible_channel
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Channel, Json, Message

_MOST = 100
_TS = re.compile(r"\d{1,12}\.\d{1,6}")


@method("pins.add", scope="pins:write", tier=2)
def pins_add(call: ApiCall) -> Json:
    """Pin a message.

    Source: https://docs.slack.dev/reference/methods/pins.add
    """
    channel, message = _target(call)
    pins = call.workspace.pins.setdefault(channel.id, [])
    if any(pin.ts == message.ts for pin in pins):
        raise SlackError("already_pinned")
    if len(pins) >= _MOST:
        raise SlackError("too_many_pins")
    pin = Pin(message.ts, call.workspace.installation.bot_user_id, int(call.workspace.now()))
    pins.append(pin)
    _tell(call, "pin_added", channel, message, pin)
    return {}


@method("pins.remove", scope="pins:write", tier=2)
def pins_remove(call: ApiCall) -> Json:
    """Take a pin off again.

    Source: https://docs.slack.dev/reference/methods/pins.remove
    """
    channel, message = _target(call)
    pins = call.workspace.pins.get(channel.id, [])
    pin = next((one for one in pins if one.ts == message.ts), None)
    if pin is None:
        raise SlackError("no_pin")
    pins.remove(pin)
    _tell(call, "pin_removed", channel, message, pin)
    return {}


@method("pins.list", scope="pins:read", tier=2)
def pins_list(call: ApiCall) -> Json:
    """List what is pinned, the newest pin first.

    Source: https://docs.slack.dev/reference/methods/pins.list
    """
    channel = visible_channel(call)
    pinned = [(pin, call.workspace.message(channel.id, pin.ts)) for pin in call.workspace.pins.get(channel.id, [])]
    return {"items": [_item(call, channel, message, pin) for pin, message in reversed(pinned) if message is not None]}


def _target(call: ApiCall) -> tuple[Channel, Message]:
    channel = visible_channel(call)
    ts = call.arguments.text("timestamp")
    if ts is None:
        raise SlackError("no_item_specified")
    if not _TS.fullmatch(ts):
        raise SlackError("bad_timestamp")
    if not is_member(call.workspace, channel):
        raise SlackError("not_in_channel")
    message = call.workspace.message(channel.id, ts)
    if message is None or message.ephemeral_for:
        raise SlackError("message_not_found")
    if message.subtype == "tombstone":
        raise SlackError("not_pinnable")
    return channel, message


def _item(call: ApiCall, channel: Channel, message: Message, pin: Pin) -> Json:
    link = f"{call.workspace.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    shown = {**message_json(call.workspace, message), "permalink": link}
    about = {"type": "message", "channel": channel.id, "created": pin.created, "created_by": pin.user_id}
    return {**about, "message": shown}


def _tell(call: ApiCall, kind: str, channel: Channel, message: Message, pin: Pin) -> None:
    """Tell of it. Source: https://docs.slack.dev/reference/events/pin_added."""
    call.workspace.changed()
    event: Json = {"type": kind, "user": call.workspace.installation.bot_user_id, "channel_id": channel.id}
    event |= {"item": _item(call, channel, message, pin), "item_user": message.user_id}
    event |= {"pin_count": len(call.workspace.pins[channel.id]), "event_ts": call.workspace.new_ts()}
    call.workspace.tell(event, channel.id)
