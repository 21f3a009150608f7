"""Measure what was named, or everything, and print it beside its references.

`--quick` takes a few seconds for each and says little; `--write` puts the figures into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from benchmarks.every import EVERY
from benchmarks.figures import Benchmark, Figure, Options
from benchmarks.machine import LOAD_CPUS, on_cpus
from benchmarks.report import table, write


def options_of(parsed: argparse.Namespace) -> Options:
    """Return how much is to be measured."""
    rounds = parsed.rounds or (1 if parsed.quick else 3)
    return Options(rounds=rounds, round_s=0.3 if parsed.quick else 2.0, is_quick=parsed.quick, say=_say)


def _say(line: str) -> None:
    print(f"  {line}", file=sys.stderr, flush=True)


async def run(benchmarks: Sequence[Benchmark], options: Options, *, writes: bool) -> list[Figure]:
    """Measure one after the other, and show each as soon as it is done."""
    found: list[Figure] = []
    for benchmark in benchmarks:
        _say(f"{benchmark.NAME} …")
        began_s = time.perf_counter()
        figures = await benchmark.measure(options)
        _say(f"{benchmark.NAME} took {time.perf_counter() - began_s:.0f} s")
        print(f"\n{benchmark.NAME}\n\n{table(figures)}\n", flush=True)
        if writes:
            write(benchmark.NAME, figures, options.rounds, datetime.now(UTC).date())  # noqa: TID251 - the day it is run
        found += figures
    return found


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    names = [benchmark.NAME for benchmark in EVERY]
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(names)}; all of them when none is named")
    made.add_argument("--quick", action="store_true", help="only see that it works")
    made.add_argument("--rounds", type=int, default=0, help="how often each side is measured; 3 unless said")
    made.add_argument("--write", action="store_true", help="put the figures into docs/benchmarks.md")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks and return the exit status: 1 when a goal was missed."""
    made = parser()
    parsed = made.parse_args(arguments)
    known = {benchmark.NAME: benchmark for benchmark in EVERY}
    unknown = [name for name in parsed.names if name not in known]
    if unknown:
        made.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    chosen = [known[name] for name in parsed.names] or list(EVERY)
    with on_cpus(LOAD_CPUS):
        figures = asyncio.run(run(chosen, options_of(parsed), writes=parsed.write))
    missed = [figure.what for figure in figures if figure.is_met is False]
    if missed:
        _say(f"{len(missed)} goals missed: {'; '.join(missed)}")
    return 0 if not missed or parsed.quick else 1


if __name__ == "__main__":
    sys.exit(main())
