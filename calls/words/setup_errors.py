"""The sentences people read when the app is not set up for something, or a meeting system did not do its part."""

from __future__ import annotations

_TELL = "Please tell whoever runs Startcall"
CONFIG: dict[str, str] = {
    "": "Startcall is not set up for this ({reason}). Whoever runs it finds out more with `python app.py doctor`.",
    "unknown_provider": (
        "No meeting system of this name is set up: {detail}. Whoever runs Startcall can name another one in "
        "`STARTCALL_PROVIDER`."
    ),
    "provider_not_loadable": (
        "A meeting system could not be loaded: {detail}. Whoever runs Startcall has to install it anew, or name "
        "another one in `STARTCALL_PROVIDER`."
    ),
    "setting_missing": (
        "The meeting system is only half set up: `{detail}` is not set. Whoever runs Startcall has to set it, or name "
        "another meeting system in `STARTCALL_PROVIDER`."
    ),
    "jaas_key_not_usable": "`STARTCALL_JAAS_PRIVATE_KEY` {detail}. Whoever runs Startcall has to correct it.",
    "link_template_missing": (
        "Startcall was not told where calls take place. Whoever runs it has to set `STARTCALL_LINK_TEMPLATE` to a web "
        "address with `{{room}}` in it."
    ),
    "link_template_not_usable": "`STARTCALL_LINK_TEMPLATE` {detail}. Whoever runs Startcall has to correct it.",
    "googlemeet_setting_missing": (
        "Google Meet needs `STARTCALL_GOOGLEMEET_KEY` and `STARTCALL_GOOGLEMEET_HOST`, and `{detail}` is not set. "
        "Whoever runs Startcall has to set it."
    ),
    "googlemeet_key_not_usable": (
        "`STARTCALL_GOOGLEMEET_KEY` {detail}. Whoever runs Startcall has to name the JSON file of a service account's "
        "key, or make a new key in the Google Cloud console."
    ),
    "googlemeet_events_incomplete": (
        "Google Meet tells who comes and goes by a topic and a subscription of Pub/Sub, and `{detail}` is not set. "
        "Whoever runs Startcall has to set both, or neither."
    ),
    "jitsi_token_incomplete": (
        "Jitsi's tokens are signed with an id and a secret, and `{detail}` is not set. Whoever runs Startcall has to "
        "set both `STARTCALL_JITSI_APP_ID` and `STARTCALL_JITSI_APP_SECRET`, or neither."
    ),
    "jitsi_hook_secret_missing": (
        "Jitsi's Prosody is only asked with a signature. Whoever runs Startcall has to set "
        "`STARTCALL_JITSI_HOOK_SECRET` too, or remove `STARTCALL_JITSI_PROSODY_URL`."
    ),
    "janus_needs_public_url": (
        "Rooms at Janus need an address at which people's browsers reach Startcall. Whoever runs it has to set "
        "`PUBLIC_URL`, or name another meeting system in `STARTCALL_PROVIDER`."
    ),
    "janus_settings_missing": (
        "Startcall was not told how to reach Janus. Whoever runs it has to set {detail}, as providers/janus/README.md "
        "says."
    ),
    "teams_setting_missing": (
        "Microsoft Teams needs a tenant, a client with its secret and an organizer, and `{detail}` is not set. Whoever "
        "runs Startcall has to set it."
    ),
    "teams_key_not_usable": (
        "`STARTCALL_TEAMS_KEY` {detail}. Whoever runs Startcall has to name the PEM file of an RSA key, which "
        "`openssl genrsa -out teams.pem 2048` makes."
    ),
    "room_key_too_short": (
        "The key that keeps the names of rooms secret is too short: {detail}. Whoever runs Startcall has to set a "
        "longer one."
    ),
    "builtin_needs_public_url": (
        "The built-in meeting room needs an address at which people's browsers reach Startcall. Whoever runs it has to "
        "set `PUBLIC_URL`, or name another meeting system in `STARTCALL_PROVIDER`."
    ),
    "turn_incomplete": "The TURN server is only half set up: {detail}. Whoever runs Startcall has to set that as well.",
    "credentials_missing": (
        "Startcall was given nothing to reach Slack with. Whoever runs it has to set `SLACK_BOT_TOKEN`, or "
        "`SLACK_CLIENT_ID` and `SLACK_CLIENT_SECRET`."
    ),
    "encryption_key_wrong": (
        "What Slack gave Startcall for {detail} cannot be read with the keys that are set. Whoever runs Startcall has "
        "to add the earlier key to `STARTCALL_ENCRYPTION_KEY`; if it is lost, install Startcall there again."
    ),
    "database_not_usable": "The database cannot be used: {detail}. Check `DATABASE_URL`, and that the database runs.",
    "database_too_new": (
        "The database was written by a newer version of Startcall ({detail}). Run that version, or go back to a backup."
    ),
    "database_not_writable": (
        "Startcall may not write to {detail}. Allow it to, or name another place in `DATABASE_URL`."
    ),
    "database_in_use": (
        "Another process is using the database {detail}. Stop that one, or name another database in `DATABASE_URL`."
    ),
    "worker_needs_postgres": (
        "A worker of its own needs PostgreSQL, and `DATABASE_URL` names a SQLite file, which has room for one process. "
        "Set `DATABASE_URL`, or run `python app.py` alone."
    ),
    "backup_needs_sqlite": (
        "This copies SQLite files, and `DATABASE_URL` names a PostgreSQL database. Copy that with `pg_dump`, as "
        "docs/operating.md says."
    ),
    "backup_of_nothing": (
        "There is nothing to copy: {detail} does not exist. Run this in the folder and with the settings the app is "
        "started with."
    ),
    "backup_exists": "The file {detail} exists already and was left as it is. Name a file that does not exist yet.",
    "backup_not_made": (
        "The copy could not be made: {detail}. Nothing was left behind; name a file in a folder that can be written to "
        "and has room."
    ),
    "port_taken": (
        "Startcall cannot listen on {detail}: something else does, or it is not allowed to. Stop the other program, "
        "or set another `PORT`."
    ),
}

PROVIDER_DOWN: dict[str, str] = {
    "": "{provider} is not working at the moment. Please try again in a few minutes.",
    "rate_limited": (
        "{provider} lets Startcall make only so many meetings at a time. Please try again in a few minutes."
    ),
    "limit_reached": (
        "{provider} has reached a limit and makes no meeting for {wait}. Start the call with another meeting system, "
        "or try again then."
    ),
}
PROVIDER_AUTH: dict[str, str] = {
    "": "{provider} no longer accepts Startcall's credentials. " + _TELL + ", who has to renew them.",
}

PROVIDER_REFUSED: dict[str, str] = {
    "": "{provider} refused this ({reason}). Start the call with another meeting system, or tell whoever runs "
    "Startcall.",
    "talk_missing": (
        "{provider} has no Talk for Startcall's account. Whoever runs Startcall has to have it allowed, and finds out "
        "more with `python app.py doctor`."
    ),
    "organizer_unknown": (
        "{provider} does not know the account that its meetings belong to. " + _TELL + ", who has to correct "
        "`STARTCALL_TEAMS_ORGANIZER`."
    ),
    "host_unknown": (
        "{provider} has nobody in whose name this meeting could be. Whoever runs Startcall has to set the host of "
        "meetings to somebody it knows."
    ),
    "account_disconnected": (
        "{provider} lets only its owner end this meeting, whose account is no longer connected to Startcall. Please "
        "end the meeting there."
    ),
    "app_unknown": (
        "{provider} does not accept the app by which people connect their accounts. " + _TELL + ", who has to renew "
        "its id and secret."
    ),
    "cannot_end_room": "{provider} cannot be ended from Slack. Please end the meeting where it takes place.",
}
