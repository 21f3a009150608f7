"""Run every gate, one line for each, and fail at the end when any of them has failed."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
AT_A_TIME = 2


@dataclass(frozen=True, slots=True)
class Gate:
    """A tool that must have nothing to say.

    Args:
        name: what it looks at.
        command: the tool and its arguments.
        cure: what to do about most of its findings.
    """

    name: str
    command: tuple[str, ...]
    cure: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a gate said."""

    gate: Gate
    passed: bool
    took_s: float
    text: str


GATES = (
    Gate("format", ("ruff", "format", "--check", "--output-format", "concise", "."), "make fix"),
    Gate("lint", ("ruff", "check", "--quiet", "--output-format", "concise", "."), "make fix mends some of these"),
    Gate("imports", ("lint-imports", "--no-logo"), "the directions are in pyproject.toml, [tool.importlinter]"),
    Gate("types", ("mypy", "--no-error-summary"), "give the right type; an ignore needs its code and a reason"),
    Gate("dead code", ("vulture",), "remove what nothing uses"),
    Gate(
        "dependencies",
        ("deptry", "--no-ansi", "."),
        "requirements.in lists what we import, no more and no less; then make lock",
    ),
    Gate("spelling", ("codespell",), "correct the word"),
    Gate(
        "licences",
        ("python", "-m", "scripts.licences"),
        "use another package, or agree to the licence in scripts/licences.py and say why in docs/decisions.md",
    ),
    Gate(
        "workflows",
        ("zizmor", "--offline", "--quiet", "--no-progress", "--persona", "auditor", ".github/workflows"),
        "each finding names a page of zizmor's documentation that says what to do",
    ),
)


def run(gate: Gate) -> Outcome:
    """Run one gate and keep what it says."""
    started = time.monotonic()
    tool, *arguments = gate.command
    answer = subprocess.run(
        [str(BIN / tool), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(gate, answer.returncode == 0, time.monotonic() - started, with_files(answer.stdout))


def with_files(text: str) -> str:
    """Put the file's name before the lines in which import-linter names only a module.

    Its lines read `calls.service -> storage.sqlite (l.12)`.
    """

    def named(match: re.Match[str]) -> str:
        path = Path(match["module"].replace(".", "/"))
        source = path / "__init__.py" if (ROOT / path).is_dir() else path.with_suffix(".py")
        return f"{source}:{match['line']}: {match[0]}"

    return re.sub(r"(?P<module>\b[a-z_][\w.]*) -> \S+ \(l\. ?(?P<line>\d+)[^)]*\)", named, text)


def report(outcome: Outcome) -> str:
    """Return the line of a gate, and below it what was found."""
    if outcome.passed:
        return f"ok      {outcome.gate.name:<13} {outcome.took_s:5.1f} s"
    found = "\n".join(f"        {line}" for line in outcome.text.strip().splitlines() if line.strip())
    return f"FAILED  {outcome.gate.name:<13} {outcome.took_s:5.1f} s   ({outcome.gate.cure})\n{found}"


def main() -> int:
    """Run all gates, print them in order, and return the exit status."""
    failed = []
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        for outcome in pool.map(run, GATES):
            print(report(outcome), flush=True)
            if not outcome.passed:
                failed.append(outcome.gate.name)
    if failed:
        print(f"{len(failed)} of {len(GATES)} gates failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
