"""All six methods are reached by what people do, with arguments that Slack's reference allows."""

from __future__ import annotations

from sandbox.testing import wait_for
from sandbox.workspace import Json
from tests.world import GENERAL, World

# Written down from https://docs.slack.dev/reference/methods/<method>, read 2026-11-21: argument -> (type, required).
REFERENCE: dict[str, dict[str, tuple[type, bool]]] = {
    "calls.add": {
        "external_unique_id": (str, True),
        "join_url": (str, True),
        "created_by": (str, False),
        "date_start": (int, False),
        "desktop_app_join_url": (str, False),
        "external_display_id": (str, False),
        "title": (str, False),
        "users": (list, False),
    },
    "calls.end": {"id": (str, True), "duration": (int, False)},
    "calls.info": {"id": (str, True)},
    "calls.update": {
        "id": (str, True),
        "title": (str, False),
        "join_url": (str, False),
        "desktop_app_join_url": (str, False),
    },
    "calls.participants.add": {"id": (str, True), "users": (list, True)},
    "calls.participants.remove": {"id": (str, True), "users": (list, True)},
}


async def test_six_methods_are_reached_by_people_with_valid_arguments(world: World) -> None:
    """Start, join (also of somebody whom Slack already shows), rename, leave, end: nothing sent is not documented."""
    await world.alice.command(GENERAL, "/startcall", "Weekly sync")
    card = await world.card(GENERAL)
    call = next(iter(world.slack.workspace.calls.values()))
    call.active.append({"slack_id": world.alice.user_id})
    await world.alice.click(GENERAL, card.ts, "join_call")
    await wait_for(lambda: "calls.info" in world.methods())
    await world.alice.command(GENERAL, "/startcall", "rename Retro")
    await wait_for(lambda: "Retro" == call.title)
    await world.alice.click(GENERAL, card.ts, "leave_call")
    await wait_for(lambda: [] == call.active)
    await world.alice.click(GENERAL, card.ts, "end_call")
    await wait_for(lambda: call.date_end > 0)
    await world.settled()

    requests = [(entry.name, entry.request) for entry in world.api_calls() if entry.name.startswith("calls.")]
    assert set(REFERENCE) == {name for name, _ in requests}
    assert [] == [fault for name, request in requests for fault in faults(name, request)]


def faults(method: str, request: Json) -> list[str]:
    """Return what of a request the reference does not allow."""
    reference = REFERENCE[method]
    found = [f"{method}: {name} is unknown" for name in request if name not in reference]
    required = {name for name, (_, is_required) in reference.items() if is_required}
    found += [f"{method}: {name} is missing" for name in sorted(required - set(request))]
    return found + [
        f"{method}: {name} is {type(value).__name__}"
        for name, value in request.items()
        if name in reference and not isinstance(value, reference[name][0])
    ]
