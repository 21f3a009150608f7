"""Read the environment, and nothing else does: `.env` and the environment become one frozen `Settings`.

`config_table.py` lists the names and says what they mean. No value is ever repeated in a message: it may be a secret.
"""

from __future__ import annotations

import difflib
import hashlib
import hmac
import os
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from calls.errors import ConfigError
from calls.limits import Limits
from calls.loopback import is_loopback
from calls.secret import Secret
from calls.workflows import EndRules
from config_checks import find_fault, find_fault_of, names_in
from config_found import Found, Problem, chosen_in, find_settings
from config_install import KEY, KEY_FILE, MAKE_KEY, installs_by_oauth, read_keys
from config_limits import read_limits
from config_table import SETTINGS, SLACK_APPS, WIDTH_CHARS
from providers.registry import AUTO, OWN_KINDS

ENV_FILE = Path(".env")
"""Looked for in the folder the app is started in, as the default database is."""

_OWN_PREFIX = "STARTCALL_"
_CLIENT = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
_CREDENTIALS = frozenset(setting.name for setting in SETTINGS if setting.name.startswith("SLACK_")) - {"SLACK_API_URL"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the app runs with, complete and checked.

    Args:
        slack_api_url: ends in a slash.
        port: 0 to 65535; 0 takes any free port.
        public_url: without a slash at its end, or None.
        providers: further ones that people can choose, and `fallback_provider` the one for calls whose own fails.
        provider: a name `providers.registry.build_provider` knows.
        provider_values: the settings of meeting systems that are set or have a default, by name.
        slack_bot_token: None where the app is installed by OAuth, in any number of workspaces.
        encryption_keys: for what Slack gives for each of them; the first one encrypts.
    """

    slack_bot_token: Secret | None
    slack_app_token: Secret | None
    slack_signing_secret: Secret | None
    slack_api_url: str
    host: str
    port: int
    public_url: str | None
    database_url: str = field(repr=False)
    provider: str
    provider_values: Mapping[str, str] = field(repr=False, hash=False)
    providers: tuple[str, ...] = ()
    fallback_provider: str | None = None
    end_when_empty_s: int = 120
    longest_call_s: int = 86_400
    slack_client_id: str | None = None
    slack_client_secret: Secret | None = None
    log: str = "text"
    log_level: str = "info"
    encryption_keys: tuple[Secret, ...] = ()
    keep_after_uninstall_days: int = 30
    keep_calls_days: int = 365
    limits: Limits = field(default_factory=Limits)

    @property
    def chosen_providers(self) -> Sequence[str]:
        """Return the names of all meeting systems that calls can have."""
        further = () if self.fallback_provider is None else (self.fallback_provider,)
        return (self.provider, *self.providers, *further)

    @property
    def signs_in(self) -> bool:
        """Say whether people can sign in with Slack on our pages."""
        return self.slack_client_id is not None and self.slack_client_secret is not None

    @property
    def end_rules(self) -> EndRules:
        """Return when calls end by themselves."""
        return EndRules(timedelta(seconds=self.end_when_empty_s), timedelta(seconds=self.longest_call_s))

    def site_url(self, address: str) -> str | None:
        """Return where people's browsers reach our pages, without a slash at its end; None when they cannot.

        Args:
            address: where the HTTP server listens; of use only to people on this computer, who use the local Slack.
        """
        if self.public_url is not None:
            return self.public_url
        slack_is_here = is_loopback(urlsplit(self.slack_api_url).hostname or "")
        return address if slack_is_here and is_loopback(self.host) else None

    @property
    def room_key(self) -> bytes:
        """Return the key from which names of rooms are derived: 32 bytes that only this installation has.

        Made from the bot token, or from the client secret where there is none, so that there is no further secret to
        keep. A new one gives new calls other rooms; calls that have a room keep it.
        """
        return self._derived(b"startcall: names of rooms")

    @property
    def join_key(self) -> bytes:
        """Return the key for what people who join are given to keep: 32 bytes that only this installation has.

        A new bot token signs everybody out of our pages, and lets nobody into anything.
        """
        return self._derived(b"startcall: who joins")

    def _derived(self, purpose: bytes) -> bytes:
        secret = self.slack_bot_token or self.slack_client_secret
        if secret is None:
            raise ConfigError("credentials_missing")
        return hmac.digest(secret.reveal().encode(), purpose, hashlib.sha256)


class SettingsError(Exception):
    """The environment cannot be used; the text lists every problem with its cure."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        count = "1 setting needs" if len(problems) == 1 else f"{len(problems)} settings need"
        listed = "".join(_shown(problem) for problem in problems)
        super().__init__(
            f"Startcall cannot start: {count} attention.\n{listed}\n"
            "Settings are read from the environment and from .env in the folder the app is started in.\n"
            "All are explained in .env.example. To try it without Slack, leave all SLACK_ settings empty: make run"
        )


def read_settings(environ: Mapping[str, str] | None = None, env_file: Path | None = None) -> Settings:
    """Read and check every setting.

    Args:
        environ: instead of the process's environment and `ENV_FILE`.
        env_file: a file of NAME=value lines; what `environ` has wins, even when it is empty.

    Raises:
        SettingsError: with every problem there is.
    """
    found = _found(environ, env_file)
    for check in (_check_together, _check_values, _check_names):
        check(found)
    if found.problems:
        raise SettingsError(tuple(found.problems))
    return _build(found)


def has_credentials(environ: Mapping[str, str] | None = None, env_file: Path | None = None) -> bool:
    """Say whether any of Slack's credentials is set, good or bad: then the local Slack is not what is wanted."""
    found = _found(environ, env_file)
    # A file that cannot be read may hold some, and the app's own start says what is wrong with it.
    return bool(found.problems) or not _CREDENTIALS.isdisjoint(found.values)


def _found(environ: Mapping[str, str] | None, env_file: Path | None) -> Found:
    if environ is None:
        environ, env_file = os.environ, env_file or ENV_FILE
    return find_settings(environ, env_file)


def _shown(problem: Problem) -> str:
    name = f"{problem.name} (in {problem.origin})" if problem.origin else problem.name
    lines = textwrap.wrap(
        f"{name} {problem.sentence}", WIDTH_CHARS, initial_indent="  ", subsequent_indent="  "
    ) + textwrap.wrap(problem.cure, WIDTH_CHARS, initial_indent="    -> ", subsequent_indent="       ")
    return "\n" + "\n".join(lines) + "\n"


def _check_values(found: Found) -> None:
    """Check every value that is set by itself; two tokens in each other's place are one problem."""
    names = [setting.name for setting in SETTINGS if setting.name in found.values]
    if _are_swapped(found.values):
        names = [name for name in names if name not in {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}]
        sentence = "and SLACK_APP_TOKEN are swapped: each holds the other's token."
        found.problems.append(Problem("SLACK_BOT_TOKEN", sentence, "Exchange their values."))
    for name in names:
        fault = find_fault(name, found.values[name])
        if fault is not None:
            origin = ENV_FILE.name if name in found.in_file else ""
            found.problems.append(Problem(name, fault.sentence, fault.cure, origin))
    for setting in found.brought:
        fault = find_fault_of(setting, found.values[setting.name]) if setting.name in found.values else None
        if fault is not None:
            found.problems.append(Problem(setting.name, fault.sentence, fault.cure))


def _are_swapped(values: Mapping[str, str]) -> bool:
    return values.get("SLACK_BOT_TOKEN", "").startswith("xapp-") and values.get("SLACK_APP_TOKEN", "").startswith(
        "xoxb-"
    )


def _check_names(found: Found) -> None:
    """Refuse names that look like ours and are not: a misspelt setting would be silently without effect."""
    known = [setting.name for setting in SETTINGS] + [setting.name for setting in found.brought]
    for name in sorted(found.values):
        if name.startswith(_OWN_PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            cure = f"Did you mean {near[0]}?" if near else "Remove it; .env.example lists all that exist."
            found.problems.append(Problem(name, "is not a setting of Startcall.", cure))


def _check_together(found: Found) -> None:
    """Check what must be set, and what goes with what."""
    values = found.values
    if installs_by_oauth(values):
        _check_install(found)
    elif "SLACK_BOT_TOKEN" not in values:
        cure = f"Copy it from {SLACK_APPS} > OAuth & Permissions > Bot User OAuth Token."
        found.problems.append(Problem("SLACK_BOT_TOKEN", _not_set("SLACK_BOT_TOKEN", found), cure))
    if "SLACK_APP_TOKEN" not in values and "SLACK_SIGNING_SECRET" not in values:
        sentence = (
            f"{_not_set('SLACK_APP_TOKEN', found)} Nor is SLACK_SIGNING_SECRET, so Slack has no way to reach the app."
        )
        cure = (
            f"Simplest is Socket Mode: make a token at {SLACK_APPS} > Basic Information > App-Level Tokens, "
            "with the scope connections:write."
        )
        found.problems.append(Problem("SLACK_APP_TOKEN", sentence, cure))
    for one, other in (_CLIENT, _CLIENT[::-1]):
        if one in values and other not in values:
            cure = f"Copy it from {SLACK_APPS} > Basic Information > App Credentials, or remove {one}."
            found.problems.append(Problem(other, f"{_not_set(other, found)} {one} needs it.", cure))
    _check_required(found)


def _check_install(found: Found) -> None:
    """Check what installing by OAuth needs besides the app's id and secret."""
    slack_is_here = is_loopback(urlsplit(found.values.get("SLACK_API_URL", "")).hostname or "")
    if "PUBLIC_URL" not in found.values and not slack_is_here:
        cure = "Set it to the https address under which admins and Slack reach the HTTP server."
        sentence = (
            f"{_not_set('PUBLIC_URL', found)} Without SLACK_BOT_TOKEN the app is installed by OAuth, in a browser."
        )
        found.problems.append(Problem("PUBLIC_URL", sentence, cure))
    keys = read_keys(found.values)
    if keys.fault is not None and find_fault(KEY, found.values.get(KEY, "none")) is None:
        found.problems.append(Problem(keys.name, keys.fault.sentence, keys.fault.cure))
    elif keys.fault is None and not keys.values:
        sentence = f"{_not_set(KEY, found)} Without SLACK_BOT_TOKEN Slack's tokens are kept in the database, encrypted."
        found.problems.append(Problem(KEY, sentence, f"{MAKE_KEY} Or put it into a file and set {KEY_FILE}."))


def _check_required(found: Found) -> None:
    """Check that every meeting system that was chosen has what it cannot do without."""
    for name, provider in chosen_in(found.values):
        settings = OWN_KINDS[provider].settings if provider in OWN_KINDS else found.brought
        for setting in settings if provider != AUTO else ():
            if setting.required and setting.name not in found.values:
                sentence = f"{_not_set(setting.name, found)} {name}={provider} needs it."
                problem = Problem(setting.name, sentence, f"Write it like {setting.example}")
                found.problems.extend(() if problem in found.problems else (problem,))


def _not_set(name: str, found: Found) -> str:
    """Say that a setting is missing, and why that may surprise."""
    if name in found.emptied:
        return "is set in .env, but to nothing in the environment, which wins."
    others = [other for other in found.values if not any(other == setting.name for setting in SETTINGS)]
    near = difflib.get_close_matches(name, others, n=1, cutoff=0.85)
    return f"is not set; is {near[0]} meant to be it?" if near else "is not set."


def _build(found: Found) -> Settings:
    """Turn values that were all checked into settings."""
    of_providers = (*(setting for kind in OWN_KINDS.values() for setting in kind.settings), *found.brought)
    defaults = {setting.name: setting.default for setting in SETTINGS if setting.default}
    defaults |= {setting.name: setting.default for setting in of_providers if setting.default}
    values = defaults | dict(found.values)

    def secret(name: str) -> Secret | None:
        return Secret(values[name]) if name in values else None

    return Settings(
        slack_bot_token=secret("SLACK_BOT_TOKEN"),
        slack_app_token=secret("SLACK_APP_TOKEN"),
        slack_signing_secret=secret("SLACK_SIGNING_SECRET"),
        slack_api_url=values["SLACK_API_URL"].rstrip("/") + "/",
        host=values["HOST"],
        port=int(values["PORT"]),
        public_url=values["PUBLIC_URL"].rstrip("/") if "PUBLIC_URL" in values else None,
        database_url=values["DATABASE_URL"],
        provider=values["STARTCALL_PROVIDER"],
        provider_values={one.name: values[one.name] for one in of_providers if one.name in values},
        providers=names_in(values.get("STARTCALL_PROVIDERS", "")),
        fallback_provider=values.get("STARTCALL_FALLBACK_PROVIDER"),
        end_when_empty_s=int(values["STARTCALL_END_WHEN_EMPTY_S"]),
        longest_call_s=int(values["STARTCALL_LONGEST_CALL_S"]),
        slack_client_id=values.get("SLACK_CLIENT_ID"),
        slack_client_secret=secret("SLACK_CLIENT_SECRET"),
        log=values["STARTCALL_LOG"],
        log_level=values["STARTCALL_LOG_LEVEL"],
        encryption_keys=read_keys(found.values).values,
        keep_after_uninstall_days=int(values["STARTCALL_KEEP_AFTER_UNINSTALL_DAYS"]),
        keep_calls_days=int(values["STARTCALL_KEEP_CALLS_DAYS"]),
        limits=read_limits(values),
    )
