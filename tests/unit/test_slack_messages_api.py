"""Messages, dialogs and auth.test send exactly what they were given, and read what Slack answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from calls import errors
from calls.slack.auth_api import AuthApi, Identity
from calls.slack.messages_api import MessagesApi, Metadata, OutgoingMessage, PostedMessage
from calls.slack.views_api import ShownView, ViewsApi
from tests.unit.slack_server import TEAM, Says, slack_that, yes

BLOCKS = ({"type": "call", "call_id": "R1"}, {"type": "divider"})
CARD = OutgoingMessage("A call", BLOCKS, "1790000000.000100", Metadata("startcall_call", {"call_id": "abc"}))
METADATA_JSON = {"event_type": "startcall_call", "event_payload": {"call_id": "abc"}}
PLAIN = OutgoingMessage("Hello")
VIEW = {"type": "modal", "blocks": []}


async def test_a_message_is_posted_with_everything_it_has() -> None:
    """Text is always there, and no preview of the meeting's page is asked for."""
    async with slack_that(yes(channel="C1", ts="1790000001.000200", message={})) as slack:
        posted = await MessagesApi(slack.web).post(TEAM, "C1", CARD)
    (got,) = slack.got
    assert posted == PostedMessage("C1", "1790000001.000200")
    assert (got.path_and_query, got.json) == (
        "/api/chat.postMessage",
        {
            "channel": "C1",
            "text": "A call",
            "blocks": list(BLOCKS),
            "thread_ts": "1790000000.000100",
            "metadata": METADATA_JSON,
            "unfurl_links": False,
            "unfurl_media": False,
        },
    )


async def test_a_message_to_a_person_says_which_conversation_it_went_to() -> None:
    """Posting to a user id opens the direct message."""
    async with slack_that(yes(channel="D9", ts="1.2")) as slack:
        assert await MessagesApi(slack.web).post(TEAM, "U1", PLAIN) == PostedMessage("D9", "1.2")
    expected = {"channel": "U1", "text": "Hello", "unfurl_links": False, "unfurl_media": False}
    assert [got.json for got in slack.got] == [expected]


@pytest.mark.parametrize("fields", [{}, {"channel": "C1"}, {"ts": "1.2"}, {"channel": 7, "ts": ""}])
async def test_a_yes_that_does_not_say_where_leaves_the_outcome_unknown(fields: dict[str, object]) -> None:
    """The message may be there; nobody may take it for not posted."""
    async with slack_that(yes(**fields)) as slack:
        with pytest.raises(errors.SlackOutcomeUnknown):
            await MessagesApi(slack.web).post(TEAM, "C1", PLAIN)


async def test_an_update_replaces_text_and_blocks() -> None:
    """An update without blocks takes away the old ones; a thread cannot be changed."""
    async with slack_that(yes(channel="C1", ts="1.2")) as slack:
        await MessagesApi(slack.web).update(TEAM, "C1", "1.2", CARD)
        await MessagesApi(slack.web).update(TEAM, "C1", "1.2", PLAIN)
    place = {"channel": "C1", "ts": "1.2"}
    assert [(got.path_and_query, got.json) for got in slack.got] == [
        ("/api/chat.update", {**place, "text": "A call", "blocks": list(BLOCKS), "metadata": METADATA_JSON}),
        ("/api/chat.update", {**place, "text": "Hello", "blocks": []}),
    ]


async def test_an_ephemeral_message_goes_to_one_person() -> None:
    """It takes no metadata."""
    async with slack_that(yes(message_ts="1.2")) as slack:
        await MessagesApi(slack.web).post_ephemeral(TEAM, "C1", "U1", CARD)
    expected = {"channel": "C1", "user": "U1", "text": "A call", "blocks": list(BLOCKS), "thread_ts": CARD.thread_ts}
    assert [(got.path_and_query, got.json) for got in slack.got] == [("/api/chat.postEphemeral", expected)]


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"in_channel": True}, {"response_type": "in_channel", "replace_original": False}),
        ({"in_channel": False}, {"response_type": "ephemeral", "replace_original": False}),
        ({"in_channel": True, "replace_original": True}, {"response_type": "in_channel", "replace_original": True}),
    ],
)
async def test_a_response_says_who_sees_it_and_what_it_replaces(options: dict[str, bool], kind: dict[str, Any]) -> None:
    """Both are always said, whatever Slack takes for granted."""
    async with slack_that(Says(b"ok")) as slack:
        await MessagesApi(slack.web).respond(f"{slack.origin}/r", PLAIN, **options)
    assert [got.json for got in slack.got] == [{**kind, "text": "Hello", "unfurl_links": False, "unfurl_media": False}]


async def test_a_response_carries_blocks_thread_and_metadata() -> None:
    """A card posted this way can be found again, too."""
    async with slack_that(Says(b"ok")) as slack:
        await MessagesApi(slack.web).respond(f"{slack.origin}/r", CARD, in_channel=True)
    assert [got.json for got in slack.got] == [
        {
            "response_type": "in_channel",
            "replace_original": False,
            "text": "A call",
            "blocks": list(BLOCKS),
            "thread_ts": CARD.thread_ts,
            "metadata": METADATA_JSON,
            "unfurl_links": False,
            "unfurl_media": False,
        }
    ]


def test_a_message_without_text_cannot_be_made() -> None:
    """Screen readers and notifications have nothing else."""
    with pytest.raises(errors.StateError):
        OutgoingMessage("", BLOCKS)


@pytest.mark.parametrize(
    ("act", "path", "body"),
    [
        (lambda api: api.open(TEAM, "1.2.x", VIEW), "views.open", {"trigger_id": "1.2.x", "view": VIEW}),
        (lambda api: api.update(TEAM, "V1", VIEW), "views.update", {"view_id": "V1", "view": VIEW}),
        (
            lambda api: api.update(TEAM, "V1", VIEW, view_hash="156.ab"),
            "views.update",
            {"view_id": "V1", "view": VIEW, "hash": "156.ab"},
        ),
        (lambda api: api.publish(TEAM, "U1", VIEW), "views.publish", {"user_id": "U1", "view": VIEW}),
    ],
)
async def test_a_view_is_sent_as_an_object(
    act: Callable[[ViewsApi], Awaitable[ShownView]], path: str, body: object
) -> None:
    """Not as JSON within JSON, and Slack's id of the view comes back."""
    async with slack_that(yes(view={"id": "V1", "hash": "157.cd"})) as slack:
        assert await act(ViewsApi(slack.web)) == ShownView("V1", "157.cd")
    assert [(got.path_and_query, got.json) for got in slack.got] == [(f"/api/{path}", body)]


async def test_a_view_without_an_id_is_shown_all_the_same() -> None:
    """Most callers never ask for it."""
    async with slack_that(yes()) as slack:
        assert await ViewsApi(slack.web).open(TEAM, "1.2.x", VIEW) == ShownView(None, None)


AUTH = b'{"ok":true,"url":"https://acme.slack.com/","team":"Acme","team_id":"T1","user_id":"U9","bot_id":"B1"}'
AUTH_HEADERS = {
    "Content-Type": "application/json",
    "x-oauth-scopes": "calls:write, chat:write,,commands",
    "Date": "Sat, 21 Nov 2026 12:00:00 GMT",
}


async def test_auth_test_tells_who_what_and_when() -> None:
    """Identity, scopes and Slack's clock come of one request."""
    async with slack_that(Says(AUTH, 200, AUTH_HEADERS)) as slack:
        identity = await AuthApi(slack.web).test("xoxb-new")
    assert identity == Identity(
        team_id="T1",
        bot_user_id="U9",
        bot_id="B1",
        team_name="Acme",
        url="https://acme.slack.com/",
        scopes=frozenset({"calls:write", "chat:write", "commands"}),
        server_date=datetime(2026, 11, 21, 12, tzinfo=UTC),
    )
    assert [(got.path_and_query, got.body, got.headers["Authorization"]) for got in slack.got] == [
        ("/api/auth.test", b"{}", "Bearer xoxb-new")
    ]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("not a date", None),
        ("Sat, 21 Nov 2026 12:00:00 -0000", datetime(2026, 11, 21, 12, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 14:00:00 +0200", datetime(2026, 11, 21, 12, tzinfo=UTC)),
    ],
)
async def test_slacks_clock_is_read_where_it_can_be(date: str, expected: datetime | None) -> None:
    """A garbled date is no date, and every other one is UTC."""
    async with slack_that(Says(AUTH, 200, {"Content-Type": "application/json", "Date": date})) as slack:
        identity = await AuthApi(slack.web).test("xoxb-new")
    assert (identity.server_date, identity.scopes) == (expected, frozenset())


async def test_auth_test_without_a_team_is_no_answer() -> None:
    """Nothing can be filed under an unknown workspace."""
    async with slack_that(yes(user_id="U9")) as slack:
        with pytest.raises(errors.SlackOutcomeUnknown):
            await AuthApi(slack.web).test("xoxb-new")
