"""The pages that an app sends people to: ask them, send them back to it, or say that it asked for something wrong."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from aiohttp import web
from jinja2 import Environment


def asking(text: str, redirect_uri: str) -> web.Response:
    """Return a page whose form may lead back to the app, and names its own origin, which the page's guard asks for."""
    parts = urlsplit(redirect_uri)
    policy = (
        f"default-src 'none'; style-src 'self'; form-action 'self' {parts.scheme}://{parts.netloc}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Referrer-Policy": "same-origin"}
    return web.Response(text=text, content_type="text/html", headers=headers)


def sent_back(redirect_uri: str, said: dict[str, str], state: str) -> web.Response:
    """Return the way back to the app.

    Args:
        said: a code, or why there is none.
        state: what the app wants to have back; empty for nothing.
    """
    fields = {**said, "state": state} if state else said
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return web.Response(status=302, headers={"Location": f"{redirect_uri}{joint}{urlencode(fields)}"})


def misunderstood(environment: Environment, title: str, problem: str) -> web.Response:
    """Return the page that says what Slack did not understand; it sends nobody to an address that may be another's.

    Args:
        problem: Slack's code for it.
    """
    text = f"Slack did not understand what the app asked for: {problem}. The app’s developer has to put that right."
    page = environment.get_template("sorry.html").render(title=title, text=text)
    return web.Response(status=400, text=page, content_type="text/html")
