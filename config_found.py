"""What is set, in the environment and in `.env`, before any of it is checked.

No value is ever repeated in a problem: it may be a secret.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv.parser import parse_stream

from calls.errors import ConfigError
from calls.meetings import ProviderSetting
from config_checks import names_in, settings_brought
from providers.registry import AUTO, known_providers


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that cannot be used; no part of it holds a value.

    Args:
        sentence: follows the name.
        cure: what to do.
        origin: the file it comes from; empty for the environment.
    """

    name: str
    sentence: str
    cure: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What is set, and what is wrong with it so far.

    Args:
        values: without surrounding space, and only what is not empty.
        in_file: the names whose value comes from `.env`.
        emptied: the names that `.env` sets and the environment sets to nothing.
        brought: the settings of a meeting system that another package brings.
    """

    values: Mapping[str, str]
    in_file: frozenset[str]
    emptied: frozenset[str]
    problems: list[Problem]
    brought: tuple[ProviderSetting, ...]


def find_settings(environ: Mapping[str, str], env_file: Path | None) -> Found:
    """Put the file and the environment together; the environment wins, even with an empty value."""
    problems: list[Problem] = []
    filed = {} if env_file is None else _read_file(env_file, problems)
    merged = {name: value.strip() for name, value in {**filed, **environ}.items()}
    values = {name: value for name, value in merged.items() if value}
    return Found(
        values=values,
        in_file=frozenset(filed.keys() - environ.keys()),
        emptied=frozenset(name for name, value in filed.items() if value.strip() and not merged[name]),
        problems=problems,
        brought=_brought(values, problems),
    )


def _brought(values: Mapping[str, str], problems: list[Problem]) -> tuple[ProviderSetting, ...]:
    """Return the settings that come with the meeting systems that were chosen, when other packages bring them."""
    brought: list[ProviderSetting] = []
    for name, provider in chosen_in(values):
        try:
            brought += settings_brought(provider) if provider in known_providers() else ()
        except ConfigError as error:
            problems.append(Problem(name, f"cannot be used: {error.detail}.", "Install it anew."))
    return tuple(dict.fromkeys(brought))


def chosen_in(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return every meeting system that is chosen, with the setting that names it."""
    chosen = [("STARTCALL_PROVIDER", values.get("STARTCALL_PROVIDER", AUTO))]
    chosen += [("STARTCALL_PROVIDERS", name) for name in names_in(values.get("STARTCALL_PROVIDERS", ""))]
    if "STARTCALL_FALLBACK_PROVIDER" in values:
        chosen.append(("STARTCALL_FALLBACK_PROVIDER", values["STARTCALL_FALLBACK_PROVIDER"]))
    return chosen


def _read_file(path: Path, problems: list[Problem]) -> dict[str, str]:
    """Read NAME=value lines; nothing is filled into them, so a value may hold any character."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problems.append(Problem(path.name, f"cannot be read ({why}).", "Put it right, or remove it."))
        return {}
    values: dict[str, str] = {}
    for line in parse_stream(io.StringIO(text)):
        if line.error or (line.key is not None and line.value is None):
            # The line itself is not shown: it may be a token that was pasted without its name.
            number = line.original.line + _leading_lines(line.original.string)
            problems.append(Problem(path.name, f"cannot be understood in line {number}.", "Write it as NAME=value."))
        elif line.key is not None:
            values[line.key] = line.value or ""
    return values


def _leading_lines(text: str) -> int:
    return text[: len(text) - len(text.lstrip())].count("\n")
