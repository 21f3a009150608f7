"""What somebody entered into a form of our pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

FIELDS_MAX: Final = 20
"""Our own forms have one or two."""


async def form_of(request: web.Request) -> Mapping[str, str]:
    """Return the fields of a form; none when it is not of the kind that our pages send."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    raw = await request.read()
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict"))
    except ValueError:
        return {}
