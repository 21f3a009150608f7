"""What Slack says of people decides what they may do, and only in the workspace that asked."""

from __future__ import annotations

import pytest

from calls.model import TeamId, UserId
from calls.slack.users_api import UsersApi
from tests.unit.slack_server import TEAM, slack_that, yes

ADMIN = {"id": "U1", "is_admin": True, "is_owner": True}


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({**ADMIN, "team_id": TEAM}, (True, False)),
        (ADMIN, (True, False)),
        ({**ADMIN, "team_id": "T0ELSEWHERE"}, (False, True)),
        ({**ADMIN, "team_id": TEAM, "is_stranger": True}, (False, True)),
        ({**ADMIN, "team_id": "T0SISTER", "enterprise_user": {"teams": ["T0SISTER", TEAM]}}, (True, False)),
        ({**ADMIN, "team_id": "T0SISTER", "enterprise_user": {"teams": ["T0SISTER"]}}, (False, True)),
    ],
)
async def test_whoever_administers_another_workspace_administers_nothing_here(
    user: dict[str, object], expected: tuple[bool, bool]
) -> None:
    """People of an organisation are at home in each of their workspaces."""
    async with slack_that(yes(user=user)) as slack:
        profile = await UsersApi(slack.web).profile(TeamId(TEAM), UserId("U1"))

    assert expected == (profile.is_admin, profile.is_stranger)
