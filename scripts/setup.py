"""Make `.venv` and install the pinned packages into it, when they are missing or have changed.

Kept readable by Python 3.6, so that a Python too old for the rest of the project can still say so.
"""

import sys
from typing import Optional, Tuple

OLDEST = (3, 11)


def refusal(version: Tuple[int, ...]) -> Optional[str]:
    """Return the sentence for a Python that is too old, given as (major, minor, patch), or None."""
    if version[:2] >= OLDEST:
        return None
    return (
        "Startcall needs Python {}.{} or newer; this is {}.{}.{}. "
        "Install a newer one, for example Python 3.12, then run: make run PYTHON=python3.12"
    ).format(*(OLDEST + version[:3]))


def main() -> int:
    """Set up, and return the exit status."""
    sentence = refusal(tuple(sys.version_info[:3]))
    if sentence is not None:
        sys.stderr.write(sentence + "\n")
        return 2
    from scripts import environment  # noqa: PLC0415 - an older Python cannot even read that file

    return environment.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
