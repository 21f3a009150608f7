"""views.* of the local Slack: triggers, stacks of modals, hashes, and the Home tab."""

from __future__ import annotations

from sandbox import views
from sandbox.workspace import Trigger
from tests.contract.webapi_rig import ALICE, MANIFEST, Rig, modal, plain, running

RECORDED_KEYS = {
    *("id", "team_id", "type", "blocks", "private_metadata", "callback_id", "state", "hash", "title", "clear_on_close"),
    *("notify_on_close", "close", "submit", "previous_view_id", "root_view_id", "app_id", "external_id"),
    *("app_installed_team_id", "bot_id"),
}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


def trigger(slack: Rig, trigger_id: str = "1.2.abc") -> str:
    """Hand Alice's trigger out."""
    slack.workspace.triggers[trigger_id] = Trigger(trigger_id, ALICE, slack.workspace.now())
    return trigger_id


async def test_open_answers_with_the_whole_view() -> None:
    """A modal opens for the person behind the trigger, with ids filled in."""
    async with running() as slack:
        view = (await slack.ok("views.open", trigger_id=trigger(slack), view=modal(callback_id="start_call")))["view"]
        assert slack.workspace.modals[ALICE] == [view["id"]]
    assert set(view) == RECORDED_KEYS
    assert (view["root_view_id"], view["previous_view_id"], view["callback_id"]) == (view["id"], None, "start_call")
    assert view["blocks"][0]["block_id"]


async def test_a_trigger_works_once_and_for_three_seconds() -> None:
    """Used, old, unknown and missing triggers each have their error; a refused view does not use one up."""
    async with running() as slack:
        given = trigger(slack)
        assert await slack.error("views.open", trigger_id=given, view={"type": "modal"}) == "invalid_arguments"
        await slack.ok("views.open", trigger_id=given, view=modal())
        assert await slack.error("views.open", trigger_id=given, view=modal()) == "exchanged_trigger_id"
        assert await slack.error("views.open", trigger_id="nonsense", view=modal()) == "invalid_trigger_id"
        assert await slack.error("views.open", view=modal()) == "invalid_arguments"
        old = trigger(slack, "3.4.def")
        slack.advance(3.1)
        assert await slack.error("views.open", trigger_id=old, view=modal()) == "expired_trigger_id"
        slack.switches.expired_trigger_error = "invalid_arguments"
        answer = await slack.call("views.open", trigger_id=old, view=modal())
    assert answer["response_metadata"]["messages"] == ["[ERROR] `trigger_id` expired [json-pointer:/trigger_id]"]


async def test_at_most_three_modals_are_stacked() -> None:
    """Pushing works twice on an open modal, not a third time, and never on nothing."""
    async with running() as slack:
        assert await slack.error("views.push", trigger_id=trigger(slack), view=modal()) == "not_found"
        first = (await slack.ok("views.open", trigger_id=trigger(slack), view=modal()))["view"]
        second = (await slack.ok("views.push", trigger_id=trigger(slack), view=modal()))["view"]
        await slack.ok("views.push", trigger_id=trigger(slack), view=modal())
        code = await slack.error("views.push", trigger_id=trigger(slack), view=modal())
        assert code == "push_limit_reached"
        assert (second["root_view_id"], second["previous_view_id"]) == (first["id"], first["id"])
        views.close_view(slack.workspace, slack.workspace.views[second["id"]])
        assert slack.workspace.modals[ALICE] == [first["id"]]
        assert await slack.error("views.update", view_id=second["id"], view=modal()) == "not_found"


async def test_update_needs_the_current_hash_when_one_is_given() -> None:
    """A stale hash is refused; without one the last writer wins; an external id finds the view too."""
    async with running() as slack:
        view = (await slack.ok("views.open", trigger_id=trigger(slack), view=modal(external_id="mine")))["view"]
        changed = modal(title=plain("Other"), external_id="mine")
        updated = (await slack.ok("views.update", view_id=view["id"], hash=view["hash"], view=changed))["view"]
        assert (updated["title"]["text"], updated["hash"] != view["hash"]) == ("Other", True)
        code = await slack.error("views.update", external_id="mine", hash=view["hash"], view=changed)
        assert code == "hash_conflict"
        await slack.ok("views.update", external_id="mine", view=changed)
        assert await slack.error("views.update", view=changed) == "invalid_arguments"


async def test_external_ids_are_unique_among_open_views() -> None:
    """A second open view with the same external id is refused, until the first is closed."""
    async with running() as slack:
        await slack.ok("views.open", trigger_id=trigger(slack), view=modal(external_id="mine"))
        code = await slack.error("views.push", trigger_id=trigger(slack), view=modal(external_id="mine"))
        assert code == "duplicate_external_id"
        views.clear_modals(slack.workspace, ALICE)
        await slack.ok("views.open", trigger_id=trigger(slack), view=modal(external_id="mine"))


async def test_large_views_are_refused() -> None:
    """More than 250 kB of JSON is view_too_large."""
    async with running() as slack:
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
        code = await slack.error("views.open", trigger_id=trigger(slack), view=modal(blocks=[section] * 90))
        assert code == "view_too_large"


async def test_the_home_tab_is_published_per_person() -> None:
    """Publishing again keeps the view's id and gives it a new hash."""
    async with running() as slack:
        first = (await slack.ok("views.publish", user_id=ALICE, view=HOME))["view"]
        second = (await slack.ok("views.publish", user_id=ALICE, view=HOME, hash=first["hash"]))["view"]
        assert (second["id"], second["type"]) == (first["id"], "home")
        assert second["title"]["text"] == "View Title"
        assert await slack.error("views.publish", user_id=ALICE, view=HOME, hash=first["hash"]) == "hash_conflict"
        assert await slack.error("views.publish", user_id="U0NOBODY", view=HOME) == "invalid_arguments"
        assert await slack.error("views.publish", user_id=ALICE, view=modal()) == "invalid_arguments"


async def test_a_home_tab_must_be_in_the_manifest() -> None:
    """Without home_tab_enabled the answer is not_enabled."""
    features = {**MANIFEST["features"], "app_home": {"home_tab_enabled": False}}
    async with running(manifest={**MANIFEST, "features": features}) as slack:
        assert await slack.error("views.publish", user_id=ALICE, view=HOME) == "not_enabled"
