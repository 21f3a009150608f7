"""Install by OAuth, and what becomes of a workspace when the app is removed there."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from calls.errors import SlackInstallRefused
from calls.installations import Installation, Installations, Place
from calls.model import TeamId
from calls.round_trip import RoundTrips, State
from calls.slack.oauth_api import OAuthApi
from calls.workspaces import Workspaces

_log = logging.getLogger(__name__)

_WHERE = "oauth/v2/authorize"
_DETAIL_MAX_CHARS = 80


@dataclass(frozen=True, slots=True)
class Departure:
    """A browser that is to be sent to Slack.

    Args:
        url: where to.
        browser: what it has to keep, so that nobody else can come back in its place.
    """

    url: str
    browser: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a browser brought back from Slack.

    Args:
        browser: what it kept; empty when it kept nothing.
        error: why Slack gave no code, in its own word; empty when it gave one.
    """

    state: str
    browser: str = field(repr=False)
    code: str = field(repr=False)
    error: str = ""


@dataclass(frozen=True, slots=True)
class AccessChange:
    """What Slack says of workspaces in which an organisation's installation may act, or may no longer.

    Args:
        at: when, by Slack's clock, in whole seconds.
    """

    enterprise_id: str
    team_ids: Sequence[TeamId]
    is_granted: bool
    at: datetime


class Installing:
    """Installs the app in workspaces and organisations."""

    def __init__(
        self,
        store: Installations,
        oauth: OAuthApi,
        workspaces: Workspaces,
        trips: RoundTrips,
        installed: Callable[[Installation], Awaitable[None]],
    ) -> None:
        """Take what it works on.

        Args:
            trips: those of browsers to Slack and back.
            installed: called after each installation, so that work goes on that waited for it.
        """
        self._store = store
        self._oauth = oauth
        self._workspaces = workspaces
        self._trips = trips
        self._installed = installed

    def begin(self, browser: str, redirect_uri: str) -> Departure:
        """Return where a browser is sent; nothing is stored, as anybody may ask for this.

        Args:
            browser: what it kept of an earlier beginning; empty for none.
            redirect_uri: where Slack sends it back to.
        """
        kept = browser or secrets.token_urlsafe(32)
        return Departure(self._oauth.authorize_url(self._trips.begin(kept), redirect_uri), kept)

    async def finish(self, arrival: Arrival, redirect_uri: str) -> Installation:
        """Install the app where the browser was at Slack.

        Raises:
            SlackInstallRefused: when it was not allowed, or the browser, the state or the code is not right.
            SlackError: another one, when Slack did not do its part.
            StorageError: when it could not be stored; the app is installed at Slack then, but not here.
        """
        state = await self._own_state(arrival)
        if arrival.error == "access_denied":
            raise SlackInstallRefused("install_cancelled", _WHERE)
        if arrival.error or not arrival.code:
            detail = (arrival.error or "no code")[:_DETAIL_MAX_CHARS]
            raise SlackInstallRefused("install_refused", _WHERE, detail=detail)
        installation = await self._oauth.install(arrival.code, redirect_uri)
        # Kept only now that Slack has said yes: whoever makes up a code must not have anything stored.
        if not await self._store.use_up(state.id, state.expires_at):
            raise SlackInstallRefused("install_stale", _WHERE)
        await self._store.save(installation)
        self._workspaces.forget()
        _log.info("Installed in %s (%s).", installation.name, _shown(installation.place))
        await self._installed(installation)
        return installation

    async def _own_state(self, arrival: Arrival) -> State:
        """Return the state that a browser brought back, which must be its own and not used before."""
        state = self._trips.read(arrival.state, arrival.browser)
        if state is not None and not state.is_of_browser:
            raise SlackInstallRefused("install_elsewhere", _WHERE)
        if state is None or await self._store.is_used(state.id):
            raise SlackInstallRefused("install_stale", _WHERE)
        return state

    def open_url(self, installation: Installation) -> str:
        """Return where a browser finds the app in Slack."""
        return self._oauth.open_url(installation)

    async def removed(self, team_id: str, enterprise_id: str | None, at: datetime) -> None:
        """Note that the app was removed; news that is older than the installation there is changes nothing.

        Calls of the workspace are set aside when they next need Slack, and go on when the app is installed again.

        Args:
            team_id: the workspace; empty for a whole organisation.
            at: when, by Slack's clock, in whole seconds.

        Raises:
            StorageError: when it could not be stored.
        """
        found = await self._store.find(TeamId(team_id) if team_id else None, enterprise_id)
        if found is None or (found.place.is_organisation and team_id):
            return
        if await self._store.remove(found.place, at):
            self._workspaces.forget()
            _log.warning(
                "Removed from %s (%s): its calls wait for a new installation.", found.name, _shown(found.place)
            )

    async def access_changed(self, change: AccessChange) -> None:
        """Note in which workspaces an organisation's installation works; older news than what is known change nothing.

        Calls of a workspace that was taken away are set aside when they next need Slack, and go on when it is given
        back.

        Raises:
            StorageError: when it could not be stored; what was stored stays.
        """
        note = self._store.grant_access if change.is_granted else self._store.revoke_access
        changed = [one for one in change.team_ids if await note(change.enterprise_id, one, change.at)]
        if not changed:
            return
        self._workspaces.forget()
        named = ", ".join(changed)
        if not change.is_granted:
            _log.warning("%s took %s away: its calls wait until it is given back.", change.enterprise_id, named)
            return
        _log.info("%s gave %s back.", change.enterprise_id, named)
        organisation = await self._store.find(None, change.enterprise_id)
        if organisation is not None:
            await self._installed(organisation)


def _shown(place: Place) -> str:
    return place.team_id or place.enterprise_id
