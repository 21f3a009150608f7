"""The six calls.* methods.

Source: https://docs.slack.dev/apis/web-api/using-the-calls-api
"""

from __future__ import annotations

from sandbox.call_view import call_json
from sandbox.webapi.call_users import read_users, same_person
from sandbox.webapi.errors import SlackError, invalid_argument, invalid_arguments
from sandbox.webapi.registry import ApiCall, method
from sandbox.workspace import CallRecord, Json


@method("calls.add", scope="calls:write")
def calls_add(call: ApiCall) -> Json:
    """Register a call that takes place somewhere else.

    Without `created_by` the call counts as the bot's: the recorded block of such a call names a creator.

    Source: https://docs.slack.dev/reference/methods/calls.add
    """
    arguments = call.arguments
    external_unique_id = arguments.needed("external_unique_id")
    join_url = arguments.needed("join_url")
    created_by = _created_by(call)
    date_start = _date_start(call)
    users = read_users(call)
    existing = _same_external_id(call, external_unique_id)
    if existing is not None:
        return {"call": call_json(existing, with_channels=False)}
    record = CallRecord(
        id=call.workspace.new_id("R"),
        app_id=call.workspace.installation.app_id,
        external_unique_id=external_unique_id,
        join_url=join_url,
        created_by=created_by,
        date_start=date_start,
        title=arguments.text("title"),
        external_display_id=arguments.text("external_display_id"),
        desktop_app_join_url=arguments.text("desktop_app_join_url"),
        active=list(users),
        everyone=list(users),
    )
    call.workspace.calls[record.id] = record
    call.workspace.call_ids.setdefault(external_unique_id, record.id)
    call.workspace.changed()
    return {"call": call_json(record, with_channels=False)}


@method("calls.info", scope="calls:read")
def calls_info(call: ApiCall) -> Json:
    """Tell what is known of a call.

    Source: https://docs.slack.dev/reference/methods/calls.info
    """
    return {"call": call_json(_find(call))}


@method("calls.update", scope="calls:write")
def calls_update(call: ApiCall) -> Json:
    """Change title or addresses of a call.

    With nothing to change the answer is `invalid_arguments`: Slack's SDK tests expect an error, without naming it.

    Source: https://docs.slack.dev/reference/methods/calls.update
    """
    record = _find(call)
    changes = {name: call.arguments.text(name) for name in ("title", "join_url", "desktop_app_join_url")}
    if all(value is None for value in changes.values()):
        raise invalid_arguments("must provide title, join_url or desktop_app_join_url")
    if record.date_end and not call.switches.ended_call_accepts_update:
        raise SlackError("inactive_call")
    record.title = changes["title"] or record.title
    record.join_url = changes["join_url"] or record.join_url
    record.desktop_app_join_url = changes["desktop_app_join_url"] or record.desktop_app_join_url
    call.workspace.changed()
    return {"call": call_json(record)}


@method("calls.end", scope="calls:write")
def calls_end(call: ApiCall) -> Json:
    """End a call; nobody is in it any more.

    `date_end` is the start plus `duration`, or now without one. How Slack derives it is not documented.

    Source: https://docs.slack.dev/reference/methods/calls.end
    """
    record = _find(call)
    duration_s = call.arguments.integer("duration")
    if duration_s is not None and duration_s < 0:
        raise invalid_argument("duration", "must be greater than or equal to 0")
    if record.date_end:
        return _soft_error(call, "inactive_call")
    record.duration_s = duration_s
    record.date_end = int(call.workspace.now()) if duration_s is None else record.date_start + duration_s
    record.active = []
    call.workspace.changed()
    if not call.switches.end_answers_with_call:
        return {}
    return {"call": {**call_json(record), "date_end": record.date_end}}


@method("calls.participants.add", scope="calls:write")
def calls_participants_add(call: ApiCall) -> Json:
    """Note that people have joined; `bad_users` when one of them is in already.

    Source: https://docs.slack.dev/reference/methods/calls.participants.add
    """
    record = _find(call)
    if record.date_end:
        return _soft_error(call, "inactive_call")
    users = _participants(call)
    joining = [user for user in users if not any(same_person(user, present) for present in record.active)]
    if len(joining) < len(users) and call.switches.participants_atomic:
        return _soft_error(call, "bad_users")
    record.active.extend(joining)
    for user in joining:
        record.everyone[:] = [known for known in record.everyone if not same_person(user, known)]
        record.everyone.append(user)
    call.workspace.changed()
    return _participants_answer(call, record, bad=len(joining) < len(users))


@method("calls.participants.remove", scope="calls:write")
def calls_participants_remove(call: ApiCall) -> Json:
    """Note that people have left; `bad_users` when one of them is not in.

    Source: https://docs.slack.dev/reference/methods/calls.participants.remove
    """
    record = _find(call)
    if record.date_end:
        return _soft_error(call, "inactive_call")
    users = _participants(call)
    leaving = [user for user in users if any(same_person(user, present) for present in record.active)]
    if len(leaving) < len(users) and call.switches.participants_atomic:
        return _soft_error(call, "bad_users")
    record.active = [present for present in record.active if not any(same_person(present, user) for user in leaving)]
    call.workspace.changed()
    return _participants_answer(call, record, bad=len(leaving) < len(users))


def _find(call: ApiCall) -> CallRecord:
    record = call.workspace.calls.get(call.arguments.needed("id"))
    if record is None:
        raise SlackError("invalid_call_id")
    return record


def _created_by(call: ApiCall) -> str:
    created_by = call.arguments.text("created_by")
    if created_by is None and not call.switches.created_by_required:
        return call.workspace.installation.bot_user_id
    if created_by is None or created_by not in call.workspace.users:
        raise SlackError("invalid_created_by")
    return created_by


def _date_start(call: ApiCall) -> int:
    """Read the start, now when not given; a negative or unreadable one is `invalid_start_time`."""
    try:
        date_start = call.arguments.integer("date_start")
    except SlackError as error:
        raise SlackError("invalid_start_time") from error
    if date_start is None:
        return int(call.workspace.now())
    if date_start < 0:
        raise SlackError("invalid_start_time")
    return date_start


def _same_external_id(call: ApiCall, external_unique_id: str) -> CallRecord | None:
    """Find the call that a repeated external id stands for, as the switches say."""
    choice = call.switches.repeated_external_unique_id
    existing = call.workspace.calls.get(call.workspace.call_ids.get(external_unique_id, ""))
    if existing is not None and choice == "error":
        raise invalid_argument("external_unique_id", "`external_unique_id` already exists")
    return existing if choice == "same" else None


def _participants(call: ApiCall) -> list[Json]:
    users = read_users(call)
    if not users:
        raise SlackError("missing_argument")
    return users


def _participants_answer(call: ApiCall, record: CallRecord, *, bad: bool) -> Json:
    if bad:
        return _soft_error(call, "bad_users")
    return {"call": call_json(record)} if call.switches.participants_answer_with_call else {}


def _soft_error(call: ApiCall, code: str) -> Json:
    """Answer one of the two errors that Slack's method pages print with `ok: true`."""
    if call.switches.errors_with_ok_true:
        return {"error": code}
    raise SlackError(code)
