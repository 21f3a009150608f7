"""Slack's text formats on the page of the local Slack."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.page.mrkdwn import render_mrkdwn, render_plain
from sandbox.page.rich_text import render_rich_text

ALLOWED = {"a", "blockquote", "br", "code", "del", "em", "li", "ol", "pre", "span", "strong", "u", "ul"}
BERLIN = ZoneInfo("Europe/Berlin")
LINK = ' target="_blank" rel="noopener noreferrer"'


@dataclass(frozen=True)
class Names:
    """A directory with two people and one channel, read by Alice in Berlin."""

    viewer_id: str = "U1"
    tz: ZoneInfo = BERLIN

    def user_name(self, user_id: str) -> str | None:
        """Return Alice, or a Bob whose name is an attack."""
        return {"U1": "Alice", "U2": "Bob <b>"}.get(user_id)

    def group_handle(self, group_id: str) -> str | None:
        """Return the one group's handle."""
        return {"S7": "devs"}.get(group_id)

    def channel_name(self, channel_id: str) -> str | None:
        """Return the one channel's name."""
        return {"C1": "general"}.get(channel_id)

    def channel_href(self, channel_id: str) -> str:
        """Return an address as the page makes them."""
        return f"/?user=U1&channel={channel_id}"


CASES = {
    "plain": "plain",
    "<!subteam^S7>": '<span class="mention">@devs</span>',
    "<!subteam^S9|@gone>": '<span class="mention">@gone</span>',
    "*bold* _italic_ ~gone~": "<strong>bold</strong> <em>italic</em> <del>gone</del>",
    "*bold _both_*": "<strong>bold <em>both</em></strong>",
    "*a _b* c_": "<strong>a _b</strong> c_",
    "a*b*c 2*3*4 snake_case_name": "a*b*c 2*3*4 snake_case_name",
    "* not bold * and *not\nbold*": "* not bold * and *not<br>bold*",
    "(*bold*), *bold*.": "(<strong>bold</strong>), <strong>bold</strong>.",
    "`*code*` x": "<code>*code*</code> x",
    "*`code` in bold*": "<strong><code>code</code> in bold</strong>",
    "```a < b\n*c*```": "<pre>a &lt; b\n*c*</pre>",
    "1 &lt; 2 &amp;&amp; 3 &gt; 2": "1 &lt; 2 &amp;&amp; 3 &gt; 2",
    "<script>alert(1)</script>": "<span>script</span>alert(1)<span>/script</span>",
    "<https://a.example/?x=1&amp;y=2|a *b*>": (
        f'<a href="https://a.example/?x=1&amp;y=2"{LINK}>a <strong>b</strong></a>'
    ),
    "<https://a.example>": f'<a href="https://a.example"{LINK}>https://a.example</a>',
    "see https://a.example/x.": f'see <a href="https://a.example/x"{LINK}>https://a.example/x</a>.',
    "<mailto:a@b.example|a@b.example>": f'<a href="mailto:a@b.example"{LINK}>a@b.example</a>',
    "<javascript:alert(1)|click>": "<span>click</span>",
    "<JaVaScRiPt:alert(1)>": "<span>JaVaScRiPt:alert(1)</span>",
    "<https://a.example/`x`>": "<span>https://a.example/<code>x</code></span>",
    "<|>": "<span></span>",
    "<@U1>": '<span class="mention me">@Alice</span>',
    "<@U2|bob>": '<span class="mention">@Bob &lt;b&gt;</span>',
    "<@U9|ghost>": '<span class="mention">@ghost</span>',
    "<@U9>": '<span class="mention">@U9</span>',
    "<#C1>": '<a class="mention" href="/?user=U1&amp;channel=C1">#general</a>',
    "<#C9>": '<span class="mention">#private channel</span>',
    "<!here> <!channel> <!everyone>": (
        '<span class="mention me">@here</span> <span class="mention me">@channel</span> '
        '<span class="mention me">@everyone</span>'
    ),
    "<!subteam^S1|@crew>": '<span class="mention">@crew</span>',
    "<!date^1392734382^{date_num} {time}|then>": "<span>2014-02-18 15:39</span>",
    "<!date^oops^{time}|then>": "<span>then</span>",
    "<!date^1392734382^{time}^https://a.example|x>": f'<a href="https://a.example"{LINK}>15:39</a>',
    ":tada: :no_such_emoji: `:tada:`": "🎉 :no_such_emoji: <code>:tada:</code>",
    "before\n&gt; one\n&gt; *two*\nafter": "before<blockquote>one<br><strong>two</strong></blockquote>after",
    "&gt;&gt;&gt; all\nof it": "<blockquote>all<br>of it</blockquote>",
    "a\nb": "a<br>b",
}


@pytest.mark.parametrize(("text", "html"), CASES.items(), ids=CASES.keys())
def test_mrkdwn_looks_as_it_does_in_slack(text: str, html: str) -> None:
    """Each format becomes the HTML it stands for, and everything else stays text."""
    assert html == str(render_mrkdwn(text, Names()))


def test_verbatim_text_keeps_bare_addresses_as_text() -> None:
    """`verbatim: true` switches the search for links off."""
    assert str(render_mrkdwn("https://a.example", Names(), verbatim=True)) == "https://a.example"


def test_plain_text_is_never_formatted() -> None:
    """A plain_text object shows its characters, with emoji only if it wants them."""
    assert str(render_plain("*a* <b> :tada:\n&lt;")) == "*a* &lt;b&gt; 🎉<br>&lt;"
    assert str(render_plain(":tada:", emoji=False)) == ":tada:"


def test_rich_text_shows_its_styles_lists_and_people() -> None:
    """The elements apps use most have their look; unknown ones show their text."""
    line = [
        {"type": "text", "text": "a<", "style": {"bold": True}},
        {"type": "user", "user_id": "U1"},
        {"type": "link", "url": "javascript:x", "text": "no link"},
        {"type": "emoji", "name": "tada"},
        {"type": "brand_new", "text": "?"},
    ]
    section = {"type": "rich_text_section", "elements": line}
    block = {"elements": [section, {"type": "rich_text_list", "style": "ordered", "elements": [section]}]}
    inside = '<span><strong>a&lt;</strong><span class="mention me">@Alice</span>no link🎉?</span>'
    assert f"{inside}<ol><li>{inside}</li></ol>" == str(render_rich_text(block, Names()))


class _Reader(HTMLParser):
    """Collect what a browser would find, and refuse what the page must never send."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        assert {name for name, _ in attrs} <= {"href", "target", "rel", "class"}
        href = dict(attrs).get("href")
        assert href is None or re.match(r"(https?|mailto|tel):|/\?", href, re.IGNORECASE)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


PIECES = "* _ ~ ` ``` < > | & &lt; &gt; &amp; \" ' @U1 #C1 !date^1^ https://a.example/ javascript: a b :tada: <script>"
MARKS = st.sampled_from([*PIECES.split(" "), " ", "\n", "\ue000", "0\ue001"])


@given(st.lists(MARKS, max_size=24).map("".join) | st.text(max_size=60))
def test_no_text_can_break_out_of_its_place(text: str) -> None:
    """Whatever an app or a person sends, only known tags with known attributes come out, properly nested."""
    reader = _Reader()
    reader.feed(str(render_mrkdwn(text, Names())))
    reader.close()
    assert reader.open == []


PLAIN = st.characters(exclude_characters="*_~`<>&:/", exclude_categories=["C"])


@given(st.text(alphabet=PLAIN, max_size=60))
def test_text_without_marks_comes_out_as_it_was(text: str) -> None:
    """What holds no format is shown character for character."""
    assert text == unescape(str(render_mrkdwn(text, Names())))
