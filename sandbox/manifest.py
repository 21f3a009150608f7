"""The manifest of the app under development: what it is called, and what it may do and be told.

The local Slack is as strict as the manifest says: a command that is not in it does not exist, a method whose scope
is not in it answers `missing_scope`, and an event that is not in it is never sent.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from sandbox.manifest_fields import Fields

ShortcutKind = Literal["global", "message"]

_SCOPE = r"[a-z_]+(?:[.:][a-z_]+)*"
_EVENT = r"[a-z_]+(?:\.[a-z_]+)*"
_DOMAIN = r"(?![.\-])[-a-z0-9.]+[a-z0-9]"


class ManifestError(Exception):
    """The manifest cannot be used.

    Args:
        problems: everything that is wrong, one sentence each.
        source: the file it was read from, if any.
    """

    def __init__(self, problems: list[str], source: str = "the manifest") -> None:
        """Join all problems into one message."""
        self.problems = problems
        listed = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"{source} cannot be used:{listed}")


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A slash command; `url` is its own request URL, unused in Socket Mode."""

    command: str
    description: str
    usage_hint: str = ""
    should_escape: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A shortcut in the lightning menu (`global`) or in a message's menu (`message`)."""

    name: str
    type: ShortcutKind
    callback_id: str
    description: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """An app manifest as the local Slack uses it; `raw` is the whole document.

    Source: https://docs.slack.dev/reference/app-manifest
    """

    name: str
    bot_display_name: str
    description: str = ""
    background_color: str = ""
    bot_always_online: bool = False
    slash_commands: tuple[SlashCommand, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    bot_scopes: tuple[str, ...] = ()
    user_scopes: tuple[str, ...] = ()
    bot_events: frozenset[str] = frozenset()
    home_tab_enabled: bool = False
    messages_tab_enabled: bool = True
    messages_tab_read_only_enabled: bool = False
    unfurl_domains: tuple[str, ...] = ()
    interactivity_enabled: bool = False
    interactivity_request_url: str = ""
    options_load_url: str = ""
    events_request_url: str = ""
    socket_mode_enabled: bool = False
    token_rotation_enabled: bool = False
    org_deploy_enabled: bool = False
    redirect_urls: tuple[str, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def command(self, name: str) -> SlashCommand | None:
        """Find a slash command by what people type, such as `/startcall`."""
        return next((command for command in self.slash_commands if command.command == name), None)

    def shortcut(self, callback_id: str, kind: ShortcutKind) -> Shortcut | None:
        """Find a shortcut by its callback id and kind."""
        return next((s for s in self.shortcuts if s.callback_id == callback_id and s.type == kind), None)


def _keys(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TOP = _keys(
    "$schema _metadata app_directory display_information features oauth_config settings functions workflows datastores "
    "outgoing_domains types external_auth_providers mcp_servers"
)
_DISPLAY = _keys("name description background_color long_description")
_FEATURES = _keys(
    "app_home bot_user functions shortcuts slash_commands workflow_steps unfurl_domains assistant_view agent_view"
)
_APP_HOME = _keys("home_tab_enabled messages_tab_enabled messages_tab_read_only_enabled")
_BOT_USER = _keys("display_name always_online")
_OAUTH = _keys("redirect_urls scopes token_management_enabled pkce_enabled")
_SCOPES = _keys("user bot user_optional bot_optional")
_SETTINGS = _keys(
    "allowed_ip_address_ranges event_subscriptions incoming_webhooks interactivity org_deploy_enabled "
    "socket_mode_enabled is_hosted token_rotation_enabled siws_links hermes_app_type function_runtime is_mcp_enabled"
)
_EVENTS = _keys("request_url user_events bot_events metadata_subscriptions")
_INTERACTIVITY = _keys("is_enabled request_url message_menu_options_url")
_COMMAND = _keys("command url description usage_hint should_escape")
_SHORTCUT = _keys("name type callback_id description")


def read_manifest(path: Path) -> Manifest:
    """Read a manifest from a YAML or JSON file.

    Args:
        path: the file; JSON is read as the subset of YAML it is.

    Raises:
        ManifestError: when the file is missing or unreadable, is not YAML, or breaks a rule of Slack's schema.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError([f"the file cannot be read: {error}"], str(path)) from error
    kind = "JSON" if path.suffix == ".json" else "YAML"
    try:
        data = json.loads(text) if kind == "JSON" else yaml.safe_load(text)
    except (yaml.YAMLError, json.JSONDecodeError) as error:
        raise ManifestError([f"it is not valid {kind}: {error}"], str(path)) from error
    return parse_manifest(data, source=str(path))


def parse_manifest(data: object, *, source: str = "the manifest") -> Manifest:
    """Check a manifest against Slack's rules and turn it into a `Manifest`.

    Args:
        data: the document as YAML or JSON gives it.
        source: what to call it in the error message.

    Raises:
        ManifestError: with every problem, when any rule is broken.

    Source: https://github.com/slackapi/manifest-schema (schema 1.0.0; the rules are retyped here)
    """
    if not isinstance(data, dict):
        raise ManifestError(["it must be an object with at least display_information.name"], source)
    root = Fields("", data)
    root.only(_TOP)
    features = root.section("features", _FEATURES)
    settings = root.section("settings", _SETTINGS)
    manifest = _build(root, features, settings)
    _check_together(root, manifest)
    if root.problems:
        raise ManifestError(root.problems, source)
    return manifest


def _build(root: Fields, features: Fields, settings: Fields) -> Manifest:
    display = root.section("display_information", _DISPLAY)
    oauth = root.section("oauth_config", _OAUTH)
    home = features.section("app_home", _APP_HOME)
    bot = features.section("bot_user", _BOT_USER)
    events = settings.section("event_subscriptions", _EVENTS)
    interactivity = settings.section("interactivity", _INTERACTIVITY)
    name = display.text("name", longest=35, required=True)
    return Manifest(
        name=name,
        description=display.text("description", longest=140),
        background_color=display.text("background_color", longest=7, pattern="#.{3,6}", hint="write it as #1b3a57"),
        bot_display_name=bot.text("display_name", longest=80, required="bot_user" in features.values) or name,
        bot_always_online=bot.flag("always_online"),
        slash_commands=_commands(features),
        shortcuts=_shortcuts(features),
        bot_scopes=_scopes(oauth.section("scopes", _SCOPES), "bot"),
        user_scopes=_scopes(oauth.section("scopes", _SCOPES), "user"),
        bot_events=frozenset(_names(events, "bot_events", _EVENT, most=100, unique=True)),
        home_tab_enabled=home.flag("home_tab_enabled"),
        messages_tab_enabled=home.flag("messages_tab_enabled", default=True),
        messages_tab_read_only_enabled=home.flag("messages_tab_read_only_enabled"),
        unfurl_domains=_domains(features),
        interactivity_enabled=interactivity.flag("is_enabled", required="interactivity" in settings.values),
        interactivity_request_url=interactivity.address("request_url"),
        options_load_url=interactivity.address("message_menu_options_url"),
        events_request_url=events.address("request_url"),
        socket_mode_enabled=settings.flag("socket_mode_enabled"),
        org_deploy_enabled=settings.flag("org_deploy_enabled"),
        token_rotation_enabled=settings.flag("token_rotation_enabled"),
        redirect_urls=oauth.strings("redirect_urls", most=1000, longest=2500, unique=True),
        raw=root.values,
    )


def _commands(features: Fields) -> tuple[SlashCommand, ...]:
    found: list[SlashCommand] = []
    for item in features.sections("slash_commands", most=50, known=_COMMAND):
        command = SlashCommand(
            command=item.text("command", longest=32, required=True, pattern=r"/\S+", hint="write it as /name"),
            description=item.text("description", longest=2000, required=True),
            usage_hint=item.text("usage_hint", longest=1000),
            should_escape=item.flag("should_escape"),
            url=item.address("url", longest=3000),
        )
        if any(command.command == other.command for other in found):
            item.complain("command", f"{command.command!r} is listed twice")
        found.append(command)
    return tuple(found)


def _shortcuts(features: Fields) -> tuple[Shortcut, ...]:
    found: list[Shortcut] = []
    for item in features.sections("shortcuts", most=10, known=_SHORTCUT):
        kind = item.text("type", longest=7, required=True, pattern="global|message", hint="it is global or message")
        shortcut = Shortcut(
            name=item.text("name", longest=24, required=True),
            type=cast(ShortcutKind, kind),
            callback_id=item.text("callback_id", longest=255, required=True),
            description=item.text("description", longest=150, required=True),
        )
        if any(shortcut.callback_id == other.callback_id for other in found):
            item.complain("callback_id", f"{shortcut.callback_id!r} is used by two shortcuts")
        found.append(shortcut)
    return tuple(found)


def _scopes(scopes: Fields, whose: str) -> tuple[str, ...]:
    """Read the bot's scopes, or people's; optional ones count as granted (a choice: the installer would decide)."""
    wanted = _names(scopes, whose, _SCOPE, most=255) + _names(scopes, f"{whose}_optional", _SCOPE, most=255)
    return tuple(dict.fromkeys(wanted))


def _names(fields: Fields, name: str, pattern: str, *, most: int, unique: bool = False) -> tuple[str, ...]:
    values = fields.strings(name, most=most, unique=unique)
    for value in values:
        if not re.fullmatch(pattern, value):
            fields.complain(name, f"{value!r} is not written like one")
    return values


def _domains(features: Fields) -> tuple[str, ...]:
    domains = features.strings("unfurl_domains", most=5, longest=255, unique=True)
    for domain in domains:
        if not re.fullmatch(_DOMAIN, domain):
            features.complain("unfurl_domains", f"{domain!r} must be a lower-case host without scheme, port or path")
    return domains


def _check_together(root: Fields, manifest: Manifest) -> None:
    """Check several fields at once; the schema is silent on it, so refusing is a choice of the sandbox."""
    if not manifest.slash_commands or "commands" in manifest.bot_scopes:
        return
    root.complain("oauth_config.scopes.bot", "slash commands need the scope 'commands'")
