"""Say how to get Chromium where the tests of the local Slack's page would not find it."""

from __future__ import annotations

import shutil
import sys


def main() -> None:
    """Warn when there is no Chromium; the tests that need it then fail, unless they are told to be skipped."""
    if shutil.which("chromium") is None:
        print(
            "Chromium is missing, so the browser tests will fail: install it (on Debian: apt install chromium), "
            "or leave them out with STARTCALL_SKIP_BROWSER=1.",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
