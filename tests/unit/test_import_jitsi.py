"""Rows of earlier apps are read in every form they are exported in."""

from __future__ import annotations

import json

import pytest

from calls.model import TeamId
from operate_import import Kept, UnreadableError, read_export

OWN = "https://meet.example.com"
EXPECTED = [Kept(TeamId("T0ONE"), OWN, had_token=True), Kept(TeamId("T0TWO"))]
ROWS = [
    {"workspace_id": "T0ONE", "oauth_token": "xoxb-1", "server_url": f"{OWN}/"},
    {"workspace_id": "T0TWO", "oauth_token": None, "server_url": None},
]
SCAN = {
    "Items": [
        {"team-id": {"S": "T0ONE"}, "server-url": {"S": OWN}},
        {"team-id": {"S": "T0ONE"}, "access-token": {"S": "xoxb-1"}},
        {"team-id": {"S": "T0TWO"}},
    ]
}
VAULT = {"T0ONE": {"data": {"data": {"oauth_token": "xoxb-1", "server_url": OWN}, "metadata": {}}}, "T0TWO": {}}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        "\n".join(json.dumps(row) for row in ROWS),
        json.dumps(SCAN),
        json.dumps(VAULT),
        f"workspace_id,oauth_token,server_url\nT0ONE,xoxb-1,{OWN}\nT0TWO,,\n",
    ],
)
def test_every_form_says_the_same(text: str) -> None:
    """Of PostgreSQL, DynamoDB and Vault."""
    assert EXPECTED == read_export(text)


@pytest.mark.parametrize("text", ["[1]", "{", "hello", "a,b\n1,2\n", '{"data": {"x": 1}}', '[{"workspace_id": "x"}]'])
def test_anything_else_is_refused(text: str) -> None:
    """Nothing is taken over by half."""
    with pytest.raises(UnreadableError):
        read_export(text)
