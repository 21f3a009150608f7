"""Whose installation a delivery is for, also in a conversation that workspaces share."""

from __future__ import annotations

from typing import Any

import pytest

from calls.model import Person, TeamId, UserId
from listeners.payload import interaction_person
from listeners.tenant import Tenant, tenant_of

OURS, THEIRS = TeamId("T0OURS"), TeamId("T0THEIRS")
STRANGER = {"id": "U0STRANGER", "name": "erin", "team_id": THEIRS}

PRESS = {"type": "block_actions", "user": STRANGER, "team": {"id": OURS}, "enterprise": None}
PRESS_IN_ORGANISATION = {**PRESS, "enterprise": {"id": "E0OURS"}}
DIALOG = {
    "type": "view_submission",
    "user": STRANGER,
    "team": {"id": THEIRS},
    "enterprise": {"id": "E0THEIRS"},
    "view": {"team_id": THEIRS, "app_installed_team_id": OURS},
}
DIALOG_OF_ORGANISATION = {
    "type": "view_submission",
    "user": {"id": "W0ANA", "team_id": THEIRS},
    "team": None,
    "enterprise": {"id": "E0OURS"},
    "view": {"team_id": OURS, "app_installed_team_id": None},
}
GRANTED = {"team_id": OURS, "enterprise_id": "E0OURS"}
EVENT = {"team_id": THEIRS, "enterprise_id": "E0THEIRS", "event": {"type": "link_shared"}, "authorizations": [GRANTED]}
WHOLE = {"team_id": None, "enterprise_id": "E0OURS", "is_enterprise_install": True}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"command": "/startcall", "team_id": OURS, "user_id": "U1"}, Tenant(OURS)),
        ({"command": "/startcall", "team_id": OURS, "enterprise_id": "E0OURS"}, Tenant(OURS, "E0OURS")),
        (PRESS, Tenant(OURS)),
        (PRESS_IN_ORGANISATION, Tenant(OURS, "E0OURS")),
        (DIALOG, Tenant(OURS)),
        (DIALOG_OF_ORGANISATION, Tenant(OURS)),
        ({**DIALOG_OF_ORGANISATION, "view": {}}, Tenant(THEIRS)),
        (EVENT, Tenant(OURS, "E0OURS")),
        ({**EVENT, "authorizations": [WHOLE], "context_team_id": OURS}, Tenant(OURS, "E0OURS")),
        ({**EVENT, "authorizations": [WHOLE]}, Tenant(None, "E0OURS")),
        ({**EVENT, "authorizations": [WHOLE], "enterprise_id": "E0OURS"}, Tenant(THEIRS, "E0OURS")),
        ({"event": {"type": "app_home_opened"}, "team_id": OURS}, Tenant(OURS)),
        ({"type": "block_actions", "user": "U1", "team": "T1"}, Tenant(None)),
    ],
)
def test_the_installation_counts_and_not_where_somebody_is_from(body: dict[str, Any], expected: Tenant) -> None:
    """And an organisation is named only together with a workspace of its own."""
    assert expected == tenant_of(body)


def test_a_dialog_sent_from_elsewhere_is_about_our_workspace() -> None:
    """The person is met as our workspace knows them: as somebody of another."""
    assert Person(OURS, UserId("U0STRANGER"), "erin") == interaction_person(DIALOG)
