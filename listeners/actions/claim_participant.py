"""The button `claim_participant`: show the dialog in which somebody says who of the meeting they are."""

from __future__ import annotations

from slack_bolt.async_app import AsyncAck

from calls.claiming import Claiming
from calls.errors import CallsError
from calls.model import CallId
from calls.service import CallService
from calls.words import answers
from listeners.answer import tell_presser, words_for
from listeners.payload import interaction_person
from listeners.request_body import Body
from listeners.routes import Listener
from listeners.views.claim_participant import build_claim_participant_view


def claim_participant(calls: CallService, claiming: Claiming) -> Listener:
    """Return the listener of the button."""

    async def handle_claim_participant(ack: AsyncAck, body: Body) -> None:
        await ack()
        person, call_id = interaction_person(body), CallId(str(body["actions"][0].get("value", "")))
        try:
            unknown = await claiming.unknown_people(call_id, person)
        except CallsError as error:
            tell_presser(calls, body, words_for(error))
            return
        if unknown:
            calls.open_view(person, body["trigger_id"], build_claim_participant_view(call_id, unknown))
        else:
            tell_presser(calls, body, answers.nobody_to_claim())

    return handle_claim_participant
