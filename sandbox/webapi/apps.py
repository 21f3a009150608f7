"""Methods about the app itself: who an event was for, whether a manifest can be used, and the workspace's emoji."""

from __future__ import annotations

import re

from sandbox.manifest import ManifestError, parse_manifest
from sandbox.webapi.errors import SlackError
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import Json


@method("apps.event.authorizations.list", tier=0, caller="app")
def apps_event_authorizations_list(call: ApiCall) -> Json:
    """List for whom an event was delivered.

    Source: https://docs.slack.dev/reference/methods/apps.event.authorizations.list
    """
    event_context = call.arguments.needed("event_context")
    for workspace in call.installs.workspaces.values():
        if event_context in workspace.event_contexts:
            return {"authorizations": [workspace.event_contexts[event_context]]}
    raise SlackError("invalid_event_context")


@method("apps.manifest.validate", tier=3, caller="none")
def apps_manifest_validate(call: ApiCall) -> Json:
    """Check a manifest by the rules that `--manifest` goes by.

    Slack wants a configuration token; the local Slack has none to give, so it takes the call without one.

    Source: https://docs.slack.dev/reference/methods/apps.manifest.validate
    """
    try:
        parse_manifest(call.arguments.structure("manifest"))
    except ValueError as error:
        problems = [{"message": "Manifest is not valid JSON", "pointer": ""}]
        raise SlackError("invalid_manifest", extra={"errors": problems}) from error
    except ManifestError as error:
        raise SlackError("invalid_manifest", extra={"errors": [_problem(one) for one in error.problems]}) from error
    return {"errors": []}


@method("emoji.list", scope="emoji:read", tier=2)
def emoji_list(call: ApiCall) -> Json:
    """List the workspace's own emoji, of which there are none here.

    Source: https://docs.slack.dev/reference/methods/emoji.list
    """
    return {"emoji": {}, "cache_ts": f"{call.workspace.now():.6f}"}


def _problem(problem: str) -> Json:
    """Split a problem into its sentence and a JSON pointer to its place."""
    path, separator, message = problem.partition(": ")
    if not separator:
        return {"message": problem, "pointer": ""}
    return {"message": message, "pointer": "/" + re.sub(r"\.|\[(\d+)\]", r"/\1", path).replace("//", "/")}
