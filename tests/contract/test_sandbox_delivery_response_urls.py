"""Posting to the response_url of a delivery."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sandbox.messages import NewMessage, post
from tests.contract.delivery_rig import GENERAL, PEOPLE_DM, Rig, running_rig


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """Run the local Slack with an app that answers everything with an empty 200."""
    async with running_rig() as running:
        yield running


async def new_url(rig: Rig) -> str:
    """Run a command and return its response_url."""
    await rig.alice.command(PEOPLE_DM, "/plain")
    return str(rig.app.bodies[-1]["response_url"])


async def test_a_post_is_ephemeral_unless_it_says_otherwise(rig: Rig) -> None:
    """It works without a token and where the bot is no member, and answers `ok`."""
    url = await new_url(rig)

    assert await rig.respond(url, {"text": "To you"}) == (200, "ok")
    assert await rig.respond(url, {"text": "To all", "response_type": "in_channel"}) == (200, "ok")
    assert rig.whispers(rig.alice, PEOPLE_DM) == ["To you"]
    assert rig.slack.workspace.messages[PEOPLE_DM][-1].text == "To all"


async def test_it_can_be_used_five_times(rig: Rig) -> None:
    """The sixth use is refused."""
    url = await new_url(rig)
    answers = [await rig.respond(url, {"text": str(number)}) for number in range(6)]

    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1][1]


async def test_it_lasts_half_an_hour(rig: Rig) -> None:
    """After 30 minutes it has expired, and not before."""
    url = await new_url(rig)
    rig.time_s[0] += 30 * 60
    assert (await rig.respond(url, {"text": "In time"}))[0] == 200
    rig.time_s[0] += 1
    status, text = await rig.respond(url, {"text": "Too late"})

    assert status == 404
    assert "expired_url" in text


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "no_text"),
        (["text"], 400, "invalid_payload"),
        ({"blocks": [{"type": "nonsense"}]}, 400, "invalid_blocks"),
        ({"blocks": "{not json"}, 400, "invalid_blocks"),
        ({"blocks": {"type": "divider"}}, 400, "invalid_blocks"),
        ({"text": "x", "thread_ts": "1.000001"}, 400, "cannot_reply_to_message"),
        ({"delete_original": True}, 404, "message_not_found"),
    ],
)
async def test_a_bad_post_is_named_and_costs_no_use(rig: Rig, body: object, status: int, code: str) -> None:
    """What Slack would refuse is refused with its code, and the address can still be used."""
    url = await new_url(rig)
    answered, text = await rig.respond(url, body)

    assert (answered, code in text) == (status, True)
    for number in range(5):
        assert (await rig.respond(url, {"text": str(number)}))[0] == 200


async def test_an_unknown_address_is_refused(rig: Rig) -> None:
    """A made-up response_url posts nothing."""
    status, text = await rig.respond(f"{rig.slack.url}response/forged", {"text": "Hello"})

    assert (status, "invalid_url" in text) == (404, True)


async def test_an_ephemeral_original_can_be_replaced_and_deleted(rig: Rig) -> None:
    """A press gives an address that changes the pressed message, also one only this person sees."""
    message = rig.app_posts(only_for=rig.alice)
    await rig.alice.click(GENERAL, message.ts, "press")
    url = rig.app.bodies[-1]["response_url"]

    await rig.respond(url, {"text": "Done", "replace_original": True})
    assert (message.text, message.blocks) == ("Done", [])
    await rig.respond(url, {"delete_original": True})
    assert message not in rig.slack.workspace.messages[GENERAL]
    assert (await rig.respond(url, {"text": "Again", "replace_original": "true"}))[0] == 404


async def test_a_reply_can_go_to_a_thread(rig: Rig) -> None:
    """`thread_ts` puts the post into the thread; blocks may come as a string of JSON."""
    message = post(rig.slack.workspace, NewMessage(GENERAL, rig.bob.user_id, "Topic"))
    await rig.alice.message_shortcut("on_this", GENERAL, message.ts)
    url = rig.app.bodies[-1]["response_url"]
    body = {
        "text": "Reply",
        "thread_ts": message.ts,
        "response_type": "in_channel",
        "blocks": '[{"type":"divider"}]',
    }
    await rig.respond(url, body)

    reply = rig.slack.workspace.messages[GENERAL][-1]
    assert (reply.thread_ts, reply.blocks[0]["type"]) == (message.ts, "divider")


async def test_every_post_is_in_the_inspector(rig: Rig) -> None:
    """What was posted and what came of it can be looked up."""
    await rig.respond(await new_url(rig), {"text": "Hello"})

    last = rig.slack.workspace.traffic[-1]
    assert (last.kind, last.request, last.answer, last.status) == (
        "response_url",
        {"text": "Hello"},
        {"ok": True},
        200,
    )
