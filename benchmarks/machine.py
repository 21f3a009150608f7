"""The machine: which processor who runs on, what a process has used, and how to name it all in a report."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

_ALL = sorted(os.sched_getaffinity(0))

ALL_CPUS = frozenset(_ALL)
"""Those that this process may use, which may be fewer than there are."""

SERVER_CPUS = {_ALL[0]}
"""Where the measured server runs."""

LOAD_CPUS = {_ALL[1]} if len(_ALL) > 1 else {_ALL[0]}
"""Where the load and Slack's side run; the same one where there is no second."""


@contextmanager
def on_cpus(cpus: Iterable[int]) -> Iterator[None]:
    """Run this thread, and whatever it starts meanwhile, on some processors."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_s(pid: int) -> float:
    """Return the processor time a process has taken so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_bytes(pid: int) -> int:
    """Return the memory of a process (PSS), what it shares with others counted in part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1_024


def described() -> str:
    """Return the processor, how many of them there are, the system, and how busy it is: about 1 when we are alone."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    return f"{len(_ALL)} × {model}, {platform.system()} {platform.release()}, load average {os.getloadavg()[0]:.1f}"
