"""Say for every error code that Slack documents which error of ours it is.

Covered: calls.*, chat.postMessage, chat.postEphemeral, chat.update, chat.unfurl, chat.getPermalink,
conversations.replies, files.getUploadURLExternal, files.completeUploadExternal, views.open, views.update,
views.publish, users.profile.get, users.profile.set, dnd.info, dnd.setSnooze, dnd.endSnooze, auth.test,
openid.connect.token, openid.connect.userInfo, and the codes that all methods share. Codes that only answer to arguments
we never send are listed too.

Sources, read 2026-11-21: the Errors section of https://docs.slack.dev/reference/methods/calls.add and of the
other methods' pages. Codes that stand in no such section are marked.
"""

from __future__ import annotations

from collections.abc import Iterator

from calls import errors

_CODES: dict[type[errors.SlackError], str] = {
    errors.SlackRateLimited: "ratelimited rate_limited",
    errors.SlackOutcomeUnknown: """
        fatal_error internal_error request_timeout service_unavailable update_failed
        snooze_end_failed snooze_failed
    """,
    errors.SlackMigrating: "external_channel_migrating org_login_required team_added_to_org",
    errors.SlackTokenDead: "account_inactive invalid_auth not_authed token_expired token_revoked",
    errors.SlackScopeMissing: "missing_scope",
    errors.SlackNotAllowed: """
        access_denied accesslimited app_access_restricted blocked_file_type cannot_auth_user cannot_find_service
        cannot_prompt cannot_unfurl_url ekm_access_denied enterprise_is_restricted file_type_not_allowed
        file_upload_size_restricted file_uploads_disabled file_uploads_except_images_disabled is_bot
        cannot_update_admin_user message_limit_exceeded no_permission not_allowed_token_type
        not_authorized not_enabled not_implemented posting_to_channel_denied send_on_behalf_not_allowed
        slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked
        slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked
        slack_connect_lists_sharing_blocked team_access_not_granted two_factor_setup_required
    """,
    errors.SlackCallGone: "inactive_call invalid_call_id",
    errors.SlackBadUsers: "bad_users",
    errors.SlackUserNotFound: "invalid_created_by user_not_found user_not_visible",
    errors.SlackChannelRefused: """
        cannot_find_channel cannot_reply_to_message channel_not_found is_archived is_inactive
        messages_tab_disabled not_in_channel
        restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel
        restricted_action_thread_locked restricted_action_thread_only_channel user_not_in_channel
    """,
    errors.SlackSignInRefused: """
        bad_client_secret bad_redirect_uri cannot_install_an_org_installed_app invalid_client invalid_client_id
        invalid_code invalid_grant invalid_grant_type invalid_refresh_token invalid_request
    """,
    errors.SlackTriggerExpired: "exchanged_trigger_id expired_trigger_id invalid_trigger_id",
    errors.SlackViewGone: "hash_conflict not_found",
    errors.SlackMessageGone: """
        cannot_find_message cannot_unfurl_message cant_broadcast_message cant_update_message
        edit_window_closed message_not_found streaming_state_conflict thread_not_found
    """,
    errors.SlackArgumentRefused: """
        alt_txt_too_large as_user_not_supported attachment_payload_limit_exceeded block_mismatch cannot_parse_attachment
        channels_limit_exceeded deprecated_endpoint invalid_source invalid_unfurl_id invalid_unfurls_format
        missing_channel missing_source missing_ts missing_unfurl_id missing_unfurls
        draft_already_deleted draft_already_sent draft_has_conflict draft_not_found duplicate_channel_not_found
        duplicate_external_id duplicate_message_not_found file_deleted file_is_deleted file_not_found
        file_share_limit_reached invalid_arg_name invalid_arguments invalid_array_arg invalid_attachments
        invalid_blocks invalid_blocks_format invalid_charset invalid_form_data invalid_metadata_format
        invalid_metadata_schema invalid_post_type invalid_start_time markdown_text_conflict
        max_file_sharing_exceeded metadata_must_be_sent_from_app metadata_too_large method_deprecated
        missing_argument missing_file_data missing_post_type missing_profile_id msg_blocks_too_long msg_too_long
        no_dual_broadcast_content_update no_text snippet_too_large team_not_found
        too_many_attachments too_many_contact_cards
        invalid_profile profile_set_failed profile_status_set_failed_not_emoji_syntax
        profile_status_set_failed_not_valid_emoji reserved_name too_long
        cannot_set_both_num_minutes_and_is_indefinite missing_duration snooze_not_active
        unable_to_share_files unknown_method view_too_large
    """,
}

_ELSEWHERE: dict[type[errors.SlackError], str] = {
    # https://docs.slack.dev/apis/web-api/using-the-calls-api names the first, Slack's SDKs the second.
    errors.SlackTriggerExpired: "trigger_expired trigger_exchanged",
    # What Slack was seen to answer at a response_url; its documentation gives the limits without the codes.
    errors.SlackResponseUrlGone: "expired_url used_url",
}

_OURS: dict[type[errors.SlackError], str] = {
    errors.SlackUnreachable: "unreachable session_closed stopping refresh_waits",
    errors.SlackOutcomeUnknown: "timeout lost_answer garbled_answer incomplete_answer http_server_error",
    errors.SlackRefused: "http_refused unreadable_code",
    errors.SlackResponseUrlGone: "response_url_gone response_url_foreign",
    errors.SlackInstallRefused: "install_cancelled install_elsewhere install_refused install_stale",
    errors.SlackTokenDead: "not_installed refresh_refused tokens_unreadable",
    errors.SlackSignInRefused: "sign_in_cancelled sign_in_not_trusted sign_in_refused sign_in_stale",
}
"""Codes of ours, for answers in which Slack names no reason."""


def _spread(*tables: dict[type[errors.SlackError], str]) -> Iterator[tuple[str, type[errors.SlackError]]]:
    for table in tables:
        for error_class, codes in table.items():
            for code in codes.split():
                yield code, error_class


CLASS_OF_CODE: dict[str, type[errors.SlackError]] = dict(_spread(_CODES, _ELSEWHERE))
"""The one table: an error code of Slack's, and the error it becomes."""

CLASS_OF_OUR_CODE: dict[str, type[errors.SlackError]] = dict(_spread(_OURS))
"""The same for codes that are ours."""
