"""What the doctor found, and how it is shown."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import StrEnum

_WIDTH_CHARS = 100


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Args:
        name: what was looked at, in one or two words.
        sentence: what is the case; holds no secret.
        cure: what to do; empty when nothing needs to be done.
    """

    name: str
    state: State
    sentence: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found, in the order in which it is shown."""

    findings: tuple[Finding, ...]

    @property
    def exit_status(self) -> int:
        """Return 1 when anything is bad, else 0."""
        return int(any(finding.state is State.BAD for finding in self.findings))

    def text(self) -> str:
        """Return the report as aligned lines, with a summary at its end."""
        width = max(len(finding.name) for finding in self.findings)
        return "\n".join([*(_shown(finding, width) for finding in self.findings), "", self._summary(), ""])

    def _summary(self) -> str:
        bad = sum(finding.state is State.BAD for finding in self.findings)
        warn = sum(finding.state is State.WARN for finding in self.findings)
        if not bad and not warn:
            return "Everything is in order. Start Startcall with: python app.py"
        counts = " and ".join(filter(None, (_count(bad, "problem"), _count(warn, "warning"))))
        return f"{counts}. The lines marked with -> say what to do."


def _shown(finding: Finding, width: int) -> str:
    """Return one finding; what does not fit into the line goes on below its sentence."""
    head = f"{finding.state.value:<4}  {finding.name:<{width}}  "
    blank = " " * len(head)
    lines = textwrap.wrap(finding.sentence, _WIDTH_CHARS, initial_indent=head, subsequent_indent=blank)
    if finding.cure:
        lines += textwrap.wrap(
            finding.cure, _WIDTH_CHARS, initial_indent=f"{blank}-> ", subsequent_indent=f"{blank}   "
        )
    return "\n".join(lines)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""
