"""Open the one session that everything outside is asked with: it reaches what is configured, and nothing else."""

from __future__ import annotations

from typing import Final
from urllib.request import getproxies

import aiohttp

from calls.outgoing import SLACK_ADDRESSES, OutgoingGate
from config import Settings
from providers.reaches import addresses_of

IDLE_S: Final = 300.0
"""How long a connection is kept that nothing is sent over, in seconds; making one to Slack takes three round trips.

The other side may end it sooner, which is noticed at once and costs only the new one.
"""


def open_session(settings: Settings) -> aiohttp.ClientSession:
    """Return a session, which whoever opens it closes.

    Raises:
        ConfigError: when a meeting system cannot be loaded.
    """
    connector = aiohttp.TCPConnector(keepalive_timeout=IDLE_S)
    # Proxies are what the environment says; the gate looks at where a request is meant to go. Without any, a session
    # that is told to trust it would read the environment and a file of passwords before each request all the same.
    has_proxies = bool(getproxies())
    return aiohttp.ClientSession(connector=connector, trust_env=has_proxies, middlewares=(gate_for(settings),))


def gate_for(settings: Settings) -> OutgoingGate:
    """Return what lets requests through to Slack and to the meeting systems that are chosen.

    Raises:
        ConfigError: when a meeting system cannot be loaded.
    """
    addresses = addresses_of(settings.chosen_providers, settings.provider_values)
    return OutgoingGate((settings.slack_api_url, *SLACK_ADDRESSES, *addresses))
