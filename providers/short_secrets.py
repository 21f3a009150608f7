"""Sign and read tokens with secrets of any length: how long they are is decided at the meeting system."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from jwt.warnings import InsecureKeyLengthWarning


@contextmanager
def of_any_length() -> Iterator[None]:
    """Keep the library from warning of a short secret at each token: whoever runs the app is told of it by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InsecureKeyLengthWarning)
        yield
