"""How a Web API method says no."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.refused import RefusedError
from sandbox.workspace import Json


class SlackError(RefusedError):
    """A business error: HTTP 200 with `ok: false`.

    Args:
        code: Slack's error code.
        problems: details for `response_metadata.messages`, without the `[ERROR]` mark.
        extra: more keys of the answer, such as `needed` and `provided`.
    """

    def __init__(self, code: str, problems: Sequence[str] = (), extra: Json | None = None) -> None:
        """Keep what the answer will say."""
        super().__init__(code, problems)
        self.extra = extra or {}

    def answer(self) -> Json:
        """Build the answer's body.

        Block problems appear twice, as `errors` and marked in `response_metadata`, as in Slack's published answers.

        Source: https://github.com/incidentbot/incidentbot/issues/328
        """
        body: Json = {"ok": False, "error": self.code, **self.extra}
        if self.problems:
            if self.code == "invalid_blocks":
                body["errors"] = list(self.problems)
            body["response_metadata"] = {"messages": [f"[ERROR] {problem}" for problem in self.problems]}
        return body


def invalid_arguments(*problems: str) -> SlackError:
    """Build the error for arguments that are missing or malformed."""
    return SlackError("invalid_arguments", problems)


def invalid_argument(name: str, problem: str) -> SlackError:
    """Build the error for one malformed argument.

    Source: https://github.com/hackclub/slash-z/pull/104 (an answer of calls.participants.add)
    """
    return invalid_arguments(f"{problem} [json-pointer:/{name}]")
