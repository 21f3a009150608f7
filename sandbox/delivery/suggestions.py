"""Ask the app for the options of an external select while somebody types in it.

Source: https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
"""

from __future__ import annotations

from sandbox.delivery.ack import Ack
from sandbox.workspace import Json

OPTIONS_MAX = 100

_KEPT = ("user", "container", "api_app_id", "token", "team", "enterprise", "is_enterprise_install")
_SURFACE = ("channel", "message", "view")


def suggestion_payload(pressed: Json, action: Json, typed: str) -> Json:
    """Return the body of the question.

    Args:
        pressed: the body that a press on the same element would have; the person, the app and the surface are in it.
        action: the element as that body names it.
        typed: what the person has typed so far.
    """
    about = {key: pressed[key] for key in (*_KEPT, *_SURFACE) if key in pressed}
    return {"type": "block_suggestion", "action_id": action["action_id"], "block_id": action["block_id"]} | {
        "value": typed,
        **about,
    }


def suggested_options(ack: Ack) -> list[Json]:
    """Return the options of the answer, those of its groups in their order; at most 100, as Slack shows them."""
    groups = [group for group in ack.payload.get("option_groups") or [] if isinstance(group, dict)]
    listed = [*(ack.payload.get("options") or []), *(one for group in groups for one in group.get("options") or [])]
    return [option for option in listed if isinstance(option, dict)][:OPTIONS_MAX]
