"""The manifest reader of the local Slack: what it reads, and how it says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.manifest import ManifestError, SlashCommand, parse_manifest, read_manifest
from sandbox.server import Options, Sandbox
from tests.contract.webapi_rig import MANIFEST

FULL = {
    "_metadata": {"major_version": 1, "minor_version": 1},
    "display_information": {"name": "Calls", "description": "Start calls", "background_color": "#1b3a57"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": True},
        "bot_user": {"display_name": "calls", "always_online": True},
        "shortcuts": [{"name": "Start", "type": "global", "callback_id": "start_call", "description": "Start a call"}],
        "slash_commands": [
            {"command": "/startcall", "description": "Start a call", "usage_hint": "[title]", "should_escape": True}
        ],
        "unfurl_domains": ["meet.example.com"],
    },
    "oauth_config": {
        "scopes": {"bot": ["calls:write", "chat:write.public", "commands"], "bot_optional": ["users:read.email"]},
        "redirect_urls": ["https://calls.example.com/slack/oauth_redirect"],
    },
    "settings": {
        "event_subscriptions": {"bot_events": ["call_rejected", "message.im"], "request_url": "https://x.example/e"},
        "interactivity": {"is_enabled": True, "request_url": "https://x.example/i"},
        "org_deploy_enabled": False,
        "socket_mode_enabled": False,
        "token_rotation_enabled": False,
    },
}


def test_everything_the_sandbox_needs_is_read() -> None:
    """Commands, shortcuts, scopes, events, addresses and flags."""
    manifest = parse_manifest(FULL)
    command = SlashCommand("/startcall", "Start a call", usage_hint="[title]", should_escape=True)
    assert (manifest.name, manifest.bot_display_name, manifest.command("/startcall")) == ("Calls", "calls", command)
    assert manifest.shortcut("start_call", "global") is not None
    assert manifest.shortcut("start_call", "message") is None
    assert manifest.bot_scopes == ("calls:write", "chat:write.public", "commands", "users:read.email")
    assert manifest.bot_events == {"call_rejected", "message.im"}
    assert (manifest.home_tab_enabled, manifest.messages_tab_read_only_enabled) == (True, True)
    assert (manifest.events_request_url, manifest.interactivity_request_url) == (
        "https://x.example/e",
        "https://x.example/i",
    )
    assert (manifest.interactivity_enabled, manifest.socket_mode_enabled) == (True, False)
    assert manifest.raw == FULL


@pytest.mark.parametrize(("name", "write"), [("manifest.yml", yaml.safe_dump), ("manifest.json", json.dumps)])
def test_yaml_and_json_read_the_same(tmp_path: Path, name: str, write: object) -> None:
    """The file's ending decides how it is read, not what it means."""
    assert callable(write)
    path = tmp_path / name
    path.write_text(write(MANIFEST), encoding="utf-8")
    assert read_manifest(path) == parse_manifest(MANIFEST)


def test_all_problems_come_at_once() -> None:
    """One message names every wrong field by its path."""
    bad = {
        "display_information": {"name": "x" * 36},
        "features": {
            "slash_commands": [{"command": "start", "description": "d"}, {"command": "/a"}],
            "shortcuts": [{"name": "n", "type": "sideways", "callback_id": "c", "description": "d"}],
            "unfurl_domains": ["https://x.example"],
            "calls": {},
        },
        "oauth_config": {"scopes": {"bot": ["calls:write", "Calls Read"]}},
        "settings": {"interactivity": {}, "socket_mode_enabled": "yes", "event_subscriptions": {"bot_events": "all"}},
    }
    with pytest.raises(ManifestError) as refused:
        parse_manifest(bad)
    places = {problem.partition(":")[0] for problem in refused.value.problems}
    assert places == {
        "display_information.name",
        "features.calls",
        "features.shortcuts[0].type",
        "features.slash_commands[0].command",
        "features.slash_commands[1].description",
        "features.unfurl_domains",
        "oauth_config.scopes.bot",
        "settings.event_subscriptions.bot_events",
        "settings.interactivity.is_enabled",
        "settings.socket_mode_enabled",
    }


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_what_is_no_object_is_refused(data: object) -> None:
    """A manifest is an object."""
    with pytest.raises(ManifestError, match="must be an object"):
        parse_manifest(data)


def test_unreadable_files_are_named(tmp_path: Path) -> None:
    """A missing file and a file that is no YAML say so, with their path."""
    with pytest.raises(ManifestError, match=r"nowhere\.yml"):
        read_manifest(tmp_path / "nowhere.yml")
    broken = tmp_path / "broken.yml"
    broken.write_text("a: [", encoding="utf-8")
    with pytest.raises(ManifestError, match="not valid YAML"):
        read_manifest(broken)


OTHER_APPS: dict[str, dict[str, object]] = {
    "without_commands": {
        "display_information": {"name": "Listener"},
        "features": {"bot_user": {"display_name": "listener"}},
        "oauth_config": {"scopes": {"bot": ["app_mentions:read", "chat:write"]}},
        "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}, "socket_mode_enabled": True},
    },
    "with_functions": {
        "_metadata": {"major_version": 2},
        "display_information": {"name": "Approvals", "long_description": "x" * 180},
        "features": {"bot_user": {"display_name": "approvals", "always_online": False}},
        "oauth_config": {"scopes": {"bot": ["chat:write", "chat:write.public"]}},
        "settings": {"org_deploy_enabled": True, "socket_mode_enabled": True, "function_runtime": "remote"},
        "functions": {
            "review": {
                "title": "Review",
                "description": "Ask somebody",
                "input_parameters": {"properties": {"who": {"type": "slack#/types/user_id"}}, "required": ["who"]},
                "output_parameters": {"properties": {}, "required": []},
            }
        },
        "workflows": {"time_off": {"title": "Time off", "description": "", "steps": []}},
        "types": {},
        "outgoing_domains": [],
    },
    "with_people_only": {
        "display_information": {"name": "Status"},
        "oauth_config": {"scopes": {"user": ["users.profile:write"]}, "redirect_urls": ["https://status.example/back"]},
        "settings": {"token_rotation_enabled": True},
    },
    "an_assistant": {
        "display_information": {"name": "Helper"},
        "features": {
            "app_home": {"messages_tab_enabled": True},
            "bot_user": {"display_name": "helper"},
            "assistant_view": {"assistant_description": "Helps", "suggested_prompts": []},
        },
        "oauth_config": {"scopes": {"bot": ["assistant:write", "im:history"]}},
        "settings": {"event_subscriptions": {"bot_events": ["assistant_thread_started"]}, "socket_mode_enabled": True},
    },
}


@pytest.mark.parametrize("name", OTHER_APPS)
async def test_manifests_of_other_apps_run(name: str) -> None:
    """Whatever Slack's schema allows starts a local Slack, in which the app is who its manifest says."""
    manifest = parse_manifest(OTHER_APPS[name])
    slack = await Sandbox.start(options=Options(manifest=manifest, http_url="http://127.0.0.1:1/slack/events"))
    client = AsyncWebClient(slack.installation.bot_token, base_url=slack.api_url)
    try:
        said = await client.auth_test()
    finally:
        await slack.stop()

    assert said["user"] == (manifest.bot_display_name or manifest.name).lower()


def test_what_is_wrong_reads_as_sentences() -> None:
    """Each says the place, what is wrong with it, and what would be right or what Slack does about it."""
    bad = {
        "display_information": {"name": "x" * 36},
        "features": {"slash_commands": [{"command": "start", "description": "d"}], "calls": {}},
        "oauth_config": {"scopes": {"bot": ["commands"]}},
    }
    with pytest.raises(ManifestError) as refused:
        parse_manifest(bad, source="app.yml")

    assert str(refused.value).splitlines() == [
        "app.yml cannot be used:",
        "  - features.calls: unknown key (Slack refuses a manifest with keys it does not know)",
        "  - display_information.name: has 36 characters, at most 35 are allowed",
        "  - features.slash_commands[0].command: 'start' is not valid: write it as /name",
    ]
