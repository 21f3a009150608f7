"""Surround a delivery of Slack's: tie what it causes together, time its acknowledgement, count it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from calls.acknowledged import delivery
from calls.log_subject import about_delivery
from calls.measuring import ACKS

_log = logging.getLogger(__name__)

OTHER = "other"

_INTERACTIONS = frozenset(
    {"block_actions", "block_suggestion", "message_action", "shortcut", "view_closed", "view_submission"}
)
_KINDS = _INTERACTIONS | {"event_callback", "url_verification", "app_rate_limited"}


@dataclass(slots=True)
class Taken:
    """How a delivery is answered.

    Args:
        status: the HTTP status, or what stands for it in Socket Mode; until it is set, the delivery has failed.
    """

    status: int = HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def result(self) -> str:
        """Return the answer as a label: `taken`, `refused` or `failed`."""
        if self.status < HTTPStatus.BAD_REQUEST:
            return "taken"
        return "refused" if self.status < HTTPStatus.INTERNAL_SERVER_ERROR else "failed"


@contextmanager
def taken_in(body: Mapping[str, Any]) -> Iterator[Taken]:
    """Surround a delivery from when it was read until its acknowledgement is on the wire, or has failed.

    Args:
        body: its fields, verified.
    """
    began_s = time.perf_counter()
    kind, taken = kind_of(body), Taken()
    with about_delivery():
        try:
            with delivery():
                yield taken
        finally:
            took_s = time.perf_counter() - began_s
            ACKS.labels(kind, taken.result).observe(took_s)
            _log.debug("%s: %s after %.1f ms", kind, taken.result, 1_000 * took_s)


def kind_of(body: Mapping[str, Any]) -> str:
    """Return what kind of delivery a body is, as one of few words."""
    if "command" in body:
        return "command"
    kind = body.get("type")
    return kind if isinstance(kind, str) and kind in _KINDS else OTHER
