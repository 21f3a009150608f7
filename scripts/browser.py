"""Say how to get Chromium where the tests of the local Slack's page would not find it."""

from __future__ import annotations

import shutil
import sys

CURE = (
    "The browser tests need Chromium: install it (on Debian: apt install chromium), "
    "or leave them out with SKIP_BROWSER_TESTS=1."
)


def program() -> str | None:
    """Return where Chromium is on this machine, or None."""
    return shutil.which("chromium")


def is_missing() -> bool:
    """Tell whether there is no Chromium on this machine."""
    return program() is None


def main() -> None:
    """Warn before the gates and the tests run, which takes a while."""
    if is_missing():
        print(CURE, file=sys.stderr)


if __name__ == "__main__":
    main()
