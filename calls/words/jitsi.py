"""What people read who type `/jitsi`, as they did before they moved here."""

from __future__ import annotations

from calls.words.language import _


def help_text() -> str:
    """Say what can be typed after `/jitsi`."""
    return "\n".join(
        (
            _("`/jitsi` starts a call here, with a live card."),
            _("`/jitsi room name` starts one with that title, and in the room of that name at your Jitsi server."),
            _("`/jitsi @person …` starts one for all of them together, and asks them to join."),
            _("`/jitsi server` says where these calls take place."),
            _("`/jitsi server https://…` and `/jitsi server default` change that, for admins."),
            _("`/startcall help` shows everything else."),
        )
    )


def meets_at(server: str) -> str:
    """Say which server was chosen."""
    return _("Calls started with `/jitsi` take place at {server}.").format(server=server)


def no_server() -> str:
    """Say that no server was chosen."""
    return _(
        "Calls started with `/jitsi` take place where all calls of this workspace do. An admin can choose a server for "
        "them with `/jitsi server https://…`."
    )
