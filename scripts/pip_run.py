"""Run pip with its progress on one line, and say in a sentence why it stopped."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

NO_NETWORK = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "NameResolutionError",
    "ProxyError",
    "SSLError",
    "Connection refused",
    "Connection reset",
    "Network is unreachable",
    "Temporary failure in name resolution",
    "Name or service not known",
)
NO_DISK = ("No space left on device", "Permission denied", "Read-only file system", "Disk quota exceeded")


def install(pip: list[str], arguments: list[str], log: Path) -> str | None:
    """Install packages, showing which one pip is at.

    Args:
        pip: how to start pip.
        arguments: what to install, as pip's own arguments.
        log: where everything pip says is kept.

    Returns:
        None when all is installed, or the sentence for the person at the terminal.
    """
    print("Installing packages (the first time takes about half a minute) …", flush=True)
    command = [*pip, "install", "--no-input", "--disable-pip-version-check", "--retries", "2", *arguments]
    with log.open("w", buffering=1, encoding="utf-8") as kept:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        with process:
            for line in process.stdout or ():
                kept.write(line)
                show(line)
    show("")
    if process.returncode == 0:
        return None
    return explain(log.read_text(encoding="utf-8"), process.returncode, log)


def show(line: str) -> None:
    """Show the package that a line of pip's is about, over the one before; nothing where that cannot be done."""
    if not sys.stdout.isatty():
        return
    match = re.match(r"(Collecting|Installing) ([^\s(;]+)", line)
    if match or not line:
        print(f"\r\033[K{f'  {match[1].lower()} {match[2]}' if match else ''}", end="", flush=True)


def explain(text: str, status: int, log: Path) -> str:
    """Return the sentence for what stopped pip, read from what it said.

    Args:
        text: everything pip said.
        status: its exit status; negative when a signal ended it.
        log: where the person finds that text.
    """
    again = f"then run the same command again. Pip's own words are in {log}."
    if reason := next((words for words in NO_DISK if words in text), None):
        return f"The packages could not be written ({reason}). Make room or give yourself the right, {again}"
    if reason := next((words for words in NO_NETWORK if words in text), None):
        return (
            "The packages could not be fetched: the package index does not answer "
            f"({reason}). Check the network and the proxy settings, {again}"
        )
    if match := re.search(r"No matching distribution found for (\S+)", text):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return f"The package index has no {match[1]} for Python {version}. Use another index or Python, {again}"
    if status < 0:
        return f"Pip was stopped by signal {-status} before it was done. Run the same command again."
    errors = [line for line in text.splitlines() if line.startswith("ERROR: ")]
    last = errors[-1].removeprefix("ERROR: ").rstrip(".") if errors else f"exit status {status}"
    return f"Pip could not install the packages: {last}. Mend that, {again}"
