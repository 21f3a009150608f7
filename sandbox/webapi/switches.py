"""Where Slack's behaviour is unknown or told in two ways, it is a switch, so that apps can be tested under both.

The defaults are what Slack's recorded answers show, and otherwise the kinder way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Switches:
    """The choices of the local Slack.

    Args:
        exchanged_twice: whether oauth.v2.access takes a refresh token again that was exchanged before, until the one it
            was exchanged for is used itself. Slack's guide says that it is revoked then; two exchanges of the same one
            were seen to succeed (https://github.com/slackapi/node-slack-sdk/issues/2504).
        repeated_external_unique_id: what calls.add does with an id that a call of the app already has: answer with that
            call, refuse with `invalid_arguments`, or make a second call. Slack's documentation does not say.
        errors_with_ok_true: whether `bad_users` and `inactive_call` come with `ok: true`, as Slack's method pages print
            them, or with `ok: false`.
        participants_atomic: whether one bad person makes calls.participants.* refuse all, or the others are still taken
            before `bad_users` is answered.
        end_answers_with_call: whether calls.end answers with the call, as recorded, or with `ok` alone, as documented.
        participants_answer_with_call: the same for calls.participants.*.
        created_by_required: whether calls.add refuses a call without `created_by`, as documented for bot tokens;
            Slack's own integration tests leave it out successfully.
        ended_call_accepts_update: whether calls.update still changes an ended call.
        expired_trigger_error: the code for a trigger_id that is too old: as documented for views.open, or
            `invalid_arguments` as reported in https://github.com/slackapi/bolt-python/issues/434.
        declined_in_app_messages: whether the part of a call in a message of the app itself can be declined, too, and
            not only in a direct message between people. Slack's pages on the event `call_rejected` tell it both ways.
    """

    exchanged_twice: bool = True
    repeated_external_unique_id: Literal["same", "error", "second"] = "same"
    errors_with_ok_true: bool = False
    participants_atomic: bool = True
    end_answers_with_call: bool = True
    participants_answer_with_call: bool = True
    created_by_required: bool = False
    ended_call_accepts_update: bool = True
    expired_trigger_error: Literal["expired_trigger_id", "invalid_arguments"] = "expired_trigger_id"
    declined_in_app_messages: bool = False
