"""Read who asks, from where and about what out of the bodies Slack sends.

Source: https://docs.slack.dev/interactivity/handling-user-interaction
"""

from __future__ import annotations

from typing import Any

from calls.blocks import CARD_BUTTONS
from calls.finding import CallRef
from calls.model import CallId, ChannelId, Delivery, Person, TeamId, UserId
from listeners.request_body import Body, UnreadableBodyError
from listeners.tenant import tenant_of


def command_person(body: Body) -> Person:
    """Return who typed a slash command."""
    return Person(_team_id(body), UserId(body["user_id"]), body.get("user_name", ""))


def interaction_person(body: Body) -> Person:
    """Return who pressed a button, used a shortcut or sent a dialog."""
    user = body["user"]
    return Person(_team_id(body), UserId(user["id"]), user.get("name", ""))


def event_person(body: Body) -> Person:
    """Return who did what an event tells of."""
    event = body["event"]
    user_id = event.get("user") or event.get("user_id")
    if not user_id:
        raise UnreadableBodyError("An event names nobody.")
    return Person(_team_id(body), UserId(user_id))


def typed_line(body: Body) -> str:
    """Return what somebody typed after a slash command, without what no database stores."""
    return (body.get("text") or "").replace("\0", "")


def command_delivery(body: Body) -> Delivery:
    """Return the key of a slash command; Slack makes one trigger_id for each."""
    return Delivery(_team_id(body), f"command:{body['trigger_id']}")


def shortcut_delivery(body: Body) -> Delivery:
    """Return the key of a global or message shortcut."""
    return Delivery(interaction_person(body).team_id, f"shortcut:{body['trigger_id']}")


def action_delivery(body: Body) -> Delivery:
    """Return the key of a press on a button."""
    action = body["actions"][0]
    return Delivery(
        interaction_person(body).team_id, f"action:{body['trigger_id']}:{action['action_id']}:{action['action_ts']}"
    )


def view_delivery(body: Body) -> Delivery:
    """Return the key of a dialog that was sent; its hash changes whenever it is shown anew."""
    view = body["view"]
    return Delivery(interaction_person(body).team_id, f"view:{view['id']}:{view['hash']}")


def pressed_call(body: Body) -> CallRef:
    """Return the call a button is about; only the response_url of a card's own button can change that card."""
    response_url = body.get("response_url") if pressed_block(body) == CARD_BUTTONS else None
    return CallRef(call_id=pressed_id(body), response_url=response_url)


def pressed_id(body: Body) -> CallId:
    """Return the id of the call a button is about."""
    return CallId(str(body["actions"][0].get("value", "")))


def pressed_block(body: Body) -> str:
    """Return the id of the block a button is in."""
    return str(body["actions"][0].get("block_id", ""))


def pressed_in(body: Body) -> ChannelId | None:
    """Return the conversation a button was pressed in, or None outside of one."""
    channel = body.get("channel") or {}
    return ChannelId(channel["id"]) if "id" in channel else None


def kept_in_view(body: Body) -> str:
    """Return what a dialog of ours remembers.

    Raises:
        UnreadableBodyError: when it does not.
    """
    kept = body["view"].get("private_metadata")
    if not isinstance(kept, str):
        raise UnreadableBodyError("A dialog does not remember what it is about.")
    return kept


def view_value(body: Body, block_id: str, key: str) -> Any:  # noqa: ANN401 - a dialog's value is a string or a list
    """Return what was entered into an input of a dialog, or None."""
    inputs: Body = body["view"]["state"]["values"].get(block_id, {})
    return next((entered.get(key) for entered in inputs.values()), None)


def _team_id(body: Body) -> TeamId:
    """Return the workspace that a request is for, which is not always that of the person.

    Raises:
        UnreadableBodyError: when Slack named none.
    """
    team_id = tenant_of(body).team_id
    if team_id is None:
        raise UnreadableBodyError("A request names no workspace.")
    return team_id
