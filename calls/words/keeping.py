"""What operators read when data is handed out or deleted."""

from __future__ import annotations

from calls.model import TeamId, UserId


def confirm(named: str) -> str:
    """Ask for an id once more."""
    return f"Everything that is kept of {named} will be deleted for good. Type {named} to go on: "


def not_confirmed() -> str:
    """Say that nothing was deleted."""
    return "Nothing was deleted, as the id was not typed. Run the command again, or with --yes."


def exported(rows: int) -> str:
    """Say how much was handed out."""
    return "Nothing is kept of them." if rows == 0 else f"{rows} rows. Tokens and links into meetings are left out."


def workspace_erased(team_id: TeamId, rows: int, *, is_installed: bool) -> str:
    """Say what was deleted of a workspace."""
    done = f"Everything of {team_id} was deleted, {rows} rows."
    if not is_installed:
        return done
    return f"{done} The app is still installed there: remove it in Slack's app settings, and run this once more."


def person_erased(user_id: UserId, rows: int, running: int) -> str:
    """Say what was deleted of a person."""
    done = f"{user_id} was taken out of {rows} rows."
    if not running:
        return done
    return f"{done} They are in {running} running calls; run this once more when those are over."
