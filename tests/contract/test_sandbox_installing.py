"""Installing by OAuth at the local Slack: as Slack documents it, and as strict."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest

from sandbox.installs import TOKEN_LASTS_S
from sandbox.server import Options, Sandbox
from sandbox.workspace import Workspace
from tests.contract.delivery_rig import MANIFEST

BACK = "http://127.0.0.1:4321/slack/back"


@pytest.fixture
async def clock() -> list[float]:
    """Return the local Slack's time, which tests can move."""
    return [1_800_000_000.0]


@pytest.fixture(params=[False], ids=["tokens_last"])
async def slack(request: pytest.FixtureRequest, clock: list[float]) -> AsyncIterator[Sandbox]:
    """Run a local Slack with a clock of the test's; the parameter says whether tokens expire."""
    manifest = replace(MANIFEST, org_deploy_enabled=True, token_rotation_enabled=request.param)
    running = await Sandbox.start(options=Options(manifest=manifest, now=lambda: clock[0]))
    yield running
    await running.stop()


rotates = pytest.mark.parametrize("slack", [True], indirect=True, ids=["tokens_expire"])


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Open a client."""
    async with aiohttp.ClientSession() as opened:
        yield opened


def wanted(slack: Sandbox, **more: str) -> dict[str, str]:
    """Return what an app sends along with an admin."""
    asked = {"client_id": slack.installation.client_id, "redirect_uri": BACK, "scope": "commands", "state": "s1"}
    return {**asked, **more}


async def ask(slack: Sandbox, session: aiohttp.ClientSession, **more: str) -> tuple[int, str]:
    """Open the page that asks, and return its status and text."""
    async with session.get(f"{slack.url}oauth/v2/authorize?{urlencode(wanted(slack, **more))}") as answer:
        return answer.status, await answer.text()


async def allow(slack: Sandbox, session: aiohttp.ClientSession, place: str, **more: str) -> dict[str, list[str]]:
    """Allow it, and return what the browser is sent back with."""
    form = {**wanted(slack), "place": place, "allow": "1", **more}
    headers = {"Origin": slack.url.rstrip("/")}
    url = f"{slack.url}oauth/v2/authorize"
    async with session.post(url, data=form, headers=headers, allow_redirects=False) as answer:
        assert 302 == answer.status
        return parse_qs(urlsplit(answer.headers["Location"]).query)


async def exchange(slack: Sandbox, session: aiohttp.ClientSession, **form: str) -> dict[str, Any]:
    """Ask oauth.v2.access with the app's id and secret by HTTP Basic."""
    installation = slack.installation
    login = {"Authorization": aiohttp.encode_basic_auth(installation.client_id, installation.client_secret)}
    async with session.post(f"{slack.api_url}oauth.v2.access", data=form, headers=login) as got:
        answer: dict[str, Any] = await got.json()
        return answer


async def whose(slack: Sandbox, session: aiohttp.ClientSession, token: str) -> dict[str, Any]:
    """Return what auth.test says of a token."""
    async with session.post(f"{slack.api_url}auth.test", headers={"Authorization": f"Bearer {token}"}) as got:
        answer: dict[str, Any] = await got.json()
        return answer


async def install(slack: Sandbox, session: aiohttp.ClientSession, place: str) -> dict[str, Any]:
    """Install the app and return what Slack gives for it."""
    code = (await allow(slack, session, place))["code"][0]
    return await exchange(slack, session, code=code, redirect_uri=BACK)


async def test_the_page_names_every_place_and_what_is_asked_for(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    """Workspaces, and organisations where the manifest allows it."""
    organisation = slack.installs.add_organisation("Acme")
    slack.add_workspace("North", organisation)

    status, text = await ask(slack, session)

    assert 200 == status
    assert [True] * 4 == [words in text for words in ("Sandbox", "North", "Acme (organisation)", "commands")]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"client_id": "1.2"}, "invalid_client_id"),
        ({"redirect_uri": "https://elsewhere.example/back"}, "bad_redirect_uri"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
    ],
)
async def test_a_wrong_request_is_not_sent_back(
    slack: Sandbox, session: aiohttp.ClientSession, more: dict[str, str], problem: str
) -> None:
    """Slack shows what is wrong on a page of its own."""
    status, text = await ask(slack, session, **more)

    assert (400, True) == (status, problem in text)


async def test_a_workspace_is_installed_with_a_token_that_lasts(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    """The same one, when it is installed again."""
    other = slack.add_workspace("Other")

    first, second = [await install(slack, session, other.team.id) for _ in range(2)]

    assert {"id": other.team.id, "name": "Other"} == first["team"]
    assert (None, False, "bot") == (first["enterprise"], first["is_enterprise_install"], first["token_type"])
    assert first["access_token"] == second["access_token"]
    assert "refresh_token" not in first
    assert other.team.id == (await whose(slack, session, first["access_token"]))["team_id"]


async def test_an_organisation_is_installed_without_a_team(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    """Its token belongs to the organisation."""
    organisation = slack.installs.add_organisation("Acme")
    slack.add_workspace("North", organisation)

    given = await install(slack, session, organisation.team.id)
    said = await whose(slack, session, given["access_token"])

    assert (None, organisation.team.id, True) == (
        given["team"],
        given["enterprise"]["id"],
        given["is_enterprise_install"],
    )
    assert (organisation.team.id, True) == (said["enterprise_id"], said["is_enterprise_install"])


async def test_a_code_works_once_for_its_address_and_for_10_minutes(
    slack: Sandbox, session: aiohttp.ClientSession, clock: list[float]
) -> None:
    """Slack's codes for each are told."""
    home = slack.workspace.team.id
    codes = [(await allow(slack, session, home))["code"][0] for _ in range(3)]

    answers = [await exchange(slack, session, code=codes[0], redirect_uri=BACK) for _ in range(2)]
    answers.append(await exchange(slack, session, code=codes[1], redirect_uri=f"{BACK}/x"))
    clock[0] += 601
    answers.append(await exchange(slack, session, code=codes[2], redirect_uri=BACK))

    assert [None, "invalid_code", "bad_redirect_uri", "invalid_code"] == [answer.get("error") for answer in answers]


async def test_whoever_says_no_is_sent_back_without_a_code(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    """With the state, so that the app knows which attempt it was."""
    said = await allow(slack, session, "T0NOWHERE01")

    assert {"error": ["access_denied"], "state": ["s1"]} == said


@rotates
async def test_tokens_expire_after_12_hours_and_are_exchanged(
    slack: Sandbox, session: aiohttp.ClientSession, clock: list[float]
) -> None:
    """The old access token works until then, too."""
    first = await install(slack, session, slack.workspace.team.id)
    second = await exchange(slack, session, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert TOKEN_LASTS_S == first["expires_in"] == second["expires_in"]
    assert (await whose(slack, session, first["access_token"]))["ok"]

    clock[0] += TOKEN_LASTS_S

    assert "token_expired" == (await whose(slack, session, second["access_token"]))["error"]
    assert (await exchange(slack, session, grant_type="refresh_token", refresh_token=second["refresh_token"]))["ok"]


@rotates
@pytest.mark.parametrize(("twice", "error"), [(True, None), (False, "invalid_refresh_token")])
async def test_an_exchanged_refresh_token_is_taken_again_or_not(
    slack: Sandbox,
    session: aiohttp.ClientSession,
    twice: bool,  # noqa: FBT001 - a parameter of the test
    error: str | None,
) -> None:
    """A switch says which, as Slack is told both ways; once the next one was used, it never is."""
    slack.switches.exchanged_twice = twice
    first = await install(slack, session, slack.workspace.team.id)

    async def refresh(given: dict[str, Any]) -> dict[str, Any]:
        return await exchange(slack, session, grant_type="refresh_token", refresh_token=given["refresh_token"])

    second = await refresh(first)
    assert error == (await refresh(first)).get("error")
    assert (await refresh(second))["ok"]
    assert "invalid_refresh_token" == (await refresh(first))["error"]


async def test_the_app_can_remove_itself(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    """Its token stops working, and commands are gone."""
    given = await install(slack, session, slack.workspace.team.id)
    installation = slack.installation
    form = {"client_id": installation.client_id, "client_secret": installation.client_secret}
    headers = {"Authorization": f"Bearer {given['access_token']}"}

    async with session.post(f"{slack.api_url}apps.uninstall", data=form, headers=headers) as answer:
        assert {"ok": True} == await answer.json()

    assert "token_revoked" == (await whose(slack, session, given["access_token"]))["error"]
    assert not slack.installation.is_installed


async def test_a_wrong_secret_is_refused(slack: Sandbox, session: aiohttp.ClientSession) -> None:
    """Whichever way it comes."""
    form = {"client_id": slack.installation.client_id, "client_secret": "x", "code": "y", "redirect_uri": BACK}
    async with session.post(f"{slack.api_url}oauth.v2.access", data=form) as got:
        assert "bad_client_secret" == (await got.json())["error"]


async def test_an_organisation_takes_a_workspace_away_and_gives_it_back(
    slack: Sandbox, session: aiohttp.ClientSession
) -> None:
    """Its token then works in the others alone; installing again changes nothing about that."""
    organisation = slack.installs.add_organisation("Acme")
    north, south = (slack.add_workspace(name, organisation) for name in ("North", "South"))
    token = (await install(slack, session, organisation.team.id))["access_token"]

    async def said(workspace: Workspace) -> object:
        url, headers = f"{slack.api_url}auth.test", {"Authorization": f"Bearer {token}"}
        async with session.post(url, data={"team_id": workspace.team.id}, headers=headers) as got:
            return (await got.json()).get("error", "ok")

    slack.installs.change_access(organisation, north, is_granted=False)
    await install(slack, session, organisation.team.id)

    assert ["team_access_not_granted", "ok"] == [await said(north), await said(south)]
    assert [False, True] == [one.installation.is_installed for one in (north, south)]
    slack.installs.change_access(organisation, north, is_granted=True)
    assert ["ok", True] == [await said(north), north.installation.is_installed]


async def test_the_private_channel_of_another_workspace_has_the_same_people_every_time(slack: Sandbox) -> None:
    """Alice and Bob, as in the first one; who is in it must not hang on how a process orders its sets."""
    north = slack.add_workspace("North")
    members = [north.users[user_id].name for user_id in sorted(north.channels["G0PROJECT02"].members)]

    assert ["alice", "bob"] == members
