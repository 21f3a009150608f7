"""The answers of every built method hold the keys of Slack's published answers, with values of the same types."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from sandbox.delivery.payloads import event_callback, new_trigger
from sandbox.webapi.registry import built_methods
from sandbox.workspace import Json
from tests.contract.slack_response_shapes import NOTHING_BUT_OK, SHAPES, SHOWN_ELSEWHERE
from tests.contract.webapi_rig import (
    ALICE,
    ALL_SCOPES,
    APP_TOKEN,
    BOB,
    BOT_TOKEN,
    CAROL,
    GENERAL,
    MANIFEST,
    RANDOM,
    Rig,
    modal,
    running,
)

SCOPES = ALL_SCOPES | {
    *("bookmarks:read", "bookmarks:write", "pins:read", "pins:write", "emoji:read", "channels:manage", "groups:write"),
    "links:write",
}
CALL: Json = {
    "external_unique_id": "e-2",
    "join_url": "https://meet.example/2",
    "desktop_app_join_url": "meet://2",
    "external_display_id": "222",
    "title": "Weekly",
    "users": [{"slack_id": ALICE}],
}
ALWAYS_THE_SAME: dict[str, Json] = {
    "apps.manifest.validate": {"manifest": MANIFEST},
    "auth.revoke": {"test": True},
    "chat.postMessage": {"channel": GENERAL, "text": "x"},
    "conversations.create": {"name": "new"},
    "conversations.invite": {"channel": GENERAL, "users": CAROL},
    "conversations.join": {"channel": RANDOM},
    "conversations.open": {"users": BOB},
    "users.lookupByEmail": {"email": "alice@sandbox.example"},
}


@pytest.fixture
async def slack() -> AsyncIterator[Rig]:
    """Run a Web API whose app may do everything."""
    async with running(scopes=SCOPES) as rig:
        yield rig


async def prepared(slack: Rig) -> dict[str, Json]:
    """Make what the methods need, and return good arguments by method."""
    call = (await slack.ok("calls.add", **CALL))["call"]["id"]
    ts = (await slack.ok("chat.postMessage", channel=GENERAL, text="x", blocks=[{"type": "call", "call_id": call}]))[
        "ts"
    ]
    place, later = {"channel": GENERAL, "ts": ts}, int(slack.time_s[0]) + 600
    bookmark = {"channel_id": GENERAL, "type": "link", "title": "x", "link": "https://meet.example", "emoji": ":phone:"}
    made = (await slack.ok("bookmarks.add", **bookmark))["bookmark"]["id"]
    await slack.ok("chat.scheduleMessage", channel=GENERAL, post_at=later, text="x")
    await slack.ok("pins.add", channel=GENERAL, timestamp=ts)
    view = (await slack.ok("views.open", trigger_id=new_trigger(slack.workspace, ALICE), view=modal()))["view"]["id"]
    slack.workspace.channels[GENERAL].members.discard(CAROL)
    context = event_callback(slack.workspace, {"type": "x"})["event_context"]
    home = {"type": "home", "blocks": modal()["blocks"]}
    user, id_ = {"user": ALICE}, {"id": call}
    return {
        **ALWAYS_THE_SAME,
        "apps.event.authorizations.list": {"event_context": context},
        "bookmarks.add": bookmark,
        "bookmarks.edit": {"channel_id": GENERAL, "bookmark_id": made, "title": "y"},
        "bookmarks.list": {"channel_id": GENERAL},
        "calls.add": {**CALL, "external_unique_id": "e-3"},
        "calls.end": id_,
        "calls.info": id_,
        "calls.participants.add": {**id_, "users": [{"slack_id": BOB}]},
        "calls.participants.remove": {**id_, "users": [{"slack_id": ALICE}]},
        "calls.update": {**id_, "title": "y"},
        "chat.delete": place,
        "chat.getPermalink": {"channel": GENERAL, "message_ts": ts},
        "chat.postEphemeral": {"channel": GENERAL, "text": "x", **user},
        "chat.scheduleMessage": {"channel": GENERAL, "text": "x", "post_at": later},
        "chat.update": {**place, "text": "y"},
        "conversations.history": place,
        "conversations.info": place,
        "conversations.members": place,
        "conversations.replies": place,
        "pins.list": place,
        "reactions.get": {"channel": GENERAL, "timestamp": ts},
        "users.getPresence": user,
        "users.info": user,
        "users.profile.get": user,
        "views.open": {"trigger_id": new_trigger(slack.workspace, BOB), "view": modal()},
        "views.publish": {"user_id": BOB, "view": home},
        "views.push": {"trigger_id": new_trigger(slack.workspace, ALICE), "view": modal()},
        "views.update": {"view_id": view, "view": modal()},
    }


def differences(shape: Any, value: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 -- JSON of any shape
    """Yield every place where a value lacks a key of the shape, or is of another type."""
    wanted = shape if isinstance(shape, type) else type(shape)
    fits = type(value) is wanted
    if not fits:
        yield f"{path}: {value!r} is no {wanted.__name__}"
    elif isinstance(shape, dict):
        yield from (f"{path}/{key} is missing" for key in shape.keys() - value.keys())
        for key in shape.keys() & value.keys():
            yield from differences(shape[key], value[key], f"{path}/{key}")
    elif isinstance(shape, list) and shape:
        yield from differences(shape[0], value[0], f"{path}/0") if value else [f"{path} is empty"]


@pytest.mark.parametrize("method", sorted(SHAPES))
async def test_the_answer_has_slacks_keys(slack: Rig, method: str) -> None:
    """An app that reads any of them finds it."""
    arguments = (await prepared(slack)).get(method, {})
    token = APP_TOKEN if built_methods()[method].caller == "app" else BOT_TOKEN

    answer = await slack.call(method, token, **arguments)

    assert answer["ok"] is True, answer
    assert list(differences(SHAPES[method], answer)) == []


async def test_every_built_method_is_compared() -> None:
    """A new method needs its shape, or a place among those that answer `ok` alone."""
    async with running():
        built = set(built_methods())

    assert built == {*SHAPES, *NOTHING_BUT_OK, *SHOWN_ELSEWHERE}


def test_the_comparison_finds_differences() -> None:
    """A missing key, another type, an empty list and a value that should be null."""
    shape = {"a": str, "b": [int], "c": None}

    assert list(differences(shape, {"a": "x", "b": [1], "c": None})) == []
    assert len(list(differences(shape, {"a": True, "b": [], "c": 1}))) == 3
    assert list(differences(shape, {"b": [1], "c": None})) == ["/a is missing"]
