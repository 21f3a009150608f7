"""Where the app is installed: workspaces, organisations, and the tokens that were given for each.

Sources: https://docs.slack.dev/authentication/installing-with-oauth,
https://docs.slack.dev/authentication/using-token-rotation, https://docs.slack.dev/enterprise
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sandbox import people
from sandbox.webapi.switches import Switches
from sandbox.workspace import Json, Team, Traffic, Workspace

TOKEN_LASTS_S = 43_200.0
"""How long a token works where tokens are rotated: 12 hours."""

REVOKED, GRANTED = "team_access_revoked", "team_access_granted"
"""What an app is told when an organisation takes workspaces away from its installation, or adds some."""

EVENTS = ("tokens_revoked", "app_uninstalled")
"""What an app is told when it was removed; Slack promises no order."""


@dataclass(slots=True)
class Grant:
    """One access token, with the refresh token that came along.

    Args:
        place: the id of the workspace, or of the organisation.
        expires_at_s: by the clock of the local Slack; None for never.
        used: whether its refresh token was exchanged.
        revoked: whether it stopped working before its time.
        user_id: whose token it is; None for the bot's.
        scopes: of a person's token; the bot's are the installation's.
    """

    place: str
    token: str
    refresh_token: str | None = None
    expires_at_s: float | None = None
    used: bool = False
    revoked: bool = False
    user_id: str | None = None
    scopes: tuple[str, ...] = ()


@dataclass(slots=True)
class Organisation:
    """Several workspaces under one roof (Enterprise Grid).

    Args:
        without: the ids of those in which its installation may not act.
    """

    team: Team
    members: list[Workspace] = field(default_factory=list)
    is_installed: bool = False
    without: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class InstallCode:
    """A code that one installation ended with: valid for 10 minutes, once.

    Args:
        user_scopes: what the person allowed the app to do in their own name.
    """

    place: str
    user_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    made_at_s: float
    user_scopes: tuple[str, ...] = ()


class Installs:
    """All workspaces and organisations of one local Slack.

    Args:
        home: the workspace that is always there, and whose page is shown.
        switches: the choices where Slack's behaviour is unknown.
    """

    def __init__(self, home: Workspace, switches: Switches | None = None) -> None:
        """Know one workspace."""
        self.home = home
        self.switches = switches or Switches()
        self.workspaces: dict[str, Workspace] = {home.team.id: home}
        self.organisations: dict[str, Organisation] = {}
        self.grants: dict[str, Grant] = {}
        self.token_lasts_s = TOKEN_LASTS_S
        self.codes: dict[str, InstallCode] = {}

    def add_organisation(self, name: str) -> Organisation:
        """Found an organisation without workspaces."""
        enterprise_id = f"E0ORG{len(self.organisations):06d}"
        made = Organisation(Team(enterprise_id, name, name.lower().replace(" ", "-")))
        self.organisations[enterprise_id] = made
        return made

    def add_workspace(self, name: str, organisation: Organisation | None = None) -> Workspace:
        """Found a furnished workspace in which the app is not installed; those of an organisation have `W` ids."""
        number = f"{len(self.workspaces) + 1:02d}"
        installation = replace(
            self.home.installation,
            bot_id=f"B0SANDBOX{number}",
            bot_user_id=f"U0APPBOT0{number}",
            bot_token=f"xoxb-sandbox-{secrets.token_hex(12)}",
            scopes=set(self.home.installation.scopes),
            is_installed=False,
        )
        made = Workspace(installation, now=self.home.now)
        made.team = Team(f"T0SANDBOX{number}", name, name.lower().replace(" ", "-"))
        made.base_url = self.home.base_url
        if organisation is not None:
            made.enterprise = organisation.team
            organisation.members.append(made)
        people.furnish(made, number, person="U" if organisation is None else "W")
        self.workspaces[made.team.id] = made
        return made

    def members(self, place: str) -> list[Workspace]:
        """Return the workspaces of a place: one, or all of an organisation."""
        organisation = self.organisations.get(place)
        return [self.workspaces[place]] if organisation is None else organisation.members

    def is_installed(self, place: str) -> bool:
        """Say whether the app is installed in a place."""
        organisation = self.organisations.get(place)
        if organisation is not None:
            return organisation.is_installed
        installation = self.workspaces[place].installation
        return installation.is_installed and not installation.is_org_wide

    def install(self, place: str, scopes: tuple[str, ...]) -> Grant:
        """Install the app in a place, or again, and return its token: without rotation the same as before."""
        organisation = self.organisations.get(place)
        for workspace in self.members(place):
            installation = workspace.installation
            is_served = organisation is None or workspace.team.id not in organisation.without
            installation.is_installed, installation.token_revoked = is_served, False
            installation.is_org_wide = place in self.organisations
            installation.scopes.clear()
            installation.scopes.update(scopes)
        if organisation is not None:
            organisation.is_installed = True
        if self.home.installation.manifest.token_rotation_enabled:
            return self._new_grant(place)
        same = (one for one in self.grants.values() if one.place == place and one.user_id is None and not one.revoked)
        kept = next(same, None)
        return kept or self._new_grant(place)

    def allow(self, place: str, user_id: str, scopes: tuple[str, ...]) -> Grant:
        """Let the app act in a person's name, and return the token; without rotation the same as before."""
        before = [one for one in self.grants.values() if (one.place, one.user_id) == (place, user_id)]
        kept = next((one for one in before if not one.revoked and one.expires_at_s is None), None)
        if kept is not None:
            kept.scopes = tuple(dict.fromkeys((*kept.scopes, *scopes)))
            return kept
        return self._new_grant(place, user_id, scopes)

    def revoke(self, user_id: str) -> None:
        """Take back what a person allowed; their tokens stop working."""
        for grant in self.grants.values():
            grant.revoked = grant.revoked or grant.user_id == user_id

    def refresh(self, refresh_token: str) -> Grant | None:
        """Exchange a refresh token for the next pair; None when it is not, or no longer, good for that.

        The old access token goes on to work until it expires.
        """
        old = next((one for one in self.grants.values() if one.refresh_token == refresh_token), None)
        if old is None or old.revoked or (old.used and not self.switches.exchanged_twice):
            return None
        if old.used and any(one.used for one in self._after(old)):
            return None
        old.used = True
        return self._new_grant(old.place, old.user_id, old.scopes)

    def uninstall(self, place: str, events: tuple[str, ...] = EVENTS) -> None:
        """Remove the app from a place; its tokens stop working, and it is told.

        Args:
            events: what it is told, in this order.
        """
        told = self.members(place)[0]
        for event in events:
            told.tell(uninstall_event(told, event), None)
        for grant in self.grants.values():
            grant.revoked = grant.revoked or grant.place == place
        if place in self.organisations:
            self.organisations[place].is_installed = False
        for workspace in self.members(place):
            workspace.installation.is_installed = False
            workspace.installation.token_revoked = True

    def change_access(self, organisation: Organisation, *workspaces: Workspace, is_granted: bool) -> None:
        """Take workspaces away from an organisation's installation, or give them back; the app is told.

        Source: https://docs.slack.dev/reference/events/team_access_revoked
        """
        team_ids = [workspace.team.id for workspace in workspaces]
        if is_granted:
            organisation.without.difference_update(team_ids)
        else:
            organisation.without.update(team_ids)
        for workspace in workspaces:
            workspace.installation.is_installed = is_granted and organisation.is_installed
        told = organisation.members[0]
        event: Json = {"type": GRANTED if is_granted else REVOKED, "team_ids": team_ids}
        told.tell({**event, "event_ts": told.new_ts()}, None)

    def may_act_in(self, grant: Grant, workspace: Workspace) -> bool:
        """Say whether a token works in a workspace of its organisation, or is of no organisation."""
        organisation = self.organisations.get(grant.place)
        return organisation is None or workspace.team.id not in organisation.without

    def workspace_of(self, token: str | None, values: Json) -> Workspace:
        """Return the workspace that a request is about.

        A token of an organisation works in all its workspaces; which one is meant, `team_id` or the ids in the request
        say (a choice: Slack does not say how it finds out).
        """
        grant = self.grants.get(token or "")
        if grant is None:
            return next((one for one in self.workspaces.values() if one.installation.bot_token == token), self.home)
        candidates = self.members(grant.place)
        named = {name: value for name, value in values.items() if isinstance(value, str)}
        return next((one for one in candidates if _is_about(one, named)), candidates[0])

    def traffic(self) -> list[Traffic]:
        """Return what was said in all workspaces, in order."""
        return sorted((line for one in self.workspaces.values() for line in one.traffic), key=lambda line: line.at_s)

    def _new_grant(self, place: str, user_id: str | None = None, scopes: tuple[str, ...] = ()) -> Grant:
        mark, kind = secrets.token_hex(16), "xoxb" if user_id is None else "xoxp"
        if self.home.installation.manifest.token_rotation_enabled:
            expires_at_s = self.home.now() + self.token_lasts_s
            refresh_token = f"xoxe-1-sandbox-{secrets.token_hex(16)}"
            made = Grant(place, f"xoxe.{kind}-1-sandbox-{mark}", refresh_token, expires_at_s)
        else:
            made = Grant(place, f"{kind}-sandbox-{mark}")
        made.user_id, made.scopes = user_id, scopes
        self.grants[made.token] = made
        return made

    def _after(self, grant: Grant) -> list[Grant]:
        """Return the tokens of a place that are newer than one."""
        same = [one for one in self.grants.values() if (one.place, one.user_id) == (grant.place, grant.user_id)]
        return same[same.index(grant) + 1 :]


def uninstall_event(workspace: Workspace, name: str) -> Json:
    """Return an event that tells of a removal."""
    event: Json = {"type": name, "event_ts": workspace.new_ts()}
    return {**event, "tokens": {"bot": [workspace.installation.bot_user_id]}} if name == "tokens_revoked" else event


def _is_about(workspace: Workspace, named: Mapping[str, str]) -> bool:
    user = named.get("user") or named.get("user_id") or named.get("created_by")
    return (
        named.get("team_id") == workspace.team.id
        or named.get("channel") in workspace.channels
        or named.get("id") in workspace.calls
        or user in workspace.users
        or named.get("trigger_id") in workspace.triggers
        or named.get("view_id") in workspace.views
    )
