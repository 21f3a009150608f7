"""Count and time requests to Slack."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from calls.errors import SlackError
from calls.measuring import SLACK_REQUESTS, SLACK_SECONDS
from calls.slack.codes import CLASS_OF_CODE, CLASS_OF_OUR_CODE

OTHER = "other"
"""Stands for every code that is not in our table, so that no answer can make up new labels."""


@contextmanager
def measured(method: str) -> Iterator[None]:
    """Count one request and the time it takes, whatever comes of it.

    Args:
        method: such as `calls.add`; from our own code, never from an answer.
    """
    began_s = time.perf_counter()
    code = "cancelled"
    try:
        yield
        code = "ok"
    except SlackError as error:
        code = error.code if error.code in CLASS_OF_CODE or error.code in CLASS_OF_OUR_CODE else OTHER
        raise
    finally:
        SLACK_REQUESTS.labels(method, code).inc()
        SLACK_SECONDS.labels(method).observe(time.perf_counter() - began_s)
