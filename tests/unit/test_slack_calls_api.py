"""Each of the six methods sends exactly what it was given, and reads whatever Slack answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from calls import errors
from calls.slack.call_objects import ExternalUser, SlackCall, SlackUser
from calls.slack.calls_api import CallsApi
from tests.unit.slack_server import TEAM, Says, no, slack_that, yes

USERS = (
    SlackUser("U1"),
    ExternalUser("guest-1", "Günther", "https://pictures.example/1.png"),
    ExternalUser("g2", "Ann"),
)
USERS_JSON = [
    {"slack_id": "U1"},
    {"external_id": "guest-1", "display_name": "Günther", "avatar_url": "https://pictures.example/1.png"},
    {"external_id": "g2", "display_name": "Ann"},
]
START = datetime(2026, 11, 21, 12, 0, 0, 999_999, UTC)
CALL = {"id": "R1"}

Act = Callable[[CallsApi], Awaitable[SlackCall | None]]


async def _sent(act: Act) -> tuple[str, Any]:
    """Return the path and the JSON of the one request that comes of an act."""
    async with slack_that(yes(call=CALL)) as slack:
        await act(CallsApi(slack.web))
    (got,) = slack.got
    assert got.verb == "POST"
    return got.path_and_query, got.json


async def test_add_sends_every_argument() -> None:
    """All eight of them, people as a real array and the time in whole seconds."""
    sent = await _sent(
        lambda api: api.add(
            TEAM,
            external_unique_id="own-id",
            join_url="https://meet.example/1?pwd=x",
            created_by="U1",
            date_start=START,
            desktop_app_join_url="meet://1",
            external_display_id="4K7-9QM",
            title="Weekly",
            users=USERS,
        )
    )
    assert sent == (
        "/api/calls.add",
        {
            "external_unique_id": "own-id",
            "join_url": "https://meet.example/1?pwd=x",
            "created_by": "U1",
            "date_start": 1795262400,
            "desktop_app_join_url": "meet://1",
            "external_display_id": "4K7-9QM",
            "title": "Weekly",
            "users": USERS_JSON,
        },
    )


async def test_add_leaves_out_what_is_not_given() -> None:
    """No null and no empty list is sent."""
    sent = await _sent(lambda api: api.add(TEAM, external_unique_id="own-id", join_url="https://meet.example/1"))
    assert sent == ("/api/calls.add", {"external_unique_id": "own-id", "join_url": "https://meet.example/1"})


async def test_a_start_in_another_zone_is_the_same_moment() -> None:
    """Any aware time will do."""
    start = START.astimezone(timezone(timedelta(hours=-5)))
    _, body = await _sent(
        lambda api: api.add(TEAM, external_unique_id="x", join_url="https://m.example", date_start=start)
    )
    assert body["date_start"] == 1795262400


@pytest.mark.parametrize(
    ("act", "path", "body"),
    [
        (lambda api: api.end(TEAM, "R1"), "calls.end", {"id": "R1"}),
        (lambda api: api.end(TEAM, "R1", duration_s=0), "calls.end", {"id": "R1", "duration": 0}),
        (lambda api: api.end(TEAM, "R1", duration_s=1800), "calls.end", {"id": "R1", "duration": 1800}),
        (lambda api: api.info(TEAM, "R1"), "calls.info", {"id": "R1"}),
        (lambda api: api.update(TEAM, "R1", title="New"), "calls.update", {"id": "R1", "title": "New"}),
        (
            lambda api: api.update(TEAM, "R1", join_url="https://m.example", desktop_app_join_url="m://1"),
            "calls.update",
            {"id": "R1", "join_url": "https://m.example", "desktop_app_join_url": "m://1"},
        ),
        (
            lambda api: api.participants_add(TEAM, "R1", USERS),
            "calls.participants.add",
            {"id": "R1", "users": USERS_JSON},
        ),
        (
            lambda api: api.participants_remove(TEAM, "R1", USERS[:1]),
            "calls.participants.remove",
            {"id": "R1", "users": USERS_JSON[:1]},
        ),
    ],
)
async def test_the_other_methods_send_what_they_are_given(act: Act, path: str, body: object) -> None:
    """The path names the method and carries no argument."""
    assert await _sent(act) == (f"/api/{path}", body)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda api: api.update(TEAM, "R1"), "nothing_to_change"),
        (lambda api: api.participants_add(TEAM, "R1", []), "nobody_given"),
        (lambda api: api.participants_remove(TEAM, "R1", ()), "nobody_given"),
        (lambda api: api.end(TEAM, "R1", duration_s=-1), "negative_duration"),
        (lambda api: api.end(TEAM, ""), "empty_value"),
        (lambda api: api.info(TEAM, ""), "empty_value"),
        (lambda api: api.add(TEAM, external_unique_id="", join_url="https://m.example"), "empty_value"),
        (lambda api: api.add(TEAM, external_unique_id="x", join_url=""), "empty_value"),
        (
            lambda api: api.add(TEAM, external_unique_id="x", join_url="y", date_start=START.replace(tzinfo=None)),
            "naive_time",
        ),
    ],
)
async def test_what_makes_no_sense_is_not_sent(act: Act, code: str) -> None:
    """Such an error is ours, and Slack never hears of it."""
    async with slack_that(yes(call=CALL)) as slack:
        with pytest.raises(errors.StateError) as raised:
            await act(CallsApi(slack.web))
    assert (raised.value.code, slack.got) == (code, [])


@pytest.mark.parametrize(
    "make", [lambda: SlackUser(""), lambda: ExternalUser("", "Ann"), lambda: ExternalUser("g1", "")]
)
def test_a_person_without_an_id_or_a_name_is_refused(make: Callable[[], object]) -> None:
    """A null id once made Slack refuse the whole request."""
    with pytest.raises(errors.StateError):
        make()


async def test_a_full_answer_is_read_in_full() -> None:
    """Every field that Slack was ever seen to send."""
    call = {
        "id": "R1",
        "date_start": 1795262400,
        "date_end": 1795264200,
        "external_unique_id": "own-id",
        "join_url": "https://meet.example/1",
        "desktop_app_join_url": "meet://1",
        "external_display_id": "4K7-9QM",
        "title": "Weekly",
        "users": USERS_JSON,
        "channels": ["C1", "C2"],
    }
    async with slack_that(yes(call=call)) as slack:
        answer = await CallsApi(slack.web).end(TEAM, "R1")
    assert answer == SlackCall(
        id="R1",
        title="Weekly",
        join_url="https://meet.example/1",
        desktop_app_join_url="meet://1",
        external_unique_id="own-id",
        external_display_id="4K7-9QM",
        date_start=datetime(2026, 11, 21, 12, tzinfo=UTC),
        date_end=datetime(2026, 11, 21, 12, 30, tzinfo=UTC),
        users=USERS,
        channels=("C1", "C2"),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"users": None, "channels": None, "title": None, "date_start": None},
        {"users": {}, "channels": "C1", "title": "", "date_start": "1795262400", "date_end": 0},
        {"users": [None, 7, {}, {"slack_id": ""}], "channels": [None, 7], "date_start": True, "date_end": 10**20},
        {"media_backend_type": "platform_call", "brand": {"new": "field"}},
    ],
)
async def test_whatever_else_is_missing_or_odd_a_call_with_an_id_is_read(fields: dict[str, object]) -> None:
    """New and missing fields broke other clients of this API."""
    async with slack_that(yes(call=CALL | fields)) as slack:
        assert await CallsApi(slack.web).info(TEAM, "R1") == SlackCall(id="R1")


async def test_people_are_read_by_the_best_id_they_have() -> None:
    """The Slack id wins, and a nameless guest goes by the id."""
    users = [{"slack_id": "U1", "external_id": "g1", "display_name": "Ann"}, {"external_id": "g2"}]
    async with slack_that(yes(call=CALL | {"users": users})) as slack:
        answer = await CallsApi(slack.web).info(TEAM, "R1")
    assert answer.users == (SlackUser("U1"), ExternalUser("g2", "g2"))


@pytest.mark.parametrize(
    "act",
    [
        lambda api: api.end(TEAM, "R1"),
        lambda api: api.update(TEAM, "R1", title="New"),
        lambda api: api.participants_add(TEAM, "R1", USERS),
        lambda api: api.participants_remove(TEAM, "R1", USERS),
    ],
)
async def test_a_bare_yes_is_enough(act: Act) -> None:
    """Slack's pages show `{"ok": true}` alone for most methods."""
    async with slack_that(yes()) as slack:
        assert await act(CallsApi(slack.web)) is None


@pytest.mark.parametrize(
    "act",
    [
        lambda api: api.add(TEAM, external_unique_id="x", join_url="https://m.example"),
        lambda api: api.info(TEAM, "R1"),
    ],
)
@pytest.mark.parametrize("call", [None, {}, {"id": ""}, {"id": 7}, []])
async def test_a_yes_without_the_call_is_no_answer(act: Act, call: object) -> None:
    """Without the id nothing can be done with it, and it may be registered."""
    async with slack_that(yes(call=call)) as slack:
        with pytest.raises(errors.SlackOutcomeUnknown) as raised:
            await act(CallsApi(slack.web))
    assert raised.value.code == "incomplete_answer"


@pytest.mark.parametrize("spelled", [no("bad_users"), yes(error="bad_users")])
async def test_both_spellings_of_bad_users_are_a_refusal(spelled: Says) -> None:
    """Slack's pages show it with `ok: true`, which the SDK takes for success."""
    async with slack_that(spelled) as slack:
        with pytest.raises(errors.SlackBadUsers):
            await CallsApi(slack.web).participants_add(TEAM, "R1", USERS)
