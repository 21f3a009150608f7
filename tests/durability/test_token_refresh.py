"""A process that is killed after Slack gave it new tokens, and before it stored them, costs nobody anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.manifest import read_manifest
from sandbox.server import Options, Sandbox
from sandbox.testing import wait_for
from tests.durability.process import AppProcess
from tests.many_workspaces import MANIFEST, cards_of, install_at
from tests.oauth_app import oauth_settings
from tests.ports import free_port
from tests.world import GENERAL

BOTH = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


def refreshes(slack: Sandbox) -> int:
    """Return how often the app exchanged a refresh token."""
    calls = slack.api_calls("oauth.v2.access")
    return sum(call.request.get("grant_type") == "refresh_token" for call in calls)


@BOTH
async def test_a_kill_between_refresh_and_save_is_recovered_from(database_url: str) -> None:
    """The old token works meanwhile; once the lease of the dead has run out, the same refresh token is used again."""
    port = free_port()
    manifest = replace(read_manifest(MANIFEST), token_rotation_enabled=True)
    options = Options(manifest=manifest, http_url=f"http://127.0.0.1:{port}/slack/events", time_scale=0.01)
    slack = await Sandbox.start(options=options)
    slack.installs.token_lasts_s = 3600.0
    credentials = slack.installation
    settings = oauth_settings(
        *(slack.api_url, database_url, port),
        signing_secret=credentials.signing_secret,
        client_id=credentials.client_id,
        client_secret=credentials.client_secret,
    )
    app = AppProcess(settings, f"http://127.0.0.1:{port}")
    try:
        await app.start()
        await install_at(app.url, slack.workspace.team.id)
        slack.faults.add("oauth.v2.access", "hang_after")
        await slack.person("bob").command(GENERAL, "/startcall", "Weekly sync")
        await wait_for(lambda: refreshes(slack) == 1)
        await app.kill()
        slack.faults.clear()
        await app.start()
        await wait_for(lambda: len(cards_of(slack.workspace)) == 1, timeout_s=25)
        await wait_for_second_refresh(slack)
        await slack.person("bob").command(GENERAL, "/startcall", "end")
        await slack.person("bob").command(GENERAL, "/startcall", "Another")
        await wait_for(lambda: len(cards_of(slack.workspace)) == 2, timeout_s=10)
    finally:
        await app.kill()
        slack.faults.clear()
        await slack.stop()

    answers = [call.answer for call in slack.api_calls("oauth.v2.access")]
    assert [True] * len(answers) == [answer["ok"] for answer in answers]


async def wait_for_second_refresh(slack: Sandbox) -> None:
    """Use the app until it refreshes again, as it does with its next request after the lease has run out."""
    count = 0

    def refreshed() -> bool:
        return refreshes(slack) >= 2

    while not refreshed() and count < 40:
        count += 1
        await slack.person("bob").open_home()
        try:
            await wait_for(refreshed, timeout_s=1.0)
        except AssertionError:
            continue
    assert refreshed()
