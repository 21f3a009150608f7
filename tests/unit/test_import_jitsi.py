"""Rows of earlier apps are read in every form they are exported in."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

import operate_import
from calls.model import TeamId
from config import read_settings
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


async def test_a_file_that_is_not_there_is_not_called_unreadable(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever mistyped a name reads so, and does not look for a fault in the rows."""
    settings = read_settings({"SLACK_BOT_TOKEN": "xoxb-1-abc", "SLACK_APP_TOKEN": "xapp-1-abc"})
    absent = argparse.Namespace(file=tmp_path / "rows.json", write=False)

    assert 1 == await operate_import.run(settings, absent)
    assert f"{absent.file} could not be opened: No such file or directory." in capsys.readouterr().err
