"""The buttons of accounts in the dialog of the settings: one opens a page, the other lets go of an account."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.errors import CallsError
from calls.settings_dialog import SettingsDialog
from listeners.answer import leave_unacknowledged
from listeners.payload import interaction_person, pressed_id
from listeners.request_body import Body
from listeners.routes import Listener
from listeners.views.settings import show_again


def unlink_account(settings: SettingsDialog) -> Listener:
    """Return the listener of the button that lets go of an account."""

    async def handle_unlink_account(ack: AsyncAck, body: Body) -> None:
        try:
            await settings.unlink(interaction_person(body), pressed_id(body))
        except CallsError:
            leave_unacknowledged(ack)
            return
        await ack()
        show_again(settings, body)

    return handle_unlink_account
