"""Install by OAuth as people see it: where to, whether it may, and how to remove it again.

Source: https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from aiohttp import web

from sandbox.codes import new_code
from sandbox.installs import InstallCode, Installs
from sandbox.page.back_to_app import asking, misunderstood, sent_back
from sandbox.page.consent import LAST_PERSON
from sandbox.page.guard import guarded
from sandbox.page.reader import shown_name
from sandbox.page.render import make_environment
from sandbox.sign_in import takes_back

_AUTHORIZE = "/oauth/v2/authorize"
_MANAGE = "/apps/manage"


@dataclass(frozen=True, slots=True)
class InstallRequest:
    """What an app asked for when it sent somebody here."""

    client_id: str = ""
    scope: str = ""
    user_scope: str = ""
    state: str = ""
    redirect_uri: str = ""
    team: str = ""


def install_routes(installs: Installs) -> list[web.RouteDef]:
    """Return the page that asks, the one that lists where the app is, and the way from the app back to Slack."""
    pages = InstallPages(installs)

    async def open_app(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/"})

    return [
        web.get(_AUTHORIZE, guarded(pages.ask)),
        web.post(_AUTHORIZE, guarded(pages.answer)),
        web.get(_MANAGE, guarded(pages.show)),
        web.post(_MANAGE, guarded(pages.remove)),
        web.get("/app_redirect", guarded(open_app)),
    ]


class InstallPages:
    """The pages about installing.

    Args:
        installs: where the app can be installed.
    """

    def __init__(self, installs: Installs) -> None:
        """Load the templates."""
        self._installs = installs
        self._environment = make_environment()

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """Ask where to install the app."""
        wanted = _read(request.query)
        problem = self._problem(wanted)
        if problem is not None:
            return self._sorry(problem)
        if not wanted.scope:
            return self._ask_person(request, wanted)
        text = self._environment.get_template("install.html").render(
            app=self._installs.home.installation.manifest.name,
            places=self._places(wanted.team),
            scopes=_split(wanted.scope + " " + wanted.user_scope),
            asked=asdict(wanted),
        )
        return asking(text, wanted.redirect_uri)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Send the browser back with a code, or with the news that there is none."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        wanted = _read(form)
        problem = self._problem(wanted)
        if problem is not None:
            return self._sorry(problem)
        place, user_id = form.get("place", ""), form.get("user", "")
        if "allow" in form and place in dict(self._places(wanted.team)) and wanted.scope:
            said = {"code": self._new_code(wanted, place)}
        elif "allow" in form and user_id in self._people(wanted.team):
            place = next(one.team.id for one in self._installs.workspaces.values() if user_id in one.users)
            said = {"code": self._new_code(wanted, place, user_id)}
        else:
            said = {"error": "access_denied"}
        return sent_back(wanted.redirect_uri, said, wanted.state)

    async def show(self, _: web.Request) -> web.StreamResponse:
        """List where the app is installed."""
        text = self._environment.get_template("manage.html").render(
            app=self._installs.home.installation.manifest.name,
            places=[(place, name) for place, name in self._places("") if self._installs.is_installed(place)],
        )
        return web.Response(text=text, content_type="text/html", headers={"Referrer-Policy": "same-origin"})

    async def remove(self, request: web.Request) -> web.StreamResponse:
        """Remove the app from one place."""
        place = str((await request.post()).get("place", ""))
        if place in dict(self._places("")) and self._installs.is_installed(place):
            self._installs.uninstall(place)
        return web.Response(status=303, headers={"Location": _MANAGE})

    def _ask_person(self, request: web.Request, wanted: InstallRequest) -> web.Response:
        """Ask a person what the app may do in their name; the one of the page seen last is chosen already."""
        people = self._people(wanted.team)
        chosen = request.query.get("user") or request.cookies.get(LAST_PERSON, "")
        text = self._environment.get_template("allow.html").render(
            app=self._installs.home.installation.manifest.name,
            people=list(people.items()),
            chosen=chosen if chosen in people else next(iter(people), ""),
            scopes=_split(wanted.user_scope),
            asked=asdict(wanted),
        )
        return asking(text, wanted.redirect_uri)

    def _people(self, team_id: str) -> dict[str, str]:
        """Return who can allow something in their own name, by id, with their name and workspace."""
        places = [one for one in self._installs.workspaces.values() if team_id in {"", one.team.id}]
        people = [(user, place.team.name) for place in places for user in place.users.values()]
        ours = [(user, team) for user, team in people if not user.is_bot and not user.deleted and user.team is None]
        return {user.id: f"{shown_name(user)} ({team})" for user, team in ours}

    def _new_code(self, wanted: InstallRequest, place: str, user_id: str = "") -> str:
        code = new_code()
        workspace = self._installs.members(place)[0]
        admin = next(user for user in workspace.users.values() if user.is_admin)
        scopes, of_person = _split(wanted.scope), _split(wanted.user_scope)
        asked = (place, user_id or admin.id, wanted.redirect_uri)
        self._installs.codes[code] = InstallCode(*asked, scopes, workspace.now(), of_person)
        return code

    def _places(self, team_id: str) -> list[tuple[str, str]]:
        """Return where the app can be installed, by id and name; organisations only where the manifest allows it."""
        found = [(one.team.id, one.team.name) for one in self._installs.workspaces.values()]
        if self._installs.home.installation.manifest.org_deploy_enabled:
            organisations = self._installs.organisations.values()
            found += [(one.team.id, f"{one.team.name} (organisation)") for one in organisations if one.members]
        return [place for place in found if team_id in {"", place[0]}]

    def _problem(self, wanted: InstallRequest) -> str | None:
        """Return Slack's code for what is wrong with a request, or None."""
        installation = self._installs.home.installation
        if wanted.client_id != installation.client_id:
            return "invalid_client_id"
        if not takes_back(self._installs.home, wanted.redirect_uri):
            return "bad_redirect_uri"
        scopes, of_person = set(_split(wanted.scope)), set(_split(wanted.user_scope))
        if not scopes | of_person or not scopes <= set(installation.manifest.bot_scopes):
            return "invalid_scope"
        if not of_person <= set(installation.manifest.user_scopes):
            return "invalid_scope"
        return None

    def _sorry(self, problem: str) -> web.Response:
        return misunderstood(self._environment, "You cannot install this", problem)


def _read(values: Mapping[str, str]) -> InstallRequest:
    names = ("client_id", "scope", "user_scope", "state", "redirect_uri", "team")
    return InstallRequest(**{name: values[name] for name in names if name in values})


def _split(scopes: str) -> tuple[str, ...]:
    return tuple(scopes.replace(",", " ").split())
