"""Startcall: what `python app.py` starts. `command_line.py` says what can follow it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit status."""
    # All that is loaded stays until the end. To look through it for garbage, again and again while it grows and for
    # ever after, is a tenth of a start and holds up requests later.
    gc.disable()
    from command_line import run  # noqa: PLC0415 - not before the line above

    gc.freeze()
    gc.enable()
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
