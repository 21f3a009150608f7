"""Startcall: what `python app.py` starts. `command_line.py` says what can follow it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

GARBAGE_AT = (20_000, 20, 100)
"""After how many new objects garbage is looked for, and how much more rarely among older ones.

Nearly everything goes without it. To look through all objects of some thousand calls in progress takes 0.1 s, which is
what a few acknowledgements in a hundred waited for with Python's usual (700, 10, 10).
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says and return the exit status."""
    # All that is loaded stays until the end. To look through it for garbage, again and again while it grows and for
    # ever after, is a tenth of a start and holds up requests later.
    gc.disable()
    from command_line import run  # noqa: PLC0415 - not before the line above

    gc.freeze()
    gc.set_threshold(*GARBAGE_AT)
    gc.enable()
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
