"""Look at what Slack says about our tokens."""

from __future__ import annotations

from pathlib import Path

from calls.errors import SlackError, SlackRateLimited, SlackRefused, SlackScopeMissing, SlackTokenDead, SlackUnreachable
from calls.ports import Clock
from calls.slack.apps_api import AppsApi
from calls.slack.auth_api import AuthApi, Identity
from config import Settings
from config_table import SLACK_APPS
from doctor.installations import check_installations
from doctor.report import Finding, State
from doctor.scopes import lacking

SKEW_WARN_S = 60
SKEW_BAD_S = 240
"""Requests are refused when their signature is 300 s old, so this is a minute before nothing works."""

_COPY_BOT_TOKEN = f"Copy the bot token again from {SLACK_APPS} > OAuth & Permissions into SLACK_BOT_TOKEN."
_COPY_APP_TOKEN = (
    f"Make an app-level token with the scope connections:write at {SLACK_APPS} > Basic Information, "
    "and put it into SLACK_APP_TOKEN."
)
_WHY = {
    "ClientConnectorDNSError": "its name is not known",
    "ClientConnectorCertificateError": "its certificate is not accepted",
    "ClientConnectorSSLError": "no secure connection could be made",
    "ClientHttpProxyError": "the proxy refused",
    "ConnectionTimeoutError": "it does not answer",
    "ClientConnectorError": "nothing answers there",
}
"""What aiohttp's errors mean, by their name."""


async def check_bot_token(auth: AuthApi, settings: Settings, clock: Clock, manifest: Path) -> tuple[Finding, ...]:
    """Ask Slack whose token this is; its answer also tells what the token may do, and the time."""
    if settings.slack_bot_token is None:
        return await check_installations(auth, settings)
    try:
        identity = await auth.test(settings.slack_bot_token.reveal())
    except SlackError as error:
        finding = _not_accepted("Slack", error, settings, _COPY_BOT_TOKEN)
        unknown = "Not looked at, because Slack did not accept the bot token."
        if finding.state is State.WARN or not isinstance(error, SlackRefused):
            unknown = "Not looked at, because Slack did not answer."
        return (finding, Finding("scopes", State.WARN, unknown), Finding("clock", State.WARN, unknown))
    return (_check_identity(identity), _check_scopes(identity, manifest), _check_clock(identity, clock))


async def check_app_token(apps: AppsApi, settings: Settings) -> Finding:
    """Ask Slack for a Socket Mode connection."""
    name = "Socket Mode"
    if settings.slack_app_token is None:
        return Finding(name, State.OK, "Not used, because SLACK_APP_TOKEN is not set.")
    try:
        await apps.open_connection(settings.slack_app_token.reveal())
    except SlackScopeMissing:
        return Finding(name, State.BAD, "The app-level token lacks the scope connections:write.", _COPY_APP_TOKEN)
    except SlackError as error:
        return _not_accepted(name, error, settings, _COPY_APP_TOKEN)
    return Finding(name, State.OK, "Slack accepts the app-level token.")


def _not_accepted(name: str, error: SlackError, settings: Settings, cure: str) -> Finding:
    """Tell a token that Slack refuses from a Slack that cannot be asked."""
    if isinstance(error, SlackTokenDead):
        token = "app-level token" if name == "Socket Mode" else "bot token"
        return Finding(name, State.BAD, f"Slack does not accept the {token} ({error.code}).", cure)
    if isinstance(error, SlackRateLimited):
        wait = f"Wait {error.retry_after_s} seconds, and try again."
        return Finding(name, State.WARN, "Slack was asked too often and gave no answer.", wait)
    if isinstance(error, SlackUnreachable):
        sentence = f"{settings.slack_api_url} cannot be reached: {_WHY.get(error.detail, 'no connection')}."
        return Finding(name, State.BAD, sentence, "Check this computer's network, its proxy and SLACK_API_URL.")
    if isinstance(error, SlackRefused):
        return Finding(name, State.BAD, f"Slack refused the request ({error.code}).", cure)
    sentence = f"{settings.slack_api_url} gave no usable answer ({error.code})."
    return Finding(name, State.BAD, sentence, "Check SLACK_API_URL and https://slack-status.com, and try again.")


def _check_identity(identity: Identity) -> Finding:
    workspace = identity.team_name or identity.team_id
    if identity.bot_id is None:
        return Finding("Slack", State.BAD, f"The token is a person's in {workspace}, not a bot's.", _COPY_BOT_TOKEN)
    return Finding("Slack", State.OK, f"The bot token belongs to the workspace {workspace}.")


def _check_scopes(identity: Identity, manifest: Path) -> Finding:
    """Compare what the token may do with what the manifest asks for."""
    needed = _needed_scopes(manifest)
    if needed is None:
        return Finding("scopes", State.WARN, f"{manifest.name} cannot be read, so they were not compared.")
    if not identity.scopes:
        return Finding("scopes", State.WARN, "Slack did not say which ones the token has.")
    missing = needed - identity.scopes
    if missing:
        cure = f"Add them at {SLACK_APPS} > OAuth & Permissions, and press Reinstall to Workspace there."
        return lacking("scopes", "The token lacks", missing, cure)
    return Finding("scopes", State.OK, f"The token has all {len(needed)} that are needed.")


def _needed_scopes(manifest: Path) -> frozenset[str] | None:
    """Return the bot scopes of a manifest, or None when it cannot be read."""
    # A server has no use for it, and it takes more than 1 MB.
    import yaml  # noqa: PLC0415

    try:
        scopes = yaml.safe_load(manifest.read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"]
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
        return None
    return frozenset(scopes)


def _check_clock(identity: Identity, clock: Clock) -> Finding:
    """Compare our clock with Slack's; a signature made five minutes ago by our clock is refused."""
    if identity.server_date is None:
        return Finding("clock", State.WARN, "Slack did not say what time it is.")
    ahead_s = round((clock() - identity.server_date).total_seconds())
    if abs(ahead_s) <= SKEW_WARN_S:
        return Finding("clock", State.OK, "It agrees with Slack's.")
    where = "ahead of" if ahead_s > 0 else "behind"
    state = State.BAD if abs(ahead_s) > SKEW_BAD_S else State.WARN
    sentence = f"This computer's clock is {abs(ahead_s)} seconds {where} Slack's; from 300 on, requests are refused."
    return Finding("clock", state, sentence, "Set the clock, and switch on time synchronisation (NTP).")
