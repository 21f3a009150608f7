"""What operators read when they take over what an earlier app kept."""

from __future__ import annotations

from calls.model import TeamId


def not_opened(file: str, reason: str) -> str:
    """Say that a file could not even be opened, in the system's words."""
    return f"{file} could not be opened: {reason}. docs/moving-from-jitsi.md says how to write it."


def not_readable(file: str) -> str:
    """Say that a file holds no rows of either app."""
    return (
        f"{file} could not be read as rows of jitsi-slack or jitsi-slack-bolt. docs/moving-from-jitsi.md says how to "
        "write it."
    )


def server_taken(team_id: TeamId, server: str, *, is_new: bool) -> str:
    """Say where a workspace's calls by `/jitsi` take place."""
    return f"{team_id}: `/jitsi` meets at {server}{'' if is_new else ', as before'}."


def usual_server(team_id: TeamId) -> str:
    """Say that a workspace had no server of its own."""
    return f"{team_id}: had no server of its own, so there is nothing to take over."


def server_not_usable(team_id: TeamId) -> str:
    """Say that a server is not taken over."""
    return (
        f"{team_id}: its server is not taken over, as it is not a public https address. An admin can choose another "
        "one with `/jitsi server https://…`."
    )


def install_anew(team_id: TeamId) -> str:
    """Say that a token is of no use here."""
    return f"{team_id}: an admin has to install Startcall, as the token is the earlier app's and may not make calls."


def dry_run(workspaces: int) -> str:
    """Say that nothing was stored."""
    return f"{workspaces} workspaces were read and nothing was stored. Run this again with --write to store it."


def done(workspaces: int) -> str:
    """Say that everything was stored."""
    return f"{workspaces} workspaces were read. Running this again changes nothing."
