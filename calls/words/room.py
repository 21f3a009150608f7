"""What people read on the page of a meeting room that this app serves."""

from __future__ import annotations

from collections.abc import Mapping

from calls.words.language import _


def room_words() -> Mapping[str, str]:
    """Return every sentence of the page by the name the page knows it by."""
    return {**_notices(), **_lobby(), **_devices(), **_call(), **_people(), **_buttons(), **_keys()}


def _notices() -> dict[str, str]:
    """Return what is said without a call: titles by the name of the occasion, and texts and buttons beside them."""
    press_join, start_new = _("Press Join on the call's card in Slack."), _("Start a new one in Slack with /startcall.")
    look = _("Check your connection to the internet, and try again.")
    return {
        "opening": _("Opening the call …"),
        "stranger": _("Join from Slack"),
        "stranger_text": _(
            "This is a meeting room. Everybody gets a link of their own: press Join on the call's card in Slack."
        ),
        "unsupported": _("This browser cannot take part"),
        "unsupported_text": _(
            "It has no calls between browsers, or the address does not begin with https. Try a current Firefox, "
            "Chrome, Edge or Safari."
        ),
        "no_script": _(
            "This page needs JavaScript: a call is made in your browser. Allow it for this page, and load it again."
        ),
        "unreachable": _("Startcall cannot be reached"),
        "unreachable_text": look,
        "left": _("You have left the call"),
        "left_text": _("You can close this tab."),
        "room_link_unknown": _("This link lets nobody in"),
        "room_link_unknown_text": press_join,
        "room_link_expired": _("This link has run out"),
        "room_link_expired_text": _("Press Join in Slack for a new one."),
        "room_full": _("This call is full"),
        "room_full_text": _("Ask somebody to leave, and try again."),
        "room_ended": _("The call has ended"),
        "room_ended_text": start_new,
        "room_removed": _("You were shown out of the call"),
        "room_removed_text": _("If that was a mistake, ask in Slack."),
        "not_now": _("That does not work just now"),
        "not_now_text": _("Please try again in a moment."),
        "failed": _("The connection was lost"),
        "failed_text": _("Check your connection to the internet, and join again."),
        "try_again": _("Try again"),
        "join_again": _("Join again"),
    }


def _lobby() -> dict[str, str]:
    return {
        "title_call": _("Call"),
        "title_lobby": _("Join the call"),
        "ready": _("Ready to join?"),
        "you_join_as": _("You join as {name}."),
        "camera_shows": _("What your camera shows"),
        "camera_is_off": _("Your camera is off"),
        "microphone": _("Microphone"),
        "camera": _("Camera"),
        "microphone_number": _("Microphone {number}"),
        "camera_number": _("Camera {number}"),
        "no_microphone": _("No microphone"),
        "no_camera": _("No camera"),
        "lobby_keys": _("Keys: {m} microphone, {v} camera."),
        "browser_asks": _("Your browser asks whether this page may use your camera and microphone: please answer it."),
        "join_without": _("You can join without: you will see and hear the others."),
    }


def _devices() -> dict[str, str]:
    """Return why a device cannot be used, by its kind and the trouble with it."""
    return {
        "audio_not_allowed": _(
            "Your browser does not let this page use your microphone. Allow it with the symbol beside the address, "
            "and press the button again."
        ),
        "video_not_allowed": _(
            "Your browser does not let this page use your camera. Allow it with the symbol beside the address, and "
            "press the button again."
        ),
        "both_not_allowed": _(
            "Your browser does not let this page use your camera or microphone. Allow it with the symbol beside the "
            "address, and press the button again."
        ),
        "audio_not_found": _("No microphone was found. Connect one, and press the button again."),
        "video_not_found": _("No camera was found. Connect one, and press the button again."),
        "both_not_found": _("No camera or microphone was found. Connect one, and press the button again."),
        "audio_in_use": _("Your microphone is used by another program. Close that, and press the button again."),
        "video_in_use": _("Your camera is used by another program. Close that, and press the button again."),
        "both_in_use": _(
            "Your camera or microphone is used by another program. Close that, and press the button again."
        ),
        "audio_not_usable": _(
            "Your microphone cannot be used. Look at your browser's settings, and press the button again."
        ),
        "video_not_usable": _(
            "Your camera cannot be used. Look at your browser's settings, and press the button again."
        ),
        "both_not_usable": _(
            "Your camera or microphone cannot be used. Look at your browser's settings, and press the button again."
        ),
        "audio_lost": _("Your microphone is gone. Connect it, and press its button."),
        "video_lost": _("Your camera is gone. Connect it, and press its button."),
    }


def _call() -> dict[str, str]:
    return {
        "connecting": _("Connecting …"),
        "reconnecting": _("Connection to Startcall lost. Those you see stay; trying again …"),
        "link_lost": _("Their connection was lost"),
        "link_failed": _("No connection yet; a firewall may be in the way. Trying again …"),
        "joined": _("{name} joined."),
        "went": _("{name} left."),
        "in_call_alone": _("You are in the call. Nobody else is here yet."),
        "in_call_with_one": _("You are in the call, with 1 other person."),
        "in_call_with_more": _("You are in the call, with {count} others."),
        "nobody_else": _("Nobody else is here yet. Others come by pressing {join} in Slack."),
        "join": _("Join"),
    }


def _people() -> dict[str, str]:
    return {
        "people": _("People"),
        "people_counted": _("People ({count})"),
        "close_people": _("Close the list of people"),
        "between": _(", "),
        "somebody": _("Somebody"),
        "you": _("you"),
        "host": _("host"),
        "shares": _("shares the screen"),
        "microphone_on": _("microphone on"),
        "muted": _("muted"),
        "camera_on": _("camera on"),
        "camera_off": _("camera off"),
        "pictures": _("Pictures"),
        "your_picture": _("Your picture"),
        "picture_of": _("Picture of {name}"),
    }


def _buttons() -> dict[str, str]:
    return {
        "join_call": _("Join the call"),
        "toolbar": _("Your microphone, camera and more"),
        "mute": _("Mute"),
        "unmute": _("Unmute"),
        "turn_camera_off": _("Turn camera off"),
        "turn_camera_on": _("Turn camera on"),
        "stop_camera": _("Stop camera"),
        "start_camera": _("Start camera"),
        "share_screen": _("Share screen"),
        "stop_sharing": _("Stop sharing"),
        "leave": _("Leave"),
        "sound_on": _("Turn the sound on"),
        "full_screen": _("Full screen"),
        "close": _("Close"),
    }


def _keys() -> dict[str, str]:
    return {
        "keys_title": _("Keys"),
        "key_microphone": _("Microphone on or off"),
        "key_camera": _("Camera on or off"),
        "key_share": _("Share your screen, or stop"),
        "key_people": _("List of people"),
        "key_keys": _("These keys"),
        "use_keys": _("Use these keys"),
    }
