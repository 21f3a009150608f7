"""The steps that bring a call to life: make its room, register it at Slack, post its card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from calls.blocks import build_card
from calls.errors import ConfigError, SlackCallGone, SlackChannelRefused
from calls.holding import still_held
from calls.invitation import fingerprint, with_rows
from calls.looking import next_look
from calls.meetings import Capability, Provider, RoomSpec
from calls.model import Call, CallId, CallState, Room
from calls.outside import Outside, Record
from calls.ports import Transaction
from calls.room_links import checked_room
from calls.slack.messages_api import OutgoingMessage


def provider_of(outside: Outside, call: Call) -> Provider:
    """Return the provider a call was started with.

    Raises:
        ConfigError: when it is no longer set up.
    """
    if call.provider not in outside.providers:
        raise ConfigError("unknown_provider", detail=call.provider)
    return outside.providers[call.provider]


def capabilities_of(outside: Outside, call: Call) -> Capability:
    """Return what the meeting system of a call can do; nothing, when it is no longer set up."""
    provider = outside.providers.get(call.provider)
    return Capability.NONE if provider is None else provider.capabilities


async def make_room(outside: Outside, call: Call) -> Record:
    """Ask the provider for the call's room."""
    await still_held()
    in_room = await room_of(outside, call)
    return lambda _, stored: in_room(stored)


def names_rooms(outside: Outside, call: Call) -> bool:
    """Say whether the room of a call is only named, so that it costs nothing to be asked for it again."""
    return call.provider in outside.providers and Capability.CREATE not in capabilities_of(outside, call)


async def room_of(outside: Outside, call: Call) -> Callable[[Call], Call]:
    """Return what puts a call into the room that its provider gives it."""
    provider = provider_of(outside, call)
    host_email = None
    if Capability.HOST_EMAIL in provider.capabilities:
        host_email = await outside.users.email_of(call.team_id, call.started_by)
    # A call that goes on after its end gets the room it had: the one of the call for which it was first made.
    of_call = CallId(call.sequel.room_of or call.id)
    spec = RoomSpec(of_call, call.team_id, call.channel_id, call.title, call.started_by, host_email)
    room = checked_room(provider, await outside.asking.ask(provider, provider.create_room(spec)))

    def in_room(stored: Call) -> Call:
        state = CallState.ROOM_MADE if stored.state is CallState.ACCEPTED else stored.state
        return replace(stored, room=room, join_url=_join_url(outside, call, room), state=state)

    return in_room


def _join_url(outside: Outside, call: Call, room: Room) -> str:
    """Return where Slack sends people: to our own page where that gives each person a link of their own."""
    return f"{outside.site_url}/j/{call.join_token}" if outside.gives_own_links(call) else room.join_url


async def register(outside: Outside, call: Call) -> Record:
    """Register the call at Slack; our own id makes a repeated request the same call."""
    if call.room is None or call.join_url is None:
        raise AssertionError(call.id)
    title = call.title
    # Slack's clients open a desktop program at once, past our page, so there is none where our page is needed.
    desktop_url = call.room.desktop_url if call.join_url == call.room.join_url else None
    registered = await outside.slack_calls.add(
        call.team_id,
        external_unique_id=call.external_unique_id,
        join_url=call.join_url,
        created_by=call.started_by,
        date_start=call.created_at,
        desktop_app_join_url=desktop_url,
        external_display_id=call.room.display_id or call.display_id,
        title=title,
    )

    def record(_: Transaction, stored: Call) -> Call:
        if stored.slack_call_id is not None:
            return stored
        state = CallState.REGISTERED if stored.state is CallState.ROOM_MADE else stored.state
        return replace(stored, slack_call_id=registered.id, title_told=title, state=state)

    return record


async def post(outside: Outside, call: Call, *, uncertain: bool) -> Record:
    """Post the card, unless an earlier attempt of unknown outcome turns out to have posted it.

    Args:
        uncertain: whether the card may have been posted already without our knowing.
    """
    message_ts = None
    # A link shows one card, however often it is drawn, so there is no need to look.
    is_sure = call.unfurl is not None or not uncertain
    if is_sure or not await _is_posted(outside, call):
        message_ts = await _send_card(outside, call)
    now = outside.now()
    capabilities = capabilities_of(outside, call)
    look_at = next_look(capabilities, call, now)
    keep_at = now if Capability.KEEP in capabilities else None
    invited_told = fingerprint(call, with_rows(call, ()))

    def record(_: Transaction, stored: Call) -> Call:
        state = CallState.LIVE if stored.state is CallState.REGISTERED else stored.state
        watch = replace(stored.watch, look_at=look_at, keep_at=keep_at)
        posted = replace(stored, posted=True, message_ts=message_ts, live_at=now, state=state, watch=watch)
        return replace(posted, invited_told=invited_told)

    return record


async def _is_posted(outside: Outside, call: Call) -> bool:
    """Ask Slack whether the call is shown in its conversation."""
    if call.slack_call_id is None:
        return False
    try:
        at_slack = await outside.slack_calls.info(call.team_id, call.slack_call_id)
    except SlackCallGone:
        return False
    return call.channel_id in at_slack.channels


async def _send_card(outside: Outside, call: Call) -> str | None:
    """Post the card where the bot may post, else through the command's response_url; return its ts if known."""
    card = build_card(call, (), provider_of(outside, call).notice, joins_by_press=outside.joins_by_press(call))
    if call.unfurl is not None:
        await outside.messages.unfurl(call.team_id, call.channel_id, call.unfurl, card)
        return None
    if call.is_direct_message and _can_respond(outside, call):
        await _respond(outside, call, card)
        return None
    try:
        return (await outside.messages.post(call.team_id, call.channel_id, card)).ts
    except SlackChannelRefused as refused:
        if refused.code not in {"channel_not_found", "not_in_channel"} or not _can_respond(outside, call):
            raise
    await _respond(outside, call, card)
    return None


def _can_respond(outside: Outside, call: Call) -> bool:
    return call.start_url is not None and call.start_url.expires_at > outside.now()


async def _respond(outside: Outside, call: Call, card: OutgoingMessage) -> None:
    if call.start_url is not None:
        await outside.messages.respond(call.start_url.url, card, in_channel=True)
