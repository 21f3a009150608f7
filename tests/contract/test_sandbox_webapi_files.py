"""files.* of the local Slack: an upload in three steps, what is refused, and files in image blocks."""

from __future__ import annotations

import pytest

from tests.contract.webapi_rig import ALICE, ALL_SCOPES, DM_ALICE, RANDOM, SECRET, Rig, running

PNG = b"\x89PNG\r\n\x1a\n picture"


async def uploaded(slack: Rig, name: str = "chart.png", content: bytes = PNG) -> str:
    """Do the first two steps and return the file's id."""
    answer = await slack.ok("files.getUploadURLExternal", filename=name, length=len(content))
    async with slack.session.post(answer["upload_url"], data=content) as response:
        assert response.status == 200
    return str(answer["file_id"])


def picture(slack_file: dict[str, str]) -> dict[str, object]:
    """Return a Home with an image block."""
    block = {"type": "image", "alt_text": "A chart", "slack_file": slack_file}
    return {"type": "home", "blocks": [block]}


async def test_a_file_is_uploaded_in_three_steps_and_shared_as_a_message() -> None:
    """The message names the file, and its content is where the file says."""
    async with running() as slack:
        file_id = await uploaded(slack, "calls.csv", b"a,b\r\n")
        files = [{"id": file_id, "title": "Calls"}]
        answer = await slack.ok(
            "files.completeUploadExternal", files=files, channel_id=DM_ALICE, initial_comment="Here"
        )
        message = slack.workspace.messages[DM_ALICE][-1]
        async with slack.session.get(answer["files"][0]["url_private"]) as response:
            content, disposition = await response.read(), response.headers["Content-Disposition"]
        event = slack.events[0]

    assert b"a,b\r\n" == content
    assert "attachment" == disposition
    assert ([file_id], "Here", "file_share") == (message.file_ids, message.text, message.subtype)
    assert "Calls" == event["files"][0]["title"]


async def test_a_private_file_can_be_shown_in_an_image_block_by_its_id() -> None:
    """Once its upload is complete; what is no image, or unknown, or named twice is refused."""
    async with running() as slack:
        file_id = await uploaded(slack)
        assert "invalid_arguments" == await slack.error("views.publish", user_id=ALICE, view=picture({"id": file_id}))
        shown = (await slack.ok("files.completeUploadExternal", files=[{"id": file_id}]))["files"][0]
        await slack.ok("views.publish", user_id=ALICE, view=picture({"id": file_id}))
        await slack.ok("views.publish", user_id=ALICE, view=picture({"url": shown["url_private"]}))
        text_id = await uploaded(slack, "calls.csv")
        await slack.ok("files.completeUploadExternal", files=[{"id": text_id}])
        for refused in ({"id": "F000"}, {"id": text_id}, {"id": file_id, "url": shown["url_private"]}):
            assert "invalid_arguments" == await slack.error("views.publish", user_id=ALICE, view=picture(refused))
        blocks = picture({"id": "F000"})["blocks"]
        assert "invalid_blocks" == await slack.error("chat.postMessage", channel=DM_ALICE, text="x", blocks=blocks)


async def test_what_cannot_be_uploaded_is_refused() -> None:
    """Without a name or a length, a second time, of another length, before its content came, or by nobody's leave."""
    async with running() as slack:
        assert "invalid_arguments" == await slack.error("files.getUploadURLExternal", filename="a.csv")
        assert "missing_argument" == await slack.error("files.getUploadURLExternal", filename="a.csv", length=0)
        answer = await slack.ok("files.getUploadURLExternal", filename="a.csv", length=3)
        files = [{"id": answer["file_id"]}]
        assert "file_not_found" == await slack.error("files.completeUploadExternal", files=files)
        async with slack.session.post(answer["upload_url"], data=b"abcd") as response:
            assert response.status == 400
        async with slack.session.post(answer["upload_url"], data=b"abc") as response:
            assert response.status == 200
        async with slack.session.post(answer["upload_url"], data=b"abc") as response:
            assert response.status == 404
        assert "channel_not_found" == await slack.error("files.completeUploadExternal", files=files, channel_id=SECRET)
        assert "not_in_channel" == await slack.error("files.completeUploadExternal", files=files, channel_id=RANDOM)
        await slack.ok("files.completeUploadExternal", files=files)
        assert "file_not_found" == await slack.error("files.completeUploadExternal", files=files)
        await slack.ok("files.info", file=answer["file_id"])
        await slack.ok("files.delete", file=answer["file_id"])
        assert "file_not_found" == await slack.error("files.info", file=answer["file_id"])


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal", "files.delete"])
async def test_files_need_their_scope(method: str) -> None:
    """An app that did not ask for files:write reads which scope is missing."""
    async with running(scopes=ALL_SCOPES - {"files:write"}) as slack:
        body = await slack.call(method, filename="a", length=1, files=[], file="F1")
    assert ("missing_scope", "files:write") == (body["error"], body["needed"])
