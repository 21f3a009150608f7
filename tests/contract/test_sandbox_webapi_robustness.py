"""Whatever an app sends, the local Slack answers as Slack does: never with a crash."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sandbox.webapi.registry import built_methods
from tests.contract.webapi_rig import ALICE, APP_TOKEN, BOT_TOKEN, GENERAL, Rig, button, modal, plain, running

SCALARS = [None, "", "x", "0", 0, -1, 1.5, 10**20, True, GENERAL, ALICE, "[", "{}", "[]", "\x00", "💥" * 50]
NAMES = [
    *("channel", "user", "users", "id", "text", "blocks", "view", "metadata", "attachments", "thread_ts", "ts", "name"),
    *("timestamp", "trigger_id", "view_id", "external_id", "user_id", "hash", "limit", "cursor", "types", "oldest"),
    *("external_unique_id", "join_url", "title", "created_by", "date_start", "duration", "message", "message_ts"),
    *("email", "bot", "team", "error", "usergroup", "inclusive", "return_im", "reply_broadcast", "test"),
]
NESTED: list[Any] = [
    [section := {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}],
    {"type": "actions", "elements": [button(), {"type": "static_select", "options": [{"text": plain("x")}]}]},
    modal(blocks=[{"type": "input", "label": plain("x"), "element": {"type": "plain_text_input"}}]),
    [{"slack_id": ALICE}, {"external_id": "1", "display_name": "x"}],
    {"event_type": "x", "event_payload": {}},
    {"type": "header", "text": plain("x"), "block_id": "b"},
]


def scrambled(value: Any, chance: random.Random) -> Any:  # noqa: ANN401 -- any JSON
    """Return a JSON value with some of its parts replaced by others."""
    if chance.random() < 0.15:
        return chance.choice(SCALARS + NESTED)
    if isinstance(value, list):
        return [scrambled(item, chance) for item in value]
    if isinstance(value, dict):
        return {key: scrambled(item, chance) for key, item in value.items()}
    return value


@pytest.mark.parametrize("seed", range(4))
async def test_no_argument_breaks_a_method(seed: int) -> None:
    """Every built method answers HTTP 200 with a body that says ok or names an error."""
    chance = random.Random(seed)
    async with running() as slack:
        for method in sorted(built_methods()):
            for _ in range(12):
                names = chance.sample(NAMES, 12)
                arguments = {name: scrambled(chance.choice(SCALARS + NESTED), chance) for name in names}
                await answers(slack, method, arguments)


async def answers(slack: Rig, method: str, arguments: dict[str, Any]) -> None:
    """Call a method and check the form of its answer."""
    slack.workspace.installation.token_revoked = False
    token = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
    body = await slack.call(method, token, **{name: value for name, value in arguments.items() if name != "token"})
    assert body["ok"] is True or isinstance(body["error"], str), (method, arguments, body)


@pytest.mark.parametrize("seed", range(4))
async def test_no_block_kit_breaks_the_checks(seed: int) -> None:
    """Scrambled Block Kit is taken or refused, in messages and in views."""
    chance = random.Random(seed)
    async with running() as slack:
        for _ in range(150):
            blocks = [scrambled(chance.choice(NESTED), chance) for _ in range(3)]
            await answers(slack, "chat.postMessage", {"channel": GENERAL, "text": "x", "blocks": blocks})
            await answers(slack, "blocks.validate", {"view": scrambled(modal(blocks=blocks), chance)})
            await answers(slack, "blocks.validate", {"blocks": [section, *blocks]})
        await slack.ok("conversations.history", channel=GENERAL)
