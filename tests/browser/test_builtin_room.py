"""The built-in room in real browsers with moving pictures: people see each other, and know who is in."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import expect

from tests.browser.room_pages import OpenRoom, expect_moving, people_on, tile_of
from tests.builtin_site import BuiltinSite

ENDED = "The call has ended"


async def test_two_people_see_each_other(builtin_site: BuiltinSite, open_room: OpenRoom) -> None:
    """Each has the other's moving video, and both lists name both."""
    began_s = time.monotonic()
    ana = await open_room(await builtin_site.link("Ana Ames", visitor="a" * 32))
    ben = await open_room(await builtin_site.link("Ben Bell"))
    await expect_moving(ana, "Ben Bell")
    await expect_moving(ben, "Ana Ames")
    print(f"two pages opened, joined and both moving after {time.monotonic() - began_s:.1f} s")  # noqa: T201 - a figure

    assert ["AA Ana Ames (you) microphone on, camera on", "BB Ben Bell microphone on, camera on"] == await people_on(
        ana
    )
    assert ["BB Ben Bell (you) microphone on, camera on", "AA Ana Ames microphone on, camera on"] == await people_on(
        ben
    )
    assert ["Ana Ames", "Ben Bell"] == await builtin_site.names()
