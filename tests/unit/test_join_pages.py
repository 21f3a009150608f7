"""The pages people join by, as they are drawn."""

from __future__ import annotations

import re

import pytest

from calls.errors import SlackSignInRefused, UsageError
from calls.words import pages
from listeners.joining.pages import Pages


@pytest.mark.parametrize(
    ("url", "base"),
    [(None, ""), ("https://startcall.example.com", ""), ("https://example.com/tools/startcall", "/tools/startcall")],
)
def test_addresses_begin_with_the_path_people_reach_us_under(url: str | None, base: str) -> None:
    """Behind a web server that serves us below a path, every link, form and style sheet is below it, too."""
    drawn = Pages(url).drawn("sign_in", pages.sign_in(), None, token="t" * 22, otherwise="")
    refused = Pages(url).refusal(SlackSignInRefused("sign_in_cancelled", "m"), None, again="t" * 22)

    named = re.findall(r'(?:href|action)="([^"]*)"', f"{drawn.text}{refused.text}")
    assert 5 == len(named)
    assert all(address.startswith(f"{base}/j/") for address in named)
    assert f"{base}/j/{'t' * 22}" == Pages(url).moved_to_call("t" * 22).headers["Location"]


def test_a_page_that_waits_for_the_room_asks_again_by_itself() -> None:
    """Whoever is quicker than the meeting system has nothing to do."""
    page = Pages(None).refusal(UsageError("room_not_ready"), None)

    assert 503 == page.status
    assert 'http-equiv="refresh"' in str(page.text)


def test_what_is_to_be_typed_looks_like_it_and_everything_else_is_text() -> None:
    """Words between backticks are marked, and nothing in them or around them is HTML."""
    page = Pages(None).said(pages.PageWords("<b>", "Type `/startcall <i>` & go."))

    assert "<code>/startcall &lt;i&gt;</code> &amp; go." in str(page.text)
    assert "<b>" not in str(page.text)
