"""docs/local-slack.md tells the truth: its table is the code's, its example runs, and every documented error comes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.webapi.registry import built_methods
from scripts import sandbox_table
from scripts.page_table import with_table
from tests.contract.webapi_rig import APP_TOKEN, BOT_TOKEN, running
from tests.unit.slack_documented_errors import BY_METHOD, COMMON

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "local-slack.md"
_EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)

NOT_OF_ITS_PAGE = {
    "calls.update": {"inactive_call"},
    "chat.postEphemeral": {"invalid_metadata_format", "invalid_metadata_schema"},
    "chat.postMessage": {"invalid_attachments", "msg_too_long"},
    "chat.unfurl": {"invalid_blocks"},
    "conversations.replies": {"invalid_cursor", "invalid_limit", "not_in_channel"},
    "files.completeUploadExternal": {"cannot_reply_to_message", "invalid_blocks", "no_text"},
}
"""What the local Slack answers beyond a method's page, because another page of the family lists it, or by a switch."""


def test_the_table_is_the_codes() -> None:
    """Whoever changes a method runs `python -m scripts.sandbox_table`."""
    page = PAGE.read_text(encoding="utf-8")

    assert with_table(page, sandbox_table.render()) == page


def test_errors_from_state_are_those_of_slacks_pages() -> None:
    """For the methods whose pages are written down in the tests, no code is invented."""
    invented = {
        name: sandbox_table.behind(built_methods()[name]).errors - set(listed.split()) - set(COMMON.split())
        for name, listed in BY_METHOD.items()
        if name in built_methods()
    }
    beyond = {name: codes - NOT_OF_ITS_PAGE.get(name, set()) for name, codes in invented.items()}

    assert {name: codes for name, codes in beyond.items() if codes} == {}


@pytest.mark.parametrize("method", sorted(BY_METHOD))
async def test_every_documented_error_can_be_planned(method: str) -> None:
    """An app's handling of it can be tested, whether or not the workspace could bring it about."""
    token = APP_TOKEN if method.startswith("apps.connections") else BOT_TOKEN
    async with running() as slack:
        for code in [*BY_METHOD[method].split(), *COMMON.split()]:
            slack.faults.add(method, "error", error=code)
            assert (await slack.call(method, token))["error"] == code


def test_the_example_of_the_page_passes(tmp_path: Path) -> None:
    """Somebody else's test, as they would copy it, with no configuration but asyncio's."""
    (example,) = _EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    (tmp_path / "test_example.py").write_text(example, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        "-o",
        "asyncio_mode=auto",
    ]
    done = subprocess.run(
        [*command, f"--rootdir={tmp_path}", str(tmp_path)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout + done.stderr
