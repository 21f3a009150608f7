"""The sentences people read when the app was not installed in their workspace."""

from __future__ import annotations

_NO_CLIENT = (
    "Slack does not know this app by its id and secret. Whoever runs Startcall has to copy `SLACK_CLIENT_ID` and "
    "`SLACK_CLIENT_SECRET` anew; then begin again."
)

INSTALL_REFUSED: dict[str, str] = {
    "": "Slack did not let Startcall be installed ({reason}). Begin again; if it happens again, tell whoever runs "
    "Startcall.",
    "install_cancelled": (
        "Nothing was installed, because it was not allowed at Slack. If your workspace lets only admins install apps, "
        "ask one of them to open this page."
    ),
    "install_elsewhere": (
        "This was begun in another browser, so nothing was installed. Begin again here, and stay in this browser until "
        "the end."
    ),
    "install_stale": (
        "This was finished before, or took longer than 10 minutes, so nothing was installed now. Begin again; "
        "installing twice does no harm."
    ),
    "bad_client_secret": _NO_CLIENT,
    "invalid_client_id": _NO_CLIENT,
    "bad_redirect_uri": (
        "Slack does not send people back to this address. Whoever runs Startcall has to add `PUBLIC_URL` with "
        "`/slack/oauth_redirect` to the app's settings at Slack, under OAuth & Permissions, Redirect URLs; then begin "
        "again."
    ),
}
