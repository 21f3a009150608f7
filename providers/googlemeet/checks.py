"""What is usable as a setting of Google Meet."""

from __future__ import annotations

import re

from calls.errors import ConfigError

ACCESS_TYPES = ("OPEN", "TRUSTED", "RESTRICTED")

_EMAIL = re.compile(r"[^\s@\"<>]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
_PUBSUB_NAME = re.compile(r"projects/[a-z0-9.:-]{4,100}/(topics|subscriptions)/[A-Za-z][A-Za-z0-9._~+%-]{2,254}")


def find_key_fault(value: str) -> str | None:
    """Return what is wrong with a service account's key; None when it can be used."""
    if value.startswith("your-"):
        return "still holds the placeholder, not a real key"
    from providers.googlemeet.service_account import read_service_account

    try:
        read_service_account(value)
    except ConfigError as error:
        return error.detail
    return None


def find_email_fault(value: str) -> str | None:
    """Return what is wrong with an e-mail address; None when it can be used."""
    return None if _EMAIL.fullmatch(value) else "is not an e-mail address"


def find_access_fault(value: str) -> str | None:
    """Return what is wrong with who gets in without knocking; None when Meet knows it."""
    return None if value in ACCESS_TYPES else f"is none of {', '.join(ACCESS_TYPES)}"


def find_topic_fault(value: str) -> str | None:
    """Return what is wrong with the name of a topic; None when it can be used."""
    return _name_fault(value, "topics")


def find_subscription_fault(value: str) -> str | None:
    """Return what is wrong with the name of a subscription; None when it can be used."""
    return _name_fault(value, "subscriptions")


def _name_fault(value: str, kind: str) -> str | None:
    named = _PUBSUB_NAME.fullmatch(value)
    if named is not None and named[1] == kind:
        return None
    return f"is not a full name such as projects/my-project/{kind}/startcall"
