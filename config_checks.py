"""Say what is wrong with the value of a setting, without ever repeating it: any value may be a misplaced secret."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from calls.meetings import ProviderSetting
from config_limits import LIMIT_MAX, LIMIT_SETTINGS, is_limit
from config_table import SETTINGS, SLACK_APPS
from logs import FORMS, LEVELS
from providers.addresses import find_address_fault
from providers.registry import AUTO, OWN_KINDS, find_kind, known_providers


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value.

    Args:
        sentence: follows the setting's name.
        cure: what to do, as a sentence of its own.
    """

    sentence: str
    cure: str


Check = Callable[[str], Fault | None]

_PORT_MAX = 65_535
_SECONDS_MAX = 30 * 24 * 3600
_DAYS_MAX = 36_500
_EXAMPLES = frozenset(setting.example for setting in SETTINGS if setting.secret)
_PLACEHOLDER = re.compile(r"your[-_ ]|[<>…]|\.\.\.|x{6,}|change-?me|placeholder", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9.\-_]+")
_SIGNING_SECRET = re.compile(r"[!-~]+")
_CLIENT = re.compile(r"[A-Za-z0-9.\-_]+")
_COPY_CLIENT = f"Copy it from {SLACK_APPS} > Basic Information > App Credentials."
_HOST = re.compile(r"[A-Za-z0-9._:%\-]+")
_COPY_BOT_TOKEN = f"Copy it from {SLACK_APPS} > OAuth & Permissions > Bot User OAuth Token."
_COPY_APP_TOKEN = f"Make one at {SLACK_APPS} > Basic Information > App-Level Tokens, with the scope connections:write."
_COPY_SIGNING_SECRET = f"Copy it from {SLACK_APPS} > Basic Information > Signing Secret."
_TOKEN_KINDS = (
    ("xoxb-", "holds a bot token (xoxb-...)", "Put that into SLACK_BOT_TOKEN."),
    ("xapp-", "holds an app-level token (xapp-...)", "Put that into SLACK_APP_TOKEN."),
    ("xoxp-", "holds a user token (xoxp-...)", "Put a bot token (xoxb-...) into SLACK_BOT_TOKEN."),
    ("xoxe", "holds a token that expires (xoxe...)", "Switch token rotation off, as manifest.yml does, and reinstall."),
)


def find_fault(name: str, value: str) -> Fault | None:
    """Return what is wrong with the value of a known setting, or None.

    Args:
        value: not empty, without space around it.
    """
    if value[0] in "\"'" and value[-1] == value[0]:
        return Fault("has quotation marks around its value.", "Remove them.")
    return _CHECKS[name](value)


def _check_token(prefix: str, cure: str) -> Check:
    """Return a check for tokens that begin with `prefix`."""

    def check(value: str) -> Fault | None:
        if _is_placeholder(value):
            return Fault("still holds the placeholder, not a real token.", cure)
        for beginning, kind, where in _TOKEN_KINDS:
            if beginning != prefix and value.startswith(beginning):
                return Fault(f"{kind}.", f"{where} {cure}")
        if not value.startswith(prefix):
            return Fault(f"does not begin with {prefix}", cure)
        if not _TOKEN.fullmatch(value) or value == prefix:
            return Fault("is cut off, or has characters that no token has.", cure)
        return None

    return check


def _check_signing_secret(value: str) -> Fault | None:
    if _is_placeholder(value):
        return Fault("still holds the placeholder, not the real secret.", _COPY_SIGNING_SECRET)
    for beginning, kind, where in _TOKEN_KINDS:
        if value.startswith(beginning):
            return Fault(f"{kind}.", f"{where} {_COPY_SIGNING_SECRET}")
    if not _SIGNING_SECRET.fullmatch(value):
        return Fault("has characters that no signing secret has.", _COPY_SIGNING_SECRET)
    return None


def _is_placeholder(value: str) -> bool:
    return value in _EXAMPLES or _PLACEHOLDER.search(value) is not None


def _check_client(value: str) -> Fault | None:
    if _is_placeholder(value):
        return Fault("still holds the placeholder, not the real value.", _COPY_CLIENT)
    if not _CLIENT.fullmatch(value):
        return Fault("has characters that no client id or secret has.", _COPY_CLIENT)
    return None


def _check_address(example: str) -> Check:
    """Return a check for web addresses to which paths are added."""

    def check(value: str) -> Fault | None:
        fault = find_address_fault(value)
        if fault is None and set("?#{}") & set(value):
            fault = "must end with its path: no ?, # or braces"
        return None if fault is None else Fault(f"{fault}.", f"Write it like {example}")

    return check


def _check_host(value: str) -> Fault | None:
    if _HOST.fullmatch(value):
        return None
    return Fault(
        "is not a host name or IP address.",
        "Use 127.0.0.1 for this computer only, 0.0.0.0 for every address it has; the port goes into PORT.",
    )


def _check_port(value: str) -> Fault | None:
    # isdigit alone would take digits of other scripts, and a long row of digits would be slow to read.
    if value.isascii() and value.isdigit() and len(value) <= len(str(_PORT_MAX)) and int(value) <= _PORT_MAX:
        return None
    return Fault(f"is not a whole number from 0 to {_PORT_MAX}.", "Use 3000, or 0 for any free port.")


def _check_database_url(value: str) -> Fault | None:
    example = "Write it like sqlite:///data/startcall.sqlite3"
    if value.startswith(("postgres:", "postgresql:", "postgresql+")):
        return _check_postgres_url(value)
    if not value.startswith("sqlite:///"):
        return Fault("does not begin with sqlite:/// (three slashes).", example)
    path = value.removeprefix("sqlite:///")
    if path in {"", ":memory:"}:
        return Fault("names no file, and calls kept in memory are lost at every restart.", example)
    if not path.isprintable() or set("?#") & set(path) or path.endswith("/"):
        return Fault("must end with the path of a file: no ?, # or / at its end.", example)
    return None


def _check_postgres_url(value: str) -> Fault | None:
    example = "Write it like postgresql://user:password@host:5432/startcall"
    if not value.startswith(("postgres://", "postgresql://")):
        return Fault("does not begin with postgresql:// (two slashes, and no name of a driver).", example)
    try:
        parts = urlsplit(value)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return Fault("is not an address: special characters in a password are written as %40 and the like.", example)
    if not has_port or not value.isprintable() or " " in value or parts.fragment:
        return Fault("is not an address: special characters in a password are written as %40 and the like.", example)
    if parts.path in {"", "/"}:
        return Fault("names no database after the host.", example)
    return None


def _check_provider(value: str) -> Fault | None:
    if value in known_providers():
        return None
    near = difflib.get_close_matches(value.lower(), known_providers(), n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    return Fault("names no meeting system of this version.", f"{hint}Use one of: {', '.join(known_providers())}.")


def _check_providers(value: str) -> Fault | None:
    faults = [_check_provider(name) for name in names_in(value)]
    return next((fault for fault in faults if fault is not None), None)


def names_in(value: str) -> tuple[str, ...]:
    """Return the names of a list separated by commas or spaces, each once."""
    return tuple(dict.fromkeys(value.replace(",", " ").split()))


def _check_seconds(value: str) -> Fault | None:
    if value.isascii() and value.isdigit() and 1 <= int(value) <= _SECONDS_MAX:
        return None
    return Fault(f"is not a whole number from 1 to {_SECONDS_MAX}.", "Write it like 120; it is in seconds.")


def _check_days(value: str) -> Fault | None:
    if value.isascii() and value.isdigit() and len(value) <= len(str(_DAYS_MAX)) and 1 <= int(value) <= _DAYS_MAX:
        return None
    return Fault(f"is not a whole number from 1 to {_DAYS_MAX}.", "Write it like 30; it is in days.")


def _check_limit(value: str) -> Fault | None:
    return None if is_limit(value) else Fault(f"is not a whole number from 1 to {LIMIT_MAX}.", "Write it like 20.")


def _check_one_of(words: tuple[str, ...]) -> Check:
    """Return a check for settings that are one of a few words."""

    def check(value: str) -> Fault | None:
        return None if value in words else Fault("is not one of its words.", f"Use one of: {', '.join(words)}.")

    return check


def _check_key(value: str) -> Fault | None:
    """Find a placeholder; whether it is a key is found out where one is needed."""
    if _is_placeholder(value):
        return Fault("still holds the placeholder, not a real key.", "Make one with: openssl rand -base64 32")
    return None


def _check_path(value: str) -> Fault | None:
    """Find what no path has; whether it names a file of keys is found out where one is needed."""
    return None if value.isprintable() else Fault("is not the path of a file.", "Write it like /run/secrets/key")


def _check_setting(setting: ProviderSetting) -> Check:
    """Return the check of a meeting system's own setting."""

    def check(value: str) -> Fault | None:
        fault = setting.find_fault(value)
        return None if fault is None else Fault(f"{fault}.", f"Write it like {setting.example}")

    return check


def find_fault_of(setting: ProviderSetting, value: str) -> Fault | None:
    """Return what is wrong with the value of a meeting system's own setting, or None."""
    return _check_setting(setting)(value)


def settings_brought(provider: str) -> tuple[ProviderSetting, ...]:
    """Return the settings that a meeting system of another package brings; none for ours, which are in the table.

    Raises:
        ConfigError: when it cannot be loaded.
    """
    return () if provider == AUTO or provider in OWN_KINDS else find_kind(provider).settings


_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "SLACK_BOT_TOKEN": _check_token("xoxb-", _COPY_BOT_TOKEN),
        "SLACK_APP_TOKEN": _check_token("xapp-", _COPY_APP_TOKEN),
        "SLACK_SIGNING_SECRET": _check_signing_secret,
        "SLACK_CLIENT_ID": _check_client,
        "SLACK_CLIENT_SECRET": _check_client,
        "SLACK_API_URL": _check_address("https://slack.com/api/"),
        "HOST": _check_host,
        "PORT": _check_port,
        "PUBLIC_URL": _check_address("https://startcall.example.com"),
        "DATABASE_URL": _check_database_url,
        "STARTCALL_ENCRYPTION_KEY": _check_key,
        "STARTCALL_ENCRYPTION_KEY_FILE": _check_path,
        "STARTCALL_PROVIDER": _check_provider,
        "STARTCALL_PROVIDERS": _check_providers,
        "STARTCALL_FALLBACK_PROVIDER": _check_provider,
        "STARTCALL_END_WHEN_EMPTY_S": _check_seconds,
        "STARTCALL_KEEP_AFTER_UNINSTALL_DAYS": _check_days,
        "STARTCALL_KEEP_CALLS_DAYS": _check_days,
        "STARTCALL_LONGEST_CALL_S": _check_seconds,
        "STARTCALL_LOG": _check_one_of(FORMS),
        "STARTCALL_LOG_LEVEL": _check_one_of(LEVELS),
        **{one.name: _check_limit for one in LIMIT_SETTINGS},
        **{one.name: _check_setting(one) for kind in OWN_KINDS.values() for one in kind.settings},
    }
)
