"""Tell one person one sentence, by the first way that is open."""

from __future__ import annotations

from calls.errors import SlackChannelRefused, SlackRefused
from calls.model import Notice
from calls.outside import Outside
from calls.slack.messages_api import OutgoingMessage


async def tell(outside: Outside, notice: Notice) -> None:
    """Tell a person a sentence that nobody else sees.

    Raises:
        SlackRefused: when the person cannot be told in any way.
        SlackError: when trying again later can help.
    """
    await show(outside, notice, OutgoingMessage(text=notice.text))


async def show(outside: Outside, notice: Notice, message: OutgoingMessage) -> None:
    """Show a message to the person of a notice, and to nobody else.

    The response_url needs no membership, so it comes first; then an ephemeral message; then a direct message.

    Raises:
        SlackRefused: when the person cannot be told in any way.
        SlackError: when trying again later can help.
    """
    url = notice.response_url
    if url is not None and url.expires_at > outside.now():
        try:
            await outside.messages.respond(url.url, message, in_channel=False)
        except SlackRefused:
            pass
        else:
            return
    if notice.is_direct:
        await outside.messages.post(notice.team_id, notice.user_id, message)
        return
    try:
        await outside.messages.post_ephemeral(notice.team_id, notice.channel_id, notice.user_id, message)
    except SlackChannelRefused:
        await outside.messages.post(notice.team_id, notice.user_id, message)
