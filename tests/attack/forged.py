"""Requests with a good signature that no Slack would send: of wrong types, forged, or half."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from tests.attack.case import Case
from tests.attack.wire import JSON, Keys, signed

Body = dict[str, Any]

REFUSED = {400, 404}
TAKEN = {200, 503}
"""A press that was understood, and did nothing: 503 lets Slack mark the button."""

TEAM, PERSON, PLACE = "T0SANDBOX01", "U0ALICE0001", "C0GENERAL01"
OTHER_TEAM = "T0EVIL00001"

WRONG: Sequence[object] = (
    None,
    True,
    0,
    -1,
    1e308,
    10**30,
    "",
    "x" * 5_000,
    "\ud800",
    "a\0b",
    [],
    [None],
    [[[[]]]],
    {},
    {"id": None},
    {"id": {}},
)
"""What stands in places where something else belongs."""

COMMAND = {
    "command": "/startcall",
    "text": "end",
    "team_id": TEAM,
    "enterprise_id": "",
    "channel_id": PLACE,
    "channel_name": "general",
    "user_id": PERSON,
    "user_name": "alice",
    "trigger_id": "1.2.forged",
    "response_url": "http://127.0.0.1:9/commands/x",
}

_INTERACTION: Body = {
    "team": {"id": TEAM, "domain": "sandbox"},
    "enterprise": None,
    "user": {"id": PERSON, "name": "alice", "team_id": TEAM},
    "trigger_id": "1.2.forged",
    "is_enterprise_install": False,
}

_ACTION = {
    "action_id": "end_call",
    "block_id": "card_buttons",
    "action_ts": "1.2",
    "type": "button",
    "value": "no-such-call",
}

PRESS: Body = _INTERACTION | {
    "type": "block_actions",
    "actions": [_ACTION],
    "channel": {"id": PLACE, "name": "general"},
    "message": {"ts": "1.2", "text": "x"},
    "container": {"type": "message", "message_ts": "1.2", "channel_id": PLACE},
    "response_url": "http://127.0.0.1:9/actions/x",
}

ABOUT_MESSAGE: Body = _INTERACTION | {
    "type": "message_action",
    "callback_id": "start_call_about_message",
    "channel": {"id": "C0NOWHERE01", "name": "nowhere"},
    "message": {"ts": "1.2", "text": "x", "thread_ts": "1.1"},
    "message_ts": "1.2",
}

VALUES: Body = {
    "title": {"title": {"type": "plain_text_input", "value": "x"}},
    "people": {"people": {"type": "multi_users_select", "selected_users": ["U0BOB000001"]}},
    "participant": {"participant": {"type": "radio_buttons", "selected_option": {"value": "x"}}},
    "date": {"date": {"type": "datepicker", "selected_date": "2030-01-01"}},
    "time": {"time": {"type": "timepicker", "selected_time": "10:00"}},
    "duration": {"duration": {"type": "static_select", "selected_option": {"value": "30"}}},
    "repeats": {"repeats": {"type": "static_select", "selected_option": {"value": "weekly"}}},
    "until": {"until": {"type": "datepicker", "selected_date": None}},
    "reminder": {"reminder": {"type": "static_select", "selected_option": {"value": "0"}}},
    "person.provider": {"provider": {"type": "static_select", "selected_option": {"value": "usual"}}},
}
"""What dialogs hold; the conversation is missing, so that nothing is started by it."""

METADATA = {
    "rename_call": "no-such-call",
    "invite_to_call": "no-such-call",
    "claim_participant": "no-such-call",
    "start_call": "",
    "schedule_call": json.dumps({"plan": "no-such-plan", "zone": "Europe/Berlin", "channel": "C0NOWHERE01"}),
    "settings": json.dumps({"part": "person", "channel": None, "shown": {}, "changed": {}}),
}

EVENTS: dict[str, Body] = {
    "link_shared": {
        "user": PERSON,
        "channel": PLACE,
        "message_ts": "1.2",
        "thread_ts": "1.1",
        "source": "conversations_history",
        "links": [{"domain": "x.example", "url": "https://x.example/"}],
    },
    "call_rejected": {"user_id": PERSON, "channel_id": PLACE, "call_id": "R0NOWHERE01", "external_unique_id": "x"},
    "app_home_opened": {"user": PERSON, "channel": "D1", "tab": "messages", "event_ts": "1.2"},
    "team_access_granted": {"team_ids": ["T0NOWHERE01"]},
    "team_access_revoked": {"team_ids": ["T0NOWHERE01"]},
    "tokens_revoked": {"tokens": {"oauth": ["U1"], "bot": []}},
}


def dialog(callback_id: str, **changed: object) -> Body:
    """Return a dialog that was sent."""
    view = {
        "id": "V1",
        "type": "modal",
        "callback_id": callback_id,
        "hash": "1.hash",
        "team_id": TEAM,
        "app_installed_team_id": TEAM,
        "private_metadata": METADATA[callback_id],
        "state": {"values": VALUES},
        "blocks": [{"type": "input", "block_id": "title"}],
        **changed,
    }
    return _INTERACTION | {"type": "view_submission", "view": view, "response_urls": []}


def event(kind: str) -> Body:
    """Return an event."""
    authorization = {
        "team_id": TEAM,
        "enterprise_id": None,
        "user_id": "UBOT",
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A1",
        "event_id": "Ev1",
        "event_time": 1_700_000_000,
        "authorizations": [authorization],
        "event": {"type": kind, **EVENTS[kind]},
    }


def interaction(body: Body) -> str:
    """Return an interaction as Slack sends it."""
    return f"payload={quote(json.dumps(body))}"


def bodies() -> dict[str, tuple[Body, bool]]:
    """Return one good body of each kind, and whether it is sent as JSON."""
    dialogs = {f"dialog {name}": (dialog(name), False) for name in METADATA}
    events = {f"event {kind}": (event(kind), True) for kind in EVENTS}
    return {"press": (PRESS, False), "message": (ABOUT_MESSAGE, False), **dialogs, **events}


def places(body: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Return the way to every place in a body."""
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for step, inner in items:
        yield (*path, step)
        yield from places(inner, (*path, step))


def changed_at(body: Body, path: Sequence[str | int], value: object) -> Body:
    """Return a body with something else in one place."""
    new = copy.deepcopy(body)
    at: Any = new
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return new


def sent(body: Body, *, is_event: bool) -> tuple[str, str]:
    """Return a body as bytes would be, and its content type."""
    return (json.dumps(body), JSON) if is_event else (interaction(body), "application/x-www-form-urlencoded")


def _command(**changed: str) -> str:
    return urlencode(COMMAND | changed, errors="surrogatepass")


def _raw(name: str, text: str, content_type: str = "application/x-www-form-urlencoded") -> Case:
    return Case(name, lambda keys: signed(keys, text, content_type), REFUSED)


def _forged_press(action_id: str, **changed: object) -> Case:
    body = PRESS | {"actions": [_ACTION | {"action_id": action_id}], **changed}
    return Case(f"presses {action_id} of no call", lambda keys: signed(keys, interaction(body)), TAKEN | REFUSED)


_BUTTONS = (
    "join_call",
    "leave_call",
    "end_call",
    "rename_call",
    "invite_to_call",
    "reopen_call",
    "claim_participant",
    "guest_link",
    "revoke_guest_link",
    "decline_call",
    "call_back",
    "confirm_start_call",
    "replace_call",
    "cancel_start_call",
    "force_end_call",
    "retry_call",
    "unlink_account",
    "settings_part_person",
    "plan_start",
    "plan_edit",
    "plan_skip",
    "plan_calendar",
    "plan_cancel",
)

_REMEMBERED = {
    "nothing": "",
    "a list": "[]",
    "broken JSON": "{",
    "a number": "1",
    "NUL": "\0",
    "too much": "x" * 200_000,
}


def _signed_dialog(name: str, keys: Keys, **changed: object) -> bytes:
    return signed(keys, interaction(dialog(name, **changed)))


def _signed_change(kind: tuple[Body, bool], path: Sequence[str | int], value: object, keys: Keys) -> bytes:
    body, is_event = kind
    text, content_type = sent(changed_at(body, path, value), is_event=is_event)
    return signed(keys, text, content_type)


CASES = [
    _raw("signed: nothing", ""),
    _raw("signed: broken JSON", "payload={bad"),
    _raw("signed: nested lists", "payload=" + "[" * 50_000),
    _raw("signed: nested objects", "payload=" + '{"a":' * 800 + "1" + "}" * 800),
    _raw(
        "signed: events in events",
        '{"type":"event_callback","team_id":"T1","event_id":"E","event":'
        + '{"type":"x","event":' * 300
        + "{}"
        + "}" * 301,
        JSON,
    ),
    _raw("signed: a number of 100,000 digits", "payload=" + "1" * 100_000),
    _raw("signed: not a number", '{"type": NaN}', JSON),
    _raw("signed: a key twice", '{"type":"event_callback","type":[]}', JSON),
    _raw("signed: payload and command", "payload=[]&command=%2Fstartcall"),
    _raw("signed: two payloads", "payload={}&payload=[]"),
    _raw("signed: 200 fields", "&".join(f"a{number}=1" for number in range(200))),
    _raw("signed: a kind nobody knows", '{"type": "' + "x" * 100_000 + '"}', JSON),
    _raw("signed: a command of nobody", "command=%2Fstartcall"),
    _raw("signed: JSON as a form", json.dumps(COMMAND)),
    _raw("signed: a form as JSON", _command(), JSON),
    _raw("signed: a command with NUL for an id", _command(channel_id="C\0")),
    _raw("signed: a command with a long id", _command(trigger_id="1" * 10_000)),
    Case("signed: a command with a surrogate", lambda keys: signed(keys, _command(user_id="\ud800")), {200, *REFUSED}),
    Case("signed: bytes that are no UTF-8", lambda keys: signed(keys, b"command=\xff\xfe"), REFUSED),
    Case("signed: escapes that are no UTF-8", lambda keys: signed(keys, _command() + "&x=%ff%fe"), {200, *REFUSED}),
    Case("signed: a check of certificates", lambda keys: signed(keys, "ssl_check=1&token=x"), {200}),
    Case("signed: a challenge", lambda keys: signed(keys, '{"type":"url_verification","challenge":"x"}', JSON), {200}),
    Case(
        "signed: a challenge that is a list",
        lambda keys: signed(keys, '{"type":"url_verification","challenge":[]}', JSON),
        REFUSED,
    ),
    Case("signed: a long line", lambda keys: signed(keys, _command(text="invite " + "<@U1> " * 8_000)), {200}),
    Case("signed: a line of quotes", lambda keys: signed(keys, _command(text="end " + '"' * 50_000)), {200}),
    Case("signed: a line of NUL", lambda keys: signed(keys, _command(text="end \0\0")), {200, *REFUSED}),
    Case(
        "signed: a title that runs backwards",
        lambda keys: signed(keys, _command(text="rename \u202e\u2066<!channel>")),
        {200},
    ),
    *(_forged_press(action_id) for action_id in _BUTTONS),
    *(
        Case(
            f"sends {name} of another workspace",
            partial(_signed_dialog, name, app_installed_team_id=OTHER_TEAM, team_id=OTHER_TEAM),
            {200, *REFUSED},
        )
        for name in METADATA
    ),
    *(
        Case(
            f"sends {name} that remembers {about}",
            partial(_signed_dialog, name, private_metadata=kept),
            {200, *REFUSED},
        )
        for name in METADATA
        for about, kept in _REMEMBERED.items()
    ),
]

WRONG_TYPES = [
    Case(
        f"{name}: {'.'.join(map(str, path))} is {str(value)[:12]!r} ({type(value).__name__})",
        partial(_signed_change, kind, path, value),
        {*TAKEN, *REFUSED},
    )
    for name, kind in bodies().items()
    for path in places(kind[0])
    for value in WRONG
]
"""Every kind of body with every kind of wrong value in every place."""
