"""Look at what is configured; nothing is asked of anybody."""

from __future__ import annotations

from urllib.parse import urlsplit

from calls.loopback import is_loopback
from config import Settings
from doctor.report import Finding, State
from parts import configured_address
from providers.weaknesses import weaknesses


def check_settings(settings: Settings) -> Finding:
    """Say how the app will be reached; settings that cannot be used were refused before."""
    ways = []
    if settings.slack_app_token is not None:
        ways.append("Socket Mode")
    if settings.slack_signing_secret is not None:
        ways.append("signed HTTP")
    return Finding("settings", State.OK, f"All can be used. Slack reaches the app by {' and '.join(ways)}.")


def check_secrets(settings: Settings) -> tuple[Finding, ...]:
    """Say which secrets of meeting systems can be used, and should not be."""
    found = weaknesses(settings.chosen_providers, settings.provider_values)
    return tuple(Finding("secrets", State.WARN, sentence) for sentence in found)


def check_signing_secret(settings: Settings) -> Finding:
    """Say whether signed HTTP is served; only a delivery of Slack's shows that the secret is the right one."""
    name = "signing secret"
    if settings.slack_signing_secret is None:
        return Finding(name, State.OK, "Not set, and not needed in Socket Mode.")
    return Finding(name, State.OK, "Set. The first request from Slack shows whether it is the right one.")


def check_public_url(settings: Settings) -> Finding:
    """Say where Slack has to send its requests."""
    name = "public address"
    if settings.slack_signing_secret is None:
        return Finding(name, State.OK, settings.public_url or "Not set, and not needed in Socket Mode.")
    if settings.public_url is None:
        return _public_url_missing(settings)
    request_url = f"{settings.public_url}/slack/events"
    if is_loopback(urlsplit(settings.public_url).hostname or ""):
        cure = "Set PUBLIC_URL to an address that the internet reaches, or use Socket Mode (SLACK_APP_TOKEN)."
        return Finding(name, State.WARN, f"{request_url} can be reached from this computer only.", cure)
    return Finding(name, State.OK, f"Slack has to send its requests to {request_url}")


def check_sign_in(settings: Settings) -> Finding:
    """Say whether people can sign in with Slack when they join; only Slack knows whether it sends them back."""
    name = "sign in"
    if not settings.signs_in:
        sentence = "Not set up. Where calls have links of their own, Slack gives people theirs when they press Join."
        return Finding(name, State.OK, sentence)
    site_url = settings.site_url(configured_address(settings))
    if site_url is None:
        cure = "Set it to your https address, or remove SLACK_CLIENT_ID and SLACK_CLIENT_SECRET."
        return Finding(name, State.WARN, "SLACK_CLIENT_ID is set, but nobody can come to sign in: no PUBLIC_URL.", cure)
    return Finding(
        name, State.OK, f"Set up. {site_url}/slack/openid_redirect has to be among the app's Redirect URLs at Slack."
    )


def _public_url_missing(settings: Settings) -> Finding:
    name = "public address"
    if settings.slack_app_token is not None:
        return Finding(name, State.OK, "PUBLIC_URL is not set; Socket Mode does not need it.")
    return Finding(
        name,
        State.WARN,
        "PUBLIC_URL is not set, and Slack has to reach POST /slack/events from outside.",
        "Set it to your https address, and enter that with /slack/events as the request URL in your app at Slack.",
    )
