"""Draw calls per week as a picture with a background of its own, so that it reads alike on light and on dark."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from calls.weeks import Weeks

SIZE_PX: Final = (1_200, 420)

_PANEL, _BAR, _WORDS = "#1d4f4b", "#8fd0c3", "#ffffff"
_EDGE_PX, _TOP_PX, _BOTTOM_PX = 40, 60, 64
_GAP: Final = 0.35
"""How much of a bar's place is left free."""


def draw_chart(weeks: Weeks) -> bytes:
    """Return a PNG with a bar for each week, its number above and the week's first day below; it has no words."""
    picture = Image.new("RGB", SIZE_PX, _PANEL)
    pen = ImageDraw.Draw(picture)
    numbers, days = ImageFont.load_default(size=30), ImageFont.load_default(size=24)
    place_px = (SIZE_PX[0] - 2 * _EDGE_PX) / len(weeks.counts)
    floor_px = SIZE_PX[1] - _BOTTOM_PX
    for index, (count, day) in enumerate(zip(weeks.counts, weeks.days, strict=True)):
        left_px = _EDGE_PX + index * place_px
        middle_px = left_px + place_px / 2
        top_px = floor_px - _height_px(count, max(weeks.counts), floor_px - _TOP_PX)
        _bar(pen, (left_px, top_px, place_px, floor_px))
        pen.text((middle_px, top_px - 6), str(count), fill=_WORDS, font=numbers, anchor="ms")
        pen.text((middle_px, floor_px + 14), f"{day:%m-%d}", fill=_WORDS, font=days, anchor="ma")
    png = io.BytesIO()
    picture.save(png, "PNG", optimize=True)
    return png.getvalue()


def _bar(pen: ImageDraw.ImageDraw, place: tuple[float, float, float, float]) -> None:
    left_px, top_px, place_px, floor_px = place
    free_px = place_px * _GAP / 2
    pen.rectangle((left_px + free_px, top_px, left_px + place_px - free_px, floor_px), fill=_BAR)


def _height_px(count: int, largest: int, room_px: float) -> float:
    """Return how high a bar is; that of a week without calls is a line."""
    return max(2.0, room_px * count / max(largest, 1))
