"""The names of everything that the app listens to."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import listeners
from calls.use_cases import UseCases


def registered() -> set[tuple[str, str]]:
    """Return the kind and the name of what there is a listener for, as Slack calls them."""
    # Registering must not use what a listener hands over to, so anything may stand in its place.
    anything: dict[str, Any] = {field.name: object() for field in fields(UseCases)}
    return set(listeners.routes(UseCases(**anything)))
