"""Sign in with Slack as people see it: who signs in, and whether the app may know.

Source: https://docs.slack.dev/authentication/sign-in-with-slack
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

from aiohttp import web

from sandbox.page.back_to_app import asking, misunderstood, sent_back
from sandbox.page.guard import guarded
from sandbox.page.reader import shown_name
from sandbox.page.render import make_environment
from sandbox.sign_in import SignInRequest, description, new_sign_in_code, people_of, problem_of, public_keys
from sandbox.workspace import Workspace

LAST_PERSON = "local_slack_person"
"""Cookie with the id of the person whose page this browser showed last."""

CONSENT_PATH = "/openid/connect"

_AUTHORIZE = f"{CONSENT_PATH}/authorize"


def openid_routes(workspace: Workspace) -> list[web.RouteDef]:
    """Return the page, and what libraries look up."""
    consent = Consent(workspace)

    async def show_keys(_: web.Request) -> web.Response:
        return web.json_response(public_keys())

    async def show_description(_: web.Request) -> web.Response:
        return web.json_response(description(workspace))

    return [
        web.get(_AUTHORIZE, guarded(consent.ask)),
        web.post(_AUTHORIZE, guarded(consent.answer)),
        web.get(f"{CONSENT_PATH}/keys", show_keys),
        web.get("/.well-known/openid-configuration", show_description),
    ]


class Consent:
    """The page that asks.

    Args:
        workspace: whose people sign in.
    """

    def __init__(self, workspace: Workspace) -> None:
        """Load the templates."""
        self._workspace = workspace
        self._environment = make_environment()

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """Ask who signs in; the person of the page seen last is chosen already."""
        wanted = _read(request.query)
        problem = problem_of(self._workspace, wanted)
        if problem is not None:
            return self._sorry(problem)
        people = people_of(self._workspace, wanted.team)
        chosen = request.query.get("user") or request.cookies.get(LAST_PERSON, "")
        text = self._environment.get_template("consent.html").render(
            app=self._workspace.installation.manifest.name,
            people=[(user_id, *self._named(user_id)) for user_id in people],
            chosen=chosen if chosen in people else next(iter(people), ""),
            asked=asdict(wanted),
        )
        return asking(text, wanted.redirect_uri)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Send the browser back with a code, or with the news that there is none."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        wanted = _read(form)
        problem = problem_of(self._workspace, wanted)
        if problem is not None:
            return self._sorry(problem)
        user_id = form.get("user", "")
        if "allow" in form and user_id in people_of(self._workspace, wanted.team):
            said = {"code": new_sign_in_code(self._workspace, wanted, user_id)}
        else:
            said = {"error": "access_denied"}
        return sent_back(wanted.redirect_uri, said, wanted.state)

    def _named(self, user_id: str) -> tuple[str, str]:
        stranger = self._workspace.strangers.get(user_id)
        if stranger is not None:
            return shown_name(stranger.user), stranger.team.name
        return shown_name(self._workspace.users[user_id]), self._workspace.team.name

    def _sorry(self, problem: str) -> web.Response:
        return misunderstood(self._environment, "You cannot sign in", problem)


def _read(values: Mapping[str, str]) -> SignInRequest:
    known = {"client_id": "", "redirect_uri": "", "response_type": "", "scope": ""}
    given = {field.name: values[field.name] for field in fields(SignInRequest) if field.name in values}
    return SignInRequest(**(known | given))
