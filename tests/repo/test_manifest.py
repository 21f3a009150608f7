"""The manifest is one that Slack takes, asks for no more than the code needs, and names what the code answers to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from calls.slack.oauth_api import BOT_SCOPES
from calls.slack.person_oauth import USER_SCOPES
from tests.registered import registered

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / "manifest.yml"
TEXT = MANIFEST.read_text(encoding="utf-8")
ALIASES = ("/jitsi",)
DATA: dict[str, Any] = yaml.safe_load(TEXT)


def words(longest: int) -> dict[str, Any]:
    """Return the rule for a text that is not empty."""
    return {"type": "string", "minLength": 1, "maxLength": longest}


def names(most: int) -> dict[str, Any]:
    """Return the rule for a list of short names, each once."""
    return {"type": "array", "minItems": 1, "maxItems": most, "uniqueItems": True, "items": words(50)}


def section(required: str = "", **properties: Any) -> dict[str, Any]:  # noqa: ANN401 - rules nest
    """Return the rule for an object with these keys and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


FLAG = {"type": "boolean"}
WEB_ADDRESS = {"type": "string", "pattern": "^https?://", "maxLength": 3000}

SCHEMA = section(
    "display_information features oauth_config settings",
    _metadata=section(major_version={"const": 1}, minor_version={"type": "integer"}),
    display_information=section(
        "name description",
        name=words(35),
        description=words(140),
        background_color={"type": "string", "pattern": "^#[0-9a-f]{6}$"},
        long_description={"type": "string", "minLength": 175, "maxLength": 4000},
    ),
    features=section(
        "app_home bot_user",
        app_home=section(home_tab_enabled=FLAG, messages_tab_enabled=FLAG, messages_tab_read_only_enabled=FLAG),
        bot_user=section("display_name", display_name=words(80), always_online=FLAG),
        unfurl_domains={
            "type": "array",
            "minItems": 1,
            "maxItems": 5,
            "uniqueItems": True,
            "items": {"type": "string", "pattern": r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"},
        },
        shortcuts={
            "type": "array",
            "minItems": 1,
            "maxItems": 10,
            "items": section(
                "name type callback_id description",
                name=words(24),
                type={"enum": ["message", "global"]},
                callback_id=words(255),
                description=words(150),
            ),
        },
        slash_commands={
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "items": section(
                "command description",
                command={"type": "string", "pattern": r"^/\S+$", "maxLength": 32},
                description=words(2000),
                usage_hint=words(1000),
                should_escape=FLAG,
                url=WEB_ADDRESS,
            ),
        },
    ),
    oauth_config=section("scopes", scopes=section("bot", bot=names(255), user_optional=names(255))),
    settings=section(
        event_subscriptions=section(request_url=WEB_ADDRESS, bot_events=names(100)),
        interactivity=section("is_enabled", is_enabled=FLAG, request_url=WEB_ADDRESS),
        org_deploy_enabled=FLAG,
        socket_mode_enabled=FLAG,
        token_rotation_enabled=FLAG,
    ),
)
"""The part of Slack's rules for manifests that ours can come under; what is not in it is refused.

Source: https://docs.slack.dev/reference/app-manifest (read 2026-11-21)
"""

METHODS_OF_SCOPE: dict[str, set[str]] = {
    "calls:read": {"calls.info"},
    "calls:write": {
        "calls.add",
        "calls.update",
        "calls.end",
        "calls.participants.add",
        "calls.participants.remove",
    },
    "chat:write": {"chat.postMessage", "chat.update", "chat.postEphemeral"},
    "chat:write.public": {"chat.postMessage"},
    "links:read": set(),
    "links:write": {"chat.unfurl"},
    "files:write": {"files.getUploadURLExternal", "files.completeUploadExternal"},
    "channels:read": {"conversations.info", "conversations.list"},
    "groups:read": {"conversations.info"},
    "users:read": {"users.info"},
    "usergroups:read": {"usergroups.list", "usergroups.users.list"},
}
"""Which of the methods we call need which bot scope; a method's page at docs.slack.dev says so."""

METHODS_OF_USER_SCOPE: dict[str, set[str]] = {
    "users.profile:read": {"users.profile.get"},
    "users.profile:write": {"users.profile.set"},
    "dnd:read": {"dnd.info"},
    "dnd:write": {"dnd.setSnooze", "dnd.endSnooze"},
}
"""The same for what people allow in their own name, each of them only when they want it."""

METHODS_OF_FURTHER_SCOPE: dict[str, set[str]] = {
    "users:read.email": {"users.lookupByEmail"},
    "channels:history": {"conversations.replies"},
}
"""Methods called only for meeting systems that know people by e-mail, whose pages say which scopes to add; and where an
answer was lost, to see whether a recap is there. Without their scope they are refused, and the app does without."""

METHODS_WITHOUT_SCOPE = {"auth.test", "views.open", "views.update", "views.publish", "apps.connections.open"}
METHODS_WITHOUT_SCOPE |= {"chat.getPermalink"}
METHODS_WITHOUT_SCOPE |= {"openid.connect.token", "openid.connect.userInfo", "oauth.v2.access"}
"""Methods that any bot token may call, and those that take an app-level token, the app's secret or a person's token."""

_METHOD = re.compile(r"(?!calls\.slack\b)[a-z]+(?:\.[a-z][a-z0-9]*)*\.[a-z][A-Za-z]+")
_FAMILIES = {"api", "apps", "auth", "bookmarks", "bots", "calls", "chat", "conversations", "dnd", "files", "im"}
_FAMILIES |= {"oauth", "openid", "pins", "reactions", "reminders", "team", "tooling", "usergroups", "users", "views"}


def registered_as(kind: str) -> list[str]:
    """Return the names of what there is a listener for, of one kind."""
    return sorted(name for of, name in registered() if of == kind)


def methods_called() -> Iterator[str]:
    """Yield every Web API method that is named in the only package that calls any."""
    for path in sorted((ROOT / "calls" / "slack").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and _METHOD.fullmatch(value) and value.split(".")[0] in _FAMILIES:
                yield value


def scope_comments() -> dict[str, str]:
    """Return what stands behind each scope in the file."""
    block = TEXT.split("    bot:\n", 1)[1].split("\n\n", 1)[0]
    return dict(re.findall(r"^ +- (\S+)(?: # (.*))?$", block, re.MULTILINE))


def test_manifest_keeps_slacks_rules() -> None:
    """A manifest with an unknown key or a text that is too long is refused by Slack as a whole."""
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(DATA)] == []


def test_manifest_and_installing_by_oauth_ask_for_the_same_scopes() -> None:
    """Whichever way the app is installed, it may do the same."""
    assert list(BOT_SCOPES) == DATA["oauth_config"]["scopes"]["bot"]


def test_manifest_asks_for_exactly_the_scopes_that_are_needed() -> None:
    """No scope is asked for in advance, and none is missing."""
    assert sorted([*METHODS_OF_SCOPE, "commands"]) == sorted(DATA["oauth_config"]["scopes"]["bot"])


def test_people_are_asked_for_exactly_the_scopes_that_are_needed() -> None:
    """By the manifest, of which all are optional, and by the page that whoever wants it is sent to."""
    assert list(METHODS_OF_USER_SCOPE) == DATA["oauth_config"]["scopes"]["user_optional"]
    assert list(METHODS_OF_USER_SCOPE) == list(USER_SCOPES)


def test_every_method_the_code_calls_is_in_the_tables() -> None:
    """A new method needs a look at its scope, and one that is no longer called gives its scope back."""
    tables = (METHODS_OF_SCOPE, METHODS_OF_USER_SCOPE, METHODS_OF_FURTHER_SCOPE)
    with_scope = set.union(*(methods for table in tables for methods in table.values()))
    known = with_scope | METHODS_WITHOUT_SCOPE
    assert known == set(methods_called())


def test_every_scope_says_what_it_is_for() -> None:
    """Whoever installs the app reads why it wants each permission: all the methods that need it."""
    comments = scope_comments()
    scopes = DATA["oauth_config"]["scopes"]
    assert list(comments) == [*scopes["bot"], *scopes["user_optional"]]
    unexplained = [
        (scope, method)
        for scope, methods in (METHODS_OF_SCOPE | METHODS_OF_USER_SCOPE).items()
        for method in sorted(methods)
        if method not in comments[scope]
    ]
    assert unexplained == []
    assert "/startcall" in comments["commands"]


def test_slash_commands_are_those_with_a_listener() -> None:
    """A command without a listener fails for people, and a listener without a command is never called."""
    manifest = sorted(command["command"] for command in DATA["features"]["slash_commands"])
    assert [name for name in registered_as("command") if name not in ALIASES] == manifest


def test_an_alias_has_a_listener_and_waits_behind_a_comment() -> None:
    """Whoever wants it only takes the comment marks away."""
    assert [] == [
        name for name in ALIASES if name not in registered_as("command") or f"# - command: {name}\n" not in TEXT
    ]


def test_shortcuts_are_those_with_a_listener() -> None:
    """The same for shortcuts, each of its kind."""
    kinds = {"shortcut": "global", "message_action": "message"}
    listened = [(kinds[kind], name) for kind in kinds for name in registered_as(kind)]
    declared = [(shortcut["type"], shortcut["callback_id"]) for shortcut in DATA["features"]["shortcuts"]]
    assert sorted(listened) == sorted(declared)


def test_events_are_those_with_a_listener() -> None:
    """The same for events."""
    assert registered_as("event_callback") == sorted(DATA["settings"]["event_subscriptions"]["bot_events"])


def test_mentions_arrive_as_ids() -> None:
    """Without `should_escape` a typed @bob would be plain text that anybody's name could match."""
    assert [command["should_escape"] for command in DATA["features"]["slash_commands"]] == [True]


def test_manifest_is_for_socket_mode_and_tells_how_to_use_http() -> None:
    """It works without a public address; the three addresses for HTTP stand there, commented out."""
    settings = DATA["settings"]
    assert settings["socket_mode_enabled"]
    assert settings["interactivity"]["is_enabled"]
    assert not settings["org_deploy_enabled"]
    assert not settings["token_rotation_enabled"]
    commented = re.findall(r"^ +# (?:request_)?url: https://\S+/slack/events$", TEXT, re.MULTILINE)
    assert len(commented) == 3


def test_manifest_with_its_http_lines_keeps_slacks_rules_too() -> None:
    """Whoever follows the comments gets a manifest that Slack takes."""
    opened = re.sub(r"# ((?:request_)?url: https://)", r"\1", TEXT).replace("mode_enabled: true", "mode_enabled: false")
    data = yaml.safe_load(opened)
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    assert data["features"]["slash_commands"][0]["url"].endswith("/slack/events")
    assert data["settings"]["interactivity"]["request_url"].endswith("/slack/events")
    assert data["settings"]["event_subscriptions"]["request_url"].endswith("/slack/events")
