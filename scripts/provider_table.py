"""Write the table of docs/providers.md: every meeting system, what it can do at most, and its tier.

Run `python -m scripts.provider_table` after a change to what one can do; a test compares.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from calls.meetings import Capability, ProviderKind
from providers.registry import OWN_KINDS
from scripts.page_table import as_table, renew_table

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "providers.md"


_COLUMNS = {
    "ends meetings": Capability.END,
    "says who is in": Capability.ROSTER,
    "a link for each person": Capability.PERSON_LINK,
    "shows people out": Capability.KICK,
    "desktop program": Capability.DESKTOP_LINK,
    "recordings": Capability.RECORDING,
}

_OWN = "people's own accounts"

_HOW = {Capability.WEBHOOK: "reports", Capability.STREAM: "connection", Capability.POLL: "asked"}


def render() -> str:
    """Return the table."""
    head = ["provider", "what it is", *_COLUMNS, _OWN, "tier", "page"]
    return as_table(head, (_row(kind) for kind in OWN_KINDS.values()))


def _row(kind: ProviderKind) -> list[str]:
    folder = ROOT / "providers" / kind.name
    tier = tomllib.loads((folder / "quality.toml").read_text(encoding="utf-8"))["tier"]
    page = f"[providers/{kind.name}](../providers/{kind.name}/README.md)"
    own = "yes" if kind.own_accounts else "no"
    return [f"`{kind.name}`", kind.summary, *(_cell(kind, one) for one in _COLUMNS.values()), own, str(tier), page]


def _cell(kind: ProviderKind, capability: Capability) -> str:
    if capability not in kind.can:
        return "no"
    if capability is not Capability.ROSTER:
        return "yes"
    return ", ".join(how for way, how in _HOW.items() if way in kind.can)


if __name__ == "__main__":
    renew_table(TARGET, render())
