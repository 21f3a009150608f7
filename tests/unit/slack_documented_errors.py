"""The error codes that Slack's pages list, by method, and what each of them has to become.

Written down from https://docs.slack.dev/reference/methods/<method>, read 2026-11-21.
"""

from __future__ import annotations

COMMON = """
    access_denied accesslimited account_inactive deprecated_endpoint ekm_access_denied enterprise_is_restricted
    fatal_error invalid_arg_name invalid_arguments invalid_array_arg invalid_auth invalid_charset
    invalid_form_data invalid_post_type is_bot method_deprecated missing_post_type missing_scope no_permission
    not_allowed_token_type not_authed org_login_required ratelimited request_timeout service_unavailable
    team_access_not_granted team_added_to_org token_expired token_revoked two_factor_setup_required
    unknown_method
"""
"""Listed on the page of every method."""

BY_METHOD = {
    "calls.add": """
        internal_error invalid_created_by invalid_start_time not_authorized not_implemented user_not_found
    """,
    "calls.end": """
        inactive_call internal_error invalid_call_id not_implemented
    """,
    "calls.info": """
        internal_error invalid_call_id not_implemented
    """,
    "calls.update": """
        internal_error invalid_call_id not_implemented
    """,
    "calls.participants.add": """
        bad_users inactive_call internal_error invalid_call_id missing_argument not_implemented user_not_found
    """,
    "calls.participants.remove": """
        bad_users inactive_call internal_error invalid_call_id missing_argument not_implemented user_not_found
    """,
    "openid.connect.token": """
        bad_client_secret bad_redirect_uri cannot_install_an_org_installed_app invalid_client invalid_client_id
        invalid_code invalid_grant invalid_grant_type invalid_refresh_token invalid_request
    """,
    "chat.postMessage": """
        app_access_restricted as_user_not_supported attachment_payload_limit_exceeded cannot_reply_to_message
        channel_not_found draft_already_deleted draft_already_sent draft_has_conflict draft_not_found
        duplicate_channel_not_found duplicate_message_not_found ekm_access_denied invalid_blocks
        invalid_blocks_format invalid_metadata_format invalid_metadata_schema is_archived markdown_text_conflict
        message_limit_exceeded messages_tab_disabled metadata_must_be_sent_from_app metadata_too_large
        missing_file_data msg_blocks_too_long no_text not_in_channel rate_limited restricted_action
        restricted_action_non_threadable_channel restricted_action_read_only_channel restricted_action_thread_locked
        restricted_action_thread_only_channel send_on_behalf_not_allowed slack_connect_canvas_sharing_blocked
        slack_connect_file_link_sharing_blocked slack_connect_lists_sharing_blocked team_not_found
        too_many_attachments too_many_contact_cards
    """,
    "chat.postEphemeral": """
        cannot_reply_to_message channel_not_found invalid_attachments invalid_blocks invalid_blocks_format
        is_archived markdown_text_conflict message_limit_exceeded messages_tab_disabled msg_too_long no_text
        not_in_channel restricted_action too_many_attachments user_not_in_channel
    """,
    "chat.update": """
        as_user_not_supported block_mismatch blocked_file_type cant_broadcast_message cant_update_message
        channel_not_found edit_window_closed external_channel_migrating file_deleted file_is_deleted file_not_found
        file_share_limit_reached invalid_attachments invalid_blocks invalid_blocks_format invalid_metadata_format
        invalid_metadata_schema is_inactive markdown_text_conflict max_file_sharing_exceeded message_limit_exceeded
        message_not_found metadata_must_be_sent_from_app metadata_too_large msg_too_long
        no_dual_broadcast_content_update no_text posting_to_channel_denied slack_connect_blocked_file_type
        slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked
        slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked streaming_state_conflict
        team_not_found too_many_attachments unable_to_share_files update_failed
    """,
    "chat.unfurl": """
        cannot_auth_user cannot_find_channel cannot_find_message cannot_find_service cannot_parse_attachment
        cannot_prompt cannot_unfurl_message cannot_unfurl_url invalid_metadata_format invalid_source
        invalid_unfurl_id invalid_unfurls_format missing_channel missing_source missing_ts missing_unfurl_id
        missing_unfurls
    """,
    "views.open": """
        duplicate_external_id exchanged_trigger_id expired_trigger_id invalid_trigger_id view_too_large
    """,
    "views.update": """
        duplicate_external_id hash_conflict not_found view_too_large
    """,
    "views.publish": """
        duplicate_external_id hash_conflict missing_profile_id not_allowed_token_type not_enabled not_implemented
        view_too_large
    """,
    "chat.getPermalink": """
        channel_not_found message_not_found
    """,
    "conversations.replies": """
        channel_not_found thread_not_found
    """,
    "files.getUploadURLExternal": """
        alt_txt_too_large file_type_not_allowed file_upload_size_restricted file_uploads_disabled
        file_uploads_except_images_disabled missing_argument snippet_too_large
    """,
    "files.completeUploadExternal": """
        channel_not_found channels_limit_exceeded file_not_found file_type_not_allowed not_in_channel
    """,
    "dnd.info": """
        user_not_found user_not_visible
    """,
    "dnd.setSnooze": """
        cannot_set_both_num_minutes_and_is_indefinite missing_duration snooze_failed too_long
    """,
    "dnd.endSnooze": """
        snooze_end_failed snooze_not_active
    """,
    "auth.test": """
        fatal_error internal_error invalid_auth
    """,
}
"""Listed on one method's page; calls.info shows `invalid_call_id` in its example only."""

BECOMES = {
    "SlackRateLimited": """
        rate_limited ratelimited
    """,
    "SlackOutcomeUnknown": """
        fatal_error internal_error request_timeout service_unavailable snooze_end_failed snooze_failed
        update_failed
    """,
    "SlackMigrating": """
        external_channel_migrating org_login_required team_added_to_org
    """,
    "SlackTokenDead": """
        account_inactive invalid_auth not_authed token_expired token_revoked
    """,
    "SlackScopeMissing": """
        missing_scope
    """,
    "SlackNotAllowed": """
        access_denied accesslimited app_access_restricted blocked_file_type cannot_auth_user cannot_find_service
        cannot_prompt cannot_unfurl_url ekm_access_denied enterprise_is_restricted file_type_not_allowed
        file_upload_size_restricted file_uploads_disabled file_uploads_except_images_disabled is_bot
        message_limit_exceeded no_permission not_allowed_token_type not_authorized
        not_enabled not_implemented posting_to_channel_denied send_on_behalf_not_allowed
        slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked
        slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked
        slack_connect_lists_sharing_blocked team_access_not_granted two_factor_setup_required
    """,
    "SlackCallGone": """
        inactive_call invalid_call_id
    """,
    "SlackBadUsers": """
        bad_users
    """,
    "SlackUserNotFound": """
        invalid_created_by user_not_found user_not_visible
    """,
    "SlackChannelRefused": """
        cannot_find_channel cannot_reply_to_message channel_not_found is_archived is_inactive
        messages_tab_disabled not_in_channel
        restricted_action restricted_action_non_threadable_channel restricted_action_read_only_channel
        restricted_action_thread_locked restricted_action_thread_only_channel user_not_in_channel
    """,
    "SlackSignInRefused": """
        bad_client_secret bad_redirect_uri cannot_install_an_org_installed_app invalid_client invalid_client_id
        invalid_code invalid_grant invalid_grant_type invalid_refresh_token invalid_request
    """,
    "SlackTriggerExpired": """
        exchanged_trigger_id expired_trigger_id invalid_trigger_id
    """,
    "SlackViewGone": """
        hash_conflict not_found
    """,
    "SlackMessageGone": """
        cannot_find_message cannot_unfurl_message cant_broadcast_message cant_update_message
        edit_window_closed message_not_found streaming_state_conflict thread_not_found
    """,
    "SlackArgumentRefused": """
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
        cannot_set_both_num_minutes_and_is_indefinite missing_duration snooze_not_active too_long
        too_many_attachments too_many_contact_cards
        unable_to_share_files unknown_method view_too_large
    """,
}
"""The one class of each code."""

CLASS_NAME_OF = {code: name for name, codes in BECOMES.items() for code in codes.split()}


def codes_of(method: str) -> list[str]:
    """Return every code that is documented for a method."""
    return sorted({*COMMON.split(), *BY_METHOD[method].split()})
