"""Find out whom a token belongs to, what it may do, and what time it is at Slack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from calls.slack.answers import Answer, text_in
from calls.slack.web import SlackWeb

METHOD = "auth.test"


@dataclass(frozen=True, slots=True)
class Identity:
    """The app as one workspace knows it.

    Args:
        bot_user_id: the user under which the app posts.
        bot_id: None for a token that is not a bot's.
        url: the workspace's address.
        scopes: what the token may do; empty where Slack did not say.
        server_date: Slack's clock when it answered, in UTC; None where Slack did not say.
        enterprise_id: the organisation the workspace is part of, if any.
    """

    team_id: str
    bot_user_id: str
    bot_id: str | None
    team_name: str | None
    url: str | None
    scopes: frozenset[str]
    server_date: datetime | None
    enterprise_id: str | None = None


class AuthApi:
    """Slack's auth.test; it needs no scope, and may be asked hundreds of times a minute.

    Source: https://docs.slack.dev/reference/methods/auth.test
    """

    def __init__(self, web: SlackWeb) -> None:
        self._web = web

    async def test(self, token: str) -> Identity:
        """Return whom a token belongs to, before its workspace is known.

        Raises:
            SlackTokenDead: when it is wrong, expired or revoked.
            SlackError: another one, for every other outcome but success.
        """
        return _parse_identity(await self._web.call_with_token(token, METHOD, {}))


def _parse_identity(answer: Answer) -> Identity:
    return Identity(
        team_id=answer.text("team_id", METHOD),
        bot_user_id=answer.text("user_id", METHOD),
        bot_id=text_in(answer.data, "bot_id"),
        team_name=text_in(answer.data, "team"),
        url=text_in(answer.data, "url"),
        scopes=_scopes(answer.headers.get("x-oauth-scopes", "")),
        server_date=_date(answer.headers.get("Date", "")),
        enterprise_id=text_in(answer.data, "enterprise_id"),
    )


def _scopes(header: str) -> frozenset[str]:
    return frozenset(scope.strip() for scope in header.split(",") if scope.strip())


def _date(header: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    # A date with the zone `-0000` is UTC, and Python gives it without a zone.
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
