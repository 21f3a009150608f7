"""What operators see of installations: the list, new keys, and what the doctor says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

import doctor
import operate_installations
from calls.installations import Tokens
from calls.linked_accounts import LinkedAccount, Owner
from calls.model import TeamId, UserId
from calls.secret import Secret
from parts import build_account_store
from tests.many_workspaces import OTHER_KEY, Many, running_many


@pytest.fixture
async def many(tmp_path: Path) -> AsyncIterator[Many]:
    """Run the app, installed nowhere yet."""
    async with running_many(f"sqlite:///{tmp_path}/calls.sqlite3") as running:
        yield running


async def test_operators_see_where_the_app_is_installed(many: Many, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of a token."""
    assert 0 == await operate_installations.run(many.settings, "list")
    assert "The app is not installed anywhere." in capsys.readouterr().out
    organisation = many.slack.installs.add_organisation("Acme")
    many.slack.add_workspace("North", organisation)
    for place in (many.home.team.id, organisation.team.id):
        await many.install(place)

    assert 0 == await operate_installations.run(many.settings, "list")

    acme, sandbox = capsys.readouterr().out.splitlines()
    assert acme.startswith(f"{organisation.team.id}  organisation Acme, since 20")
    assert sandbox.startswith(f"{many.home.team.id}  workspace    Sandbox, since 20")


async def test_a_new_key_takes_over_from_the_old_one(many: Many, capsys: pytest.CaptureFixture[str]) -> None:
    """While the server runs: put the new one first, encrypt anew, remove the old one."""
    await many.install(many.home.team.id)
    old, new = many.settings.encryption_keys[0], Secret(OTHER_KEY)

    owner = Owner(TeamId(many.home.team.id), UserId("U1"), "zoom")
    account = LinkedAccount(owner, "alice@example.com", Tokens(Secret("token of Alice's")))
    await build_account_store(many.settings, many.server.database).save(account)

    assert 1 == await operate_installations.run(replace(many.settings, encryption_keys=(new,)), "reencrypt")
    assert "add the earlier key to `STARTCALL_ENCRYPTION_KEY`" in capsys.readouterr().err
    assert 0 == await operate_installations.run(replace(many.settings, encryption_keys=(new, old)), "reencrypt")
    assert (
        "The tokens of 1 installations and 1 people's accounts are encrypted with the first key."
        in capsys.readouterr().out
    )

    assert 0 == await operate_installations.run(replace(many.settings, encryption_keys=(new,)), "list")
    assert "Sandbox, since" in capsys.readouterr().out
    found = await build_account_store(replace(many.settings, encryption_keys=(new,)), many.server.database).find(owner)
    assert found is not None
    assert account.tokens == found.tokens


async def test_with_a_bot_token_there_is_nothing_to_look_after(many: Many, capsys: pytest.CaptureFixture[str]) -> None:
    """And that is said."""
    settings = replace(many.settings, slack_bot_token=Secret("xoxb-1"))

    assert 1 == await operate_installations.run(settings, "list")
    assert "SLACK_BOT_TOKEN is set" in capsys.readouterr().err


async def findings(many: Many, capsys: pytest.CaptureFixture[str], *keys: Secret) -> str:
    """Return what the doctor says."""
    await doctor.run(replace(many.settings, encryption_keys=keys or many.settings.encryption_keys))
    return " ".join(capsys.readouterr().out.split())


async def test_the_doctor_says_where_each_token_works_and_where_not(
    many: Many, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what to do about those that do not, and about a key that does not fit."""
    assert "The app is not installed anywhere yet." in await findings(many, capsys)
    other = many.slack.add_workspace("Other")
    for workspace in (many.home, other):
        await many.install(workspace.team.id)
    many.slack.installs.uninstall(other.team.id, events=())

    said = await findings(many, capsys)

    assert "There are 2, in the database, encrypted." in said
    assert "Sandbox: Slack accepts the token." in said
    assert "Other: Slack does not accept the token (token_revoked)." in said
    assert "An admin of the workspace has to install the app again." in said
    said = await findings(many, capsys, Secret(OTHER_KEY))
    assert "The tokens of 2 of 2 cannot be read with the keys that are set." in said
