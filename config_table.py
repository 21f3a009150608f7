"""The list of everything that can be set; `.env.example` and the table in docs/configuration.md are made of it."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

from config_limits import LIMIT_SETTINGS
from providers.registry import OWN_KINDS

SLACK_APPS = "https://api.slack.com/apps > your app"
"""Where Slack shows an app's tokens and secrets."""

WIDTH_CHARS = 100

ENV_EXAMPLE = Path(__file__).with_name(".env.example")
PAGE = Path(__file__).parent / "docs" / "configuration.md"

_BEGIN = "<!-- table: begin -->\n"
_END = "<!-- table: end -->\n"


@dataclass(frozen=True, slots=True)
class Setting:
    """One name in the environment, as people read about it.

    Args:
        default: what holds while it is not set; empty for none.
        example: a value that shows the form, and is refused where it is a secret.
    """

    name: str
    meaning: str
    default: str = ""
    example: str = ""
    secret: bool = False


SETTINGS = (
    Setting(
        "SLACK_BOT_TOKEN",
        f"Bot token of the app in your workspace. {SLACK_APPS} > OAuth & Permissions > Bot User OAuth Token. Required, "
        "unless admins install the app by OAuth: then leave it empty, and set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and "
        "STARTCALL_ENCRYPTION_KEY.",
        example="xoxb-your-bot-token",
        secret=True,
    ),
    Setting(
        "SLACK_APP_TOKEN",
        "App-level token for Socket Mode, which needs no public address. "
        f"{SLACK_APPS} > Basic Information > App-Level Tokens, with the scope connections:write. "
        "Required unless SLACK_SIGNING_SECRET is set.",
        example="xapp-your-app-token",
        secret=True,
    ),
    Setting(
        "SLACK_SIGNING_SECRET",
        "Checks that requests to POST /slack/events come from Slack. "
        f"{SLACK_APPS} > Basic Information > Signing Secret. Required for HTTP instead of Socket Mode.",
        example="your-signing-secret",
        secret=True,
    ),
    Setting(
        "SLACK_CLIENT_ID",
        "Lets people sign in with Slack when they join a call, so that the card shows them by name; and, without "
        "SLACK_BOT_TOKEN, lets admins install the app in any number of workspaces at PUBLIC_URL with /slack/install. "
        f"{SLACK_APPS} > Basic Information > App Credentials. Needs PUBLIC_URL, and that address with "
        "/slack/openid_redirect, and for installing with /slack/oauth_redirect, among the Redirect URLs of OAuth & "
        "Permissions; optional.",
        example="1234567890.1234567890123",
    ),
    Setting(
        "SLACK_CLIENT_SECRET",
        "Goes with SLACK_CLIENT_ID, and is on the same page.",
        example="your-client-secret",
        secret=True,
    ),
    Setting(
        "SLACK_API_URL",
        "Base of Slack's Web API; another one points the app at a local Slack.",
        default="https://slack.com/api/",
        example="http://127.0.0.1:8910/api/",
    ),
    Setting(
        "HOST",
        "Address the HTTP server listens on, also in Socket Mode; 0.0.0.0 is every one this computer has.",
        default="127.0.0.1",
        example="0.0.0.0",  # noqa: S104 - an example to read, nothing listens on it
    ),
    Setting("PORT", "Port the HTTP server listens on; 0 takes any free one.", default="3000", example="8080"),
    Setting(
        "PUBLIC_URL",
        "https address under which people and meeting systems reach the HTTP server. Not needed in Socket Mode.",
        example="https://startcall.example.com",
    ),
    Setting(
        "DATABASE_URL",
        "Database that keeps the calls. A SQLite file for one process: three slashes before a path from the app's "
        "folder, four before a full path. Or PostgreSQL 13 or newer, for any number of processes: "
        "postgresql://user:password@host:5432/startcall.",
        default="sqlite:///data/startcall.sqlite3",
        example="sqlite:////var/lib/startcall/calls.sqlite3",
    ),
    Setting(
        "STARTCALL_ENCRYPTION_KEY",
        "Key that encrypts what Slack gives for each workspace where the app is installed by OAuth, and people's own "
        "accounts; required for both. "
        "Make one with: openssl rand -base64 32. Of several, separated by commas, the first one encrypts and all "
        "decrypt; python app.py installations reencrypt then makes the others superfluous.",
        example="your-encryption-key",
        secret=True,
    ),
    Setting(
        "STARTCALL_ENCRYPTION_KEY_FILE",
        "File that holds it instead, one key a line.",
        example="/run/secrets/startcall_key",
    ),
    Setting(
        "STARTCALL_PROVIDER",
        "Meeting system: builtin is a room that Startcall serves itself, jitsi is a Jitsi Meet server, link fills in "
        "STARTCALL_LINK_TEMPLATE; auto is link if that is set, else builtin if PUBLIC_URL is, else jitsi.",
        default="auto",
        example="builtin",
    ),
    Setting(
        "STARTCALL_PROVIDERS",
        "Further meeting systems, separated by commas, that people can choose for a call: /startcall Retro with zoom.",
        example="jitsi, builtin",
    ),
    Setting(
        "STARTCALL_FALLBACK_PROVIDER",
        "Meeting system that takes a call whose own one does not work, instead of the call failing. Whoever started it "
        "is told.",
        example="builtin",
    ),
    Setting(
        "STARTCALL_END_WHEN_EMPTY_S",
        "How long nobody has to be in a meeting before its call ends by itself, in seconds. It never does before "
        "somebody came, and only where the meeting system says who is in.",
        default="120",
        example="300",
    ),
    Setting(
        "STARTCALL_LONGEST_CALL_S",
        "After how long a call ends in any case, in seconds.",
        default="86400",
        example="14400",
    ),
    Setting(
        "STARTCALL_KEEP_AFTER_UNINSTALL_DAYS",
        "How many days everything of a workspace is kept after the app was removed there; installed again before "
        "that, it goes on with it.",
        default="30",
        example="7",
    ),
    Setting(
        "STARTCALL_KEEP_CALLS_DAYS",
        "How many days a call is kept after it is over, with who was in it.",
        default="365",
        example="90",
    ),
    Setting(
        "STARTCALL_LOG",
        "How the log is written to standard error: text, a line for each event; json, one JSON object for each.",
        default="text",
        example="json",
    ),
    Setting(
        "STARTCALL_LOG_LEVEL",
        "From which level on: debug, info, warning or error; debug has a line for each delivery of Slack's.",
        default="info",
        example="warning",
    ),
    *(Setting(one.name, one.meaning, one.default, one.example) for one in LIMIT_SETTINGS),
    *(
        Setting(one.name, one.meaning, one.default, one.example, secret=one.secret)
        for kind in OWN_KINDS.values()
        for one in kind.settings
    ),
)


def render_env_example() -> str:
    """Return the text of `.env.example`."""
    head = "# Settings of Startcall. Copy this file to .env and fill in what you need; what stays empty is not set.\n"
    return head + "".join(_env_lines(setting) for setting in SETTINGS)


def render_table() -> str:
    """Return the table of `docs/configuration.md`."""
    rows = "".join(
        f"| `{setting.name}` | {setting.meaning} | {f'`{setting.default}`' if setting.default else 'none'} "
        f"| {'yes' if setting.secret else 'no'} | `{setting.example}` |\n"
        for setting in SETTINGS
    )
    return f"| name | meaning | default | secret | example |\n|---|---|---|---|---|\n{rows}"


def _env_lines(setting: Setting) -> str:
    notes = textwrap.wrap(setting.meaning, WIDTH_CHARS, initial_indent="# ", subsequent_indent="# ")
    return "\n" + "\n".join([*notes, f"# Example: {setting.example}", f"{setting.name}={setting.default}"]) + "\n"


def with_table(page: str) -> str:
    """Return a page with the table between its two marks renewed."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}{render_table()}{_END}{after}"


if __name__ == "__main__":
    ENV_EXAMPLE.write_text(render_env_example(), encoding="utf-8")
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
