"""Read a provider's `quality.toml` and find what is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RULES: dict[str, tuple[str, ...]] = {
    "bronze": ("passes_contract", "settings_checked_at_start", "setup_documented", "removal_documented"),
    "silver": ("error_kinds", "asks_for_new_credentials", "logs_once_when_down_and_back"),
    "gold": ("participants_in_step", "diagnostics", "limits_documented", "troubleshooting_documented"),
    "platinum": ("live_webhooks", "fault_injection_suite", "latency_published"),
}
"""The tiers from the lowest to the highest, with the rules of each; docs/providers.md says what they mean."""

SECTIONS = {
    "setup_documented": "## Set up",
    "removal_documented": "## Remove",
    "limits_documented": "## Limits",
    "troubleshooting_documented": "## Troubleshooting",
}
"""What the README must have for a rule to be done."""


def read_quality(folder: Path) -> dict[str, Any]:
    """Return what a provider's folder says about its quality."""
    return tomllib.loads((folder / "quality.toml").read_text(encoding="utf-8"))


def problems_of(quality: Mapping[str, Any], readme: str) -> list[str]:
    """Return everything that is wrong with a `quality.toml`, one sentence each."""
    problems = [f"{key} is not known" for key in quality.keys() - {"provider", "tier", *RULES}]
    for tier, rules in RULES.items():
        given: Mapping[str, Any] = quality.get(tier, {})
        problems += [f"{tier}.{rule} is missing" for rule in rules if rule not in given]
        problems += [f"{tier}.{rule} is not known" for rule in given if rule not in rules]
        problems += [
            f"{tier}.{rule} is neither done, nor todo or exempt with a reason"
            for rule in given
            if not _is_valid(given[rule])
        ]
    done = {rule for tier in RULES for rule, state in quality.get(tier, {}).items() if state == "done"}
    problems += [
        f"{rule} is done, but the README has no {SECTIONS[rule]}"
        for rule in done & SECTIONS.keys()
        if SECTIONS[rule] not in readme
    ]
    reached = reached_tier(quality)
    if quality.get("tier") != reached:
        problems.append(f"the tier is {reached}, not {quality.get('tier')}")
    return problems


def reached_tier(quality: Mapping[str, Any]) -> str | None:
    """Return the highest tier with nothing to do, up to which every tier has something done; None for none."""
    reached = None
    for tier, rules in RULES.items():
        states = [quality.get(tier, {}).get(rule, {"todo": "missing"}) for rule in rules]
        if any(isinstance(state, dict) and "todo" in state for state in states) or "done" not in states:
            break
        reached = tier
    return reached


def _is_valid(state: object) -> bool:
    if state == "done":
        return True
    return (
        isinstance(state, dict)
        and len(state) == 1
        and all(
            kind in {"todo", "exempt"} and isinstance(reason, str) and len(reason.split()) > 1
            for kind, reason in state.items()
        )
    )
