"""The files beside the page, read once; nothing else of the disk can be asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).parent / "assets"

_CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page.

    Args:
        etag: changes with the content.
    """

    content: bytes = field(repr=False)
    content_type: str
    etag: str


@cache
def page_assets() -> Mapping[str, Asset]:
    """Return every file by its name."""
    return MappingProxyType(
        {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in _CONTENT_TYPES}
    )


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(content, _CONTENT_TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:32])
